/** Longest verdict, in tokens: reasons for 26 contenders, and room for a reasoning model to think. */
export const MAX_VERDICT_TOKENS = 8192
