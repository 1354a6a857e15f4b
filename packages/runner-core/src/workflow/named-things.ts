/** What a document names that is not in it, by the ids it gives. */
export interface NamedThings {
  lens_version_ids: string[]
  workflow_ids: string[]
  version_ids: string[]
  credential_ids: string[]
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const keys: Record<string, keyof NamedThings> = {
  lens_version_id: 'lens_version_ids',
  lensVersionId: 'lens_version_ids',
  workflow_id: 'workflow_ids',
  workflowId: 'workflow_ids',
  version_id: 'version_ids',
  versionId: 'version_ids',
  credential_id: 'credential_ids',
  credentialId: 'credential_ids',
}
/** More is refused by the limits of a document anyway. */
const mostNamed = 2000

/** What a document names that is not in it, wherever that stands. */
export function namedIn(document: unknown): NamedThings {
  const named = {
    lens_version_ids: new Set<string>(),
    workflow_ids: new Set<string>(),
    version_ids: new Set<string>(),
    credential_ids: new Set<string>(),
  }
  const look = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 64) return
    for (const [key, part] of Object.entries(value)) {
      const list = Object.hasOwn(keys, key) ? named[keys[key]!] : undefined
      if (list && typeof part === 'string' && uuid.test(part) && list.size < mostNamed) list.add(part.toLowerCase())
      else look(part, depth + 1)
    }
  }
  look(document, 0)
  return {
    lens_version_ids: [...named.lens_version_ids],
    workflow_ids: [...named.workflow_ids],
    version_ids: [...named.version_ids],
    credential_ids: [...named.credential_ids],
  }
}
