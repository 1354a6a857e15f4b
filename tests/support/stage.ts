import { type AgonClient, createAgonClient } from '@agon/client'
import type { Arena } from './arena.ts'
import { type Battle, createBattle, publish } from './battles.ts'
import { value } from './database.ts'

// Battles whose log a test writes, and readers of the stream.

export interface Heard {
  status: number
  text: string
  ids: number[]
  ended: boolean
}

export function createStage(arena: Arena) {
  const ownerId = () => value<string>(arena.database, `select id from auth.users where email = 'owner@example.com'`)
  return {
    ownerId,
    anybody: { apikey: arena.platform.publishableKey },
    urlOf: (battle: Battle, query = '') => `${arena.platform.url}/functions/v1/battle-events/${battle.battleId}${query}`,

    /** A battle whose jobs no function is woken for: what happens in it, the test writes. */
    async quietBattle(wanted: Parameters<typeof createBattle>[1] = {}): Promise<Battle> {
      await arena.database.query(`update execution.job_kinds set wake_function = null`)
      const battle = await createBattle(arena.database, { ownerId: await ownerId(), ...wanted })
      await publish(arena.database, battle)
      return battle
    },

    /** What drivers write: text as it comes, a word an event. */
    async write(battle: Battle, words: number, from = 0): Promise<void> {
      await arena.database.query(
        `select battles.record_event($1, 'contender.delta', jsonb_build_object('slot', 'A', 'offset', (n - 1) * 6, 'text', 'w' || lpad(n::text, 4, '0') || ' '))
         from generate_series($2::integer, $3::integer) n order by n`,
        [battle.battleId, from + 1, from + words],
      )
    },

    async logOf(battle: Battle): Promise<number[]> {
      const { rows } = await arena.database.query('select event_id from battles.events where battle_id = $1 order by 1', [battle.battleId])
      return rows.map((row: { event_id: number }) => row.event_id)
    },

    client: (options: { token?: string; fetch?: (request: Request) => Promise<Response> } = {}): AgonClient =>
      createAgonClient({
        url: arena.platform.url,
        publishableKey: arena.platform.publishableKey,
        accessToken: () => options.token,
        ...(options.fetch && { fetch: options.fetch }),
      }),
  }
}

export type Stage = ReturnType<typeof createStage>

/** The text that many words of `write` make. */
export const textOf = (words: number): string => Array.from({ length: words }, (_, nth) => `w${String(nth + 1).padStart(4, '0')} `).join('')

export interface Hearing {
  /** Cut the connection when this many characters have come; what came after them was never received. */
  cutAt?: number | undefined
  /** Cut it when this holds. */
  until?: (text: string) => boolean
}

/** One connection, as text, until the server ends it or it is cut. */
export async function hear(url: string, headers: Record<string, string>, { cutAt = Infinity, until }: Hearing = {}): Promise<Heard> {
  const cut = new AbortController()
  const response = await fetch(url, { headers, signal: cut.signal })
  let text = ''
  const decoder = new TextDecoder()
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      if (text.length >= cutAt || until?.(text)) break
    }
  } finally {
    cut.abort()
  }
  text = text.slice(0, cutAt)
  // A block counts when its blank line has come.
  const blocks = text.split('\n\n').slice(0, -1)
  const told = blocks.filter((block) => !/^event: end$/m.test(block))
  const ids = told.flatMap((block) => [...block.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1])))
  return { status: response.status, text, ids, ended: told.length < blocks.length }
}
