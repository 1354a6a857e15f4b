import createClient from 'openapi-fetch'
import type { Redriven } from './agon-operator.ts'
import type { BattleEvent } from './events.ts'
import { createLensesClient, type LensesClient } from './lenses-client.ts'
import {
  createLocalExecutionsClient,
  createLocalNodesClient,
  type LocalExecutionsClient,
  type LocalNodesClient,
} from './local-executions-client.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { retrying } from './retrying.ts'
import type { RunEvent } from './run-events.ts'
import { createRunsClient, type Run, type RunsClient, type WaitForRunOptions } from './runs-client.ts'
import type { paths } from './schema.ts'
import type {
  AddKey,
  Analyses,
  Battle,
  BattlePage,
  Board,
  BoardQuery,
  Budget,
  CreateBattle,
  ErrorTable,
  EventPage,
  EventsQuery,
  Exported,
  ExportPage,
  ExportQuery,
  Judges,
  JudgesQuery,
  JudgeWeights,
  Key,
  Keys,
  Leaderboard,
  LeaderboardQuery,
  LearnedWeights,
  ListQuery,
  Models,
  NewAnalysis,
  NewSubmission,
  Pairs,
  PairsQuery,
  RotateKey,
  WinnerOverride,
} from './shapes.ts'
import { createTeamsClient, type TeamsClient } from './teams-client.ts'
import { createTemplatesClient, type TemplatesClient } from './templates-client.ts'
import { createTriggersClient, type TriggersClient } from './triggers-client.ts'
import { type WaitOptions, waitForBattle } from './wait-for-battle.ts'
import { type WatchOptions, watchBattle } from './watch-battle.ts'
import type { WatchLogOptions } from './watch-log.ts'
import { createWebhooksClient, type WebhooksClient } from './webhooks-client.ts'
import { createWorkflowsClient, type StartRun, type WorkflowsClient } from './workflows-client.ts'

export interface AgonClientOptions {
  /** The Supabase project, such as https://abcd.supabase.co. */
  url: string
  /** The project's publishable key: enough to read. */
  publishableKey: string
  /** The signed-in user's access token, asked for at every call; needed to create, publish and cancel. */
  accessToken?: () => string | undefined
  fetch?: (request: Request) => Promise<Response>
}

interface CallOptions {
  signal?: AbortSignal
}

/**
 * The API, one method a route. None of them throws: whatever goes wrong is a problem with a code and a detail. A server that says how
 * long to wait (429, 503) is asked again, up to twice: every write carries a key by which the API knows a repeat.
 */
export interface AgonClient {
  /** With an idempotency key, a repeated call returns the first battle. */
  createBattle(battle: CreateBattle, options?: CallOptions & { idempotencyKey?: string }): Promise<Outcome<Battle>>
  publishBattle(battleId: string, options?: CallOptions): Promise<Outcome<Battle>>
  cancelBattle(battleId: string, options?: CallOptions): Promise<Outcome<Battle>>
  /** Takes an open seat. */
  joinBattle(battleId: string, options?: CallOptions): Promise<Outcome<Battle>>
  /** Writes or revises the answer of a person who contends; `final` hands it in for good. */
  submit(battleId: string, submission: NewSubmission, options?: CallOptions): Promise<Outcome<Battle>>
  /** Withdraws the person who contends, and deletes their answer. */
  withdraw(battleId: string, options?: CallOptions): Promise<Outcome<Battle>>
  /** A slot, `tie` or `both_bad`; a later vote takes the place of the one before. */
  vote(battleId: string, choice: string, options?: CallOptions): Promise<Outcome<Battle>>
  closeVoting(battleId: string, options?: CallOptions): Promise<Outcome<Battle>>
  /** Who may vote in a battle whose voters are invited, all of them. */
  setVoters(battleId: string, invitedVoters: string[], options?: CallOptions): Promise<Outcome<Battle>>
  /** When a draft publishes itself; null: not by itself. */
  setPromotion(battleId: string, promoteAt: string | null, options?: CallOptions): Promise<Outcome<Battle>>
  publishResults(battleId: string, options?: CallOptions): Promise<Outcome<Battle>>
  /** Sends back what the battle's jobs gave up, while it still waits for them. */
  redriveBattle(battleId: string, options?: CallOptions): Promise<Outcome<Redriven>>
  /** Says who should have won a closed battle, and why; its outcome and the ratings stay. */
  overrideWinner(battleId: string, override: WinnerOverride, options?: CallOptions): Promise<Outcome<Battle>>
  /** Lets a model analyse or cross-examine a closed battle; the new analysis is the last, and pending. */
  analyse(battleId: string, analysis: NewAnalysis, options?: CallOptions): Promise<Outcome<Analyses>>
  analyses(battleId: string, options?: CallOptions): Promise<Outcome<Analyses>>
  getBattle(battleId: string, options?: CallOptions): Promise<Outcome<Battle>>
  /** What happened since an event; `cursor` is where the next page begins. watch() tells the same as it happens. */
  events(battleId: string, query?: EventsQuery, options?: CallOptions): Promise<Outcome<EventPage>>
  listBattles(query?: ListQuery, options?: CallOptions): Promise<Outcome<BattlePage>>
  /** Competitors by Elo. */
  leaderboard(query?: LeaderboardQuery, options?: CallOptions): Promise<Outcome<Leaderboard>>
  /** A board by Bradley-Terry, with intervals, as it was last computed. */
  board(query?: BoardQuery, options?: CallOptions): Promise<Outcome<Board>>
  judges(query?: JudgesQuery, options?: CallOptions): Promise<Outcome<Judges>>
  /** What you have learned of judges from gold pairs: the weight a judge of a new battle gets that is given as "learned". */
  judgeWeights(options?: CallOptions): Promise<Outcome<JudgeWeights>>
  /** Keeps what you have learned of judges, all of it: who is not named is forgotten. */
  setJudgeWeights(weights: LearnedWeights['weights'], options?: CallOptions): Promise<Outcome<JudgeWeights>>
  /** The pairs to compare next. */
  nextPairs(query?: PairsQuery, options?: CallOptions): Promise<Outcome<Pairs>>
  /** A page of an export, as text; give its `next` as `after` for the page after it. */
  exportPage(what: Exported, query?: ExportQuery, options?: CallOptions): Promise<Outcome<ExportPage>>
  models(options?: CallOptions): Promise<Outcome<Models>>
  errors(options?: CallOptions): Promise<Outcome<ErrorTable>>
  triggers: TriggersClient
  webhooks: WebhooksClient
  localExecutions: LocalExecutionsClient
  localNodes: LocalNodesClient
  lenses: LensesClient
  workflows: WorkflowsClient
  templates: TemplatesClient
  runs: RunsClient
  teams: TeamsClient
  /** Starts a run and waits until it has ended. An aborted wait leaves the run alone: runs.cancel() ends it. */
  runWorkflow(workflowId: string, start?: StartRun, options?: WaitForRunOptions & { idempotencyKey?: string }): Promise<Outcome<Run>>
  /** As runs.watch(). */
  watchRun(runId: string, options?: WatchLogOptions<RunEvent>): AsyncGenerator<RunEvent, void>
  /** Your own provider keys, to pay for contenders and judges with (`byok_key_id`). No answer shows a secret. */
  addKey(key: AddKey, options?: CallOptions): Promise<Outcome<Key>>
  listKeys(options?: CallOptions): Promise<Outcome<Keys>>
  rotateKey(keyId: string, secret: RotateKey, options?: CallOptions): Promise<Outcome<Key>>
  revokeKey(keyId: string, options?: CallOptions): Promise<Outcome<Key>>
  /** What your battles may cost on the platform's keys, and what is spent of it. */
  budget(options?: CallOptions): Promise<Outcome<Budget>>
  /** Resolves when the battle is closed, void or cancelled. */
  waitForBattle(battleId: string, options?: WaitOptions): Promise<Outcome<Battle>>
  /**
   * The battle's events as they happen, until it is closed, void or cancelled; streams that pause or break are gone on with. Throws a
   * WatchError when the server refuses or stays away; what it yielded until then is whole.
   */
  watch(battleId: string, options?: WatchOptions): AsyncGenerator<BattleEvent, void>
}

/**
 * A client of one project.
 *
 * @example
 * const agon = createAgonClient({ url, publishableKey, accessToken: () => session.access_token })
 * const made = await agon.createBattle({ prompt: 'Write a haiku.', contenders: [{ model: 'openai:gpt-5-mini' }, { model: 'anthropic:claude-haiku-4-5' }], judge: { model: 'google:gemini-2.5-flash' }, publish: true })
 * if (made.ok) console.log(await agon.waitForBattle(made.value.battle_id))
 */
export function createAgonClient({ url, publishableKey, accessToken, fetch }: AgonClientOptions): AgonClient {
  const base = url.replace(/\/+$/, '')
  const send = fetch ?? ((request: Request) => globalThis.fetch(request))
  const api = createClient<paths>({ baseUrl: `${base}/functions/v1`, fetch: retrying(send) })
  function signed(request: Request): Request {
    const token = accessToken?.()
    request.headers.set('apikey', publishableKey)
    if (token) request.headers.set('authorization', `Bearer ${token}`)
    return request
  }
  api.use({ onRequest: ({ request }) => signed(request) })
  const openStream = (path: string) => (lastEventId: number | undefined, signal: AbortSignal) =>
    send(
      signed(
        new Request(`${base}/functions/v1/battle-events/${path}`, {
          headers: { accept: 'text/event-stream', ...(lastEventId !== undefined && { 'last-event-id': String(lastEventId) }) },
          cache: 'no-store',
          signal,
        }),
      ),
    )
  const at = (battleId: string, signal?: AbortSignal) => ({ params: { path: { battle_id: battleId } }, ...(signal && { signal }) })
  const atKey = (keyId: string, signal?: AbortSignal) => ({ params: { path: { key_id: keyId } }, ...(signal && { signal }) })
  const act = (battleId: string, signal?: AbortSignal) => ({
    params: { path: { battle_id: battleId }, header: { 'idempotency-key': crypto.randomUUID() } },
    ...(signal && { signal }),
  })

  const reading = <Query>(query: Query, signal?: AbortSignal) => ({ params: { query }, ...(signal && { signal }) })

  const client: AgonClient = {
    createBattle: (body, { signal, idempotencyKey = crypto.randomUUID() } = {}) =>
      outcomeOf(
        base,
        signal,
        api.POST('/api/battles', {
          body,
          params: { header: { 'idempotency-key': idempotencyKey } },
          ...(signal && { signal }),
        }),
      ),
    publishBattle: (id, { signal } = {}) => outcomeOf(base, signal, api.POST('/api/battles/{battle_id}/publish', act(id, signal))),
    cancelBattle: (id, { signal } = {}) => outcomeOf(base, signal, api.POST('/api/battles/{battle_id}/cancel', act(id, signal))),
    redriveBattle: (id, { signal } = {}) => outcomeOf(base, signal, api.POST('/api/battles/{battle_id}/redrive', act(id, signal))),
    joinBattle: (id, { signal } = {}) => outcomeOf(base, signal, api.POST('/api/battles/{battle_id}/join', at(id, signal))),
    submit: (id, body, { signal } = {}) =>
      outcomeOf(base, signal, api.PUT('/api/battles/{battle_id}/submission', { body, ...at(id, signal) })),
    withdraw: (id, { signal } = {}) => outcomeOf(base, signal, api.DELETE('/api/battles/{battle_id}/submission', at(id, signal))),
    vote: (id, choice, { signal } = {}) =>
      outcomeOf(base, signal, api.PUT('/api/battles/{battle_id}/vote', { body: { choice }, ...at(id, signal) })),
    closeVoting: (id, { signal } = {}) => outcomeOf(base, signal, api.POST('/api/battles/{battle_id}/close-voting', act(id, signal))),
    setPromotion: (id, promoteAt, { signal } = {}) =>
      outcomeOf(base, signal, api.PUT('/api/battles/{battle_id}/promotion', { body: { promote_at: promoteAt }, ...at(id, signal) })),
    setVoters: (id, invited, { signal } = {}) =>
      outcomeOf(base, signal, api.PUT('/api/battles/{battle_id}/voters', { body: { invited_voters: invited }, ...at(id, signal) })),
    publishResults: (id, { signal } = {}) => outcomeOf(base, signal, api.POST('/api/battles/{battle_id}/publish-results', act(id, signal))),
    overrideWinner: (id, body, { signal } = {}) =>
      outcomeOf(base, signal, api.POST('/api/battles/{battle_id}/winner', { body, ...at(id, signal) })),
    analyse: (id, body, { signal } = {}) =>
      outcomeOf(base, signal, api.POST('/api/battles/{battle_id}/analyses', { body, ...at(id, signal) })),
    analyses: (id, { signal } = {}) => outcomeOf(base, signal, api.GET('/api/battles/{battle_id}/analyses', at(id, signal))),
    getBattle: (id, { signal } = {}) => outcomeOf(base, signal, api.GET('/api/battles/{battle_id}', at(id, signal))),
    events: (id, query = {}, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api.GET('/api/battles/{battle_id}/events', { params: { path: { battle_id: id }, query }, ...(signal && { signal }) }),
      ),
    listBattles: (query = {}, { signal } = {}) =>
      outcomeOf(base, signal, api.GET('/api/battles', { params: { query }, ...(signal && { signal }) })),
    leaderboard: (query = {}, { signal } = {}) =>
      outcomeOf<Leaderboard>(
        base,
        signal,
        boardCall<Leaderboard>(api.GET('/api/leaderboard', reading({ ...query, board: 'elo' }, signal))),
      ),
    board: (query = {}, { signal } = {}) =>
      outcomeOf<Board>(base, signal, boardCall<Board>(api.GET('/api/leaderboard', reading({ ...query, board: 'bradley_terry' }, signal)))),
    judges: (query = {}, { signal } = {}) => outcomeOf(base, signal, api.GET('/api/judges', reading(query, signal))),
    judgeWeights: ({ signal } = {}) => outcomeOf(base, signal, api.GET('/api/judge-weights', signal ? { signal } : {})),
    setJudgeWeights: (weights, { signal } = {}) =>
      outcomeOf(base, signal, api.PUT('/api/judge-weights', { body: { weights }, ...(signal && { signal }) })),
    nextPairs: (query = {}, { signal } = {}) => outcomeOf(base, signal, api.GET('/api/pairs/next', reading(query, signal))),
    exportPage: (what, query = {}, { signal } = {}) =>
      outcomeOf(
        base,
        signal,
        api
          .GET('/api/export/{what}', {
            params: { path: { what }, query: { ...query, page: 'true' } },
            parseAs: 'text',
            ...(signal && { signal }),
          })
          .then(({ data, error, response }) =>
            response.ok
              ? { data: { text: (data as string | undefined) ?? '', next: response.headers.get('agon-next') ?? undefined }, response }
              : { error, response },
          ),
      ),
    addKey: (body, { signal } = {}) => outcomeOf(base, signal, api.POST('/api/keys', { body, ...(signal && { signal }) })),
    listKeys: ({ signal } = {}) => outcomeOf(base, signal, api.GET('/api/keys', signal ? { signal } : {})),
    rotateKey: (id, body, { signal } = {}) =>
      outcomeOf(base, signal, api.POST('/api/keys/{key_id}/rotate', { body, ...atKey(id, signal) })),
    revokeKey: (id, { signal } = {}) => outcomeOf(base, signal, api.DELETE('/api/keys/{key_id}', atKey(id, signal))),
    budget: ({ signal } = {}) => outcomeOf(base, signal, api.GET('/api/budget', signal ? { signal } : {})),
    models: ({ signal } = {}) => outcomeOf(base, signal, api.GET('/api/models', signal ? { signal } : {})),
    errors: ({ signal } = {}) => outcomeOf(base, signal, api.GET('/api/errors', signal ? { signal } : {})),
    triggers: createTriggersClient(base, api),
    webhooks: createWebhooksClient(base, api),
    localExecutions: createLocalExecutionsClient(base, api),
    localNodes: createLocalNodesClient(base, api),
    lenses: createLensesClient(base, api),
    workflows: createWorkflowsClient(base, api),
    templates: createTemplatesClient(base, api),
    runs: createRunsClient(base, api, openStream),
    teams: createTeamsClient(base, api),
    async runWorkflow(id, start = {}, { idempotencyKey, ...options } = {}) {
      const { signal } = options
      const begun = await client.workflows.start(id, start, { ...(signal && { signal }), ...(idempotencyKey && { idempotencyKey }) })
      return begun.ok ? client.runs.waitFor(begun.value.run_id, options) : begun
    },
    watchRun: (id, options) => client.runs.watch(id, options),
    waitForBattle: (id, options) => waitForBattle((signal) => client.getBattle(id, signal ? { signal } : {}), options),
    watch: (id, options) => watchBattle(base, openStream(encodeURIComponent(id)), options),
  }
  return client
}

/** One route answers with either board; which, the query has said. */
const boardCall = <T>(call: Promise<{ data?: unknown; error?: unknown; response: Response }>) =>
  call as Promise<{ data?: T; error?: unknown; response: Response }>
