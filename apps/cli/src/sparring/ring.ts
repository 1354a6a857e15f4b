import { setTimeout as delay } from 'node:timers/promises'
import type { ChatCompletionRequest } from '@copilotkit/aimock'
import { analyse } from './analyst.ts'
import { judge } from './arbiter.ts'
import { described } from './media/painting.ts'
import { arbiter, type Partner, partners, workflowPartner } from './partners.ts'
import { scribe } from './scribe.ts'
import { openStudio } from './studio.ts'
import { teamMate } from './team-mate.ts'

/** The sparring partners, served in the providers' own wire formats on this machine. */
export interface Ring {
  /** What the functions need to reach them. */
  environment: { SPARRING_BASE_URL: string; SPARRING_ANTHROPIC_BASE_URL: string }
  close(): Promise<void>
}

export interface RingOptions {
  /** How long every partner thinks, in milliseconds, instead of its own time. */
  thinksMs?: number | undefined
}

/** Starts the sparring partners on a free port of 127.0.0.1. No provider is called, nothing leaves the machine. */
export async function openRing({ thinksMs }: RingOptions = {}): Promise<Ring> {
  // Loaded when needed: it is large, and PostgreSQL starts meanwhile.
  const { LLMock } = await import('@copilotkit/aimock')
  const server = new LLMock({ host: '127.0.0.1', port: 0, logLevel: 'silent', journalMaxEntries: 10 })
  for (const [name, partner] of Object.entries(partners)) {
    const asked = new Map<string, number>()
    server.on({ model: name }, async (request) => {
      const prompt = lastWords(request)
      const before = asked.get(prompt) ?? 0
      asked.set(prompt, before + 1)
      return take(partner, prompt, before, thinksMs)
    })
  }
  server.on({ model: arbiter }, async (request) => {
    await delay(thinksMs ?? 450)
    const prompt = await lookedAt(request, lastWords(request))
    const verdict = analyse(prompt) ?? judge(prompt)
    return verdict === undefined
      ? { error: { message: 'The arbiter was shown no two answers.', type: 'invalid_request_error' }, status: 400 }
      : spoken(prompt, verdict)
  })
  server.on({ model: workflowPartner }, async (request) => {
    await delay(thinksMs ?? 200)
    return spoken(lastWords(request), scribe(toldTo(request), lastWords(request)))
  })
  for (const [path, handler] of Object.entries(openStudio(thinksMs))) server.mount(path, handler)
  await server.start()
  return {
    environment: { SPARRING_BASE_URL: `${server.url}/v1`, SPARRING_ANTHROPIC_BASE_URL: server.url },
    close: () => server.stop(),
  }
}

async function take(partner: Partner, prompt: string, asked: number, thinksMs: number | undefined) {
  await delay(thinksMs ?? partner.thinksMs)
  const mate = teamMate(prompt)
  const turn = partner.answer(mate?.task ?? prompt, asked)
  if ('text' in turn) return spoken(prompt, mate ? mate.said(turn.text) : turn.text)
  const type = turn.status === 429 ? 'rate_limit_error' : 'invalid_request_error'
  return {
    error: { message: turn.message, type },
    status: turn.status,
    ...(turn.retryAfterSeconds && { retryAfter: turn.retryAfterSeconds }),
  }
}

const tokens = (text: string): number => Math.ceil(text.length / 4)

/** An answer with its usage, by the names of both wire formats; a token is taken to be four characters. */
function spoken(prompt: string, content: string) {
  const [input, output] = [tokens(prompt), tokens(content)]
  return { content, usage: { prompt_tokens: input, completion_tokens: output, input_tokens: input, output_tokens: output } }
}

/** What the model is told to be, apart from what it is asked. */
function toldTo({ messages }: ChatCompletionRequest): string {
  return messages
    .filter(({ role }) => String(role) === 'system' || String(role) === 'developer')
    .map(({ content }) => (typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('')))
    .join('\n\n')
}

/** The text of the last user message. */
function lastWords({ messages }: ChatCompletionRequest): string {
  const content = messages.findLast(({ role }) => role === 'user')?.content ?? ''
  return typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('')
}

/**
 * The prompt with each painting in the place where it is spoken of, by what its painter wrote into it. Of other pictures the arbiter sees
 * nothing, and calls them level. It looks at this machine alone.
 */
async function lookedAt({ messages }: ChatCompletionRequest, prompt: string): Promise<string> {
  const content = messages.findLast(({ role }) => role === 'user')?.content
  if (!Array.isArray(content)) return prompt
  let seen = prompt
  for (const [nth, part] of content.entries()) {
    const url = (part as { image_url?: { url?: unknown } }).image_url?.url
    const label = /^Answer (\d+):$/.exec(content[nth - 1]?.text ?? '')?.[1]
    if (typeof url !== 'string' || label === undefined || !URL.canParse(url) || new URL(url).hostname !== '127.0.0.1') continue
    const shown = await fetch(url, { signal: AbortSignal.timeout(5000) })
      .then(async (response) => described(new Uint8Array(await response.arrayBuffer())))
      .catch(() => undefined)
    if (shown !== undefined) seen = seen.replace(`(An image. It is attached as Answer ${label}.)`, shown)
  }
  return seen
}
