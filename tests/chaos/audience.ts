import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { createAgonClient } from '@agon/client'
import type { Platform } from '@agon/local-platform'
import { createDice } from './dice.ts'
import type { User } from './stage.ts'

/** Those who are told what happens: a receiver of webhooks that fails as often as a provider does, and clients that watch a battle live. */
export interface Audience {
  /** Where the receiver listens. */
  url: string
  /** Events of battles that it has accepted, by id, and how often. */
  accepted: Map<number, number>
  /** Events of runs of workflows, which are numbered by themselves. */
  acceptedOfRuns: Map<number, number>
  /** What a watcher has heard of each battle, in the order it heard it. */
  heard: Map<string, number[]>
  /** From now on every delivery is accepted. */
  recover(): void
  watch(platform: Platform, user: User, battleId: string): Promise<void>
  stop(): Promise<void>
}

export async function startAudience({ seed, faultRate }: { seed: string; faultRate: number }): Promise<Audience> {
  const accepted = new Map<number, number>()
  const acceptedOfRuns = new Map<number, number>()
  const heard = new Map<string, number[]>()
  const times = new Map<string, number>()
  const gone = new AbortController()
  let faulty = true
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const id = String(request.headers['webhook-id'])
    const nth = (times.get(id) ?? 0) + 1
    times.set(id, nth)
    const dice = createDice(`${seed} ${id} ${nth}`)
    await delay(dice.between(0, 40))
    const fault = faulty && dice.chance(faultRate) ? dice.pick(['500', '503', 'cut']) : undefined
    if (fault === 'cut') return void request.socket.destroy()
    if (fault) return void response.writeHead(Number(fault)).end()
    const { data } = JSON.parse(body) as { data: { event_id?: number; run_id?: string } }
    const its = data.run_id === undefined ? accepted : acceptedOfRuns
    if (data.event_id !== undefined) its.set(data.event_id, (its.get(data.event_id) ?? 0) + 1)
    response.writeHead(204).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    accepted,
    acceptedOfRuns,
    heard,
    recover: () => {
      faulty = false
    },
    async watch({ url, publishableKey }, user, battleId) {
      const ids: number[] = []
      heard.set(battleId, ids)
      const agon = createAgonClient({ url, publishableKey, accessToken: () => user.token })
      for (;;) {
        try {
          const last = ids.at(-1)
          for await (const event of agon.watch(battleId, { signal: gone.signal, ...(last === undefined ? {} : { after: last }) }))
            ids.push(event.event_id)
          return
        } catch {
          if (gone.signal.aborted) return
          await delay(200) // it gave up; a person would look again
        }
      }
    },
    stop: () =>
      new Promise<void>((resolve) => {
        gone.abort()
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
