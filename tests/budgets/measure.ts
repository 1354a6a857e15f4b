import { readdirSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Platform, startPlatform } from '@agon/local-platform'
import { type Arena, projectDir, startArena } from '../support/arena.ts'
import { startWireProvider } from '../support/wire-provider.ts'
import { loads } from './loads.ts'
import { type ProcessCost, processCost } from './process-cost.ts'

export interface FunctionBudget {
  name: string
  /** Request to first answer in a new process, and that of a function that only says ok, through the same kind of platform. */
  coldMs: number
  bareMs: number
  /** After its first answer, over what a process has that only says ok: an isolate's own share. */
  restBytes: number
  bootCpuMs: number
  load?: { what: string; steps: number; cpuMsPerStep: number; peakBytes: number }
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
const answer = (bytes: number) => 'All work and no play. '.repeat(Math.ceil(bytes / 22)).slice(0, bytes)

export const functionNames = () =>
  readdirSync(`${projectDir}/supabase/functions`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
    .map(({ name }) => name)

/** What each function costs the isolate it runs in: measured on the process that serves it, by the kernel's account. */
export async function measureBudgets({ rounds = 5 } = {}): Promise<FunctionBudget[]> {
  const [megabyte, page] = [answer(1_000_000), answer(10_000)]
  const wire = await startWireProvider({
    megabyte: ({ text }) => text(megabyte),
    page: ({ text }) => text(page),
    judge: ({ text }) => text(JSON.stringify({ reasoning: 'r', scores: [1, 2].map((label) => ({ label, score: 5 })), verdict: 'tie' })),
  })
  const arena = await startArena({ functionEnv: { COMPATIBLE_BASE_URL: wire.url } })
  const yardstick = await startPlatform({ projectDir: fileURLToPath(new URL('../../bench/bare', import.meta.url)), temporary: true })
  try {
    await sleepAll(arena)
    const budgets: FunctionBudget[] = []
    for (const name of functionNames()) {
      await ask(arena, name) // Deno's module cache is filled once
      const cold: number[] = []
      const bare: number[] = []
      for (let round = 0; round < rounds; round++) {
        await yardstick.restartFunctions('bare')
        bare.push(await timed(() => fetch(`${yardstick.url}/functions/v1/bare`)))
        await arena.platform.restartFunctions(name)
        cold.push(await timed(() => ask(arena, name)))
      }
      const bareBytes = costOf(yardstick, 'bare').residentBytes
      const rest = costOf(arena.platform, name)
      const load = loads[name] && (await underLoad(arena, name, bareBytes))
      budgets.push({
        name,
        coldMs: median(cold),
        bareMs: median(bare),
        restBytes: Math.max(0, rest.residentBytes - bareBytes),
        bootCpuMs: rest.cpuMs,
        ...(load ? { load } : {}),
      })
    }
    return budgets
  } finally {
    await yardstick.stop()
    await arena.stop()
    await wire.stop()
  }
}

const sleepAll = (arena: Arena) => arena.database.query('update execution.job_kinds set wake_function = null')

async function timed(work: () => Promise<Response>): Promise<number> {
  const from = performance.now()
  await (await work()).text()
  return performance.now() - from
}

/** The public API is read with an application's key, the others are woken with the machine's. */
const ask = ({ platform }: Arena, name: string) =>
  name === 'api'
    ? fetch(`${platform.url}/functions/v1/api/models`, { headers: { apikey: platform.publishableKey } })
    : fetch(`${platform.url}/functions/v1/${name}`, { method: 'POST', headers: { apikey: platform.secretKeys.worker! } })

function costOf(platform: Platform, name: string): ProcessCost {
  const newest = platform.functionProcesses().findLast((each) => each.name === name)
  const cost = newest && processCost(newest.pid)
  if (!cost) throw new Error(`no process serves ${name}, or this machine has no /proc`)
  return cost
}

async function underLoad(arena: Arena, name: string, bareBytes: number): Promise<NonNullable<FunctionBudget['load']>> {
  const { kind, what, prepare, done } = loads[name]!
  const steps = await prepare(arena)
  await arena.platform.restartFunctions(name)
  await (await ask(arena, 'api')).text()
  const count = async () => Number((await arena.database.query(done)).rows[0].n)
  const before = await count()
  await (await ask(arena, name)).text()
  const atStart = costOf(arena.platform, name)
  let peakBytes = 0
  for (const deadline = performance.now() + 60_000; (await count()) - before < steps; await delay(50)) {
    peakBytes = Math.max(peakBytes, costOf(arena.platform, name).peakBytes)
    if (performance.now() > deadline) throw new Error(`${kind}: ${await count()} of ${steps} steps after a minute`)
  }
  const atEnd = costOf(arena.platform, name)
  return { what, steps, cpuMsPerStep: (atEnd.cpuMs - atStart.cpuMs) / steps, peakBytes: Math.max(peakBytes, atEnd.peakBytes) - bareBytes }
}

export function budgetTable(budgets: readonly FunctionBudget[]): string {
  const megabytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(0)} MB`
  const head = ['function', 'cold ms', '/ bare', 'boot CPU ms', 'at rest', 'CPU ms a step', 'peak', 'under']
  const rows = budgets.map(({ name, coldMs, bareMs, restBytes, bootCpuMs, load }) => [
    name,
    coldMs.toFixed(0),
    (coldMs / bareMs).toFixed(1),
    bootCpuMs.toFixed(0),
    megabytes(restBytes),
    load ? load.cpuMsPerStep.toFixed(1) : '–',
    load ? megabytes(load.peakBytes) : '–',
    load?.what ?? '',
  ])
  const table = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]!.length)))
  const left = (column: number) => column === 0 || column === head.length - 1
  return table
    .map((row) =>
      row
        .map((cell, column) => (left(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
