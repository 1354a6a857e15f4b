import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import type { ActBounds, Line, StepReport, StepWorld } from '@agon/runner-core'
import { renderTask } from '@agon/runner-core'
import type { CodingJob, CodingStore } from '@agon/runner-core/coding'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { persist } from '@agon/runner-core/persist'
import { fail, ok, type Result } from '@agon/runner-core/result'
import { settleFailure } from '@agon/runner-core/settle-failure'
import { reportProgress } from '@agon/runner-core/text-progress'
import { allowedEnvironment, runChecks } from './checks.ts'
import type { Backend, Check, CodingConfiguration, Repository } from './configuration.ts'
import { dropJournal, type Ending, type Journal, readJournal, writeJournal } from './journal.ts'
import { endProcesses, isAlive, markOf } from './process-tree.ts'
import { resultOf, tokensOf } from './readings.ts'
import { type Results, splitKey } from './results.ts'
import { endedWell, resumeDecision } from './resume.ts'
import { graceMs, runProgram } from './run-program.ts'
import type { Workspace } from './workspace.ts'

/** So much of what a command says is shown while it works. */
const mostShown = 128 * 1024
/** How long a run that another live worker still has its hands on is waited for: it hears of its lost lease within seconds. */
const heldMs = 60_000

/** Where a test may stop the worker. */
export type Point = 'begun' | 'started' | 'exited' | 'measured' | 'checked' | 'recorded'

export interface CodingTools {
  store: CodingStore
  configuration: CodingConfiguration
  workspace: Workspace
  results: Results
  /** Where runs are, one folder a contender. */
  folder: string
  /** What programs may be given of the worker's environment. */
  variables: Record<string, string | undefined>
  atPoint?: (point: Point) => void | Promise<void>
}

/** Runs in this process, by contender. */
const active = new Map<string, Promise<unknown>>()
export const isActive = (contenderId: string): boolean => active.has(contenderId)

interface Asked {
  backend: Backend
  model: string | undefined
  repository: Repository
  checks: (Check & { name: string })[]
  prompt: string
}

/** Lets one command do its task in a worktree of its own, looks at what it changed, runs the checks, and records how it went. */
export async function codingStep(job: CodingJob, world: StepWorld, bounds: ActBounds, tools: CodingTools): Promise<StepReport> {
  while (active.has(job.contenderId)) await active.get(job.contenderId) // this process held it under a lease that it lost
  const working = work(job, world, bounds, tools)
  const settled = working.catch(() => undefined)
  active.set(job.contenderId, settled)
  try {
    return await working
  } finally {
    active.delete(job.contenderId)
  }
}

async function work(job: CodingJob, world: StepWorld, bounds: ActBounds, tools: CodingTools): Promise<StepReport> {
  const { workspace, variables } = tools
  const folder = join(tools.folder, job.contenderId)
  const worktree = join(folder, 'worktree')
  const endsAt = job.deadlineMs === null ? Number.POSITIVE_INFINITY : world.clock.now() + job.deadlineMs
  const asked = await whatIsAsked(job, tools.configuration)
  if (!asked.ok) return settleFailure(job, asked.error, world)
  const { backend, repository } = asked.value

  const isHeldElsewhere = () => {
    const holder = readJournal(folder)?.worker
    return holder !== undefined && holder !== null && holder.pid !== process.pid && isAlive(holder)
  }
  for (const until = world.clock.now() + heldMs; isHeldElsewhere(); ) {
    if (bounds.signal.aborted) return {}
    if (world.clock.now() > until)
      return settleFailure(job, stepError('backend_unavailable', 'Another worker of this machine does not let go of this contender'), world)
    await world.clock.sleep(250, bounds.signal)
  }

  let journal = readJournal(folder)
  let decision = resumeDecision({ journal, isHeld: false, isWanted: true, attempt: job.attempts })
  if (decision === 'done' && !existsSync(worktree)) decision = 're-dispatch'
  if (journal) world.log({ level: 'info', event: 'coding_run_found', job_id: job.jobId, phase: journal.phase, decision })
  const remove = async () => {
    dropJournal(folder)
    await workspace.removeWorktree(repository.source, worktree)
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  const letGo = () => {
    const left = readJournal(folder)
    if (left) writeJournal(folder, { ...left, worker: null })
  }

  if (decision === 're-dispatch') {
    if (journal) await endLeftProcesses(journal)
    await remove()
    if (world.clock.now() >= endsAt) return settleFailure(job, outOfTime, world)
    const commit = await pinnedCommit(job, repository, tools)
    if (!commit.ok) return settleFailure(job, commit.error, world)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const added = await workspace.addWorktree(repository.source, commit.value, worktree)
    if (!added.ok) return settleFailure(job, added.error, world)
    const begun: Journal = {
      battleId: job.battleId,
      contenderId: job.contenderId,
      source: repository.source,
      commit: commit.value,
      attempt: job.attempts,
      runId: randomUUID(),
      worker: markOf(process.pid) ?? { pid: process.pid },
      phase: 'running',
    }
    const ran = await runBackend(begun, asked.value, { job, world, bounds, tools, folder, worktree, endsAt })
    if (!ran) {
      await remove()
      // Told to stop: at the end of its patience a worker gives the job back; a battle that was cancelled has none to give.
      await world.store.yieldJob(job.jobId, job.leaseToken)
      return {}
    }
    journal = ran
  } else {
    journal = { ...journal!, worker: markOf(process.pid) ?? { pid: process.pid } }
    writeJournal(folder, journal)
    await endLeftProcesses(journal)
  }

  const ending = journal.ending!
  if (!endedWell(ending)) {
    const report = await settleFailure(job, failureOf(ending, backend), world)
    await remove()
    await tellManifest(job, world, tools)
    return report
  }

  if (!journal.diff) {
    const diff = await workspace.diff(repository.source, worktree, journal.commit, folder, backend.max_diff_bytes)
    if (!diff.ok) {
      letGo()
      return settleFailure(job, diff.error, world)
    }
    journal = { ...journal, phase: 'measured', diff: diff.value }
    writeJournal(folder, journal)
  }
  await tools.atPoint?.('measured')

  const restored = await workspace.restore(repository.source, worktree, journal.commit, repository.restore, folder)
  const checked = restored.ok
    ? await runChecks(asked.value.checks, { worktree, folder, runId: journal.runId, variables, signal: bounds.signal })
    : []
  if (!restored.ok || checked === undefined) {
    letGo() // what the command did is kept for whoever comes next
    if (!restored.ok) return settleFailure(job, restored.error, world)
    await world.store.yieldJob(job.jobId, job.leaseToken)
    return {}
  }
  await tools.atPoint?.('checked')

  const { tokens, result, durationMs, exitCode } = ending
  const [standing] = await standingOf(job, tools)
  if (standing) tools.results.keep(standing, job.slot, { result, diff: journal.diff!.text })
  const recorded = await persist(world.clock, () =>
    tools.store.complete(job.jobId, job.leaseToken, {
      contentText: result,
      outputModality: 'text',
      wireModel: asked.value.model ?? splitKey(job.modelKey)[0],
      finishReason: 'stop',
      latencyMs: durationMs,
      ...(tokens === undefined ? {} : { outputTokens: tokens }),
      diff: journal.diff!.text,
      work: {
        duration_ms: durationMs,
        exit_code: exitCode,
        tokens_per_second: tokens === undefined || durationMs === 0 ? null : Math.round((tokens / durationMs) * 100_000) / 100,
        commit: journal.commit,
        files: journal.diff!.files,
        diff_cut: journal.diff!.isCut,
        output_cut: ending.isCut,
        checks: checked,
      },
    }),
  )
  await tools.atPoint?.('recorded')
  world.log({
    level: recorded.ok ? 'info' : 'error',
    event: recorded.ok ? (recorded.value ? 'submission_recorded' : 'lease_lost') : 'submission_not_recorded',
    job_id: job.jobId,
    slot: job.slot,
    ...(recorded.ok ? {} : { message: recorded.error.message }),
  })
  if (!recorded.ok) {
    letGo()
    return {}
  }
  await remove()
  await tellManifest(job, world, tools)
  return {}
}

/** What the names of a job stand for on this machine. */
async function whatIsAsked(job: CodingJob, { backends, repositories }: CodingConfiguration): Promise<Result<Asked, StepError>> {
  const [name, model] = splitKey(job.modelKey)
  const misused = (message: string) => fail(stepError('backend_misused', message))
  const backend = Object.hasOwn(backends, name) ? backends[name] : undefined
  if (!backend) return misused(`This worker has no backend ${name}`)
  if (model !== undefined && !backend.command.includes('{model}'))
    return misused(`The backend ${name} takes no model, and the contender names ${model}`)
  if (model !== undefined && backend.models && !backend.models.includes(model))
    return misused(`The backend ${name} does not offer ${model}; it offers ${backend.models.join(', ')}`)
  const { source, ref: _ref } = job.repository
  const repository = Object.hasOwn(repositories, source) ? repositories[source] : undefined
  if (!repository) return misused(`This worker has no repository ${source}`)
  const unknown = job.checks.find((check) => !Object.hasOwn(repository.checks, check))
  if (unknown !== undefined) return misused(`The repository ${source} has no check ${unknown}`)
  const prompt = await renderTask(job)
  if (!prompt.ok) return prompt
  return ok({
    backend,
    model: model ?? backend.model,
    repository,
    checks: job.checks.map((check) => ({ name: check, ...repository.checks[check]! })),
    prompt: prompt.value,
  })
}

async function pinnedCommit(job: CodingJob, { source }: Repository, { store, workspace }: CodingTools): Promise<Result<string, StepError>> {
  if (job.repository.commit !== undefined) return ok(job.repository.commit)
  const found = await workspace.commitOf(source, job.repository.ref)
  if (!found.ok) return found
  const pinned = await store.pinCommit(job.jobId, job.leaseToken, found.value)
  if (!pinned.ok) return pinned
  return pinned.value === null ? fail(stepError('lease_lost', 'Another worker runs this contender')) : ok(pinned.value)
}

interface Setting {
  job: CodingJob
  world: StepWorld
  bounds: ActBounds
  tools: CodingTools
  folder: string
  worktree: string
  endsAt: number
}

/** Runs the command and writes down how it ended. Undefined: it was told to stop. */
async function runBackend(
  begun: Journal,
  asked: Asked,
  { job, world, bounds, tools, folder, worktree, endsAt }: Setting,
): Promise<Journal | undefined> {
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
      writeJournal(folder, journal)
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
  const file = existsSync(resultFile) ? readFileSync(resultFile, 'utf8').slice(0, backend.max_output_bytes) : undefined
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
  writeJournal(folder, journal)
  await tools.atPoint?.('exited')
  return journal
}

/** Ends what a dead worker left running. Its leader's number is only trusted while it is that very process. */
export async function endLeftProcesses({ runId, leader }: Journal): Promise<void> {
  await endProcesses(runId, leader && isAlive(leader) ? leader.pid : undefined, graceMs)
}

const outOfTime = stepError('deadline_exceeded', 'The time of the contender ended before its command did')

function failureOf({ how, exitCode, signal, complaint, durationMs }: Ending, backend: Backend): StepError {
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

const standingOf = async (job: CodingJob, { store }: CodingTools) => {
  const found = await store.standings([job.battleId])
  return found.ok ? found.value : []
}

/** What the last contender leaves behind: a battle that its checks decide is closed at once, and the manifest says where it stands. */
async function tellManifest(job: CodingJob, world: StepWorld, tools: CodingTools): Promise<void> {
  const [standing] = await standingOf(job, tools)
  if (!standing) return
  if (standing.status === 'scoring' && standing.scoringMode === 'checks') {
    const closed = await world.store.finalizeBattle(job.battleId)
    if (!closed.ok) world.log({ level: 'warn', event: 'battle_not_finalised', message: closed.error.message })
    const [after] = await standingOf(job, tools)
    tools.results.writeManifest(after ?? standing)
    return
  }
  tools.results.writeManifest(standing)
}

/** The line of a worker that has backends. */
export const codingJobs = (tools: CodingTools): Line<CodingJob> => ({
  kind: 'coding_job',
  claim: (_store, driver, most) => tools.store.claim(driver, most),
  step: (job, world, bounds) => codingStep(job, world, bounds, tools),
})
