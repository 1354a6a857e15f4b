import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { enter, guests } from './guests.ts'
import { claimRecord, readRecord, removeRecord, writeRecord } from './record.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'agon-record-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const running = { state: 'running', url: 'http://h', dbUrl: 'd', publishableKey: 'p', secretKeys: { worker: 's' }, providers: [] } as const
/** The process id of one that has ended. */
const gone = () => spawnSync('true').pid

test('one process claims the platform; another sees that it is taken, and by whom', () => {
  expect(claimRecord(home)).toBe(true)
  expect(claimRecord(home)).toBe(false)
  expect(readRecord(home)).toEqual({ state: 'starting', pid: process.pid })
})

test('the record of a running platform can be read by its owner alone', () => {
  claimRecord(home)
  writeRecord(home, { ...running, providers: [], pid: process.pid })
  expect(statSync(join(home, 'platform.json')).mode & 0o777).toBe(0o600)
  removeRecord(home)
  expect(readRecord(home)).toBeUndefined()
})

test('what a killed process left behind is taken over', () => {
  writeFileSync(join(home, 'platform.json'), JSON.stringify({ ...running, pid: gone() }))
  expect(readRecord(home)).toBeUndefined()
  expect(claimRecord(home)).toBe(true)
})

test('another process’s record is not removed', () => {
  writeFileSync(join(home, 'platform.json'), JSON.stringify({ ...running, pid: process.ppid }))
  removeRecord(home)
  expect(readRecord(home)?.pid).toBe(process.ppid)
})

test('guests are counted until they leave or die', () => {
  const leave = enter(home)
  writeFileSync(join(home, 'guests', String(gone())), '')
  expect(guests(home)).toEqual([process.pid])
  leave()
  expect(guests(home)).toEqual([])
})
