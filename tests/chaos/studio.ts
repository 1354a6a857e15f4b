import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { artwork } from '../../apps/cli/src/sparring/studio.ts'
import { signOpenai } from '../support/callback-keys.ts'
import { createDice } from './dice.ts'
import type { WireFault } from './wire.ts'

/** What callbacks of this provider are signed with. */
export const callbackSecret = `whsec_${Buffer.from('the secret of the chaos').toString('base64')}`

/** A form without what is drawn anew each time it is sent: the same request is the same text. */
export const formless = (body: string): string => body.replace(/-{2,}[\w-]+/g, '--')

interface Asked {
  method: string
  path: string
  body: string
  key: string
  /** How the answer goes wrong; what is no fault of an answer was taken care of before. */
  broken: WireFault | undefined
}

/** Pictures, and films that take a while: tasks that are called back for, though not always, sometimes twice, and sometimes by a liar. */
export function openStudio() {
  const films = new Map<string, { bytes: Buffer; doneAt: number }>()
  let callback: string | undefined

  async function tell(id: string, dice: ReturnType<typeof createDice>): Promise<void> {
    const body = JSON.stringify({ id: `event_${id}`, object: 'event', created_at: 1, type: 'video.completed', data: { id } })
    const times = dice.pick([0, 1, 1, 2])
    for (let nth = 0; nth < times && callback; nth++) {
      const headers = { 'content-type': 'application/json', ...signOpenai(body, callbackSecret, { id: `wh_${id}` }) }
      const forged = dice.chance(0.2) ? { ...headers, 'webhook-signature': 'v1,AAAA' } : headers
      await fetch(callback, { method: 'POST', headers: forged, body, signal: AbortSignal.timeout(5000) }).catch(() => undefined)
    }
  }

  async function serve(response: ServerResponse, { method, path, body, key, broken }: Asked): Promise<void> {
    const send = (bytes: Buffer, type: string) => {
      response.setHeader('content-type', type)
      if (broken === 'malformed') return void response.end(bytes.subarray(0, 25))
      if (broken !== 'cut') return void response.end(bytes)
      response.writeHead(200, { 'content-length': String(bytes.length) }).write(bytes.subarray(0, bytes.length / 2))
      setTimeout(() => response.destroy(), 20)
    }
    const say = (said: object) => send(Buffer.from(JSON.stringify(said)), 'application/json')
    if (path.startsWith('/v1/images'))
      return say({ created: 1, data: [{ b64_json: artwork('image', key, 'A harbour.').toString('base64') }] })
    const [, id = '', content] = /^\/v1\/videos\/?([^/?]*)(\/content)?/.exec(path) ?? []
    if (method === 'POST') {
      const dice = createDice(`${key} film`)
      const made = `video_${films.size + 1}_${dice.between(0, 1e9)}`
      const takesMs = dice.between(200, 2500)
      films.set(made, { bytes: artwork('video', key, body), doneAt: Date.now() + takesMs })
      delay(takesMs).then(() => tell(made, dice))
      return say({ id: made, object: 'video', model: 'film', status: 'queued', progress: 0 })
    }
    const kept = films.get(id)
    if (!kept) return void response.writeHead(404).end('{"error":{"message":"no such film"}}')
    if (method === 'DELETE') {
      films.delete(id)
      return say({ id, deleted: true })
    }
    if (content) return send(kept.bytes, 'video/mp4')
    return say({ id, object: 'video', model: 'film', status: Date.now() >= kept.doneAt ? 'completed' : 'in_progress', progress: 50 })
  }

  return {
    serve,
    callBack(url: string): void {
      callback = url
    },
  }
}
