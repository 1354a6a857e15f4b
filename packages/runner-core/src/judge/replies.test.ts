import { describe, expect, it } from 'vitest'
import { findModel } from '../models/models.ts'
import { parseFindings } from './cross-examination.ts'
import { parseDigest } from './digest.ts'
import { panelWeight, weighJudge } from './panel-weights.ts'
import { kinOf } from './recusal.ts'
import { parseRubric } from './rubric.ts'

const said = (text: string, finishReason: 'stop' | 'length' = 'stop') => ({ text, finishReason })

describe('a generated rubric', () => {
  it('is read from JSON, alone or after some words, with its weights brought within 1 to 5', () => {
    const criteria = [{ title: 'Correct', description: 'Says Paris.', weight: 9 }]
    const rubric = [{ title: 'Correct', description: 'Says Paris.', weight: 5 }]
    expect(parseRubric(said(JSON.stringify({ criteria })))).toEqual({ ok: true, value: rubric })
    expect(parseRubric(said(`Here it is:\n\`\`\`json\n${JSON.stringify({ criteria })}\n\`\`\``))).toEqual({ ok: true, value: rubric })
  })
  it('that is cut off, refused, empty or something else is none, and says which', () => {
    const fault = (text: string, reason?: 'length') => {
      const read = parseRubric(said(text, reason))
      return read.ok ? undefined : [read.error.code, read.error.message]
    }
    expect(fault('{"criteria": [{"title": "Corr', 'length')).toEqual(['reply_unparseable', expect.stringContaining('cut off')])
    expect(fault("I'm sorry, I can't help with that.")).toEqual(['reply_unparseable', expect.stringContaining('declined')])
    expect(fault(' ')).toEqual(['reply_unparseable', expect.stringContaining('nothing')])
    expect(fault('{"criteria": []}')).toEqual(['reply_unparseable', expect.stringContaining('JSON')])
  })
})

describe('a digest', () => {
  it('is read with what it leaves out empty', () => {
    expect(parseDigest(said('{"summary": "It says Paris."}'))).toEqual({
      ok: true,
      value: { summary: 'It says Paris.', strengths: [], weaknesses: [] },
    })
  })
})

describe('findings', () => {
  const examined = {
    taskPrompt: 'Name the capital of France and its river.',
    answers: ['Paris, on the “Seine”.', 'Lyon.'],
    verdict: 'Answer 2 wins.',
  }
  const findings = (...list: object[]) => parseFindings(said(JSON.stringify({ findings: list })), examined)
  it('say whether the words they rest on stand where they point', () => {
    const read = findings(
      { about: '2', claim: 'Wrong city', severity: 'high', evidence: 'Lyon' },
      { about: 'Answer 1', claim: 'Invented', severity: 'HIGH', evidence: 'Rome' },
      { about: 1, claim: 'Quoted otherwise', severity: 'low', evidence: 'on  the "Seine"' },
      { about: 'verdict', claim: 'Overlooks it', severity: 'dire', evidence: 'Answer 2 wins' },
      { about: '2', claim: 'Omits the river', severity: 'medium', evidence: 'and its river' },
      { about: '7', claim: 'There is no such answer', severity: 'low', evidence: 'x' },
    )
    expect(read.ok && read.value.map(({ label, severity, quoted }) => [label, severity, quoted])).toEqual([
      [2, 'high', true],
      [1, 'high', false],
      [1, 'low', true],
      [null, 'medium', true],
      [2, 'medium', true],
    ])
  })
})

describe('a judge', () => {
  const model = (key: string) => {
    const found = findModel(key)
    if (!found.ok) throw new Error(found.error.message)
    return { model: found.value }
  }
  it('is kept from its own family, whoever serves it', () => {
    const contenders = [model('anthropic:claude-haiku-4-5'), model('openai:gpt-5-mini')]
    expect(kinOf(model('openai:gpt-4.1').model, contenders)?.model.key).toBe('openai:gpt-5-mini')
    expect(kinOf(model('ollama:gpt-oss:20b').model, contenders)?.model.key).toBe('openai:gpt-5-mini')
    expect(kinOf(model('google:gemini-2.5-pro').model, contenders)).toBeUndefined()
  })
  it('that is a stand-in has no family', () => {
    expect(kinOf(model('sparring:x').model, [model('sparring:x')])).toBeUndefined()
  })
  it('weighs nothing while nobody has measured it, and no better than a coin weighs nothing', () => {
    const right = { aFirst: 'a', bFirst: 'a', gold: 'a' } as const
    const flips = { aFirst: 'a', bFirst: 'b', gold: 'a' } as const
    const wrong = { aFirst: 'b', bFirst: 'b', gold: 'a' } as const
    expect(panelWeight([])).toBe(0)
    expect(panelWeight([flips, flips])).toBe(0)
    expect(panelWeight([wrong, wrong, right])).toBe(0)
    expect(panelWeight(Array(9).fill(right))).toBe(2.944)
    expect(panelWeight([...Array(9).fill(right), wrong])).toBeLessThan(panelWeight(Array(10).fill(right)))
  })
  it('is weighed by the pairs it decided, with an interval that no certainty of few pairs escapes', () => {
    const right = { aFirst: 'a', bFirst: 'a', gold: 'a' } as const
    const silent = { aFirst: 'a', bFirst: null, gold: 'a' } as const
    const weighed = weighJudge([...Array(9).fill(right), silent, { aFirst: 'b', bFirst: 'b' }])
    expect(weighed).toMatchObject({ pairs: 9, abstained: 1, accuracy: 1, weight: 2.944 })
    expect(weighed.interval!.lower).toBeCloseTo(9 / (9 + 1.96 ** 2), 3)
    expect(weighed.interval!.upper).toBe(1)
    expect(weighJudge([silent])).toEqual({ pairs: 0, abstained: 1, accuracy: null, interval: null, weight: 0 })
  })
})
