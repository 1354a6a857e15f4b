import type { ConfiguredProvider } from './configuration.ts'

/** The SDK, imported on the first call, and a client for one key. */
export async function loadOpenai(provider: ConfiguredProvider) {
  const sdk = await import('openai')
  const client = new sdk.OpenAI({
    // The SDK insists on a key; servers that need none ignore it.
    apiKey: provider.apiKey ?? 'none',
    baseURL: provider.baseUrl,
    // The engine retries, durably. A retry in here would spend the slice unseen.
    maxRetries: 0,
    logLevel: 'off',
    // Null keeps the SDK from reading OpenAI's account out of the environment and sending it to other providers.
    organization: null,
    project: null,
    adminAPIKey: null,
    webhookSecret: null,
    ...(provider.browser && { dangerouslyAllowBrowser: true }),
    fetch: async (input, init) => asStream(init, await withoutArray(await fetch(input, init))),
  })
  return { client, errors: sdk }
}

/** Google's compatible endpoint wraps an error in an array, in which the SDK finds no message and no code. */
async function withoutArray(response: Response): Promise<Response> {
  if (response.ok) return response
  // Cut off or not, the status stands.
  const text = await response.text().catch(() => '')
  const { status, statusText, headers } = response
  const plain = new Headers(headers)
  // They describe the body as it was sent.
  plain.delete('content-encoding')
  plain.delete('content-length')
  return new Response(text.trim().replace(/^\[(.*)\]$/s, '$1'), { status, statusText, headers: plain })
}

/**
 * A compatible server that knows no streams answers one all the same, whole; the SDK would find no event in that. It becomes a stream
 * of one event.
 */
async function asStream(init: RequestInit | undefined, response: Response): Promise<Response> {
  const wanted = typeof init?.body === 'string' && init.body.includes('"stream":true')
  if (!wanted || !response.ok || !response.headers.get('content-type')?.includes('json')) return response
  const text = await response.text()
  const headers = new Headers(response.headers)
  headers.delete('content-encoding')
  headers.delete('content-length')
  headers.set('content-type', 'text/event-stream')
  return new Response(`data: ${oneChunk(text)}\n\ndata: [DONE]\n\n`, { headers })
}

/** A chat completion as its only chunk; anything else as it is, for the reader to judge. */
function oneChunk(text: string): string {
  try {
    const whole = JSON.parse(text) as { choices?: { message?: unknown }[] }
    return JSON.stringify(
      Array.isArray(whole.choices) ? { ...whole, choices: whole.choices.map((each) => ({ ...each, delta: each.message })) } : whole,
    )
  } catch {
    return JSON.stringify({ choices: 'no JSON' })
  }
}
