import { expect, test } from 'vitest'
import { createSandbox } from './sandbox.ts'

/** What this process has computed, in milliseconds: a busy machine takes time from a program, and is no loop without end. */
const now = () => process.cpuUsage().user / 1000
const sandbox = createSandbox({ now })
const MiB = 1024 * 1024
const limits = { timeoutMs: 400, memoryBytes: 16 * MiB, outputBytes: 100_000 }
const run = (code: string, globals: Record<string, unknown> = {}, some: Partial<typeof limits> = {}) =>
  sandbox.run({ code, globals, seed: 'node-1' }, { ...limits, ...some })
const value = async (code: string, globals?: Record<string, unknown>) => {
  const answer = await run(code, globals)
  return answer.ok ? answer.value.value : answer.error
}

test('code takes JSON and returns JSON, awaiting what it likes', async () => {
  expect(await value('return input.map((each) => each * 2)', { input: [1, 2, 3] })).toEqual([2, 4, 6])
  expect(
    await value('const doubled = await Promise.all(input.map(async (each) => each * 2)); return { doubled }', { input: [1, 2] }),
  ).toEqual({
    doubled: [2, 4],
  })
  expect(await value('// nothing')).toBeNull()
  expect(await value('return { text: "日本 😀", zero: 0, no: null, nan: NaN, gone: undefined }')).toEqual({
    text: '日本 😀',
    zero: 0,
    no: null,
    nan: null,
  })
})

test('what it says is kept, cut', async () => {
  const answer = await run('for (let nth = 0; nth < 100; nth++) console.log("line", { nth }, "x".repeat(10000)); return 1')
  expect(answer).toMatchObject({ ok: true, value: { value: 1 } })
  const { logs } = (answer as { value: { logs: string[] } }).value
  expect(logs).toHaveLength(20)
  expect(logs[3]).toMatch(/^line \{"nth":3\} x+$/)
  expect(logs[3]!.length).toBe(500)
})

test('an attempt that is repeated computes the same: dice are seeded, and there is no clock', async () => {
  expect(await value('return [Math.random(), Math.random()]')).toEqual(await value('return [Math.random(), Math.random()]'))
  expect(await value('return Math.random() < 1 && Math.random() !== Math.random()')).toBe(true)
  for (const clock of ['Date.now()', 'new Date()', 'Date()', 'new (new Date(0).constructor)()'])
    expect(await value(`return ${clock}`), clock).toMatchObject({ code: 'code_failed', message: expect.stringContaining('no clock') })
  expect(await value('return new Date("2026-01-02T03:04:05Z").getTime()')).toBe(Date.UTC(2026, 0, 2, 3, 4, 5))
})

test('a mistake is told with its line', async () => {
  expect(await value('const a = 1\nreturn a.b.c')).toEqual({
    code: 'code_failed',
    message: expect.stringMatching(/^TypeError: .*\(line 2\)\.$/),
  })
  expect(await value('return (')).toMatchObject({ code: 'code_failed', message: expect.stringContaining('SyntaxError') })
  expect(await value('throw "a text"')).toEqual({ code: 'code_failed', message: 'a text.' })
  expect(await value('return 1n')).toMatchObject({ code: 'code_failed' })
  expect(await value('const a = {}; a.a = a; return a')).toMatchObject({ code: 'code_failed' })
})

// What an attacker tries, and what becomes of it.
const attacks: Record<string, [code: string, error: string]> = {
  'a loop without end': ['for (;;) {}', 'code_limit'],
  'a loop that catches what stops it': ['for (;;) { try { for (;;) {} } catch {} finally {} }', 'code_limit'],
  'a promise that makes another without end': ['const again = () => Promise.resolve().then(again); await again()', 'code_limit'],
  'a promise that never settles': ['await new Promise(() => {})', 'code_failed'],
  'an expression that backtracks without end': ['return /^(a+)+$/.test("a".repeat(40) + "b")', 'code_limit'],
  'a list without end': ['const a = []; for (;;) a.push(new Array(1000).fill("x"))', 'code_limit'],
  'a text that doubles': ['let a = "x"; for (;;) a += a', 'code_'],
  'a buffer larger than the memory': ['return new Uint8Array(1e9).length', 'code_'],
  'recursion without end': ['const f = () => f() + 1; return f()', 'code_limit'],
  'recursion through a getter': ['const a = { get b() { return this.b } }; return a.b', 'code_limit'],
  'more output than is taken': ['return "x".repeat(200000)', 'code_limit'],
  'a toJSON without end': ['return { toJSON() { for (;;) {} } }', 'code_limit'],
  'a message that is read without end': ['throw { get message() { for (;;) {} } }', 'code_limit'],
  'the host by the constructor of a constructor': ['return this.constructor.constructor("return process")().env', 'code_failed'],
  'the host by a function of the sandbox': ['return console.log.constructor("return globalThis.process.env")()', 'code_failed'],
  'a module of the host': ['return await import("node:fs")', 'code_failed'],
  'a module by require': ['return require("fs")', 'code_failed'],
  'the network': ['return await fetch("http://169.254.169.254/")', 'code_failed'],
  'files of the interpreter': ['return await import("std")', 'code_failed'],
  'a timer': ['return setTimeout(() => {}, 1)', 'code_failed'],
  'out of the function it stands in': ['}); globalThis.leak = 1; throw new Error("out"); (async function () {', 'code_failed'],
}

test.each(Object.entries(attacks))('%s ends in an error, soon', async (_, [code, error]) => {
  const from = now()
  const answer = await run(code)
  expect(answer).toMatchObject({ ok: false, error: { code: expect.stringMatching(`^${error}`), message: expect.stringMatching(/\.$/) } })
  expect(now() - from).toBeLessThan(3_000)
})

test('nothing of a program is left for the next, nor reaches the process', async () => {
  await run('Object.prototype.polluted = 1; Array.prototype.map = null; JSON.stringify = () => "0"; globalThis.left = 1; return 1')
  expect(await value('return [typeof left, ({}).polluted, [1].map((x) => x + 1)[0]]')).toEqual(['undefined', null, 2])
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  const answer = (await value('return JSON.parse(\'{"__proto__": {"admin": true}, "a": 1}\')')) as Record<string, unknown>
  expect(answer).toEqual({ a: 1 })
  expect(Object.keys(answer)).toEqual(['a'])
})

test('an answer is JSON even where the code changed what makes it', async () => {
  expect(await value('JSON.stringify = () => "no json"; JSON.parse = () => { throw 1 }; return { a: 1 }')).toEqual({ a: 1 })
})

test('inputs are copies, and no input is code', async () => {
  const input = { a: '`$' + '{globalThis}` \'"\\u2028</script>', list: [1] }
  expect(await value('input.list.push(2); return input', { input })).toEqual({ ...input, list: [1, 2] })
  expect(input.list).toEqual([1])
})

test('after a program that broke its limits, the next one runs', async () => {
  for (let nth = 0; nth < 3; nth++) {
    expect(await run('const a = []; for (;;) a.push(new Array(1000).fill("x"))')).toMatchObject({ ok: false })
    expect(await value('return 1 + 1')).toBe(2)
  }
})

test('no program gets longer than the driver allows', async () => {
  const short = createSandbox({ mostMs: 50, now })
  const from = now()
  expect(await short.run({ code: 'for (;;) {}', globals: {}, seed: '' }, { ...limits, timeoutMs: 60_000 })).toMatchObject({
    ok: false,
    error: { code: 'code_limit', message: expect.stringContaining('50 ms') },
  })
  expect(now() - from).toBeLessThan(1_500)
})
