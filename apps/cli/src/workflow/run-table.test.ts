import type { Run, RunEvent, RunNode } from '@agon/client'
import { describe, expect, test } from 'vitest'
import { plainStyle } from '../terminal/style.ts'
import { hear } from './follow-run.ts'
import { eventLine, runTable } from './run-table.ts'

const node = (node_id: string, status: RunNode['status'], more: Partial<RunNode> = {}): RunNode => ({
  node_id,
  label: node_id,
  node_type: 'lens',
  wave: 0,
  status,
  reason: null,
  ports: null,
  error: null,
  attempts: 0,
  model: null,
  simulated: false,
  reused: false,
  input_tokens: null,
  output_tokens: null,
  cost_usd: null,
  latency_ms: null,
  wire_model: null,
  children_open: 0,
  queued_at: null,
  started_at: null,
  finished_at: null,
  waits: null,
  output: null,
  resolved_input: null,
  ...more,
})
const runOf = (nodes: RunNode[]) => ({ title: 'Pipeline', status: 'running', nodes }) as unknown as Run
const look = { style: plainStyle, width: 140, height: 20 }

test('a run is told by how many nodes stand where, and by each of them', () => {
  const shown = runTable(
    runOf([
      node('outline', 'completed', { latency_ms: 1234, cost_usd: 0.01, model: 'openai:gpt-5-mini' }),
      node('write', 'running'),
      node('check', 'failed', { error: { code: 'provider_rejected', message: 'no' } }),
      node('ask', 'waiting', { waits: { for: 'approval', prompt: null, expires_at: '', answered: false } }),
    ]),
    look,
  )
  expect(shown.split('\n')).toEqual([
    'Pipeline  running  1 running  1 waiting  1 failed  1 completed',
    expect.stringMatching(/^✓ outline +lens +completed +1\.2 s +\$0\.0100 +openai:gpt-5-mini$/),
    expect.stringMatching(/^● write +lens +running$/),
    expect.stringMatching(/^✗ check +lens +failed +provider_rejected: no$/),
    expect.stringMatching(/^◔ ask +lens +waiting +for an approval answer$/),
  ])
})

test('a wide run is cut to the screen, and what is at work is what is shown of it', () => {
  const nodes = [...Array.from({ length: 500 }, (_, nth) => node(`n${nth}`, 'completed')), node('late', 'running')]
  const lines = runTable(runOf(nodes), { ...look, height: 10 }).split('\n')
  expect(lines.length).toBeLessThanOrEqual(10)
  expect(lines[1]).toContain('● late')
  expect(lines.at(-1)).toBe('… and 494 more')
})

test('what a model calls itself or an error says moves no cursor', () => {
  const shown = runTable(
    runOf([node('a', 'failed', { label: '\u001b[2Jx', error: { code: 'c', message: 'a\nb\u001b]0;title\u0007' } })]),
    look,
  )
  expect(shown).not.toContain('\u001b')
  expect(shown.split('\n')).toHaveLength(2)
})

test('an event is a line; a text in progress is none', () => {
  const event = (type: string, data: object, node_id: string | null = 'write') =>
    ({ event_id: 1, type, node_id, data, created_at: '2026-11-20T12:00:01.5Z' }) as RunEvent
  expect(eventLine(event('node.completed', { latency_ms: 842 }), plainStyle)).toBe('12:00:01  completed  write  842 ms')
  expect(eventLine(event('run.failed', { error: { code: 'x', message: 'y' } }, null), plainStyle)).toBe('12:00:01  run.failed  x: y')
  expect(eventLine(event('node.delta', { offset: 0, text: 'a' }), plainStyle)).toBeUndefined()
})

describe('a team', () => {
  const event = (type: string, data: object) =>
    ({ event_id: 1, type, node_id: 'team', data, created_at: '2026-11-20T12:00:00Z' }) as RunEvent

  test('is told of line by line: who begins, and how a turn ended', () => {
    expect(eventLine(event('node.turn_begun', { member: 'Ada', round: 2, run_id: 'x' }), plainStyle)).toMatch(
      /turn begun {2}team {2}Ada, round 2$/,
    )
    expect(eventLine(event('node.turn', { member: 'Ada', round: 2, status: 'failed', run_id: 'x' }), plainStyle)).toMatch(
      /Ada, round 2: failed$/,
    )
    expect(eventLine(event('node.turn_begun', { summary: true, run_id: 'x' }), plainStyle)).toMatch(/team {2}summary$/)
  })

  test('stands in the table with who is at it now, until they are not', () => {
    const speaking = new Map<string, string[]>()
    for (const member of ['Ada', 'Bo']) hear(event('node.turn_begun', { member, round: 1, run_id: member }), speaking)
    expect(speaking.get('team')).toEqual(['Ada, round 1', 'Bo, round 1'])
    hear(event('node.turn', { member: 'Ada', round: 1, status: 'completed', run_id: 'Ada' }), speaking)
    expect(speaking.get('team')).toEqual(['Bo, round 1'])
    const waits = { for: 'children' } as RunNode['waits']
    const run = runOf([node('team', 'waiting', { node_type: 'team_run', waits, children_open: 1 })])
    expect(runTable(run, { ...look, speaking })).toMatch(/team_run {2}waiting +Bo, round 1/)
    expect(runTable(run, look)).toMatch(/team_run {2}waiting +1 runs/)
    hear(event('node.completed', {}), speaking)
    expect(speaking.get('team')).toBeUndefined()
  })
})
