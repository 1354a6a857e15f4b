import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningMain, startMain } from '../platform/support.ts'
import { projectDir } from '../support/clusters.ts'
import { agon, temporaryHome } from './support.ts'

// `npm start` keeps a platform; commands beside it speak to that one, and not to one of their own.

let home: Awaited<ReturnType<typeof temporaryHome>>
let platform: RunningMain

beforeAll(async () => {
  home = await temporaryHome()
  platform = await startMain([
    ...['--project-dir', projectDir, '--data-dir', join(home.home, 'postgres'), '--record', join(home.home, 'platform.json'), '--quiet'],
    ...['--vault', 'agon_worker_key=worker', '--make-secret', 'AGON_SEALING_KEYS={"local":"{random}"}'],
  ])
})
afterAll(async () => {
  platform.process.kill('SIGKILL')
  home.remove()
})

test('commands speak to the platform that was started, until it is stopped and its record gone', async () => {
  const environment = { AGON_HOME: home.home }
  expect(JSON.parse(readFileSync(join(home.home, 'platform.json'), 'utf8'))).toMatchObject({ url: platform.url, pid: platform.process.pid })
  const status = await agon(['status', '--json'], environment)
  expect([status.code, status.err]).toEqual([0, ''])
  expect(JSON.parse(status.out)).toMatchObject({ kinds: expect.any(Array) })
  expect(await agon(['worker', 'status'], environment)).toMatchObject({ code: 0 })
  platform.process.kill('SIGTERM')
  await expect.poll(() => platform.process.exitCode, { timeout: 30_000 }).toBe(0)
  expect(existsSync(join(home.home, 'platform.json'))).toBe(false)
})
