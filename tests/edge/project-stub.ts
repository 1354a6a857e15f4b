import { listen, type Received } from './listener.ts'

/** A call of an RPC, and the key it was made with. */
export interface Call {
  rpc: string
  key: string | null
  arguments: Record<string, unknown>
}

/** The project a function lives in, as far as it asks: the RPCs it calls, and a model that always gives the same answer. */
export async function startProjectStub() {
  const calls: Call[] = []
  /** Paths under which a provider was asked for text. */
  const prompted: string[] = []
  const jobs: Record<string, Record<string, unknown>[]> = {
    fn_worker_claim_battle_job: [],
    fn_worker_claim_battle_judging: [],
    fn_worker_claim_battle_analysis: [],
    fn_worker_claim_async_executions: [],
    fn_dispatch_webhook_outbox: [],
  }

  const answers: Record<string, () => unknown> = {
    fn_leaderboard: () => ({ leaderboard: [], next_cursor: null }),
    fn_worker_heartbeat: () => [],
    fn_worker_complete_battle_job: () => true,
    fn_worker_complete_battle_judging: () => true,
    fn_worker_record_verdict: () => 'recorded',
    fn_requeue_battle_job_with_backoff: () => 'requeued',
    fn_move_battle_job_to_dlq: () => 'dead_lettered',
    fn_worker_wake: () => true,
    fn_events_after: () => ({
      events: [{ event_id: 7, type: 'battle.cancelled', data: {}, created_at: '2026-11-20T00:00:00Z' }],
      cursor: 7,
      more: false,
      status: 'cancelled',
      ended: true,
    }),
  }
  const model: Record<string, unknown> = {
    '/openai/chat/completions': {
      model: 'echo',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'waves' } }],
    },
    '/anthropic/v1/messages': {
      model: 'echo',
      type: 'message',
      role: 'assistant',
      stop_reason: 'end_turn',
      content: [{ type: 'text', text: 'waves' }],
    },
  }

  /** The same answer, as a stream of the wire it is asked on. */
  const streams: Record<string, object[]> = {
    '/openai/chat/completions': [
      { model: 'echo', choices: [{ index: 0, delta: { content: 'waves' }, finish_reason: 'stop' }] },
      { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } },
    ],
    '/anthropic/v1/messages': [
      { type: 'message_start', message: { model: 'echo', usage: { input_tokens: 1, output_tokens: 1 } } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'waves' } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } },
      { type: 'message_stop' },
    ],
  }
  const streamed = (path: string): Response => {
    const events = streams[path]!.map((event) => `${'type' in event ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}\n\n`)
    return new Response(`${events.join('')}${path.startsWith('/openai') ? 'data: [DONE]\n\n' : ''}`, {
      headers: { 'content-type': 'text/event-stream' },
    })
  }

  const listener = await listen((request: Received) => {
    const path = request.url.pathname
    if (path in model) {
      prompted.push(path)
      const { stream } = JSON.parse(request.body.toString()) as { stream?: boolean }
      return stream ? streamed(path) : Response.json(model[path])
    }
    const rpc = /^\/rest\/v1\/rpc\/(\w+)$/.exec(path)?.[1] ?? path
    calls.push({ rpc, key: request.headers.get('apikey'), arguments: request.body.length ? JSON.parse(request.body.toString()) : {} })
    const waiting = jobs[rpc]
    if (waiting) return Response.json({ jobs: waiting.splice(0), lease_ms: 60_000, next_due_ms: null })
    const answer = answers[rpc]
    return answer ? Response.json(answer()) : Response.json({ code: 'PGRST202', message: `no ${rpc}` }, { status: 404 })
  })

  return {
    ...listener,
    calls,
    prompted,
    /** What the platform sets for every function, and where the two simulated providers are. */
    variables: {
      SUPABASE_URL: listener.url,
      SUPABASE_PUBLISHABLE_KEYS: '{"default":"sb_publishable_default"}',
      SUPABASE_SECRET_KEYS: '{"default":"sb_secret_default","worker":"sb_secret_worker"}',
      SUPABASE_JWKS: '{"keys":[]}',
      SPARRING_BASE_URL: `${listener.url}/openai`,
      SPARRING_ANTHROPIC_BASE_URL: `${listener.url}/anthropic`,
    },
    /** Lets the next claim of `slug` find one job that asks `model`. */
    enqueue(slug: 'dispatch-jobs' | 'ai-judge-battle', model: string): void {
      const lease = {
        lease_token: 7,
        job_id: 1,
        attempts: 1,
        max_attempts: 1,
        reclaims: 0,
        in_lane: false,
        battle_id: '00000000-0000-4000-8000-000000000001',
      }
      const task = { task_prompt: 'Write a haiku about the ocean.', inputs: null }
      const contender = (slot: string) => ({ contender_id: `00000000-0000-4000-8000-00000000000${slot === 'A' ? 2 : 3}`, slot })
      if (slug === 'dispatch-jobs')
        jobs.fn_worker_claim_battle_job!.push({
          ...lease,
          ...task,
          ...contender('A'),
          model_key: model,
          system_prompt: null,
          max_tokens: 100,
          temperature: null,
          handicap: {},
          deadline_ms: null,
          checkpoint: null,
        })
      else
        jobs.fn_worker_claim_battle_judging!.push({
          ...lease,
          ...task,
          judge_id: '00000000-0000-4000-8000-0000000000aa',
          seat: 1,
          judge_model_key: model,
          judge_mode: 'listwise',
          rubric: null,
          generate_rubric: false,
          reference_answer: null,
          answers: ['A', 'B'].map((slot) => ({
            ...contender(slot),
            content_text: `an answer of ${slot}`,
            output_modality: 'text',
            content_url: null,
            mime_type: null,
            transcript: null,
            keyframes: null,
          })),
          recorded: [],
          unreadable_verdicts: 0,
          auto_analyse: false,
        })
    },
  }
}

export type ProjectStub = Awaited<ReturnType<typeof startProjectStub>>
