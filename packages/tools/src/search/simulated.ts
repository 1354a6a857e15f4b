import type { Search } from '@agon/runner-core'
import { stepError } from '@agon/runner-core/errors'
import { fail, ok } from '@agon/runner-core/result'

/** Of example.com, which nobody has: a page that is made up must not be somebody's. */
const pages = [
  ['An overview of', 'What is known about', 'It has been studied for decades, and the open questions are fewer than they were.'],
  ['Ten questions about', 'Answers to what is asked most about', 'The short answer is that it depends; the long one has numbers.'],
  ['The case against', 'A dissent about', 'The usual account leaves out what does not fit it, and the figures differ by a third.'],
  ['The numbers behind', 'A table of figures about', 'Measured over five years, the mean rose by 4 % a year, with a spread of 1.5 %.'],
  ['A history of', 'How people came to think as they do about', 'The first record is older than most sources say.'],
] as const

/** Finds made-up pages, the same for the same query: for the sparring setup, where nothing is asked of anybody. Every one says what it is. */
export function createSimulatedSearch(): Search {
  return {
    async search({ query, most }, { signal }) {
      if (signal.aborted) return fail(stepError('lease_lost', 'The search was abandoned: the driver no longer owns the job.'))
      const subject = query.replaceAll(/\s+/g, ' ').trim().slice(0, 120)
      if (subject === '') return fail(stepError('provider_rejected', 'There is nothing to search for: the query is empty.'))
      const slug = encodeURIComponent(subject.toLowerCase().replaceAll(' ', '-')).slice(0, 100)
      const hits = pages.slice(0, Math.max(1, most)).map(([title, lead, said], nth) => ({
        url: `https://simulated.example.com/${slug}/${nth + 1}`,
        title: `[simulated] ${title} ${subject}`,
        content: `[simulated] ${lead} ${subject}. ${said}`,
        score: Math.round((0.9 - nth * 0.12) * 100) / 100,
      }))
      return ok({ hits, costUsd: 0, by: 'sparring', simulated: true as const })
    },
  }
}
