import { expect, test } from 'vitest'
import type { Journal } from './journal.ts'
import { resumeDecision } from './resume.ts'

const ending = { how: 'exited', exitCode: 0, signal: null, durationMs: 1, isCut: false, complaint: '', result: '' } as const
const journal: Journal = {
  battleId: 'b',
  contenderId: 'c',
  source: '/srv/shop.git',
  commit: 'abc',
  attempt: 0,
  runId: 'r',
  worker: { pid: 1 },
  phase: 'running',
}
const found = { journal, isHeld: false, isWanted: true, attempt: 0 }

test.each([
  ['nothing on the disk', { ...found, journal: undefined }, 're-dispatch'],
  ['a command that was running', found, 're-dispatch'],
  ['a command that ended well', { ...found, journal: { ...journal, phase: 'exited' as const, ending } }, 'done'],
  ['one whose diff was taken', { ...found, journal: { ...journal, phase: 'measured' as const, ending } }, 'done'],
  [
    'a command that ended badly',
    { ...found, journal: { ...journal, phase: 'exited' as const, ending: { ...ending, exitCode: 3 } } },
    'error',
  ],
  [
    'one that took too long',
    { ...found, journal: { ...journal, phase: 'exited' as const, ending: { ...ending, how: 'timed_out' as const } } },
    'error',
  ],
  [
    'one that a signal ended',
    { ...found, journal: { ...journal, phase: 'exited' as const, ending: { ...ending, exitCode: null, signal: 'SIGSEGV' } } },
    'error',
  ],
  ['what an earlier attempt left', { ...found, attempt: 1, journal: { ...journal, phase: 'exited' as const, ending } }, 're-dispatch'],
  ['a live worker at it', { ...found, isHeld: true }, 'keep'],
  ['a live worker at what nobody wants', { ...found, isHeld: true, isWanted: false }, 'keep'],
  ['nobody who waits for it', { ...found, isWanted: false }, 'cancelled'],
  [
    'nobody who waits for what is done',
    { ...found, isWanted: false, journal: { ...journal, phase: 'exited' as const, ending } },
    'cancelled',
  ],
] as const)('%s: %#', (_what, given, decision) => {
  expect(resumeDecision(given)).toBe(decision)
})
