import { fail, ok, type Result, type StepError, stepError } from '@agon/runner-core'

/** The most a provider's answer may weigh that is held in memory: an edge function has 256 MB for everything. */
const mostBytes = 64 * 1024 * 1024

/** The body of an answer that is no JSON. It is given up when it weighs more than 64 MiB. */
export async function bytesOf(response: Response, who: string): Promise<Result<Uint8Array, StepError>> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength
    // Leaving the loop cancels the body.
    if (length > mostBytes) return fail(stepError('provider_malformed', `${who} answered with more than ${mostBytes} bytes.`))
    chunks.push(chunk)
  }
  if (length === 0) return fail(stepError('provider_malformed', `${who} answered with nothing.`))
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return ok(bytes)
}
