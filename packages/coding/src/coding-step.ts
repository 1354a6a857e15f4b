import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ActBounds, Line, StepReport, StepWorld } from '@agon/runner-core'
import type { CheckResult, CodingJob } from '@agon/runner-core/coding'
import { type StepError, stepError } from '@agon/runner-core/errors'
import { persist } from '@agon/runner-core/persist'
import { fail, ok, type Result } from '@agon/runner-core/result'
import { settleFailure } from '@agon/runner-core/settle-failure'
import { whatIsAsked } from './asked.ts'
import { runChecks } from './checks.ts'
import type { CodingTools } from './coding-tools.ts'
import type { Repository } from './configuration.ts'
import { dropJournal, type Journal, noteJournal, readJournal } from './journal.ts'
import { endProcesses, isAlive, markOf } from './process-tree.ts'
import { removeTree } from './remove-tree.ts'
import { splitKey } from './results.ts'
import { endedWell, resumeDecision } from './resume.ts'
import { type BackendRun, failureOf, runBackend } from './run-backend.ts'
import { graceMs } from './run-program.ts'

/** How long a run that another live worker still has its hands on is waited for: it hears of its lost lease within seconds. */
const heldMs = 60_000

/** Runs in this process, by contender. */
const active = new Map<string, Promise<unknown>>()
export const isActive = (contenderId: string): boolean => active.has(contenderId)

/** Lets one command do its task in a worktree of its own, looks at what it changed, runs the checks, and records how it went. */
export async function codingStep(job: CodingJob, world: StepWorld, bounds: ActBounds, tools: CodingTools): Promise<StepReport> {
  while (active.has(job.contenderId)) await active.get(job.contenderId) // this process held it under a lease that it lost
  const working = work(job, world, bounds, tools).catch((error) => refusedByMachine(job, world, tools, error))
  const settled = working.catch(() => undefined)
  active.set(job.contenderId, settled)
  try {
    return await working
  } finally {
    active.delete(job.contenderId)
  }
}

async function work(job: CodingJob, world: StepWorld, bounds: ActBounds, tools: CodingTools): Promise<StepReport> {
  const folder = join(tools.folder, job.contenderId)
  const endsAt = job.deadlineMs === null ? Number.POSITIVE_INFINITY : world.clock.now() + job.deadlineMs
  const asked = await whatIsAsked(job, tools.configuration)
  if (!asked.ok) return settleFailure(job, asked.error, world)
  const run: BackendRun = { job, world, bounds, tools, asked: asked.value, folder, worktree: join(folder, 'worktree'), endsAt }

  const free = await whenFree(run)
  if (free === 'stopped') return {}
  if (!free.ok) return settleFailure(job, free.error, world)
  const ended = await endOfCommand(run)
  if (ended === 'stopped') return giveBack(job, world)
  if (!ended.ok) return settleFailure(job, ended.error, world)
  const { ending } = ended.value
  if (!endedWell(ending!)) {
    const report = await settleFailure(job, failureOf(ending!, asked.value.backend), world)
    await clearAway(run)
    await tellManifest(job, world, tools)
    return report
  }

  // From here on what the command did is kept for whoever comes next, until it is recorded.
  const measured = await measure(run, ended.value)
  if (!measured.ok) {
    letGo(run, job.attempts + 1)
    return settleFailure(job, measured.error, world)
  }
  const checked = await check(run, measured.value)
  if (checked === 'stopped') {
    letGo(run)
    return giveBack(job, world)
  }
  if (!checked.ok) {
    letGo(run, job.attempts + 1)
    return settleFailure(job, checked.error, world)
  }
  if (!(await record(run, measured.value, checked.value))) {
    letGo(run)
    return {}
  }
  await clearAway(run)
  await tellManifest(job, world, tools)
  return {}
}

/** What the machine refuses (a full disk, a folder of another user's) is told as what it is, instead of as three lost leases. */
async function refusedByMachine(job: CodingJob, world: StepWorld, tools: CodingTools, error: unknown): Promise<StepReport> {
  letGo({ job, world, folder: join(tools.folder, job.contenderId) }, job.attempts + 1)
  const { code, syscall, message } = error as NodeJS.ErrnoException
  if (syscall === undefined) throw error
  world.log({ level: 'error', event: 'machine_refused', job_id: job.jobId, message })
  return settleFailure(job, stepError('workspace_unavailable', `The machine of the worker refused: ${code} (${syscall})`), world)
}

/** Told to stop: at the end of its patience a worker gives the job back; a battle that was cancelled has none to give. */
async function giveBack(job: CodingJob, world: StepWorld): Promise<StepReport> {
  await world.store.yieldJob(job.jobId, job.leaseToken)
  return {}
}

/** Leaves the run to whoever claims the job next; what a command did well is still there for the attempt that follows one that failed here. */
function letGo(run: Pick<BackendRun, 'job' | 'world' | 'folder'>, attempt?: number): void {
  const left = readJournal(run.folder)
  if (left) noteJournal(run, { ...left, worker: null, ...(attempt !== undefined && { attempt }) })
}

/** Of a run that is over: what cannot be removed now is left to tidyRuns, and changes nothing of how it ended. */
async function clearAway(run: BackendRun): Promise<void> {
  await remove(run).catch((error: Error) =>
    run.world.log({ level: 'warn', event: 'coding_run_not_removed', job_id: run.job.jobId, message: error.message }),
  )
}

async function remove({ folder, worktree, asked, tools }: BackendRun): Promise<void> {
  dropJournal(folder)
  await tools.workspace.removeWorktree(asked.repository.source, worktree)
  removeTree(folder)
}

/** Waits until no other live worker has its hands on the contender's folder. */
async function whenFree({ folder, world, bounds }: BackendRun): Promise<Result<void, StepError> | 'stopped'> {
  const isHeldElsewhere = () => {
    const holder = readJournal(folder)?.worker
    return holder !== undefined && holder !== null && holder.pid !== process.pid && isAlive(holder)
  }
  for (const until = world.clock.now() + heldMs; isHeldElsewhere(); ) {
    if (bounds.signal.aborted) return 'stopped'
    if (world.clock.now() > until)
      return fail(stepError('backend_unavailable', 'Another worker of this machine does not let go of this contender'))
    await world.clock.sleep(250, bounds.signal)
  }
  return ok(undefined)
}

/** The command has ended: now, or before this worker came, as the journal says. */
async function endOfCommand(run: BackendRun): Promise<Result<Journal, StepError> | 'stopped'> {
  const { job, world, folder, worktree } = run
  const left = readJournal(folder)
  let decision = resumeDecision({ journal: left, isHeld: false, isWanted: true, attempt: job.attempts })
  if (decision === 'done' && !existsSync(worktree)) decision = 're-dispatch'
  if (left) world.log({ level: 'info', event: 'coding_run_found', job_id: job.jobId, phase: left.phase, decision })
  if (left && decision !== 're-dispatch') {
    const journal: Journal = { ...left, worker: markOf(process.pid) ?? { pid: process.pid } }
    noteJournal(run, journal)
    await endLeftProcesses(journal)
    return ok(journal)
  }

  if (left) await endLeftProcesses(left)
  await remove(run)
  const begun = await begin(run)
  if (!begun.ok) return begun
  const journal = await runBackend(begun.value, run)
  if (journal) return ok(journal)
  await remove(run)
  return 'stopped'
}

/** A worktree of the battle's commit, with nothing in it but that. */
async function begin({
  job,
  world,
  tools,
  asked: { repository },
  folder,
  worktree,
  endsAt,
}: BackendRun): Promise<Result<Journal, StepError>> {
  if (world.clock.now() >= endsAt) return fail(outOfTime)
  const commit = await pinnedCommit(job, repository, tools)
  if (!commit.ok) return commit
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const added = await tools.workspace.addWorktree(repository.source, commit.value, worktree)
  if (!added.ok) return added
  return ok({
    battleId: job.battleId,
    contenderId: job.contenderId,
    source: repository.source,
    commit: commit.value,
    attempt: job.attempts,
    runId: randomUUID(),
    worker: markOf(process.pid) ?? { pid: process.pid },
    phase: 'running',
  })
}

/** What the command changed, in the journal. */
async function measure(run: BackendRun, journal: Journal): Promise<Result<Journal, StepError>> {
  const { asked, tools, folder, worktree } = run
  let measured = journal
  if (!journal.diff) {
    if (!existsSync(worktree)) return fail(stepError('backend_failed', 'The command removed the worktree that it was to work in'))
    const { repository, backend } = asked
    const diff = await tools.workspace.diff(repository.source, worktree, journal.commit, folder, backend.max_diff_bytes)
    if (!diff.ok) return diff
    measured = { ...journal, phase: 'measured', diff: diff.value }
    noteJournal(run, measured)
  }
  await tools.atPoint?.('measured')
  return ok(measured)
}

/** Puts back what contenders must not change, and runs the owner's checks. */
async function check(
  { asked, tools, bounds, folder, worktree }: BackendRun,
  { commit, runId }: Journal,
): Promise<Result<CheckResult[], StepError> | 'stopped'> {
  const { source, restore } = asked.repository
  const restored = await tools.workspace.restore(source, worktree, commit, restore, folder)
  if (!restored.ok) return restored
  const checked = await runChecks(asked.checks, { worktree, folder, runId, variables: tools.variables, signal: bounds.signal })
  if (checked === undefined) return 'stopped'
  await tools.atPoint?.('checked')
  return ok(checked)
}

/** Into the results folder and the database. False: the database could not be told. */
async function record(
  { job, world, tools, asked }: BackendRun,
  { commit, diff, ending }: Journal,
  checks: CheckResult[],
): Promise<boolean> {
  const { tokens, result, durationMs, exitCode, isCut } = ending!
  const [standing] = await standingOf(job, tools)
  if (standing) toResults(job, world, () => tools.results.keep(standing, job.slot, { result, diff: diff!.text }))
  const recorded = await persist(world.clock, () =>
    tools.store.complete(job.jobId, job.leaseToken, {
      contentText: result,
      outputModality: 'text',
      wireModel: asked.model ?? splitKey(job.modelKey)[0],
      finishReason: 'stop',
      latencyMs: durationMs,
      ...(tokens === undefined ? {} : { outputTokens: tokens }),
      diff: diff!.text,
      work: {
        duration_ms: durationMs,
        exit_code: exitCode,
        tokens_per_second: tokens === undefined || durationMs === 0 ? null : Math.round((tokens / durationMs) * 100_000) / 100,
        commit,
        files: diff!.files,
        diff_cut: diff!.isCut,
        output_cut: isCut,
        checks,
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
  return recorded.ok
}

async function pinnedCommit(job: CodingJob, { source }: Repository, { store, workspace }: CodingTools): Promise<Result<string, StepError>> {
  if (job.repository.commit !== undefined) return ok(job.repository.commit)
  const found = await workspace.commitOf(source, job.repository.ref)
  if (!found.ok) return found
  const pinned = await store.pinCommit(job.jobId, job.leaseToken, found.value)
  if (!pinned.ok) return pinned
  return pinned.value === null ? fail(stepError('lease_lost', 'Another worker runs this contender')) : ok(pinned.value)
}

/** Ends what a dead worker left running. Its leader's number is only trusted while it is that very process. */
export async function endLeftProcesses({ runId, leader }: Journal): Promise<void> {
  await endProcesses(runId, leader && isAlive(leader) ? leader.pid : undefined, graceMs)
}

const outOfTime = stepError('deadline_exceeded', 'The time of the contender ended before its command did')

const standingOf = async (job: CodingJob, { store }: CodingTools) => {
  const found = await store.standings([job.battleId])
  return found.ok ? found.value : []
}

/** The folder of results is for people, and a copy: that it cannot be written keeps nothing from being recorded. */
function toResults(job: CodingJob, world: StepWorld, write: () => unknown): void {
  try {
    write()
  } catch (error) {
    world.log({ level: 'error', event: 'results_not_written', job_id: job.jobId, message: (error as Error).message })
  }
}

/** What the last contender leaves behind: a battle that its checks decide is closed at once, and the manifest says where it stands. */
async function tellManifest(job: CodingJob, world: StepWorld, tools: CodingTools): Promise<void> {
  const [standing] = await standingOf(job, tools)
  if (!standing) return
  if (standing.status === 'scoring' && standing.scoringMode === 'checks') {
    const closed = await world.store.finalizeBattle(job.battleId)
    if (!closed.ok) world.log({ level: 'warn', event: 'battle_not_finalised', message: closed.error.message })
    const [after] = await standingOf(job, tools)
    toResults(job, world, () => tools.results.writeManifest(after ?? standing))
    return
  }
  toResults(job, world, () => tools.results.writeManifest(standing))
}

/** The line of a worker that has backends. */
export const codingJobs = (tools: CodingTools): Line<CodingJob> => ({
  kind: 'coding_job',
  claim: (_store, driver, most) => tools.store.claim(driver, most),
  step: (job, world, bounds) => codingStep(job, world, bounds, tools),
})
