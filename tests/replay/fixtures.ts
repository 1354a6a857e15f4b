import type { ChatCompletionRequest, Fixture } from '@copilotkit/aimock'
import { readJudgePrompt } from './judge-prompt-reader.ts'
import { recordedJudge } from './recorded-judge.ts'
import type { Vicuna80 } from './vicuna80.ts'

export const judgeModel = 'gpt-4-recorded'

/** The model key of a recorded model in Agon. */
export const modelKey = (model: string): string => `sparring:${model}`

/** The text of the only user message, or nothing. */
export function userText({ messages }: ChatCompletionRequest): string | undefined {
  const users = messages.filter(({ role }) => role === 'user')
  const content = users.length === 1 ? users[0]!.content : undefined
  return typeof content === 'string' ? content : undefined
}

/** vicuna80 as aimock fixtures: every model answers every question as it did then, and the judge judges as it did. */
export function vicunaFixtures(data: Vicuna80): Fixture[] {
  const questions = new Map(data.questions.map(({ question_id, text }) => [question_id, text]))
  const contenders = data.answers.map(
    ({ model, question_id, text }): Fixture => ({
      match: { predicate: (request) => request.model === model && userText(request) === questions.get(question_id) },
      response: { content: text },
    }),
  )
  const judge = recordedJudge(data)
  return [
    {
      match: { predicate: (request) => request.model === judgeModel },
      response: (request) => {
        const shown = readJudgePrompt(userText(request) ?? '')
        const reply = shown && judge(shown.task, shown.answers)
        if (reply !== undefined) return { content: reply }
        return { status: 422, error: { message: 'These are not two recorded answers to a recorded question', type: 'replay' } }
      },
    },
    ...contenders,
  ]
}
