import { describe, expect, it } from 'vitest'
import { createClosing } from './closing.ts'

const never = () => new Promise(() => undefined)

function record() {
  const taken: string[] = []
  const warnings: string[] = []
  const closing = createClosing((entry) => warnings.push(entry.message), 20)
  const step = (name: string) => () => taken.push(name)
  return { closing, taken, warnings, step }
}

describe('closing', () => {
  it('closes last what was opened first, and everything once', async () => {
    const { closing, taken, step } = record()
    closing.surely('the folder', step('folder'))
    closing.politely('net', step('net'))
    await closing.run()
    await closing.run()
    expect(taken).toEqual(['net', 'folder'])
  })

  it('takes the next step after one that failed, and names the one that did', async () => {
    const { closing, taken, warnings, step } = record()
    closing.surely('PostgreSQL', step('PostgreSQL'))
    closing.politely('cron', () => Promise.reject(new Error('no such table')))
    closing.politely('net', () => {
      throw new Error('no such queue')
    })
    await closing.run()
    expect(taken).toEqual(['PostgreSQL'])
    expect(warnings).toEqual(['while stopping net: no such queue', 'while stopping cron: no such table'])
  })

  it('waits for no answer that does not come, but for the end of a process', async () => {
    const { closing, taken, warnings, step } = record()
    closing.surely('PostgreSQL', async () => {
      await new Promise((resolve) => setTimeout(resolve, 60))
      taken.push('PostgreSQL')
    })
    closing.politely('the REST service', never)
    closing.surely('functions', step('functions'))
    closing.politely('net', never)
    await closing.run()
    expect(taken).toEqual(['functions', 'PostgreSQL'])
    expect(warnings).toEqual([
      'while stopping net: no answer in time; it was left to itself',
      'while stopping the REST service: no answer in time; it was left to itself',
    ])
  })
})
