import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { artists, type MediaKind } from './artists.ts'
import { film } from './media/film.ts'
import { painting } from './media/painting.ts'
import { tune } from './media/tune.ts'
import { takenUp } from './partners.ts'

const makers: Readonly<Record<MediaKind, (words: readonly string[], artist: string) => Buffer>> = {
  image: painting,
  audio: tune,
  video: film,
}

/** What an artist makes of a task: small, real, always the same, and of the words of the task it takes up. */
export const artwork = (kind: MediaKind, artist: string, prompt: string): Buffer => makers[kind](takenUp(prompt, artist, 2, 8), artist)

const thinkMs = 400
/** How long a film stays a task that is asked for. */
const filmMs = 1500
const mostBodyBytes = 1024 * 1024
/** Films that nobody fetched are forgotten, the oldest first. */
const mostFilms = 100

/** OpenAI's images, speech and videos, made by the artists. Each is mounted where its path begins. */
export function openStudio(thinks: number = thinkMs) {
  const films = new Map<string, { model: string; bytes: Buffer; doneAt: number }>()
  const known = (kind: MediaKind, model: string) => (artists[kind] as readonly string[]).includes(model)
  const refuse = (response: ServerResponse, status: number, message: string) =>
    answer(response, status, { error: { message, type: 'invalid_request_error' } })

  async function images(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { model = '', prompt = '' } = await fields(request)
    if (!known('image', model)) return refuse(response, 404, `There is no painter ${model}.`)
    await delay(thinks)
    answer(response, 200, { created: 0, output_format: 'png', data: [{ b64_json: artwork('image', model, prompt).toString('base64') }] })
  }

  async function speech(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { model = '', input = '' } = await fields(request)
    if (!known('audio', model)) return refuse(response, 404, `There is no singer ${model}.`)
    await delay(thinks)
    response.writeHead(200, { 'content-type': 'audio/wav' }).end(artwork('audio', model, input))
  }

  async function videos(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const [, id = '', content] = path.split('/')
    if (request.method === 'POST' && id === '') {
      const { model = '', prompt = '' } = await fields(request)
      if (!known('video', model)) return refuse(response, 404, `There is no director ${model}.`)
      const made = `video_${randomUUID()}`
      films.set(made, { model, bytes: artwork('video', model, prompt), doneAt: Date.now() + Math.min(filmMs, thinks * 4) })
      if (films.size > mostFilms) films.delete(films.keys().next().value!)
      return answer(response, 200, { id: made, object: 'video', model, status: 'queued', progress: 0 })
    }
    const kept = films.get(id)
    if (!kept) return refuse(response, 404, `There is no film ${id}.`)
    if (request.method === 'DELETE') {
      films.delete(id)
      return answer(response, 200, { id, deleted: true })
    }
    const done = Date.now() >= kept.doneAt
    if (content === 'content') {
      if (!done) return refuse(response, 404, `The film ${id} is not there yet.`)
      response.writeHead(200, { 'content-type': 'video/mp4' }).end(kept.bytes)
      return
    }
    answer(response, 200, { id, object: 'video', model: kept.model, status: done ? 'completed' : 'in_progress', progress: done ? 100 : 50 })
  }

  const mounted = (serve: (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>) => ({
    async handleRequest(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> {
      await serve(request, response, path).catch(() => refuse(response, 400, 'That was no request for this studio.'))
      return true
    },
  })
  return { '/v1/images/generations': mounted(images), '/v1/audio/speech': mounted(speech), '/v1/videos': mounted(videos) }
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** The fields of a request, sent as JSON or as a form. */
async function fields(request: IncomingMessage): Promise<Record<string, string>> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > mostBodyBytes) throw new Error('too large')
    chunks.push(chunk)
  }
  const body = new Uint8Array(Buffer.concat(chunks))
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith('multipart/')) return JSON.parse(new TextDecoder().decode(body)) as Record<string, string>
  const form = await new Response(body, { headers: { 'content-type': type } }).formData()
  return Object.fromEntries([...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))
}
