import { describe, expect, test } from 'vitest'
import { type StepError, stepError } from '../errors.ts'
import type { Keyframe, MediaStore, MediaTools } from '../ports/index.ts'
import { fail, ok, type Result } from '../result.ts'
import { bounds, scriptedProvider, testWorld } from '../testing/samples.ts'
import { battleKeyframes, type KeyframeStore, type KeyframesJob, keyframesStep } from './keyframes-step.ts'

const job: KeyframesJob = {
  leaseToken: 1,
  jobId: 7,
  attempts: 0,
  maxAttempts: 3,
  reclaims: 0,
  inLane: false,
  battleId: 'battle',
  contenderId: 'contender',
  contentUrl: 'https://project.test/film.mp4',
}
const frame = (atMs: number): Keyframe => ({ bytes: Uint8Array.of(1), mimeType: 'image/jpeg', atMs })

function stage({
  taken = ok([frame(125), frame(375)]),
  copied,
  recorded = ok(true),
}: {
  taken?: Result<Keyframe[], StepError>
  copied?: StepError
  recorded?: Result<boolean, StepError>
} = {}) {
  const { store, world } = testWorld({ providers: scriptedProvider(() => '').providers })
  const kept: string[] = []
  const completed: unknown[] = []
  const asked: unknown[] = []
  const media: MediaStore = {
    isOwn: () => false,
    async copy(_made, { path, kind }) {
      kept.push(`${kind} ${path}`)
      return copied ? fail(copied) : ok({ url: `https://project.test/${path}.jpg`, path, mimeType: 'image/jpeg', bytes: 1 })
    },
  }
  const tools = {
    keyframes: async (...given: unknown[]) => {
      asked.push(given)
      return taken
    },
  } as unknown as MediaTools
  const frames: KeyframeStore = {
    claim: async () => ok({ jobs: [job], leaseMs: 60_000, nextDueMs: null }),
    complete: async (...given) => {
      completed.push(given)
      return recorded
    },
    announce: async () => ok(null),
  }
  return { store, world: { ...world, media }, frames, tools, kept, completed, asked }
}

describe('the pictures of a film', () => {
  test('are taken within bounds, kept beside it and recorded with their places', async () => {
    const { store, world, frames, tools, kept, completed, asked } = stage()
    expect(await keyframesStep(job, world, bounds, { frames, tools })).toEqual({})
    expect(asked).toMatchObject([[{ url: job.contentUrl }, { count: 8 }, { signal: bounds.signal, maxInputBytes: expect.any(Number) }]])
    expect(kept).toEqual(['image battle/contender-frame-1', 'image battle/contender-frame-2'])
    expect(completed).toEqual([
      [
        7,
        1,
        [
          { url: 'https://project.test/battle/contender-frame-1.jpg', atMs: 125 },
          { url: 'https://project.test/battle/contender-frame-2.jpg', atMs: 375 },
        ],
      ],
    ])
    expect(store.calls).toEqual([])
  })

  test('are given up where the film is none, and tried again where it could not be fetched or they could not be kept', async () => {
    for (const [made, method] of [
      [stage({ taken: fail(stepError('media_unreadable', 'no film')) }), 'deadLetterBattleJob'],
      [stage({ taken: fail(stepError('media_unavailable', 'later')) }), 'requeueBattleJob'],
      [stage({ copied: stepError('storage_unavailable', 'later') }), 'requeueBattleJob'],
    ] as const) {
      await keyframesStep(job, made.world, bounds, made)
      expect(made.store.calls.map((each) => each.method)).toEqual([method])
      expect(made.completed).toEqual([])
    }
  })

  test('are nobody’s failure when the lease was lost', async () => {
    const lost = stage({ taken: fail(stepError('lease_lost', 'gone')) })
    await keyframesStep(job, lost.world, bounds, lost)
    const late = stage({ recorded: ok(false) })
    await keyframesStep(job, late.world, bounds, late)
    expect([lost.store.calls, late.store.calls]).toEqual([[], []])
  })

  test('have a line of their own, which claims by the store of those who can', async () => {
    const { store, frames, tools } = stage()
    const line = battleKeyframes(frames, tools)
    expect(line.kind).toBe('battle_keyframes')
    expect(await line.claim(store, 'worker', 1)).toMatchObject({ ok: true, value: { jobs: [job] } })
  })
})
