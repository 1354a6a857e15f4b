import type pg from 'pg'
import type { ProjectConfig } from '../project-config.ts'

const units: Record<string, number> = { '': 1, b: 1, kb: 1e3, kib: 1024, mb: 1e6, mib: 1024 ** 2, gb: 1e9, gib: 1024 ** 3 }

/** `50MiB` in bytes; undefined for what is no size. */
export function parseSize(text: string): number | undefined {
  const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? []
  const factor = units[(unit ?? '').toLowerCase()]
  return amount && factor ? Math.round(Number(amount) * factor) : undefined
}

/** Makes the buckets of [storage.buckets] in config.toml, or brings them to what it says, as `supabase seed buckets` does. */
export async function upsertBuckets(client: pg.Client, storage: ProjectConfig['storage']): Promise<void> {
  for (const [id, bucket] of Object.entries(storage.buckets)) {
    const limit = bucket.file_size_limit ? parseSize(bucket.file_size_limit) : undefined
    await client.query(
      `insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values ($1, $1, $2, $3, $4)
       on conflict (id) do update set
         public = excluded.public, file_size_limit = excluded.file_size_limit, allowed_mime_types = excluded.allowed_mime_types`,
      [id, bucket.public, limit ?? null, bucket.allowed_mime_types ?? null],
    )
  }
}
