import type { Client } from 'openapi-fetch'
import { type Outcome, outcomeOf } from './outcome.ts'
import type { RunEvent } from './run-events.ts'
import type { components, paths } from './schema.ts'
import { waitUntil } from './wait-for-battle.ts'
import { type OpenStream, type WatchLogOptions, watchLog } from './watch-log.ts'

type Schemas = components['schemas']
export type Run = Schemas['Run']
export type RunNode = Schemas['RunNode']
export type RunPage = Schemas['RunPage']
export type RunEventPage = Schemas['RunEventPage']
export type RunReplayed = Schemas['RunReplayed']
export type TeamTranscript = Schemas['TeamTranscript']
export type Team = Schemas['Team']
export type Turn = Schemas['Turn']
export type ForkRun = Schemas['ForkRun']
export type AnswerNode = Schemas['AnswerNode']
export type Wait = Schemas['Wait']
export type AnswerWait = Schemas['AnswerWait']
type ListQuery = NonNullable<paths['/api/runs']['get']['parameters']['query']>
type EventsQuery = NonNullable<paths['/api/runs/{run_id}/events']['get']['parameters']['query']>

interface CallOptions {
  signal?: AbortSignal
}

export interface WaitForRunOptions {
  /** Called with the first state and with every later one that differs. */
  onChange?: (run: Run) => void
  signal?: AbortSignal
  /** Between two reads, in milliseconds. */
  intervalMs?: number
  /** How long reads may fail in a row before the wait gives up, in milliseconds. */
  patienceMs?: number
}

const ended: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled', 'timed_out'])

/** Whether nothing more will happen in the run, unless somebody runs it again. */
export const hasEnded = (run: { status: string }): boolean => ended.has(run.status)

/** The signed-in user's runs, one method a route; and waits, which need a token and nobody signed in. */
export interface RunsClient {
  list(query?: ListQuery, options?: CallOptions): Promise<Outcome<RunPage>>
  get(runId: string, options?: CallOptions): Promise<Outcome<Run>>
  /** What happened since an event; `cursor` is where the next page begins. watch() tells the same as it happens. */
  events(runId: string, query?: EventsQuery, options?: CallOptions): Promise<Outcome<RunEventPage>>
  /** Who said what in the teams of the run, also while they work. */
  transcript(runId: string, options?: CallOptions): Promise<Outcome<TeamTranscript>>
  /** The graph as a Mermaid flowchart, coloured by status. */
  diagram(runId: string, options?: CallOptions): Promise<Outcome<string>>
  /** The state as the log alone rebuilds it, beside what the database holds. */
  replayed(runId: string, options?: CallOptions): Promise<Outcome<RunReplayed>>
  cancel(runId: string, options?: CallOptions): Promise<Outcome<Run>>
  /** Runs again what failed, or the node that is named and all after it. */
  retry(runId: string, nodeId?: string, options?: CallOptions): Promise<Outcome<Run>>
  fork(runId: string, fork: ForkRun, options?: CallOptions): Promise<Outcome<Run>>
  /** Goes through the graph again with what its nodes came to, without a single call. */
  replay(runId: string, options?: CallOptions): Promise<Outcome<Run>>
  approve(runId: string, approved: boolean, note?: string, options?: CallOptions): Promise<Outcome<Run>>
  answer(runId: string, nodeId: string, answer: AnswerNode, options?: CallOptions): Promise<Outcome<Schemas['WaitAnswered']>>
  /** What a node of your run asks, and the address at which others may answer it. */
  waitOf(runId: string, nodeId: string, options?: CallOptions): Promise<Outcome<Schemas['WaitAddress']>>
  /** What a wait asks of whoever has its token. */
  wait(token: string, options?: CallOptions): Promise<Outcome<Wait>>
  answerWait(token: string, answer: AnswerWait, options?: CallOptions): Promise<Outcome<Schemas['WaitAnswered']>>
  /** Resolves when the run has ended. */
  waitFor(runId: string, options?: WaitForRunOptions): Promise<Outcome<Run>>
  /**
   * The run's events as they happen, until it has ended; streams that pause or break are gone on with. Throws a WatchError when the server
   * refuses or stays away; what it yielded until then is whole.
   */
  watch(runId: string, options?: WatchLogOptions<RunEvent>): AsyncGenerator<RunEvent, void>
}

export function createRunsClient(base: string, api: Client<paths>, openStream: (path: string) => OpenStream): RunsClient {
  const withSignal = (signal?: AbortSignal) => (signal ? { signal } : {})
  const at = (run_id: string, signal?: AbortSignal) => ({ params: { path: { run_id } }, ...withSignal(signal) })
  const runs: RunsClient = {
    list: (query = {}, { signal } = {}) => outcomeOf(base, signal, api.GET('/api/runs', { params: { query }, ...withSignal(signal) })),
    get: (id, { signal } = {}) => outcomeOf(base, signal, api.GET('/api/runs/{run_id}', at(id, signal))),
    events: (id, query = {}, { signal } = {}) =>
      outcomeOf(base, signal, api.GET('/api/runs/{run_id}/events', { params: { path: { run_id: id }, query }, ...withSignal(signal) })),
    transcript: (id, { signal } = {}) => outcomeOf(base, signal, api.GET('/api/runs/{run_id}/transcript', at(id, signal))),
    diagram: (id, { signal } = {}) =>
      outcomeOf(base, signal, api.GET('/api/runs/{run_id}/diagram', { ...at(id, signal), parseAs: 'text' })),
    replayed: (id, { signal } = {}) => outcomeOf(base, signal, api.GET('/api/runs/{run_id}/replayed', at(id, signal))),
    cancel: (id, { signal } = {}) => outcomeOf(base, signal, api.POST('/api/runs/{run_id}/cancel', at(id, signal))),
    retry: (id, node_id, { signal } = {}) =>
      outcomeOf(base, signal, api.POST('/api/runs/{run_id}/retry', { ...at(id, signal), body: node_id === undefined ? {} : { node_id } })),
    fork: (id, body, { signal } = {}) => outcomeOf(base, signal, api.POST('/api/runs/{run_id}/fork', { ...at(id, signal), body })),
    replay: (id, { signal } = {}) => outcomeOf(base, signal, api.POST('/api/runs/{run_id}/replay', at(id, signal))),
    approve: (id, approved, note = '', { signal } = {}) =>
      outcomeOf(base, signal, api.POST('/api/runs/{run_id}/approve', { ...at(id, signal), body: { approved, note } })),
    answer: (id, node_id, body, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.POST('/api/runs/{run_id}/nodes/{node_id}/answer', { params: { path: { run_id: id, node_id } }, body, ...withSignal(signal) }),
      ),
    waitOf: (id, node_id, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.GET('/api/runs/{run_id}/nodes/{node_id}/wait', { params: { path: { run_id: id, node_id } }, ...withSignal(signal) }),
      ),
    wait: (token, { signal } = {}) =>
      outcomeOf(base, signal, api.GET('/api/waits/{token}', { params: { path: { token } }, ...withSignal(signal) })),
    answerWait: (token, body, { signal } = {}) =>
      outcomeOf(base, signal, api.POST('/api/waits/{token}', { params: { path: { token } }, body, ...withSignal(signal) })),
    waitFor: (id, options) => waitUntil((signal) => runs.get(id, withSignal(signal)), hasEnded, options),
    watch: (id, options) => watchLog<RunEvent>(base, openStream(`runs/${encodeURIComponent(id)}`), options),
  }
  return runs
}
