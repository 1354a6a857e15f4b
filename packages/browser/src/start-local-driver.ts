import {
  type BattleJob,
  battleStep,
  type Claim,
  createDispatcher,
  fail,
  type Line,
  type LogEntry,
  type NodeJob,
  ok,
  type Result,
  type StepError,
  type StepWorld,
  type Store,
  stepError,
  workerBudget,
} from '@agon/runner-core'
import { browserClock } from './browser-clock.ts'
import type { KeyVault } from './key-vault.ts'
import { localProviders } from './local-providers.ts'
import { createLocalStore } from './local-store.ts'

export interface LocalDriverOptions {
  /** The Supabase project, such as https://abcd.supabase.co. */
  agonUrl: string
  /** The signed-in user's access token; a function is asked at every call, so that it can renew one. */
  token: string | (() => string | Promise<string>)
  keys: KeyVault
  /** Answers at once, 1 to 8. */
  slots?: number
  /** How often it asks for work while there is some, in milliseconds; idle, it waits up to five times as long. */
  pollMs?: number
  /** One line a happening. No prompt, no answer and no key is in it. */
  log?: (entry: LogEntry) => void
}

export interface LocalDriver {
  /** There may be work now: a battle was just published, or a run begun. */
  wake(): void
  /** Answers in hand. */
  readonly running: number
  /** Stops at once: calls are aborted, and what was in hand is given back for another page to take. */
  stop(): Promise<void>
}

/**
 * Answers the user's own contenders (funding_source user_byok_local) and the nodes of their runs (local_providers) in this page: runner-core's
 * dispatcher and steps, as every driver of Agon runs them, with keys that go to their providers and nowhere else.
 *
 * @example const driver = startLocalDriver({ agonUrl: 'https://abcd.supabase.co', token, keys: await openKeyVault() })
 */
export function startLocalDriver({ agonUrl, token, keys, slots = 3, pollMs = 3000, log = () => {} }: LocalDriverOptions): LocalDriver {
  const store = createLocalStore({ agonUrl, token: typeof token === 'function' ? token : () => token })
  let providers = localProviders([])
  /** What the claim gives for the providers that the vault has keys of. */
  async function claimed<J extends { modelKey: string | null }>(claim: (names: string[]) => Promise<Result<Claim<J>, StepError>>) {
    const kept = await keys.list().catch(() => undefined)
    if (kept === undefined) return fail(stepError('sealed_unreadable', 'The browser does not let this page read its keys.'))
    providers = localProviders(kept)
    const names = kept.map(({ provider }) => provider)
    if (names.length === 0) return ok({ jobs: [], leaseMs: 90_000, nextDueMs: null })
    const found = await claim(names)
    if (!found.ok) return found
    // Every call is paid for by the key of its provider in the vault: opened for that call, by openKey below.
    const jobs = found.value.jobs.map((job) => ({ ...job, byok: { keyId: '', ownerId: '', provider: providerOf(job), sealed: '' } }))
    return ok({ ...found.value, jobs })
  }
  const contenders: Line<BattleJob> = {
    kind: 'local_execution',
    claim: (_store, driver, most) => claimed((names) => store.claimContenders(driver, names, most)),
    step: battleStep,
  }
  const nodes: Line<NodeJob> = {
    kind: 'local_node',
    claim: (_store, driver, most) => claimed((names) => store.claimNodes(driver, names, most)),
    // Templates and schemas are loaded by the first node: a page that only answers contenders needs neither.
    step: async (...act) => (await import('@agon/runner-core/local-nodes')).localNodeStep(...act),
  }
  const world: StepWorld = {
    // These steps and the dispatcher call nothing else of it.
    store: store as unknown as Store,
    providers: (id, usersKey) => providers(id, usersKey),
    openKey: ({ provider }) =>
      keys
        .open(provider)
        .catch(() => fail(stepError('sealed_unreadable', `The browser does not let this page read its key of ${provider}.`))),
    clock: browserClock,
    random: Math.random,
    log,
  }
  const dispatcher = createDispatcher({
    lines: [contenders, nodes],
    world,
    driver: crypto.randomUUID(),
    slots: Math.min(8, Math.max(1, Math.round(slots))),
  })
  const stopped = new AbortController()
  const budget = workerBudget({ stopped: stopped.signal })
  let bell = new AbortController()

  async function ask(): Promise<void> {
    let waitMs = pollMs
    while (!stopped.signal.aborted) {
      void dispatcher.wake(budget)
      await browserClock.sleep(waitMs * (0.8 + 0.4 * Math.random()), AbortSignal.any([stopped.signal, bell.signal]))
      waitMs = bell.signal.aborted || dispatcher.running > 0 ? pollMs : Math.min(waitMs * 1.5, 5 * pollMs)
      if (bell.signal.aborted) bell = new AbortController()
    }
  }

  async function stop(): Promise<void> {
    if (stopped.signal.aborted) return
    stopped.abort()
    globalThis.removeEventListener?.('pagehide', stop)
    await store.giveBack(dispatcher.abort())
  }
  globalThis.addEventListener?.('pagehide', stop)
  void ask()

  return {
    wake: () => bell.abort(),
    get running() {
      return dispatcher.running
    },
    stop,
  }
}

const providerOf = ({ modelKey }: { modelKey: string | null }): string => (modelKey ?? ':').slice(0, (modelKey ?? ':').indexOf(':'))
