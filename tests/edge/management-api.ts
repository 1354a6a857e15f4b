import { randomUUID } from 'node:crypto'
import { type Listener, listen, type Received } from './listener.ts'

/** One upload of `supabase functions deploy --use-api`: the metadata, and the files by their path below the folder that holds supabase/. */
export interface Upload {
  slug: string
  metadata: { entrypoint_path: string; import_map_path?: string; static_patterns?: string[]; verify_jwt?: boolean; name: string }
  files: ReadonlyMap<string, Buffer>
}

export interface DeployedFunction {
  slug: string
  verify_jwt: boolean
  import_map: boolean
  entrypoint_path: string
}

export interface ManagementApi extends Listener {
  uploads: Upload[]
  /** What the final PUT made live; empty while the deployment has not been concluded. */
  live: DeployedFunction[]
  /** Requests it has no answer for: the CLI has begun to ask something else. */
  unknown: string[]
}

/** As much of api.supabase.com as `supabase functions deploy` 3.1 speaks with. */
export async function startManagementApi(ref: string, accessToken: string): Promise<ManagementApi> {
  const uploads: Upload[] = []
  const live: DeployedFunction[] = []
  const unknown: string[] = []
  const project = `/v1/projects/${ref}`

  const listener = await listen(async (request) => {
    if (request.headers.get('authorization') !== `Bearer ${accessToken}`) return Response.json({ message: 'Unauthorized' }, { status: 401 })
    switch (`${request.method} ${request.url.pathname}`) {
      case `GET ${project}`:
        return Response.json({ id: ref, ref, name: 'agon', organization_id: 'agon', region: 'local', status: 'ACTIVE_HEALTHY' })
      case `GET ${project}/functions`:
        return Response.json([])
      case `POST ${project}/functions/deploy`: {
        const upload = await uploadOf(request)
        uploads.push(upload)
        return Response.json(rowOf(upload), { status: 201 })
      }
      case `PUT ${project}/functions`: {
        const functions: DeployedFunction[] = JSON.parse(request.body.toString())
        live.push(...functions)
        return Response.json({ functions })
      }
    }
    unknown.push(`${request.method} ${request.url.pathname}`)
    return Response.json({ message: 'Not Found' }, { status: 404 })
  })
  return { ...listener, uploads, live, unknown }
}

async function uploadOf(request: Received): Promise<Upload> {
  const form = await new Response(new Uint8Array(request.body), {
    headers: { 'content-type': request.headers.get('content-type') ?? '' },
  }).formData()
  const metadata = form.get('metadata')
  const files = new Map<string, Buffer>()
  for (const part of form.getAll('file')) {
    if (typeof part === 'string') throw new Error('a file part without a filename')
    files.set(part.name, Buffer.from(await part.arrayBuffer()))
  }
  return {
    slug: request.url.searchParams.get('slug') ?? '',
    metadata: JSON.parse(typeof metadata === 'string' ? metadata : await metadata!.text()),
    files,
  }
}

function rowOf({ slug, metadata }: Upload) {
  return {
    id: randomUUID(),
    slug,
    name: metadata.name,
    status: 'ACTIVE',
    version: 1,
    created_at: 1,
    updated_at: 1,
    // The platform's own default, which a function that forgot verify_jwt would get.
    verify_jwt: metadata.verify_jwt ?? true,
    import_map: Boolean(metadata.import_map_path),
    entrypoint_path: metadata.entrypoint_path,
  }
}
