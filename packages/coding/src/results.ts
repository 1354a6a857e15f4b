import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CodingStanding } from '@agon/runner-core/coding'
import { writeWhole } from './journal.ts'

const plain = (text: string, most: number): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, most)
    .replaceAll(/[-.]+$/g, '')

/** The folder of a battle: its day, its title, and enough of its id to be alone. */
export const battleSlug = ({ battleId, title, createdAt }: Pick<CodingStanding, 'battleId' | 'title' | 'createdAt'>): string =>
  [createdAt.slice(0, 10), plain(title, 48), battleId.slice(0, 8)].filter(Boolean).join('-')

/** `<identity>-<model>` of each contender, by slot; where two would be one, with the slot. */
export function contenderFolders(contenders: readonly { slot: string; identity: string; modelKey: string }[]): Map<string, string> {
  const names = contenders.map(({ slot, identity, modelKey }) => {
    const [backend, model = 'default'] = splitKey(modelKey)
    const name = identity === '' ? [backend, model] : [identity, backend, model]
    return { slot, name: name.map((part) => plain(part, 40) || 'x').join('-') }
  })
  const many = (name: string) => names.filter((other) => other.name === name).length > 1
  return new Map(names.map(({ slot, name }) => [slot, many(name) ? `${name}-${slot.toLowerCase()}` : name]))
}

/** The backend and the model of `command:<backend>/<model>`. */
export function splitKey(modelKey: string): [string, string?] {
  const key = modelKey.replace(/^command:/, '')
  const slash = key.indexOf('/')
  return slash < 0 ? [key] : [key.slice(0, slash), key.slice(slash + 1)]
}

/** Folders of battles on this machine, for people: each contender's answer and diff, and a manifest that says how it ended. */
export function createResults(folder: string) {
  const folderOf = (standing: CodingStanding) => join(folder, battleSlug(standing))
  return {
    folderOf,

    /** What a contender left. */
    keep(standing: CodingStanding, slot: string, { result, diff }: { result: string; diff: string }): string {
      const at = join(folderOf(standing), contenderFolders(standing.contenders).get(slot)!)
      writeWhole(join(at, 'result.md'), `${result}\n`)
      writeWhole(join(at, 'diff.patch'), diff)
      return at
    },

    writeManifest(standing: CodingStanding): void {
      const folders = contenderFolders(standing.contenders)
      const at = folderOf(standing)
      const winner = standing.contenders.find(({ slot }) => slot === standing.winnerSlot)
      const manifest = {
        battle_id: standing.battleId,
        title: standing.title,
        prompt: standing.taskPrompt,
        status: standing.status,
        scoring_mode: standing.scoringMode,
        repository: standing.repository,
        checks: standing.checks,
        outcome: standing.outcome,
        winner: winner ? { slot: winner.slot, folder: folders.get(winner.slot)! } : null,
        contenders: standing.contenders.map((contender) => {
          const name = folders.get(contender.slot)!
          const [backend, model] = splitKey(contender.modelKey)
          return {
            slot: contender.slot,
            identity: contender.identity,
            backend,
            model: model ?? null,
            simulated: contender.simulated,
            lane: contender.lane,
            status: contender.status,
            error: contender.error,
            // Another machine's worker keeps its own.
            folder: existsSync(join(at, name)) ? name : null,
            duration_ms: contender.durationMs,
            output_tokens: contender.outputTokens,
            tokens_per_second: contender.tokensPerSecond,
            checks: contender.checks,
            checks_share: contender.checksShare,
            judge_mean: contender.judgeMean,
            score: contender.score,
          }
        }),
        created_at: standing.createdAt,
        finished_at: standing.finishedAt,
      }
      writeWhole(join(at, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    },

    /** Battles whose manifest does not say yet how they ended. */
    unfinished(): string[] {
      if (!existsSync(folder)) return []
      return readdirSync(folder).flatMap((name) => {
        try {
          const manifest = JSON.parse(readFileSync(join(folder, name, 'manifest.json'), 'utf8')) as {
            battle_id?: unknown
            finished_at?: unknown
          }
          return typeof manifest.battle_id === 'string' && manifest.finished_at === null ? [manifest.battle_id] : []
        } catch {
          return []
        }
      })
    },
  }
}

export type Results = ReturnType<typeof createResults>
