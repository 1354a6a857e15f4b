import type { Provider, StepWorld, Store, TextRequest } from '@agon/runner-core'
import { ok } from '@agon/runner-core/result'
import type { Connection } from '@agon/store/connection'
import { createDriverStore } from '@agon/store/driver-store'
import type { Client } from './database.ts'

const tables = new Set(['fn_battle_scores'])

/** The driver's store on a test's own connection: the same parsing and the same RPCs, without a REST API between. */
export function driverStore(client: Client): Store {
  const room = (schema: string) => ({
    async rpc(name: string, args: Record<string, unknown> = {}) {
      const names = Object.keys(args)
      const values = names.map((key) => (typeof args[key] === 'object' && args[key] !== null ? JSON.stringify(args[key]) : args[key]))
      try {
        const call = `${schema}.${name}(${names.map((key, nth) => `${key} => $${nth + 1}`).join(', ')})`
        const { rows } = await client.query(
          // What returns a table comes as a list of its rows, as from the REST API.
          tables.has(name) ? `select coalesce(jsonb_agg(to_jsonb(x)), '[]') as data from ${call} x` : `select to_jsonb(${call}) as data`,
          values,
        )
        return { data: rows[0].data, error: null }
      } catch (error) {
        return { data: null, error: error as { code?: string; message: string } }
      }
    },
  })
  const rooms = { battles: room('battles'), execution: room('execution'), lenses: room('lenses'), webhooks: room('webhooks') }
  return createDriverStore(rooms as unknown as Connection)
}

export interface ScriptedJudge {
  world: StepWorld
  /** Every request a provider answered. */
  asked: TextRequest[]
}

/** A world whose one provider answers by a script, and whose clock stands still unless the script moves it. */
export function scriptedWorld(
  client: Client,
  reply: (request: TextRequest, nth: number) => string | Promise<string>,
): ScriptedJudge & { clockMs: { now: number } } {
  const asked: TextRequest[] = []
  const clockMs = { now: 0 }
  const provider: Provider = {
    async generateText(request) {
      const nth = asked.push(request)
      const text = await reply(request, nth)
      return ok({ text, finishReason: 'stop', wireModel: request.wireModel, inputTokens: 10, outputTokens: 5 })
    },
  }
  const clock = { now: () => clockMs.now, sleep: async () => undefined }
  return {
    asked,
    clockMs,
    world: { store: driverStore(client), providers: () => ok(provider), clock, random: () => 0.5, log: () => undefined },
  }
}

/** A verdict on what a judge's prompt shows, by a score for each answer's text. */
export function verdictBy(score: (answer: string) => number): (request: { prompt: string }) => string {
  return ({ prompt }) => {
    const shown = [...prompt.matchAll(/<<<ANSWER (\d+) ([0-9a-f]{16})>>>\n([\s\S]*?)\n<<<END ANSWER \1 \2>>>/g)]
    const scores = shown.map(([, label, , text]) => ({ label: label!, score: score(text!) }))
    const best = Math.max(...scores.map((each) => each.score))
    const winners = scores.filter((each) => each.score === best)
    return JSON.stringify({ reasoning: 'because', scores, verdict: winners.length === 1 ? winners[0]!.label : 'tie' })
  }
}
