/** Why something failed. In a blind battle only the code is shown before it is final. */
export interface EventError {
  code: string
  message?: string
}

interface Finish {
  outcome?: 'winner' | 'draw' | 'walkover' | 'no_verdict'
  judge_outcome?: string
  winner_contender_id?: string
}

/** What each event tells, by its type. docs/events.md says when it is written. */
export interface EventData {
  'battle.draft': Record<string, never>
  'battle.promotion_set': { promote_at?: string | null }
  'battle.published': Record<string, never>
  'battle.executing': Record<string, never>
  'battle.held': { reason?: string }
  'battle.released': Record<string, never>
  'battle.voting': { window_ms: number }
  'battle.scoring': { ended_by?: 'window' | 'owner' }
  'battle.closed': Finish
  'battle.cancelled': Record<string, never>
  'battle.void': { reason?: string }
  'battle.rated': { slot: string; rating_before: number; rating_after: number }[]
  'voters.invited': { voters: number; added: number; removed: number }
  'votes.weighed': {
    voters: number
    compared: number
    lowered: number
    tally: Record<string, number>
    weights: Record<string, number>
  }
  'votes.recounted': { votes: number; decision: 'released' | 'rejected' }
  'results.published': Record<string, never>
  'contender.joined': { slot: string }
  'contender.withdrawn': { slot: string }
  'contender.task_opened': { slot: string }
  'contender.progress': { slot: string; progress: number }
  'contender.delta': { slot: string; offset: number; text: string }
  'contender.retried': { slot: string; attempts: number; max_attempts: number; error?: EventError }
  'contender.submitted': { slot: string; latency_ms?: number | null; output_tokens?: number | null }
  'contender.failed': { slot: string; error?: EventError }
  'contender.timed_out': { slot: string; error?: EventError }
  'keyframes.extracted': { slot: string; count?: number }
  'keyframes.failed': { slot: string; error?: EventError }
  'judge.recused': { seat: number; error?: EventError }
  'rubric.generated': { seat: number; rubric: { title: string; description?: string; weight?: number }[] }
  'judging.retried': { seat: number; attempts: number; max_attempts: number; error?: EventError }
  'judging.failed': { seat: number; error?: EventError }
  'verdict.recorded': { seat: number; part: string; presentation: number; slot_order: string; outcome: string }
  'winner.overridden': { slot: string | null; note: string }
  'analysis.requested': { analysis_id: string; kind: string }
  'analysis.completed': { analysis_id: string; kind: string }
  'analysis.failed': { analysis_id: string; kind: string; error?: EventError }
  'job.redriven': { dead_letter_id: number }
}

/** A line of a battle's log. A server that is newer than this client may send types that are not listed here. */
export type BattleEvent = {
  [Type in keyof EventData]: { event_id: number; type: Type; data: EventData[Type]; created_at: string }
}[keyof EventData]
