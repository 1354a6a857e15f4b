import type { Answer, ExpectedPair, Question, Review, Vicuna80 } from './vicuna80.ts'

/** One battle as it was recorded: the question, both answers and what the judge said of them. */
export interface RecordedBattle {
  question: Question
  answer_1: Answer
  answer_2: Answer
  review: Review
}

/** The recorded battles of a pair, in the order of the questions. Throws when something that must be there is not. */
export function recordedBattles(data: Vicuna80, pair: Pick<ExpectedPair, 'model_1' | 'model_2'>): RecordedBattle[] {
  const answers = new Map(data.answers.map((answer) => [`${answer.model}/${answer.question_id}`, answer]))
  const questions = new Map(data.questions.map((question) => [question.question_id, question]))
  return data.reviews
    .filter(({ model_1, model_2 }) => model_1 === pair.model_1 && model_2 === pair.model_2)
    .map((review) => {
      const question = questions.get(review.question_id)
      const answer_1 = answers.get(`${review.model_1}/${review.question_id}`)
      const answer_2 = answers.get(`${review.model_2}/${review.question_id}`)
      if (!question || !answer_1 || !answer_2) throw new Error(`the record of question ${review.question_id} is not complete`)
      return { question, answer_1, answer_2, review }
    })
}

/** Which model the record names: the higher score wins, equal scores are a tie. */
export function recordedWinner({ model_1, model_2, score_1, score_2 }: Review): string | undefined {
  if (score_1 === score_2) return undefined
  return score_1 > score_2 ? model_1 : model_2
}

/** What a report calls it. */
export const battleName = ({ review }: RecordedBattle): string => `${review.model_1} v ${review.model_2}, question ${review.question_id}`
