import type { BattleEvent } from '@agon/client'
import { expect, test } from 'vitest'
import { plainStyle } from '../terminal/style.ts'
import { createTextLines } from './text-lines.ts'

const delta = (text: string, offset = 1, slot = 'A'): BattleEvent => ({
  event_id: 1,
  type: 'contender.delta',
  data: { slot, offset, text },
  created_at: '2026-11-20T00:00:00Z',
})
const submitted = (slot: string): BattleEvent => ({ ...delta(''), type: 'contender.submitted', data: { slot } })
const lines = () => createTextLines({ style: plainStyle, width: 80 })

test('answers written at once stay apart, and no word is torn', () => {
  const { take } = lines()
  expect(take(delta('The se', 0))).toEqual(['A │ The'])
  expect(take(delta('Das Me', 0, 'B'))).toEqual(['B │ Das'])
  expect(take(delta('a is salty.\nWhy', 6))).toEqual(['A │ sea is salty.'])
  expect(take(delta('er', 6, 'B'))).toEqual([])
  expect(take(submitted('A'))).toEqual(['A │ Why'])
  expect(take(submitted('B'))).toEqual(['B │ Meer'])
  expect(take(submitted('A'))).toEqual([])
})

test('an answer that begins again does not begin with the rest of the one before', () => {
  const { take } = lines()
  take(delta('Once upo', 0))
  expect(take(delta('Again ', 0))).toEqual(['A │ Again'])
})

test('an answer cannot move the cursor', () => {
  expect(lines().take(delta('\u001b[2Jgone\n', 0))).toEqual(['A │ gone'])
})
