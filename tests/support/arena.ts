import { type PlatformOptions, startPlatform } from '@agon/local-platform'
import { LLMock } from '@copilotkit/aimock'
import { Client } from 'pg'
import { beginningAs, projectDir } from './clusters.ts'
import { checkDeclared } from './declared-problems.ts'

export { projectDir }

export interface BattleDocument {
  battle_id: string
  battle_type: string
  status: string
  outcome: string | null
  judge_outcome: string | null
  winner_slot: string | null
  contenders: {
    slot: string
    status: string
    error: { code: string; message: string } | null
    job: { job_id: number; status: string; attempts: number; reclaims: number } | null
    submission: {
      content_text: string | null
      content_url: string | null
      mime_type: string | null
      output_modality: string
      artifact_id: string | null
      is_final: boolean
      latency_ms: number | null
    } | null
    rating: { before: number; after: number } | null
    judge_mean: number | null
  }[]
  judging: { status: string } | null
  judge_mode: string
  override: { winner_slot: string | null; note: string } | null
  judges: { seat: number; model: string; weight: number; status: string | null }[]
  verdicts: {
    judge_seat: number
    part: string
    weight: number
    presentation: number
    slot_order: string
    outcome: string
    reasoning: string
    winner_slot: string | null
  }[]
  events: { event_id: number; type: string; data: Record<string, unknown> }[]
}

export interface ArenaOptions extends Pick<PlatformOptions, 'functionEnv' | 'functionsEnabled' | 'dbUrl' | 'dataDir' | 'log'> {
  /** The user who signs up and owns the battles. */
  owner?: string
}

/** The whole system, as a user has it: the embedded platform, a provider on the wire, and a signed-in user. */
export async function startArena(options: ArenaOptions = {}) {
  const { owner = 'owner', functionEnv, functionsEnabled, dbUrl, dataDir, log } = options
  const provider = new LLMock({ port: 0 })
  await provider.start()
  const platform = await startPlatform({
    projectDir,
    ...(dbUrl ? { dbUrl, dataDir } : { temporary: true, ...beginningAs('platform') }),
    functionEnv: {
      SPARRING_BASE_URL: `${provider.url}/v1`,
      SPARRING_ANTHROPIC_BASE_URL: provider.url,
      AGON_WRITES_PER_MINUTE: '0', // a test writes more in a second than a user in a minute
      ...functionEnv,
    },
    makeSecrets: { AGON_SEALING_KEYS: '{"arena":"{random}"}' },
    vault: { project_url: (facts) => facts.url, agon_worker_key: (facts) => facts.secretKeys.worker! },
    ...(functionsEnabled === undefined ? {} : { functionsEnabled }),
    ...(log && { log }),
  })
  const database = new Client({ connectionString: platform.dbUrl })
  await database.connect()

  async function api(path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> {
    const response = await fetch(`${platform.url}/functions/v1/api${path}`, init)
    await checkDeclared(init.method ?? 'GET', path, response)
    return response
  }

  async function signUp(name: string): Promise<string> {
    const response = await fetch(`${platform.url}/auth/v1/signup`, {
      method: 'POST',
      headers: { apikey: platform.publishableKey, 'content-type': 'application/json' },
      body: JSON.stringify({ email: `${name}@example.com`, password: 'correct horse battery' }),
    })
    const session = (await response.json()) as { access_token?: string }
    if (!session.access_token) throw new Error(`${name} could not sign up: ${JSON.stringify(session)}`)
    return session.access_token
  }
  const token = await signUp(owner)
  const ownerId = JSON.parse(atob(token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/'))).sub as string
  const asOwner = { authorization: `Bearer ${token}`, apikey: platform.publishableKey }

  const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    api(path, {
      method: 'POST',
      headers: { ...asOwner, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })

  async function battle(id: string): Promise<BattleDocument> {
    return (await (await api(`/battles/${id}`, { headers: asOwner })).json()) as BattleDocument
  }

  /** Polls until the battle is as wished; fails with the battle as it stands after a minute, which is long on a busy machine, too. */
  async function until(id: string, wished: (battle: BattleDocument) => boolean): Promise<BattleDocument> {
    for (let end = Date.now() + 60_000; ; ) {
      const now = await battle(id)
      if (wished(now)) return now
      if (Date.now() > end) throw new Error(`The battle did not get there: ${JSON.stringify(now, null, 1)}`)
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }

  return {
    platform,
    provider,
    database,
    api,
    post,
    signUp,
    ownerId,
    asOwner,
    battle,
    until,
    /** Until closed, void or cancelled, or left by its judge to an operator's redrive. */
    decidedOrLeft: (id: string) =>
      until(
        id,
        (now) => ['closed', 'void', 'cancelled'].includes(now.status) || (now.status === 'scoring' && now.judging?.status === 'failed'),
      ),
    /** Until closed, void or cancelled. */
    settled: (id: string) => until(id, (now) => ['closed', 'void', 'cancelled'].includes(now.status)),
    async create(body: object): Promise<string> {
      const response = await post('/battles', {
        prompt: 'Name a colour.',
        contenders: [{ model: 'sparring:quill' }, { model: 'sparring-anthropic:ember' }],
        judge: { model: 'sparring:arbiter' },
        publish: true,
        ...body,
      })
      const made = (await response.json()) as BattleDocument
      if (response.status !== 201) throw new Error(`Not created: ${JSON.stringify(made)}`)
      return made.battle_id
    },
    async stop(): Promise<void> {
      await database.end()
      await platform.stop()
      await provider.stop()
    },
  }
}

export type Arena = Awaited<ReturnType<typeof startArena>>

/** Contenders that answer at once, and a judge that prefers the answer with `favourite` in it, in whatever order. */
export function simpleProvider(provider: LLMock, favourite = 'Ultramarine'): void {
  provider.on({ model: 'quill' }, { content: 'Ultramarine, because the sea is deep.', usage: { prompt_tokens: 5, completion_tokens: 7 } })
  provider.on({ model: 'ember' }, { content: 'Beige. It is fine.', usage: { prompt_tokens: 5, completion_tokens: 4 } })
  provider.on({ model: 'arbiter' }, (request) => {
    const shown = String(request.messages.at(-1)?.content)
    const first = shown.indexOf(favourite) < shown.indexOf(favourite === 'Beige' ? 'Ultramarine' : 'Beige')
    return {
      content: JSON.stringify({
        reasoning: `${favourite} is the bolder choice.`,
        scores: [
          { label: 1, score: first ? 9 : 4 },
          { label: 2, score: first ? 4 : 9 },
        ],
        verdict: first ? '1' : '2',
      }),
    }
  })
}
