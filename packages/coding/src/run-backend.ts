import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import type { ActBounds, StepWorld } from '@agon/runner-core'
import type { CodingJob } from '@agon/runner-core/coding'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { reportProgress } from '@agon/runner-core/text-progress'
import type { Asked } from './asked.ts'
import { allowedEnvironment } from './checks.ts'
import type { CodingTools } from './coding-tools.ts'
import type { Backend } from './configuration.ts'
import { type Ending, type Journal, noteJournal, writeJournal } from './journal.ts'
import { markOf } from './process-tree.ts'
import { beginningOf, resultOf, tokensOf } from './readings.ts'
import { runProgram } from './run-program.ts'

/** So much of what a command says is shown while it works. */
const mostShown = 128 * 1024

/** A contender's run: its job, what it is asked, where it works, and until when. */
export interface BackendRun {
  job: CodingJob
  world: StepWorld
  bounds: ActBounds
  tools: CodingTools
  asked: Asked
  folder: string
  worktree: string
  /** In the world's milliseconds. */
  endsAt: number
}

/** Runs the command and writes down how it ended. Undefined: it was told to stop. */
export async function runBackend(begun: Journal, run: BackendRun): Promise<Journal | undefined> {
  const { job, world, bounds, tools, asked, folder, worktree, endsAt } = run
  const { backend, model, prompt } = asked
  const [promptFile, resultFile] = [join(folder, 'prompt.md'), join(folder, 'result.txt')]
  writeFileSync(promptFile, prompt)
  writeJournal(folder, begun)
  await tools.atPoint?.('begun')
  const values: Record<string, string> = {
    '{prompt_file}': promptFile,
    '{result_file}': resultFile,
    '{model}': model ?? '',
    '{worktree}': worktree,
  }

  let shown = ''
  let chunks = 0
  const decoder = new StringDecoder('utf8')
  const progress = reportProgress(
    { jobId: job.jobId, checkpoint: null, show: (grown) => world.store.showProgress(job.jobId, job.leaseToken, grown) },
    world,
    world.clock.now(),
  )
  let journal = begun
  const ended = await runProgram({
    argv: backend.command.map((word) => values[word] ?? word),
    cwd: worktree,
    env: allowedEnvironment(backend.env, folder, tools.variables),
    runId: begun.runId,
    timeoutMs: Math.max(1, Math.min(backend.timeout_ms, endsAt - world.clock.now())),
    maxOutputBytes: backend.max_output_bytes,
    ...(backend.stdin === 'prompt' ? { stdin: prompt } : {}),
    signal: AbortSignal.any([bounds.signal, progress.lost]),
    onStart: async (pid) => {
      const leader = markOf(pid)
      journal = { ...begun, ...(leader && { leader }) }
      noteJournal(run, journal)
      await tools.atPoint?.('started')
    },
    onOutput: (chunk) => {
      if (shown.length >= mostShown) return
      shown = (shown + decoder.write(chunk)).slice(0, mostShown)
      progress.take({ text: shown, chunks: ++chunks })
    },
  })
  await progress.stop()
  if (ended.how === 'aborted') return undefined
  const tokens = tokensOf(backend, `${ended.stdout}\n${ended.stderr}`)
  const file = beginningOf(resultFile, backend.max_output_bytes)
  const ending: Ending = {
    how: ended.how,
    exitCode: ended.exitCode,
    signal: ended.signal,
    durationMs: ended.durationMs,
    isCut: ended.isCut,
    ...(tokens === undefined ? {} : { tokens }),
    complaint: (ended.message ?? (ended.stderr.trim() || ended.stdout.trim())).slice(-600),
    result: resultOf(backend, ended.stdout, file),
  }
  journal = { ...journal, phase: 'exited', ending }
  noteJournal(run, journal)
  await tools.atPoint?.('exited')
  return journal
}

/** Why a command that did not end well failed its contender. */
export function failureOf({ how, exitCode, signal, complaint, durationMs }: Ending, backend: Backend): StepError {
  if (how === 'timed_out')
    return stepError(
      'deadline_exceeded',
      `The command was ended after ${durationMs} ms (timeout_ms ${backend.timeout_ms}, or the time budget of its battle)`,
    )
  if (how === 'not_started') return stepError('backend_unavailable', `The command could not be started: ${complaint}`)
  return stepError(
    'backend_failed',
    `The command ended with ${exitCode === null ? signal : `exit code ${exitCode}`}${complaint === '' ? '' : `: ${complaint}`}`,
  )
}
