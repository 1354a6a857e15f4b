const signing = /^\/storage\/v1\/object\/(upload\/)?sign\//

/**
 * The embedded storage service answers a request for a signed URL with `signedUrl` and an absolute path; the hosted one, and so supabase-js,
 * has `signedURL` (`url` for an upload) relative to /storage/v1.
 */
export async function asHostedSignedUrls(request: { method: string; pathname: string }, response: Response): Promise<Response> {
  const upload = signing.exec(request.pathname)?.[1] !== undefined
  if (request.method !== 'POST' || !signing.test(request.pathname) || !response.ok) return response
  const body: unknown = await response.json()
  const headers = new Headers(response.headers)
  headers.delete('content-length')
  const rename = (entry: { signedUrl?: string }) => {
    const { signedUrl, ...rest } = entry
    return { ...rest, [upload ? 'url' : 'signedURL']: signedUrl ? signedUrl.replace(/^\/storage\/v1/, '') : null }
  }
  return new Response(JSON.stringify(Array.isArray(body) ? body.map(rename) : rename(body as object)), { status: response.status, headers })
}
