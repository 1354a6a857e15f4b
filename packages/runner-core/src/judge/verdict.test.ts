import { existsSync, readFileSync } from 'node:fs'
import { cpuUsage } from 'node:process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseVerdict } from './verdict.ts'

const json = (scores: number[], verdict: string | number, reasoning = 'because') =>
  JSON.stringify({ reasoning, scores: scores.map((score, i) => ({ label: i + 1, score })), verdict })
const parse = (text: string, labels = [1, 2], reason: 'stop' | 'length' | 'other' = 'stop') => parseVerdict(text, reason, labels)
const complaint = (text: string, labels = [1, 2], reason: 'stop' | 'length' | 'other' = 'stop'): string => {
  const parsed = parse(text, labels, reason)
  if (parsed.ok) throw new Error(`parsed as ${JSON.stringify(parsed.value)}`)
  expect(parsed.error.code).toBe('verdict_unparseable')
  return parsed.error.message
}
const winner2 = {
  ok: true,
  value: {
    outcome: 'winner',
    winnerLabel: 2,
    scores: [
      { label: 1, score: 6.5, place: 2 },
      { label: 2, score: 8, place: 1 },
    ],
    reasoning: 'because',
  },
}

describe('a verdict as JSON', () => {
  it('names the winner, with its scores and places', () => {
    expect(parse(json([6.5, 8], '2'))).toEqual(winner2)
  })

  it('may stand in a fence, in prose, or after a draft, of which the last counts', () => {
    const verdict = json([6.5, 8], '2')
    expect(parse(`\`\`\`json\n${verdict}\n\`\`\``)).toEqual(winner2)
    expect(parse(`Here {so to say} is my verdict: ${verdict} Thank you.`)).toEqual(winner2)
    expect(parse(`${json([9, 1], '1')}\nOn reflection:\n${verdict}`)).toEqual(winner2)
  })

  it('may spell labels and scores as strings', () => {
    const loose =
      '{"scores": [{"label": "2", "score": "8"}, {"label": "1", "score": 6.5}], "verdict": "Answer 2", "reasoning": "because", "more": 1}'
    expect(parse(loose)).toEqual(winner2)
    expect(parse(json([6.5, 8], 2))).toEqual(winner2)
  })

  it('of a tie shares the first place', () => {
    expect(parse(json([7, 7], 'tie'))).toMatchObject({ value: { outcome: 'tie', scores: [{ place: 1 }, { place: 1 }] } })
    expect(parse(json([7, 7], 'tie'))).not.toHaveProperty('value.winnerLabel')
    expect(parse(json([7, 5, 7], 'tie'), [1, 2, 3])).toMatchObject({
      value: { outcome: 'tie', scores: [{ place: 1 }, { place: 3 }, { place: 1 }] },
    })
  })

  it('of both bad carries any scores, and no answer stands above another', () => {
    expect(parse(json([1, 3], 'both_bad'))).toMatchObject({
      value: {
        outcome: 'both_bad',
        scores: [
          { score: 1, place: 1 },
          { score: 3, place: 1 },
        ],
      },
    })
  })

  it('gives the winner alone the first place, even when another has its score', () => {
    expect(parse(json([8, 8, 5], '2'), [1, 2, 3])).toMatchObject({
      value: { outcome: 'winner', winnerLabel: 2, scores: [{ place: 2 }, { place: 1 }, { place: 3 }] },
    })
  })

  it('ranks like a competition: equal scores share a place, and the next is skipped', () => {
    expect(parse(json([9, 4, 6, 6, 2], '1'), [1, 2, 3, 4, 5])).toMatchObject({
      value: { scores: [{ place: 1 }, { place: 4 }, { place: 2 }, { place: 2 }, { place: 5 }] },
    })
  })

  it('keeps scores in hundredths, and ranks by what it keeps', () => {
    expect(parse(json([7.334, 7.333], '1'))).toMatchObject({
      value: {
        scores: [
          { score: 7.33, place: 1 },
          { score: 7.33, place: 2 },
        ],
      },
    })
  })

  it('that contradicts its own scores is an error', () => {
    expect(complaint(json([9, 8], '2'))).toContain('contradicts')
    expect(complaint(json([9, 8], 'tie'))).toContain('contradicts')
  })

  it('that does not score every answer once, from 0 to 10, is an error', () => {
    expect(complaint(json([9], '1'))).toContain('once')
    expect(complaint(json([9, 8, 7], '1'))).toContain('once')
    expect(complaint('{"scores": [{"label": 1, "score": 9}, {"label": 1, "score": 9}], "verdict": "1"}')).toContain('once')
    expect(complaint(json([11, 8], '1'))).toContain('0 to 10')
    expect(complaint(json([9, -1], '1'))).toContain('0 to 10')
  })

  it('for an answer that is not there is an error', () => {
    expect(complaint(json([9, 8], '3'))).toContain('none of 1, 2, tie, both_bad')
    expect(complaint(json([9, 8], 'A'))).toContain('none of')
  })

  it('comes back from any prose around it', () => {
    const scored = fc.array(
      fc.integer({ min: 0, max: 1000 }).map((n) => n / 100),
      { minLength: 2, maxLength: 6 },
    )
    const prose = fc.string({ unit: 'grapheme', maxLength: 60 })
    fc.assert(
      fc.property(scored, prose, prose, prose, fc.boolean(), (scores, before, after, reasoning, fenced) => {
        const best = Math.max(...scores)
        const winners = scores.filter((score) => score === best).length
        const verdict = json(scores, winners === 1 ? String(scores.indexOf(best) + 1) : 'tie', reasoning)
        const labels = scores.map((_, i) => i + 1)
        const reply = `${before}\n${fenced ? `\`\`\`json\n${verdict}\n\`\`\`` : verdict}\n${after}`
        const parsed = parse(reply, labels)
        if (!parsed.ok) throw new Error(parsed.error.message)
        expect(parsed.value.reasoning).toBe(reasoning)
        expect(parsed.value.outcome).toBe(winners === 1 ? 'winner' : 'tie')
        expect(parsed.value.scores.map(({ score }) => score)).toEqual(scores)
        for (const { score, place } of parsed.value.scores) expect(place).toBe(1 + scores.filter((other) => other > score).length)
      }),
    )
  })
})

describe('a reply that is no verdict', () => {
  it('says whether the judge was cut off, silent, unwilling or merely unclear', () => {
    expect(complaint('{"reasoning": "The first', [1, 2], 'length')).toContain('cut off')
    expect(complaint('  \n')).toContain('nothing')
    expect(complaint("I'm sorry, but I can't compare these.")).toContain('declined')
    expect(complaint('Answer 2 is better. [[B]]')).toContain('neither')
    for (const json of ['null', '42', '[]', '{}', '"1"', '{"verdict": {}}', '{"result": 1}']) expect(complaint(json)).toContain('neither')
  })

  it('is never told to the caller in its own words', () => {
    expect(complaint('the secret plan of answer 1')).not.toContain('secret')
    expect(complaint(json([9, 8], 'secret plan'))).not.toContain('secret')
  })

  it('of any shape gives a verdict or an error, and never throws', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '"',
      ':',
      '[',
      ']',
      'verdict',
      '"verdict":"1"',
      'scores',
      '1',
      ',',
      '\n',
      '```json\n',
      '```',
      '\\',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (text) => {
          expect(typeof parse(text).ok).toBe('boolean')
        },
      ),
    )
  })

  it('of a hundred thousand braces takes no time', () => {
    for (const hostile of ['{'.repeat(100_000), '{"'.repeat(50_000), '```json\n'.repeat(12_000), '{}'.repeat(50_000)]) {
      const begin = cpuUsage()
      complaint(hostile)
      expect(cpuUsage(begin).user / 1000).toBeLessThan(5_000)
    }
  })
})

describe('scores on the first line', () => {
  it('are a verdict of judges that give no JSON', () => {
    expect(parse('8 9\nBoth did well.')).toMatchObject({ value: { outcome: 'winner', winnerLabel: 2, reasoning: 'Both did well.' } })
    expect(parse('\n 8.5, 8.5 \n')).toMatchObject({ value: { outcome: 'tie', scores: [{ score: 8.5 }, { score: 8.5 }] } })
    expect(parse('3 9 1', [1, 2, 3])).toMatchObject({ value: { winnerLabel: 2, scores: [{ place: 2 }, { place: 1 }, { place: 3 }] } })
  })

  it('count only when they are alone on it, as many as answers, and without JSON in the text', () => {
    for (const text of ['8 9 7\n', '8\n9', 'Scores: 8 9', '8/10 9/10', '(8, 9)', '8 9 of 10', '8 9\n{"x": 1}', 'First.\n8 9']) {
      expect(complaint(text)).toContain('neither')
    }
    expect(complaint('80 90\n')).toContain('0 to 10')
  })
})

const data = process.env.AGON_DATA_DIR ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url))
const reviews = `${data}/vicuna80/reviews.jsonl`
if (!existsSync(reviews)) console.log(`skipped: the Vicuna reviews are not at ${reviews}; set AGON_DATA_DIR to the evaluation data`)

describe.skipIf(!existsSync(reviews))('the 1,040 real judge texts of Vicuna', () => {
  it('give the scores on record, 39 of them at the end of a solution; two are on record otherwise than they are written', () => {
    const counts = { parsed: 0, refused: 0, wrong: 0 }
    for (const line of readFileSync(reviews, 'utf8').trim().split('\n')) {
      const { judge_text, score_1, score_2 } = JSON.parse(line) as { judge_text: string; score_1: number; score_2: number }
      const parsed = parse(judge_text)
      if (!parsed.ok) counts.refused += 1
      else if (parsed.value.scores[0]?.score === score_1 && parsed.value.scores[1]?.score === score_2) counts.parsed += 1
      else counts.wrong += 1
    }
    console.log(`vicuna: ${counts.parsed} parsed as recorded, ${counts.refused} refused, ${counts.wrong} wrong`)
    expect(counts).toEqual({ parsed: 1038, refused: 0, wrong: 2 })
  })
})
