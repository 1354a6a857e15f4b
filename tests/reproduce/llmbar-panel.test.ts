import { join } from 'node:path'
import { weighJudge } from '@agon/runner-core'
import { describe, expect, test } from 'vitest'
import { readGoldVerdicts } from '../../apps/cli/src/rate/read-gold.ts'
import { dataDir } from '../replay/vicuna80.ts'
import { missingFiles } from './data.ts'
import { tryPanels } from './llmbar-panel.ts'

const missing = missingFiles('llmbar/verdicts.csv')
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

describe('panels on LLMBar’s gold pairs', () => {
  const shown = (value: number) => value.toFixed(3).replace('0.', '.')

  test.skipIf(missing)(
    `unequal judges of equal weight are far worse than the best of them, and weighted by gold they are not ${missing ?? ''}`,
    () => {
      const trials = tryPanels()
      for (const { strategy, best, equal, weighted } of trials) {
        const told = [best, equal, weighted].map(
          ({ who, coverage, accuracy, score }) => `${who} ${shown(coverage)} ${shown(accuracy)} ${shown(score)}`,
        )
        console.log(`${strategy}: ${told.join(' | ')}  (coverage, accuracy where decided, score)`)
      }
      expect(trials.map(({ best }) => best.who)).toEqual(trials.map(() => 'GPT-4'))
      expect(trials).toHaveLength(10)
      for (const { best, equal, weighted } of trials) {
        expect(equal.score).toBeLessThan(best.score - 0.15)
        expect(weighted.score).toBeGreaterThan(best.score - 0.01)
        expect(weighted.coverage).toBeGreaterThan(best.coverage)
      }
      // Over all strategies it is a little better than its best member, and decides more.
      expect(mean(trials.map(({ weighted }) => weighted.score))).toBeGreaterThan(mean(trials.map(({ best }) => best.score)))
      const withRubric = trials.find(({ strategy }) => strategy === 'Metrics_Reference')!
      expect(withRubric.best).toMatchObject({
        coverage: expect.closeTo(0.916, 3),
        accuracy: expect.closeTo(0.906, 3),
        score: expect.closeTo(0.872, 3),
      })
      expect(withRubric.weighted.score).toBeGreaterThan(withRubric.best.score)
    },
  )

  test.skipIf(missing)(
    `are weighed by agon judges weigh as docs/judging.md says; three of six judges are no better than a coin ${missing ?? ''}`,
    async () => {
      const { judges } = await readGoldVerdicts(join(dataDir, 'llmbar/verdicts.csv'), { strategy: 'Vanilla' })
      const weighed = new Map([...judges].map(([judge, pairs]) => [judge, weighJudge(pairs)]))
      expect(weighed.get('GPT-4')).toMatchObject({
        pairs: 419,
        accuracy: expect.closeTo(0.845, 3),
        interval: { lower: expect.closeTo(0.807, 3), upper: expect.closeTo(0.876, 3) },
        weight: 1.689,
      })
      expect([...weighed].flatMap(([judge, { weight }]) => (weight > 0 ? [[judge, weight]] : [])).toSorted()).toEqual([
        ['Falcon', 0.259],
        ['GPT-4', 1.689],
        ['PaLM2', 0.868],
      ])
      expect(weighed.size).toBe(6)
    },
  )
})
