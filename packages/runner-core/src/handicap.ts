/** placeholder until helper writes; interface fixed */
export interface Handicap {
  /** Upper bound put on max_tokens. */
  max_context_tokens?: number
  /** Longest prompt, in characters. */
  max_prompt_chars?: number
  on_long_prompt?: 'refuse' | 'trim'
  allowed_model_tier?: 'free' | 'paid' | 'enterprise'
  /** Not-before of the job, in milliseconds after publishing. */
  injected_delay_ms?: number
  /** Deadline of the job, in milliseconds after it may start. */
  time_budget_ms?: number
}
