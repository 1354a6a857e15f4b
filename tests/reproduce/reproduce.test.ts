import { describe, expect, test } from 'vitest'
import { missingFiles, type Reproduced } from './data.ts'
import { judgeTextFiles, reproduceJudgeTexts } from './judge-texts.ts'
import { llmbarFiles, reproduceLlmbar } from './llmbar.ts'
import { mtBenchFiles, reproduceMtBench } from './mt-bench.ts'
import { numerics } from './numerics.ts'
import { alphas, honestVotersFlagged, voterFiles } from './voters.ts'

const differing = (rows: Reproduced[]) => rows.filter(({ equal }) => !equal)

describe('published results', () => {
  const withoutMtBench = missingFiles(...mtBenchFiles)
  test.skipIf(withoutMtBench)(`MT-Bench: agreement, boards and intervals come out as published ${withoutMtBench ?? ''}`, () => {
    const rows = reproduceMtBench()
    expect(differing(rows)).toEqual([])
    expect(rows).toHaveLength(56 + 2 * 48 + 2 * 8)
  })

  const withoutLlmbar = missingFiles(...llmbarFiles)
  test.skipIf(withoutLlmbar)(`LLMBar: all 325 cells come out as published ${withoutLlmbar ?? ''}`, () => {
    const rows = reproduceLlmbar()
    expect(differing(rows)).toEqual([])
    expect(rows).toHaveLength(325 * 5)
  })

  const withoutTexts = missingFiles(...judgeTextFiles)
  test.skipIf(withoutTexts)(`the recorded texts of judges are read as they are on record ${withoutTexts ?? ''}`, () => {
    expect(differing(reproduceJudgeTexts())).toEqual([])
  })
})

describe('inputs that have no answer, or a large one', () => {
  test.each([...numerics(20_000, 60)])(
    '$what: ends, is finite, and says whom it cannot rank',
    ({ what, finite, ranked, competitors, says }) => {
      expect(finite).toBe(true)
      const nobody = ['a hundred pairs that met nobody else', 'each always beats the next', 'one battle', 'no battle']
      if (nobody.includes(what)) expect(ranked).toBe(0)
      else expect(ranked).toBeGreaterThan(0)
      expect(says).toBe(ranked === competitors ? '' : `${competitors - ranked} not_connected`)
    },
  )
})

const withoutVotes = missingFiles(...voterFiles)
test.skipIf(withoutVotes)(`what honest voters risk: MT-Bench’s judges at the alpha that holds votes ${withoutVotes ?? ''}`, () => {
  const { judges, votes, flagged } = honestVotersFlagged()
  for (const alpha of alphas)
    console.log(`alpha ${alpha}: ${flagged[alpha]!.length} of ${judges} judges (${votes} votes) ${flagged[alpha]!.join(' ')}`)
  expect([judges, ...alphas.map((alpha) => flagged[alpha]!.length)]).toEqual([65, 8, 3, 2])
})
