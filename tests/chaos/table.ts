import type { CampaignReport } from './campaign.ts'

const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b)
const percentile = (values: readonly number[], p: number) => sorted(values)[Math.min(values.length - 1, Math.ceil(values.length * p) - 1)]
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const seconds = (ms: number | undefined) => (ms === undefined ? '–' : `${(ms / 1000).toFixed(1)} s`)
const spread = (values: readonly number[]) => (values.length === 0 ? '–' : `${mean(values).toFixed(2)} (most ${Math.max(...values)})`)

/** What may not be, each as a sentence; empty when the campaign went as it must. */
export const failures = ({ lost, stuck, doubled, paidTwice, misrated, wrong }: CampaignReport): string[] => [
  ...lost.map((each) => `lost: ${each}`),
  ...stuck.map((each) => `stuck: ${each}`),
  ...doubled.map((each) => `recorded twice: ${each}`),
  ...paidTwice.map((each) => `paid twice: ${each}`),
  ...misrated.map((each) => `rated wrongly: ${each}`),
  ...wrong,
]

const runsOf = ({ runs, byRunStatus }: CampaignReport): string =>
  [
    ...runs.flatMap(({ nodes }) => (nodes === undefined ? [] : [`${nodes} nodes`])),
    ...Object.entries(byRunStatus).map(([status, n]) => `${n} ${status}`),
  ].join(', ') || 'none'

const teamsOf = ({ byTeamEnd, turns }: CampaignReport): string =>
  `${turns} turns; ${
    Object.entries(byTeamEnd)
      .map(([end, n]) => `${n} ${end}`)
      .join(', ') || 'no team'
  }`

export function campaignTable(report: CampaignReport): string {
  const { promised, byStatus, strikes } = report
  const kinds = Object.entries(Object.groupBy(promised, ({ kind }) => kind)).map(([kind, battles]) => `${battles!.length} ${kind}`)
  const facts: [string, string][] = [
    ['seed', report.seed],
    ['runs of workflows', runsOf(report)],
    ['teams', teamsOf(report)],
    ['battles', `${promised.length}: ${kinds.sort().join(', ')}`],
    [
      'ended',
      Object.entries(byStatus)
        .map(([status, n]) => `${n} ${status}`)
        .join(', '),
    ],
    ['lost', String(report.lost.length)],
    ['stuck', String(report.stuck.length)],
    ['recorded twice', String(report.doubled.length)],
    ['paid twice', String(report.paidTwice.length)],
    ['rated wrongly', String(report.misrated.length)],
    ['otherwise wrong', String(report.wrong.length)],
    ['provider calls', `${report.providerCalls}, of which ${report.providerFaults} failed by themselves`],
    ['calls per answer', spread(report.callsPerJob)],
    ['calls per judged battle', `${spread(report.verdictCallsPerBattle)}; 2 is the least`],
    ['events told', `${report.told} by webhook, ${report.toldAgain} of them again; ${report.watched} battles watched live`],
    ['jobs taken over', `${report.reclaims}; dead-lettered ${report.deadLetters}`],
    ['took', `${report.seconds.toFixed(0)} s`],
  ]
  const rows = Object.entries(Object.groupBy(strikes, ({ fault }) => fault))
    .map(([fault, hits]) => {
      const times = hits!.flatMap(({ recoveredAfterMs }) => recoveredAfterMs ?? [])
      const inHand = hits!.reduce((sum, hit) => sum + hit.inHand, 0)
      return [fault, String(hits!.length), String(inHand), seconds(percentile(times, 0.5)), seconds(percentile(times, 0.99))]
    })
    .sort(([a], [b]) => (a! < b! ? -1 : 1))
  const table = [['fault', 'times', 'jobs in hand', 'recovered p50', 'p99'], ...rows]
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)))
  return [
    ...facts.map(([name, fact]) => `${name.padEnd(26)}${fact}`),
    '',
    ...table.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ')),
  ].join('\n')
}
