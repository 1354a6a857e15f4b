import type { StepError } from '@agon/runner-core/errors'
import type { Result } from '@agon/runner-core/result'
import type { ExportPage, ExportStore } from '@agon/store/export-store'
import { databaseKey } from '../../_shared/environment.ts'
import { problem } from '../../_shared/problem.ts'
import type { Handlers } from '../routes.ts'
import { misplaced } from './export-requests.ts'
import { contentTypes, header, written } from './export-rows.ts'

/** Exports, read from the database a page at a time: the next is read when the caller has taken the last. */
export function exportHandlers(store: ExportStore): Handlers<'export'> {
  return {
    async export({ operator, params: { what }, query }) {
      const wrong = misplaced(what, query)
      if (wrong) {
        const message = 'only comparisons are a slice; leave it out'
        return problem('invalid_request', `/${wrong}: ${message}`, [{ path: `/${wrong}`, message }])
      }
      const salt = what === 'votes' ? await saltOf(query.export_id ?? crypto.randomUUID()) : ''
      const { source = 'judge', kind = 'text', category = null, since = null } = query
      const read = (after: string | null): Promise<Result<ExportPage, StepError>> => {
        switch (what) {
          case 'comparisons':
            return store.comparisons({ source, kind, category, since }, after)
          case 'votes':
            return store.votes(salt, operator, after)
          default:
            return store[what](operator, after)
        }
      }
      // The first page before the answer begins, so that what fails at once is a problem and not a broken stream.
      const first = await read(query.after ?? null)
      if (!first.ok) return problem(first.error.code, first.error.message)
      const headers: Record<string, string> = {
        'content-type': contentTypes[query.format],
        'content-disposition': `attachment; filename="${what}.${query.format}"`,
        'cache-control': 'no-store',
      }
      const top = query.after === undefined ? header(what, query.format) : ''
      const { rows, next } = first.value
      if (query.page === 'true' && next !== null) headers['agon-next'] = next
      if (query.page === 'true' || next === null) return new Response(top + written(what, rows, query.format), { headers })

      const encoder = new TextEncoder()
      let place: string | null = next
      const body = new ReadableStream<Uint8Array>({
        start: (stream) => stream.enqueue(encoder.encode(top + written(what, rows, query.format))),
        async pull(stream) {
          if (place === null) return stream.close()
          const page = await read(place)
          // Cut off in the middle: an export that ends as if it were whole would be a lie.
          if (!page.ok) return stream.error(new Error(page.error.message))
          place = page.value.next
          stream.enqueue(encoder.encode(written(what, page.value.rows, query.format)))
        },
      })
      return new Response(body, { headers })
    },
  }
}

/** What voters are hashed with in one export: of no use without a key that never leaves the server. */
async function saltOf(exportId: string): Promise<string> {
  const encoder = new TextEncoder()
  const key = await crypto.subtle.importKey('raw', encoder.encode(databaseKey), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(`agon export ${exportId}`)))
  return Array.from(mac, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
