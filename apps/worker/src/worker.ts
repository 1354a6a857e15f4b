import { createMessageSigner, createOutbound, createWebhookSigner } from '@agon/outbound'
import { createProviders, providerConfiguration } from '@agon/providers'
import { keyOpener, keyringOf, open } from '@agon/providers/sealed-keys'
import type { StepWorld } from '@agon/runner-core'
import { createDispatcher, workerBudget } from '@agon/runner-core'
import { didYouMean } from '@agon/runner-core/nearest'
import {
  connect,
  createBoardStore,
  createBridgeStore,
  createDriverStore,
  createHousekeepingStore,
  createKeyframeStore,
  createMediaStore,
  createTickStore,
  createTriggerDriverStore,
  createWorkerStore,
  isPublicUrl,
  privateOrigins,
  waitTokens,
} from '@agon/store'
import { createBridge } from './bridge/create-bridge.ts'
import { clock } from './clock.ts'
import { codingTools } from './coding-tools.ts'
import type { WorkerConfiguration } from './configuration.ts'
import { startDoorbell } from './doorbell.ts'
import { filmTools } from './film-tools.ts'
import type { Log } from './log.ts'
import { createContact } from './operating/contact.ts'
import { serveHealth } from './operating/health.ts'
import { startTelemetry } from './operating/telemetry.ts'
import { announce, beat } from './sub-workers/heartbeat.ts'
import type { Kit, Loop, WorkerFacts } from './sub-workers/index.ts'
import { workflowPorts } from './workflow-ports.ts'

/** How long calls that were cut off may take to end before their leases are given back. */
const cutOffMs = 5_000
/** How long one thing said to the project on leaving may take: a way that has gone quiet is not waited for as in daily work. */
const goodbyeMs = 5_000

export interface Worker {
  /** Takes no new job, lets those in hand finish (AGON_DRAIN_MS at most), gives the others back, then resolves with how many were cut off. */
  stop(): Promise<number>
}

/**
 * The long-task worker: the functions' dispatcher in a process without a slice. It drains the same queue beside them or instead
 * of them, and sweeps and cleans up, so that a database without pg_cron is driven too. It is woken by its doorbell, where it has a direct
 * connection, and by a poll with ±500 ms of jitter. What it does is parted into sub-workers, each of which AGON_WORKERS switches.
 */
export async function startWorker(
  configuration: WorkerConfiguration,
  environment: Record<string, string | undefined>,
  log: Log,
): Promise<Worker> {
  const stopped = new AbortController()
  const project = { url: configuration.SUPABASE_URL, secretKey: configuration.AGON_WORKER_KEY }
  const contact = createContact()
  const connection = connect({ ...project, fetch: contact.fetch })
  // One bound for a call, whether the act's end or the adapter's own comes first: a stream is paused before either.
  const providers = providerConfiguration({ ...environment, AGON_PROVIDER_TIMEOUT_MS: String(configuration.AGON_PROVIDER_TIMEOUT_MS) })
  const localOrigins = privateOrigins(Object.values(providers.configured).map(({ baseUrl }) => baseUrl))
  const callbackUrl = configuration.AGON_CALLBACK_URL ?? `${project.url.replace(/\/$/, '')}/functions/v1/provider-callback`
  const keyring = keyringOf(environment)
  const outbound = createOutbound({ allow: configuration.AGON_OUTBOUND_ALLOW })
  const world: StepWorld = {
    store: createDriverStore(connection),
    providers: createProviders(providers),
    media: createMediaStore({ ...project, localOrigins }),
    ...(configuration.AGON_CALLBACK_URL !== undefined || isPublicUrl(new URL(callbackUrl)) ? { callbackUrl } : {}),
    openKey: keyOpener(environment),
    outbound,
    signMessage: createMessageSigner(),
    ...workflowPorts({ configuration, environment, connection, project }),
    signWebhook: createWebhookSigner(async (sealed, boundTo) => (keyring.ok ? open(sealed, boundTo, keyring.value) : keyring)),
    waitToken: waitTokens(configuration.AGON_WORKER_KEY),
    clock,
    random: Math.random,
    log,
  }
  const tools = await filmTools(configuration, log)
  const coding = codingTools(configuration, environment, connection)
  const { CHAINABIT_EXECUTION_ENABLED, AGON_BRIDGE_URL: url, AGON_BRIDGE_TOKEN: token, AGON_BRIDGE_MODELS: models } = configuration
  const bridge = CHAINABIT_EXECUTION_ENABLED && url && token ? createBridge({ url, token, models, outbound, now: Date.now }) : undefined
  const subWorkers = configuration.AGON_WORKERS
  let state: WorkerFacts['state'] = 'running'
  const kit: Kit = {
    configuration,
    world,
    boards: createBoardStore(connection),
    triggers: createTriggerDriverStore(connection),
    frames: createKeyframeStore(connection),
    housekeeping: createHousekeepingStore(connection, project),
    tick: createTickStore(connection),
    workers: createWorkerStore(connection),
    ...(tools && { tools }),
    ...(coding && { coding }),
    ...(bridge && { bridge: { bridge, store: createBridgeStore(connection) } }),
    keyring,
    log,
    facts: () => ({
      state,
      running: dispatcher.running,
      subWorkers: subWorkers.map(({ name }) => name),
      kinds,
      capabilities: Object.assign({}, ...subWorkers.map(({ capabilities }) => capabilities?.(kit))),
    }),
    wake: () => wake(),
    stopped: stopped.signal,
  }
  const hasty = connect({
    ...project,
    fetch: (input, init) =>
      contact.fetch(input, { ...init, signal: AbortSignal.any([AbortSignal.timeout(goodbyeMs), ...(init?.signal ? [init.signal] : [])]) }),
  })
  const leaving: Kit = { ...kit, frames: createKeyframeStore(hasty), workers: createWorkerStore(hasty) }
  const telemetry = await startTelemetry(environment, kit)
  const lines = subWorkers.flatMap(({ lines }) => lines?.(kit) ?? []).map(telemetry.line)
  const kinds = lines.map(({ kind }) => kind)
  const weights = configuration.AGON_WEIGHTS
  for (const kind of Object.keys(weights ?? {}))
    if (!kinds.includes(kind))
      log({ level: 'warn', event: 'weight_of_nothing', kind, message: `This worker takes no ${kind}.${didYouMean(kind, kinds)}` })
  const dispatcher = createDispatcher({
    lines,
    world,
    driver: configuration.AGON_WORKER_ID,
    slots: configuration.AGON_SLOTS,
    ...(weights && { weights }),
  })
  const budget = workerBudget({ actMs: configuration.AGON_PROVIDER_TIMEOUT_MS, stopped: stopped.signal })
  let draining: Promise<unknown> = Promise.resolve()
  const wake = (kind?: string) => {
    if (!stopped.signal.aborted) draining = dispatcher.wake(budget, kind)
  }

  const health =
    configuration.AGON_HEALTH_PORT === undefined
      ? undefined
      : await serveHealth({
          host: configuration.AGON_HEALTH_HOST,
          port: configuration.AGON_HEALTH_PORT,
          facts: kit.facts,
          broken: () => contact.broken(3 * Math.max(configuration.AGON_POLL_MS, configuration.AGON_SWEEP_MS) + 15_000),
        })
  if (health) log({ level: 'info', event: 'health_served', host: configuration.AGON_HEALTH_HOST, port: health.port })

  const loops = [
    { everyMs: configuration.AGON_POLL_MS, act: async () => wake() },
    ...subWorkers.flatMap(({ loops }) => loops?.(kit) ?? []),
  ].map(repeat)
  const doorbell =
    configuration.AGON_DATABASE_URL && kinds.length > 0
      ? startDoorbell({ databaseUrl: configuration.AGON_DATABASE_URL, kinds, log }, wake)
      : undefined

  async function repeat({ everyMs, act }: Loop): Promise<void> {
    while (!stopped.signal.aborted) {
      // Nothing that goes wrong in one of them ends the others: a worker that is gone holds leases that nobody renews.
      await act().catch((error: unknown) => log({ level: 'error', event: 'loop_threw', message: String(error) }))
      await clock.sleep(Math.max(0, everyMs + (Math.random() - 0.5) * Math.min(1000, everyMs)), stopped.signal)
    }
  }

  /** Aborts what is in hand, and gives what is then still held to whoever comes next. How many jobs those were. */
  async function cutOff(): Promise<number> {
    const tokens = dispatcher.abort()
    await Promise.race([draining, clock.sleep(cutOffMs)])
    const given = await Promise.all(
      tokens.map(async (token) => {
        const back = await kit.workers.giveBack(token) // in all its time: one that is done unheard is counted nowhere
        if (!back.ok) log({ level: 'warn', event: 'lease_not_given_back', lease_token: token, message: back.error.message })
        return back.ok ? back.value : 0
      }),
    )
    return given.reduce((sum, jobs) => sum + jobs, 0)
  }

  const beats = subWorkers.some(({ name }) => name === 'heartbeat')
  /** Takes back at once what it can do, as nobody is to make work for it that then waits for nobody; and is heard of until it has left. */
  async function farewell(left: AbortSignal): Promise<void> {
    await Promise.all([announce(leaving, true), beat(leaving)])
    for (; !left.aborted; await clock.sleep(configuration.AGON_HEARTBEAT_MS, left)) await beat(leaving)
    await Promise.all([announce(leaving, true), beat(leaving)])
  }

  return {
    stop: async () => {
      stopped.abort()
      dispatcher.ring()
      state = 'draining'
      const left = new AbortController()
      const beating = beats ? farewell(left.signal) : undefined
      // What a loop asked last goes on without it.
      const looped = Promise.race([Promise.all(loops), clock.sleep(goodbyeMs)])
      const patience = new AbortController()
      const over = clock.sleep(configuration.AGON_DRAIN_MS, patience.signal).then(() => 'over' as const)
      const ended = await Promise.race([draining.then(() => 'drained' as const), over])
      patience.abort()
      const given = ended === 'over' ? await cutOff() : 0
      state = 'stopped'
      left.abort()
      await Promise.all([looped, doorbell?.stop(), beating])
      await telemetry.stop()
      await health?.stop()
      return given
    },
  }
}
