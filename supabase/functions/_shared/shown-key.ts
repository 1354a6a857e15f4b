/** Whether the request shows one of these keys as its apikey. Digests are compared, so that the time it takes tells nothing of a key. */
export async function showsKey(request: Request, keys: string[]): Promise<boolean> {
  const shown = request.headers.get('apikey') ?? ''
  const digests = await Promise.all([shown, ...keys].map((key) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(key))))
  const [given, ...expected] = digests.map((digest) => new Uint8Array(digest).join())
  return expected.includes(given!)
}
