export { presentations } from './labels.ts'
export { ANSWER_CHARS, fenceFor, neutralise } from './neutralise.ts'
export { BOTH_BAD, type JudgePrompt, type JudgeQuestion, judgePrompt, labelsOf, TIE } from './prompt.ts'
export { type LabelScore, type ParsedVerdict, parseVerdict } from './verdict.ts'
