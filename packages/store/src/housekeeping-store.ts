import { type StepError, stepError } from '@agon/runner-core/errors'
import { fail, ok, type Result } from '@agon/runner-core/result'
import { z } from 'zod'
import type { Connection } from './connection.ts'
import { call } from './connection.ts'

export interface StorageOptions {
  /** The project's URL. */
  url: string
  secretKey: string
  fetch?: typeof fetch
}

/** Storage takes a thousand names a request. */
const pageSize = 1000
const deleteTimeoutMs = 30_000

/** What is forgotten, for a driver that cleans up: the database's part, and the files, which only the Storage API deletes. */
export function createHousekeepingStore({ execution }: Connection, { url, secretKey, fetch: send = fetch }: StorageOptions) {
  async function remove(bucket: string, prefixes: string[]): Promise<Result<number, StepError>> {
    try {
      const response = await send(`${url.replace(/\/$/, '')}/storage/v1/object/${bucket}`, {
        method: 'DELETE',
        headers: { apikey: secretKey, authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ prefixes }),
        signal: AbortSignal.timeout(deleteTimeoutMs),
      })
      if (response.ok) return ok(prefixes.length)
      return fail(stepError('store_refused', `Storage answered ${response.status}: ${(await response.text()).slice(0, 200)}`))
    } catch (error) {
      return fail(stepError('store_unavailable', `Storage: ${error instanceof Error ? error.message : String(error)}`))
    }
  }

  return {
    /** Runs every step of the housekeeping once; how many rows were forgotten, by kind. */
    forget: () => call('fn_housekeeping', execution.rpc('fn_housekeeping'), z.record(z.string(), z.unknown())),
    /** Deletes a page of the files that nothing names any more; how many. Looks at most once an hour, whoever calls how often. */
    async deleteOrphans(): Promise<Result<number, StepError>> {
      const orphans = await call(
        'fn_storage_orphans',
        execution.rpc('fn_storage_orphans', { most: pageSize }),
        z.record(z.string(), z.array(z.string())),
      )
      if (!orphans.ok) return orphans
      let removed = 0
      for (const [bucket, names] of Object.entries(orphans.value)) {
        const gone = await remove(bucket, names)
        if (!gone.ok) return gone
        removed += gone.value
      }
      return ok(removed)
    },
  }
}

export type HousekeepingStore = ReturnType<typeof createHousekeepingStore>
