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
    fetch: async (input, init) => withoutArray(await fetch(input, init)),
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
