import { codingJobs, codingOffers, keepManifests, tidyRuns } from '@agon/coding'
import { createMessageSigner, createOutbound, createWebhookSigner } from '@agon/outbound'
import { createProviders, providerConfiguration } from '@agon/providers'
import { keyOpener, keyringOf, open } from '@agon/providers/sealed-keys'
import type { LogEntry, StepWorld } from '@agon/runner-core'
import {
  asyncExecutions,
  battleAnalyses,
  battleJobs,
  battleJudgings,
  createDispatcher,
  webhookDeliveries,
  workerBudget,
} from '@agon/runner-core'
import { battleKeyframes } from '@agon/runner-core/keyframes-step'
import { lensRuns } from '@agon/runner-core/lens-runs'
import { ratingRefreshes } from '@agon/runner-core/refresh-step'
import { scheduleRefills, workflowTriggers } from '@agon/runner-core/triggers'
import { voteScans } from '@agon/runner-core/votes'
import { workflowMedia } from '@agon/runner-core/workflow-media'
import { workflowNodes } from '@agon/runner-core/workflow-nodes'
import { workflowPrograms } from '@agon/runner-core/workflow-programs'
import { workflowTools } from '@agon/runner-core/workflow-tools'
import {
  connect,
  createBoardStore,
  createDriverStore,
  createHousekeepingStore,
  createKeyframeStore,
  createMediaStore,
  createTriggerDriverStore,
  isPublicUrl,
  privateOrigins,
  waitTokens,
} from '@agon/store'
import { clock } from './clock.ts'
import { codingTools } from './coding-tools.ts'
import type { WorkerConfiguration } from './configuration.ts'
import { startDoorbell } from './doorbell.ts'
import { ffmpegCapability, filmTools } from './film-tools.ts'
import { workflowPorts } from './workflow-ports.ts'

/** What the housekeeping finds due it finds by the database's clock; asking more often than the schedule does would find nothing. */
const housekeepingMs = 60_000
/** How often it says what it can do: the database believes it for ten minutes. */
const announceMs = 60_000
/** How often the manifests of coding battles that are not over are looked at. */
const manifestMs = 2_000

export interface Worker {
  /** Takes no new job, lets those in hand finish (AGON_DRAIN_MS at most), then resolves with how many were cut off. */
  stop(): Promise<number>
}

/**
 * The long-task worker: the functions' dispatcher in a process without a slice. It drains the same queue beside them or instead
 * of them, and sweeps and cleans up, so that a database without pg_cron is driven too. It is woken by its doorbell, where it has a direct
 * connection, and by a poll with ±500 ms of jitter.
 */
export async function startWorker(
  configuration: WorkerConfiguration,
  environment: Record<string, string | undefined>,
  log: (entry: LogEntry) => void,
): Promise<Worker> {
  const stopped = new AbortController()
  const project = { url: configuration.SUPABASE_URL, secretKey: configuration.AGON_WORKER_KEY }
  const connection = connect(project)
  const boards = createBoardStore(connection)
  const triggers = createTriggerDriverStore(connection)
  // One bound for a call, whether the act's end or the adapter's own comes first: a stream is paused before either.
  const providers = providerConfiguration({ ...environment, AGON_PROVIDER_TIMEOUT_MS: String(configuration.AGON_PROVIDER_TIMEOUT_MS) })
  const localOrigins = privateOrigins(Object.values(providers.configured).map(({ baseUrl }) => baseUrl))
  const callbackUrl = configuration.AGON_CALLBACK_URL ?? `${project.url.replace(/\/$/, '')}/functions/v1/provider-callback`
  const keyring = keyringOf(environment)
  const world: StepWorld = {
    store: createDriverStore(connection),
    providers: createProviders(providers),
    media: createMediaStore({ ...project, localOrigins }),
    ...(configuration.AGON_CALLBACK_URL !== undefined || isPublicUrl(new URL(callbackUrl)) ? { callbackUrl } : {}),
    openKey: keyOpener(environment),
    outbound: createOutbound({ allow: configuration.AGON_OUTBOUND_ALLOW }),
    signMessage: createMessageSigner(),
    ...workflowPorts({ configuration, environment, connection, project }),
    signWebhook: createWebhookSigner(async (sealed, boundTo) => (keyring.ok ? open(sealed, boundTo, keyring.value) : keyring)),
    waitToken: waitTokens(configuration.AGON_WORKER_KEY),
    clock,
    random: Math.random,
    log,
  }
  const frames = createKeyframeStore(connection)
  const tools = await filmTools(configuration, log)
  const coding = codingTools(configuration, environment, connection)
  const offers = coding ? codingOffers(coding.configuration) : {}
  const capabilities = [...(tools ? [ffmpegCapability] : []), ...Object.keys(offers)]
  const housekeeping = createHousekeepingStore(connection, project)
  // Without a master key no message can be signed: the functions, which may have one, deliver them then.
  const lines = [
    battleJobs,
    asyncExecutions,
    battleJudgings,
    battleAnalyses,
    workflowNodes,
    lensRuns,
    workflowMedia,
    workflowTools,
    voteScans,
    workflowTriggers(triggers),
    scheduleRefills(triggers),
    ratingRefreshes(boards),
    ratingRefreshes(boards, {}, true),
    ...(keyring.ok ? [webhookDeliveries] : []),
    ...(tools ? [battleKeyframes(frames, tools), workflowPrograms(tools)] : []),
    ...(coding ? [codingJobs(coding)] : []),
  ]
  if (!keyring.ok) log({ level: 'warn', event: 'webhooks_not_delivered', message: keyring.error.message })
  const dispatcher = createDispatcher({ lines, world, driver: configuration.AGON_WORKER_ID, slots: configuration.AGON_SLOTS })
  const budget = workerBudget({ actMs: configuration.AGON_PROVIDER_TIMEOUT_MS, stopped: stopped.signal })
  let draining: Promise<unknown> = Promise.resolve()
  const wake = (kind?: string) => {
    if (!stopped.signal.aborted) draining = dispatcher.wake(budget, kind)
  }

  const loops = [
    repeat(configuration.AGON_POLL_MS, async () => wake()),
    repeat(configuration.AGON_SWEEP_MS, async () => {
      const swept = await world.store.sweep()
      if (!swept.ok) log({ level: 'warn', event: 'sweep_failed', message: swept.error.message })
      const due = await boards.refreshDue()
      if (!due.ok) log({ level: 'warn', event: 'boards_not_swept', message: due.error.message })
      const started = await triggers.dispatchSchedules()
      if (!started.ok) log({ level: 'warn', event: 'schedules_not_dispatched', message: started.error.message })
    }),
    repeat(announceMs, async () => {
      while (!stopped.signal.aborted) {
        const announced = await frames.announce(configuration.AGON_WORKER_ID, capabilities, offers)
        if (announced.ok) return wake()
        log({ level: 'warn', event: 'capabilities_not_announced', message: announced.error.message })
        await clock.sleep(2_000, stopped.signal)
      }
    }),
    ...(coding ? [repeat(manifestMs, keepManifests(coding)), repeat(housekeepingMs, () => tidyRuns(coding, log))] : []),
    repeat(housekeepingMs, async () => {
      for (const kept of [await housekeeping.forget(), await housekeeping.deleteOrphans()])
        if (!kept.ok) log({ level: 'warn', event: 'housekeeping_failed', message: kept.error.message })
    }),
  ]
  const doorbell = configuration.AGON_DATABASE_URL
    ? startDoorbell({ databaseUrl: configuration.AGON_DATABASE_URL, kinds: lines.map((line) => line.kind), log }, wake)
    : undefined

  async function repeat(everyMs: number, act: () => Promise<void>): Promise<void> {
    while (!stopped.signal.aborted) {
      await act()
      await clock.sleep(Math.max(0, everyMs + (Math.random() - 0.5) * 1000), stopped.signal)
    }
  }

  return {
    stop: async () => {
      stopped.abort()
      const patience = new AbortController()
      const outOfPatience = clock.sleep(configuration.AGON_DRAIN_MS, patience.signal).then(() => {
        if (!patience.signal.aborted) dispatcher.abort()
      })
      const cutOff = await Promise.race([draining.then(() => 0), outOfPatience.then(() => dispatcher.running)])
      patience.abort()
      await draining
      await Promise.all([...loops, doorbell?.stop()])
      // Nobody is to make work for it that then waits for nobody.
      await frames.announce(configuration.AGON_WORKER_ID, [])
      return cutOff
    },
  }
}
