import { expect, test } from 'vitest'
import { partners } from './partners.ts'
import { teamMate } from './team-mate.ts'

const asked = (round: number, end = '', before = '') =>
  `<<<TASK 0123456789abcdef>>>\nName a bakery.\n<<<END TASK 0123456789abcdef>>>\n\n${before}This is round ${round} of at most 3. It is your turn.${end}`

test('a partner in a team answers the task, in other words each round', () => {
  const said = [1, 2].map((round) => partners.ember!.answer(teamMate(asked(round))!.task, 0))
  expect(JSON.stringify(said[0])).toContain('bakery')
  expect(JSON.stringify(said[0])).not.toContain('round')
  expect(said[0]).not.toEqual(said[1])
})

test('it says that it has done from the second round on, where it is told how', () => {
  const end = ' When it is done, end with a line that says DONE and nothing else.'
  expect(teamMate(asked(1, end))!.said('So.')).toBe('So.')
  expect(teamMate(asked(2, end))!.said('So.')).toBe('So.\nDONE')
  expect(teamMate(asked(2))!.said('So.')).toBe('So.')
})

test('what is no turn of a team is answered as it stands', () => expect(teamMate('Name a bakery.')).toBeUndefined())
