import type { Battle } from '@agon/client'
import { describe, expect, test } from 'vitest'
import { plainStyle as style } from '../terminal/style.ts'
import { sampleBattle, sampleContender, sampleVerdict } from '../testing/sample-battle.ts'
import { battleReport } from './report.ts'

const report = (battle = sampleBattle(), width = 120) => battleReport(battle, { width, style })

describe('a report', () => {
  test('shows the answers side by side on a wide terminal and one under the other on a narrow one', () => {
    expect(report()).toMatch(/The answer of A\. +│ +The answer of B\./)
    expect(report(sampleBattle(), 60)).not.toContain('│')
    for (const width of [60, 80, 200])
      for (const line of report(sampleBattle(), width).split('\n')) expect(line.length).toBeLessThanOrEqual(width)
  })

  test('names both orders, their scores and reasons', () => {
    expect(report()).toContain('shown B then A · A wins · A 8.5, B 6')
    expect(report()).toContain('shown A then B · A wins · A 8.5, B 6')
    expect(report()).toContain('A answers the question.')
  })

  test('shows how far each rating moved', () => {
    expect(report()).toMatch(/A {2}openai:gpt-5-mini +1000 → 1016 +\+16/)
    expect(report()).toMatch(/B {2}anthropic:claude-haiku-4-5 +1000 → 984 +−16/)
  })

  test('labels everything simulated', () => {
    const contenders = [sampleContender('A', { model: 'sparring:quill', simulated: true }), sampleContender('B')]
    const text = report(sampleBattle({ contenders, judge: { model: 'sparring:arbiter', simulated: true } }))
    expect(text).toContain('A  sparring:quill (SIMULATED)')
    expect(text).toContain('Judge  sparring:arbiter (SIMULATED)')
    expect(text).toContain('A · sparring:quill (SIMULATED) wins')
    expect(text).not.toContain('gpt-5-mini (SIMULATED)')
  })

  test.each<[string, Partial<Battle>, string]>([
    ['a tie', { outcome: 'draw', judge_outcome: 'tie', winner_slot: null }, 'Draw: the judge found the best answers equally good.'],
    ['two bad answers', { outcome: 'draw', judge_outcome: 'both_bad', winner_slot: null }, 'none of the answers acceptable'],
    ['a judge that flips', { outcome: 'draw', judge_outcome: 'inconsistent', winner_slot: null }, 'inconsistent judge'],
    ['a walkover', { outcome: 'walkover', judge_outcome: null, verdicts: [] }, 'wins by walkover'],
    ['a judge that abstains', { outcome: 'no_verdict', judge_outcome: 'abstain', winner_slot: null }, 'No verdict'],
    [
      'a judge that gave up',
      { status: 'scoring', outcome: null, judge_outcome: null, winner_slot: null, verdicts: [] },
      'Not judged: the judge gave up',
    ],
    ['a crowd', { scoring_mode: 'community', judge: null, judge_outcome: null, verdicts: [] }, 'wins: it has the most votes'],
    ['half a crowd and half a judge', { scoring_mode: 'hybrid' }, 'wins: votes and judge together put it first'],
    [
      'a divided crowd',
      { scoring_mode: 'community', judge: null, outcome: 'draw', judge_outcome: null, winner_slot: null },
      'exactly the same score',
    ],
    [
      'an absent crowd',
      { scoring_mode: 'community', judge: null, outcome: 'no_verdict', judge_outcome: null, winner_slot: null },
      'nobody voted',
    ],
    ['a void battle', { status: 'void', outcome: null, judge_outcome: null, winner_slot: null, verdicts: [] }, 'Void: no contender'],
    ['a cancelled battle', { status: 'cancelled', outcome: null, judge_outcome: null, winner_slot: null, verdicts: [] }, 'Cancelled.'],
  ])('says what %s means', (_, more, words) => {
    expect(report(sampleBattle(more))).toContain(words)
  })

  test('shows why a contender has no answer', () => {
    const failed = sampleContender('B', {
      status: 'failed',
      submission: null,
      error: { code: 'provider_auth', message: 'openai refuses the key.' },
    })
    expect(report(sampleBattle({ contenders: [sampleContender('A'), failed] }))).toContain('provider_auth: openai refuses the key.')
  })

  test('an answer cannot move the cursor or hide what it says', () => {
    const text = 'plain \u001b[2J\u001b]0;title\u0007red\u001b[31m \u202eevil\rX'
    const sly = sampleContender('A')
    sly.submission!.content_text = text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is what is tested
    expect(report(sampleBattle({ contenders: [sly, sampleContender('B')] }))).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
  })

  test('a link is given with the key that opens it', () => {
    const text = battleReport(sampleBattle(), {
      width: 120,
      style,
      link: { url: 'http://127.0.0.1:1', publishableKey: 'sb_publishable_x' },
    })
    expect(text).toContain(
      "curl -H 'apikey: sb_publishable_x' http://127.0.0.1:1/functions/v1/api/battles/00000000-0000-4000-8000-000000000000",
    )
  })

  test('abstentions have no scores to show', () => {
    const verdicts = [sampleVerdict(0), sampleVerdict(1, { outcome: 'abstain', winner_slot: null, scores: null, reasoning: 'declined' })]
    expect(report(sampleBattle({ verdicts }))).toContain('shown A then B · no readable verdict\n    declined')
  })
})
