/** Where the embedded storage service speaks differently from the hosted one, and so from what supabase-js sends and expects. */

const objects = /^\/storage\/v1\/object\//
const signing = /^\/storage\/v1\/object\/(upload\/)?sign\//

/**
 * supabase-js sends a Blob as a form whose file has no field name, and in signed uploads too; the service looks for a field `file`, and in
 * signed uploads for no form at all. Both take the plain bytes, with what the form says about them in headers.
 */
export async function withPlainUpload(request: Request): Promise<Request> {
  const { pathname } = new URL(request.url)
  const isForm = request.headers.get('content-type')?.startsWith('multipart/form-data')
  if (!isForm || !objects.test(pathname) || (request.method !== 'POST' && request.method !== 'PUT')) return request
  const form = await request.formData()
  const file = [...form.values()].find((value) => typeof value !== 'string')
  const headers = new Headers(request.headers)
  headers.delete('content-length')
  headers.set('content-type', file?.type || 'application/octet-stream')
  const cacheControl = form.get('cacheControl')
  if (typeof cacheControl === 'string') headers.set('cache-control', `max-age=${cacheControl}`)
  const metadata = form.get('metadata')
  if (typeof metadata === 'string') headers.set('x-metadata', Buffer.from(metadata).toString('base64'))
  return new Request(request.url, { method: request.method, headers, body: (await file?.arrayBuffer()) ?? new ArrayBuffer(0) })
}

/**
 * The service answers a request for a signed URL with `signedUrl` and an absolute path; hosted is `signedURL` (`url` for an upload) below
 * /storage/v1. (Several URLs in one request, createSignedUrls, the service does not route at all.)
 */
export async function withHostedSignedUrls(request: Request, response: Response): Promise<Response> {
  const { pathname } = new URL(request.url)
  const upload = signing.exec(pathname)?.[1] !== undefined
  if (request.method !== 'POST' || !signing.test(pathname) || !response.ok) return response
  const body: unknown = await response.json()
  const headers = new Headers(response.headers)
  headers.delete('content-length')
  const rename = (entry: { signedUrl?: string }) => {
    const { signedUrl, ...rest } = entry
    return { ...rest, [upload ? 'url' : 'signedURL']: signedUrl ? signedUrl.replace(/^\/storage\/v1/, '') : null }
  }
  return new Response(JSON.stringify(rename(body as object)), { status: response.status, headers })
}
