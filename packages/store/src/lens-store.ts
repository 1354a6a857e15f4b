import { z } from 'zod'
import { type Connection, call } from './connection.ts'
import type { Json } from './database.types.ts'

/** What is to be kept of a lens; on a save, what is left out stays. */
export interface KeptLens {
  title?: string | undefined
  description?: string | undefined
  visibility?: 'private' | 'public' | undefined
  tags?: string[] | undefined
  note?: string | undefined
  /** With the SHA-256 of what matters in it. */
  document?: object
  content_hash?: string
}

export interface Listing {
  filter: Record<string, unknown>
  most: number
  cursor?: string | undefined
}

/** Documents are built by the database; the shape that callers rely on is api's response schema. */
const document = z.record(z.string(), z.unknown())
/** A lens at one of its versions. */
const lens = z.looseObject({ lens_id: z.string(), title: z.string(), version_id: z.string(), number: z.number(), document })
export type StoredLens = z.output<typeof lens>
const refused = z.object({ refused: z.literal('not_found') })

/** What the api needs of lenses, one method an RPC. Viewers and owners are users the api has authenticated; null is what they do not see. */
export function createLensStore({ lenses }: Connection) {
  const numbered = (number?: number) => (number === undefined ? {} : { number })
  return {
    create: (owner_id: string, kept: KeptLens) =>
      call('fn_lenses_create', lenses.rpc('fn_lenses_create', { owner_id, lens: kept as unknown as Json }), lens),
    save: (lens_id: string, owner_id: string, kept: KeptLens) =>
      call('fn_lenses_save', lenses.rpc('fn_lenses_save', { lens_id, owner_id, lens: kept as unknown as Json }), z.union([refused, lens])),
    get: (lens_id: string, viewer_id: string, number?: number) =>
      call('fn_lenses_get', lenses.rpc('fn_lenses_get', { lens_id, viewer_id, ...numbered(number) }), lens.nullable()),
    list: (viewer_id: string, { filter, most, cursor }: Listing) =>
      call(
        'fn_lenses_list',
        lenses.rpc('fn_lenses_list', { viewer_id, filter: filter as Json, most, ...(cursor === undefined ? {} : { cursor }) }),
        document,
      ),
    versions: (lens_id: string, viewer_id: string) =>
      call('fn_lenses_versions', lenses.rpc('fn_lenses_versions', { lens_id, viewer_id }), z.array(document).nullable()),
    publish: (lens_id: string, owner_id: string, number?: number) =>
      call('fn_lenses_publish', lenses.rpc('fn_lenses_publish', { lens_id, owner_id, ...numbered(number) }), lens.nullable()),
    fork: (lens_id: string, owner_id: string, fork: { number?: number | undefined; title?: string | undefined }) =>
      call('fn_lenses_fork', lenses.rpc('fn_lenses_fork', { lens_id, owner_id, fork: fork as unknown as Json }), lens.nullable()),
    archive: (lens_id: string, owner_id: string) =>
      call('fn_lenses_archive', lenses.rpc('fn_lenses_archive', { lens_id, owner_id }), z.boolean()),
  }
}

export type LensStore = ReturnType<typeof createLensStore>
