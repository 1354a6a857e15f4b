/** What writes down recordings for judges that read. */
export const transcriber = { provider: 'openai', wireModel: 'gpt-4o-mini-transcribe' } as const

/** List price as found in November 2026 in OpenAI's own pages and in others' tables; where these disagree, the higher one. */
const usdPerMillionTokens = { input: 3, output: 5 }
const usdPerMinute = 0.003
/** People and voices speak about 15 characters a second; slow ones 10. */
const charactersPerMinute = 600

/** What a transcription costs by list price; by the length of what was said where the provider does not count tokens. */
export function transcriptionUsd(said: { text: string; inputTokens?: number; outputTokens?: number }): number {
  if (said.inputTokens === undefined || said.outputTokens === undefined) return ofSpeech(said.text.length)
  return (said.inputTokens * usdPerMillionTokens.input + said.outputTokens * usdPerMillionTokens.output) / 1_000_000
}

/** The most it is expected to cost to write down a recording that was made of these texts, which is what it says. */
export const estimateTranscriptionUsd = (texts: readonly string[]): number => ofSpeech(texts.join('').length)

const ofSpeech = (characters: number): number => Math.max(1, characters / charactersPerMinute) * usdPerMinute
