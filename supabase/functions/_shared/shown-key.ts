/** Whether the request shows one of these keys as its apikey. */
export const showsKey = (request: Request, keys: string[]): Promise<boolean> => isOneOf(request.headers.get('apikey') ?? '', keys)

/** Whether this is one of these keys. Digests are compared, so that the time it takes tells nothing of a key. */
export async function isOneOf(shown: string, keys: string[]): Promise<boolean> {
  const digests = await Promise.all([shown, ...keys].map((key) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(key))))
  const [given, ...expected] = digests.map((digest) => new Uint8Array(digest).join())
  return expected.includes(given!)
}
