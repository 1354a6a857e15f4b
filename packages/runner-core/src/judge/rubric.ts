import { z } from 'zod'
import type { StepError } from '../errors.ts'
import type { RubricCriterion, TextCompletion } from '../ports/index.ts'
import { ok, type Result } from '../result.ts'
import { dataRules, fencedPrompt, strictObject } from './fenced-prompt.ts'
import { readReply } from './json-reply.ts'
import type { JudgePrompt } from './prompt.ts'

/** Fewer say too little, and every further one is two more calls of a judge that is asked by criterion. */
const MOST_CRITERIA = 6

const schema = strictObject({
  criteria: {
    type: 'array',
    description: `Three to ${MOST_CRITERIA} criteria, the most telling first.`,
    items: strictObject({
      title: { type: 'string', description: 'Two to six words.' },
      description: { type: 'string', description: 'What a good answer does, and what a bad one does instead.' },
      weight: { type: 'number', description: 'From 1 to 5.' },
    }),
  },
})

/** Asks for a rubric of the task alone: who writes it has seen no answer, so that it can favour none. */
export function rubricPrompt({
  seed,
  taskPrompt,
  referenceAnswer,
}: {
  seed: string
  taskPrompt: string
  referenceAnswer?: string | null
}): JudgePrompt {
  const { fence, prompt } = fencedPrompt(
    `${seed}/rubric`,
    [{ name: 'TASK', text: taskPrompt }, ...(referenceAnswer ? [{ name: 'REFERENCE', text: referenceAnswer }] : [])],
    'Write the rubric for answers to this task and reply with the JSON object alone.',
  )
  return {
    system: `You write the rubric by which others will judge answers to a task. You do not do the task.

${dataRules(fence)}

Rules:
- Three to ${MOST_CRITERIA} criteria, which together decide how good an answer is, and of which no two say the same.
- The first is whether the answer does exactly what the task asks for, in the terms of this task.
- Each can be checked by reading an answer. None rewards length, tone or formatting for its own sake.
- The weight says how much a criterion matters beside the others, from 1 to 5.

Answer with one JSON object and nothing else, without a code fence:
{"criteria": [{"title": "<two to six words>", "description": "<what a good answer does, and a bad one instead>", "weight": <1 to 5>}]}`,
    prompt,
    jsonSchema: { name: 'rubric', schema },
  }
}

const text = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .transform((said) => said.slice(0, most))
const reply = z.object({
  criteria: z
    .array(
      z.object({
        title: text(200),
        description: text(2000),
        weight: z.coerce
          .number()
          .catch(1)
          .transform((weight) => Math.min(5, Math.max(1, weight))),
      }),
    )
    .min(1)
    .transform((criteria) => criteria.slice(0, MOST_CRITERIA)),
})

/** Reads a generated rubric. Weights come back within 1 to 5, and at most six criteria. Errors: `reply_unparseable`. */
export function parseRubric(completion: Pick<TextCompletion, 'text' | 'finishReason'>): Result<RubricCriterion[], StepError> {
  const read = readReply('The rubric', completion, reply)
  return read.ok ? ok(read.value.criteria) : read
}
