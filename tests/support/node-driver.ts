import { type Line, type StepWorld, workflowContenders } from '@agon/runner-core'
import { lensRuns } from '@agon/runner-core/lens-runs'
import { teamRuns } from '@agon/runner-core/team-runs'
import { workflowMedia } from '@agon/runner-core/workflow-media'
import { workflowNodes } from '@agon/runner-core/workflow-nodes'
import { waitTokens } from '@agon/store/wait-token'
import type { Client } from './database.ts'
import { scriptedWorld } from './driver.ts'

// biome-ignore lint/suspicious/noExplicitAny: a line is closed over the type of its own jobs
const lines: Line<any>[] = [workflowNodes, teamRuns, lensRuns, workflowMedia, workflowContenders]
const bounds = { timeoutMs: 45_000, signal: new AbortController().signal }

/** A driver of workflow nodes on a test's own connection: the real runners, the real SQL, and models that answer by a script. */
export function nodeDriver(
  client: Client,
  reply: (prompt: string, nth: number) => string = (prompt) => `re: ${prompt}`,
  more: Partial<StepWorld> = {},
) {
  const { world, asked } = scriptedWorld(client, ({ prompt }, nth) => reply(prompt, nth))
  // No node's time runs out here but where the database says so.
  const sleep = (_ms: number, signal?: AbortSignal) =>
    signal ? new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })) : Promise.resolve()
  const whole: StepWorld = { ...world, clock: { now: () => 0, sleep }, waitToken: waitTokens('sb_secret_of_the_tests'), ...more }
  return {
    asked,
    world: whole,
    /** Takes whatever is ready, until nothing is. How many acts that took. */
    async drain(kinds?: string[]): Promise<number> {
      let acts = 0
      for (;;) {
        let claimed = 0
        for (const line of lines.filter(({ kind }) => kinds?.includes(kind) ?? true)) {
          const claim = await line.claim(whole.store, 'a test', 100)
          if (!claim.ok) throw new Error(`${claim.error.code}: ${claim.error.message}`)
          for (const job of claim.value.jobs) {
            await line.step(job, whole, bounds)
            claimed++
          }
        }
        if (claimed === 0) return acts
        acts += claimed
      }
    },
  }
}
