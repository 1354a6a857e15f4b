/** Remembers how the last request to the project went, for whoever asks whether this worker is ready. */
export function createContact(send: typeof fetch = fetch) {
  let last: { ok: boolean; at: number; why: string } = { ok: false, at: 0, why: 'nothing was asked yet' }
  return {
    fetch: (async (...args: Parameters<typeof fetch>) => {
      try {
        const answer = await send(...args)
        const ok = answer.status < 500 && ![401, 403, 404].includes(answer.status)
        last = { ok, at: Date.now(), why: ok ? '' : `the project answered ${answer.status}` }
        return answer
      } catch (error) {
        last = { ok: false, at: Date.now(), why: `the project could not be reached: ${error instanceof Error ? error.message : error}` }
        throw error
      }
    }) as typeof fetch,
    /** Why work cannot be expected of this worker; undefined: it can. */
    broken: (withinMs: number): string | undefined =>
      !last.ok ? last.why : Date.now() - last.at > withinMs ? `nothing was heard of the project for ${Date.now() - last.at} ms` : undefined,
  }
}

export type Contact = ReturnType<typeof createContact>
