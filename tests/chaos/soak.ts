import { type CampaignOptions, type CampaignReport, campaign } from './campaign.ts'
import { faultsNamed } from './faults.ts'
import { heldMegabytes, type Reading, readMeters, slopePerMinute } from './meter.ts'
import { campaignTable } from './table.ts'

// The platform as it lives: a load that stays the same, drivers that are killed and replaced as machines and releases do it, and a look
// at what it holds. Load, faults and what must not be are the chaos's.

export interface SoakOptions {
  seed: string
  minutes: number
  /** Battles, and runs of workflows, that are not over. */
  inFlight?: number
  /** How often a line is told, in seconds. */
  everySeconds?: number
  onProgress?(line: string): void
}

export interface SoakReport extends CampaignReport {
  readings: Reading[]
  /** The heap of the platform and of what plays here, after a collection: when half of the time was over, and at the end. */
  heldMegabytes: { half: number; end: number; minutes: number }
}

/** Killed as an operating system does it, dismissed as a release does it, and cut off by the database. */
const goings = ['worker killed', 'function killed', 'backends terminated', 'workers replaced']

/**
 * In a long one a lease outlasts a machine that is busy with other things. In a short one nobody waits for it, each goes once, and not
 * all functions at a time: ten processes of Deno that start cost more than all the rest.
 */
const pace = (minutes: number): Pick<CampaignOptions, 'faults' | 'mostFaults' | 'everyMs' | 'leaseMs' | 'providerTimeoutMs'> =>
  minutes > 1
    ? { faults: faultsNamed(...goings, 'all functions killed'), everyMs: [4000, 12_000], leaseMs: 10_000, providerTimeoutMs: 4000 }
    : { faults: faultsNamed(...goings), mostFaults: goings.length, everyMs: [1000, 2000] }

/** In the second half nothing kills or dismisses this one, so that its memory can be seen to grow. */
const survivor = 'worker-2'

export async function soak({
  seed,
  minutes,
  inFlight = 10,
  everySeconds = 10,
  onProgress = () => undefined,
}: SoakOptions): Promise<SoakReport> {
  const readings: Reading[] = []
  const half = (minutes * 60) / 2
  const held = { half: 0, end: 0, minutes: minutes / 2 }
  const report = await campaign({
    seed,
    minutes,
    battles: 5,
    inFlight,
    flows: 2,
    runNodes: 0,
    ...pace(minutes),
    async beside(stage, goesOn) {
      await readMeters(stage, {
        everyMs: Math.min(everySeconds * 1000, half * 200),
        goesOn,
        tell(reading) {
          onProgress(readingLine(reading, readings.at(-1)))
          readings.push(reading)
          if (reading.seconds < half || held.half > 0) return
          stage.spared.add(survivor)
          held.half = heldMegabytes()
        },
      })
      held.end = heldMegabytes()
    },
  })
  return { ...report, readings, heldMegabytes: held }
}

const rounded = (value: number) => value.toFixed(value < 10 ? 1 : 0)

export function readingLine(now: Reading, before: Reading | undefined): string {
  const memory = [...now.memory].map(
    ([name, { processes, megabytes }]) => `${name}${processes > 1 ? ` (${processes})` : ''} ${rounded(megabytes)}`,
  )
  const span = now.seconds - (before?.seconds ?? 0)
  const rate = (of: 'jobsEnded' | 'battlesEnded' | 'runsEnded') => (span > 0 ? rounded((now[of] - (before?.[of] ?? 0)) / span) : '–')
  return [
    `${now.seconds.toFixed(0).padStart(5)} s`,
    `MB: ${memory.join(', ')}`,
    `connections ${now.connections}`,
    `ready ${now.ready} (oldest ${rounded(now.oldestReadyMs / 1000)} s), later ${now.later}, leased ${now.leased}`,
    `jobs/s ${rate('jobsEnded')}, battles/s ${rate('battlesEnded')}, runs/s ${rate('runsEnded')}`,
  ].join(' | ')
}

/** How memory went in the second half: at its beginning, at its end, and by the minute. */
export function memoryTable({ readings, heldMegabytes: held }: SoakReport): string {
  const from = (readings.at(-1)?.seconds ?? 0) / 2
  const late = readings.filter(({ seconds }) => seconds >= from)
  const names = [...new Set(late.flatMap(({ memory }) => [...memory.keys()]))]
  const rows = names.flatMap((name) => {
    const points = late.flatMap(({ seconds, memory }) => {
      const found = memory.get(name)
      return found ? [{ seconds, value: found.megabytes, processes: found.processes }] : []
    })
    // Of several processes that come and go their mean tells more than their sum.
    const many = points.some(({ processes }) => processes > 1)
    return [
      row(name, points),
      ...(many
        ? [
            row(
              `${name}, each`,
              points.map((point) => ({ ...point, value: point.value / point.processes })),
            ),
          ]
        : []),
    ]
  })
  const connections = late.map(({ seconds, connections: value }) => ({ seconds, value }))
  const table = [['second half', 'at its start', 'at its end', 'most', 'a minute'], ...rows, row('connections', connections)]
  const widths = table[0]!.map((_, column) => Math.max(...table.map((cells) => cells[column]!.length)))
  return [
    ...table.map((cells) =>
      cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '),
    ),
    '',
    `heap of the platform and of the soak, after a collection: ${rounded(held.half)} MB at half time, ${rounded(held.end)} MB at the end`,
  ].join('\n')
}

function row(name: string, points: readonly { seconds: number; value: number }[]): string[] {
  const values = points.map(({ value }) => value)
  const some = Math.max(1, Math.floor(values.length / 5))
  const mean = (of: number[]) => of.reduce((sum, value) => sum + value, 0) / of.length
  const slope = slopePerMinute(points)
  return [
    name,
    rounded(mean(values.slice(0, some))),
    rounded(mean(values.slice(-some))),
    rounded(Math.max(...values)),
    slope === undefined ? '–' : `${slope < 0 ? '' : '+'}${slope.toFixed(2)}`,
  ]
}

export const soakTable = (report: SoakReport): string => `${campaignTable(report)}\n\n${memoryTable(report)}`
