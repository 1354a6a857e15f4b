import type { Battle } from '@agon/client'
import { expect, test } from 'vitest'
import { plainStyle } from '../terminal/style.ts'
import { sampleBattle, sampleContender } from '../testing/sample-battle.ts'
import { createStory } from './progress.ts'

const pending = (slot: string, job: Partial<NonNullable<Battle['contenders'][number]['job']>>) =>
  sampleContender(slot, {
    status: 'pending',
    submission: null,
    job: { job_id: 1, status: 'queued', attempts: 0, reclaims: 0, max_attempts: 3, error: null, ...job },
  })

const event = (event_id: number, type: string, data: unknown = {}) => ({ event_id, type, data, created_at: '2026-01-01T00:00:00Z' })

test('each thing is told once, in the order it happened', () => {
  const story = createStory(plainStyle)
  const started = [event(1, 'battle.draft'), event(2, 'battle.published'), event(3, 'battle.executing')]
  const retried = event(4, 'contender.retried', {
    slot: 'A',
    attempts: 1,
    max_attempts: 3,
    error: { code: 'provider_rate_limited', message: 'busy' },
  })

  const queued = sampleBattle({ status: 'executing', contenders: [pending('A', {}), pending('B', {})], events: started })
  expect(story.next(queued)).toEqual(['The battle begins: 2 contenders, one task.'])

  const running = { ...queued, contenders: [pending('A', { status: 'running' }), pending('B', {})] }
  expect(story.next(running)).toEqual(['A  openai:gpt-5-mini is answering'])
  expect(story.next(running)).toEqual([])

  const again = { ...running, events: [...started, retried] }
  expect(story.next(again)).toEqual(['A  openai:gpt-5-mini: attempt 2/3 after provider_rate_limited: busy'])

  const judged = sampleBattle({
    events: [
      ...again.events,
      event(5, 'contender.submitted', { slot: 'A', latency_ms: 812, output_tokens: 20 }),
      event(6, 'battle.scoring'),
      event(7, 'verdict.recorded', { presentation: 0, slot_order: 'BA', outcome: 'winner' }),
      event(8, 'battle.closed', { outcome: 'winner' }),
    ],
  })
  expect(story.next(judged)).toEqual([
    'A  openai:gpt-5-mini submitted in 812 ms (20 tokens)',
    'google:gemini-2.5-flash is judging, in two orders',
    'google:gemini-2.5-flash, verdict 1/2, shown B then A: A wins',
  ])
})

test('simulated contenders are labelled as they answer', () => {
  const contenders = [{ ...pending('A', { status: 'claimed' }), model: 'sparring:quill', simulated: true }]
  expect(createStory(plainStyle).next(sampleBattle({ status: 'executing', contenders }))).toEqual([
    'A  sparring:quill (SIMULATED) is answering',
  ])
})
