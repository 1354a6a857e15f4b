import { templates } from '@agon/templates'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { faults, openStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage?.close())

test.each(templates.map(({ slug }) => slug))('%s', async (slug) => {
  const played = await stage.play(slug, undefined)
  console.log(slug, played.run.status, JSON.stringify(played.nodes), JSON.stringify(faults(played)), JSON.stringify(played.run.error), JSON.stringify(played.run.output)?.slice(0, 300))
  expect(played.run.status).toBe('completed')
})
