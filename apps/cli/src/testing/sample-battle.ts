import type { Battle } from '@agon/client'

type Contender = Battle['contenders'][number]
type Verdict = Battle['verdicts'][number]
type Judge = Battle['judges'][number]

/** A contender for tests: submitted, with an answer. */
export function sampleContender(slot: string, more: Partial<Contender> = {}): Contender {
  return {
    slot,
    contender_id: `00000000-0000-4000-8000-00000000000${slot.charCodeAt(0) % 10}`,
    contender_type: 'ai_model',
    model: 'openai:gpt-5-mini',
    identity: '',
    yours: false,
    open_seat: false,
    system_prompt: null,
    simulated: false,
    status: 'submitted',
    error: null,
    funding: null,
    job: { job_id: 1, status: 'completed', attempts: 1, reclaims: 0, max_attempts: 3, error: null },
    submission: {
      content_text: `The answer of ${slot}.`,
      content_url: null,
      mime_type: null,
      output_modality: 'text',
      keyframes: null,
      artifact_id: null,
      is_final: true,
      wire_model: 'gpt-5-mini',
      finish_reason: 'stop',
      input_tokens: 10,
      output_tokens: 20,
      cost_usd: 0.0012,
      latency_ms: 812,
    },
    judge_mean: 8,
    votes: 0,
    vote_share: null,
    score: 0.8,
    rating: null,
    ...more,
  }
}

export const sampleJudge = (more: Partial<Judge> = {}): Judge => ({
  seat: 1,
  model: 'google:gemini-2.5-flash',
  simulated: false,
  weight: 1,
  status: 'judged',
  error: null,
  job: null,
  funding: null,
  ...more,
})

export function sampleVerdict(presentation: 0 | 1, more: Partial<Verdict> = {}): Verdict {
  return {
    judge_seat: 1,
    judge_model: 'google:gemini-2.5-flash',
    part: 'all',
    weight: 1,
    presentation,
    slot_order: presentation === 0 ? 'BA' : 'AB',
    outcome: 'winner',
    winner_slot: 'A',
    reasoning: 'A answers the question.',
    scores: { A: 8.5, B: 6 },
    system_prompt: '',
    prompt: '',
    raw_text: '',
    input_tokens: 1,
    output_tokens: 1,
    cost_usd: null,
    latency_ms: 900,
    ...more,
  }
}

/** A closed battle of two, for tests: A won. */
export function sampleBattle(more: Partial<Battle> = {}): Battle {
  return {
    battle_id: '00000000-0000-4000-8000-000000000000',
    status: 'closed',
    category: null,
    battle_type: 'ai_vs_ai',
    title: 'Why is the sea salty?',
    scoring_mode: 'ai_judge',
    blind: false,
    results_published: true,
    outcome: 'winner',
    judge_outcome: 'winner',
    winner_slot: 'A',
    judge: { model: 'google:gemini-2.5-flash', simulated: false },
    judges: [sampleJudge()],
    judge_mode: 'listwise',
    allow_own_family: false,
    auto_analyse: false,
    override: null,
    promote_at: null,
    pending_promotion: false,
    submissions_end_at: null,
    voting_window_ms: 0,
    voting_ends_at: '2026-01-01T00:00:05Z',
    created_at: '2026-01-01T00:00:00Z',
    published_at: '2026-01-01T00:00:00Z',
    finished_at: '2026-01-01T00:00:09Z',
    task_prompt: 'Why is the sea salty?',
    inputs: null,
    max_tokens: 4096,
    temperature: null,
    handicap: {},
    budget: null,
    judge_funding: null,
    rubric: null,
    reference_answer: null,
    priority: 0,
    submission_window_ms: null,
    voter_eligibility: 'anyone',
    min_account_age_ms: null,
    invited_voters: null,
    held: false,
    hold_reason: null,
    your_slot: null,
    your_vote: null,
    votes: null,
    contenders: [
      sampleContender('A', { rating: { before: 1000, after: 1016 } }),
      sampleContender('B', { model: 'anthropic:claude-haiku-4-5', rating: { before: 1000, after: 984 } }),
    ],
    judging: { job_id: 3, status: 'completed', attempts: 1, reclaims: 0, max_attempts: 3, error: null },
    verdicts: [sampleVerdict(0), sampleVerdict(1)],
    events: [],
    ...more,
  }
}
