import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parsedHere, workerConfiguration } from './configuration.ts'
import { createLog } from './log.ts'
import { printedConfiguration, settings, settingsTable } from './settings.ts'
import { subWorkerNames, subWorkers, subWorkersOf } from './sub-workers/index.ts'
import { weightsOf } from './weights.ts'

const guide = readFileSync(new URL('../../../docs/worker.md', import.meta.url), 'utf8')

test('the guide has the table of every variable, and of every sub-worker', () => {
  expect(guide).toContain(settingsTable())
  for (const { name, does } of subWorkers) expect(guide).toContain(`| \`${name}\` | ${does} |`)
})

test('every variable that is parsed is in the table', () => {
  expect(settings.map(({ name }) => name)).toEqual(expect.arrayContaining(parsedHere))
})

test('a configuration is printed without its secrets', () => {
  const printed = printedConfiguration({
    SUPABASE_URL: 'https://user:hunter2hunter2@abcd.supabase.co',
    AGON_WORKER_KEY: 'sb_secret_abcdefgh',
    AGON_DATABASE_URL: 'postgresql://postgres:pass@db/postgres',
    OPENAI_API_KEY: 'sk-1234',
    AGON_SLOTS: '7',
  })
  expect(printed).toMatch(/AGON_WORKER_KEY +set\n/)
  expect(printed).toMatch(/AGON_DATABASE_URL +set\n/)
  expect(printed).toMatch(/OPENAI_API_KEY +set\n/)
  expect(printed).toMatch(/ANTHROPIC_API_KEY +not set\n/)
  expect(printed).toMatch(/AGON_SLOTS +7\n/)
  expect(printed).toMatch(/AGON_POLL_MS +\(2000\)\n/)
  for (const secret of ['sb_secret_', 'pass', 'sk-1234', 'hunter2']) expect(printed).not.toContain(secret)
})

test('every variable that says that it holds a key is a secret', () => {
  for (const { name, secret } of settings) if (/KEY|TOKEN|SECRET|HEADERS|DATABASE_URL/.test(name)) expect(secret, name).toBe(true)
})

test('AGON_WORKERS names what runs, or what does not', () => {
  const names = (text?: string) => subWorkersOf(text).map(({ name }) => name)
  expect(names()).toEqual(subWorkerNames)
  expect(names(' ')).toEqual(subWorkerNames)
  expect(names('heartbeat, battle-jobs')).toEqual(['battle-jobs', 'heartbeat'])
  expect(names('-sweeper')).toEqual(subWorkerNames.filter((name) => name !== 'sweeper'))
  expect(names('battle-jobs,sweeper,-sweeper')).toEqual(['battle-jobs'])
  expect(() => names('webhooks-drain')).toThrow('Did you mean webhook-drain?')
  expect(() => names('sweeper,-sweeper')).toThrow('leaves no sub-worker on')
})

const project = { SUPABASE_URL: 'https://abcd.supabase.co', AGON_WORKER_KEY: 'sb_secret_abcdefgh' }

test('a variable without a value is one that is not set: an empty port serves nothing', () => {
  const empty = Object.fromEntries(settings.map(({ name }) => [name, ' ']))
  const { AGON_WORKER_ID: _id, ...configuration } = workerConfiguration({ ...empty, ...project })
  const { AGON_WORKER_ID: _other, ...otherwise } = workerConfiguration(project)
  expect(JSON.stringify(configuration)).toBe(JSON.stringify(otherwise))
  expect(configuration.AGON_HEALTH_PORT).toBeUndefined()
  expect(workerConfiguration({ ...project, SUPABASE_URL: ' https://abcd.supabase.co ' }).SUPABASE_URL).toBe('https://abcd.supabase.co')
})

test.each([
  ['SUPABASE_URL', 'ftp://abcd.supabase.co'],
  // A timer of more than 24 days goes off at once: it would poll without a pause, and drain for no time at all.
  ['AGON_POLL_MS', '99999999999'],
  ['AGON_DRAIN_MS', '2592000000'],
  ['AGON_PROVIDER_TIMEOUT_MS', '2592000000'],
  ['AGON_BACKENDS', '/nowhere/backends.json'],
  ['AGON_SEALING_KEYS', '{"k1":'],
  ['AGON_SEARCH', 'everywhere'],
  ['AGON_TAVILY_BASE_URL', 'here'],
  ['AGON_MODERATION', 'none'],
  ['OPENAI_BASE_URL', 'here'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
  ['OTEL_METRIC_EXPORT_INTERVAL', 'often'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'share=100%'],
])('what a worker would not run with is refused before it starts: %s', (name, value) => {
  const sent = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }
  const named = name === 'AGON_BACKENDS' ? value : name
  expect(() => workerConfiguration({ ...project, ...sent, [name]: value })).toThrow(named)
})

test('AGON_WEIGHTS names kinds and what they count', () => {
  expect(weightsOf('battle_job=3, lens_run=0.5')).toEqual({ battle_job: 3, lens_run: 0.5 })
  expect(weightsOf('')).toBeUndefined()
  for (const wrong of ['battle_job', 'battle_job=0', 'battle_job=-1', '=3', 'battle_job:3']) expect(() => weightsOf(wrong)).toThrow(wrong)
})

test('a line of the log is JSON, says what happened, and no secret of the environment, wherever it stands', () => {
  const lines: string[] = []
  const log = createLog('info', { OPENAI_API_KEY: 'weird"key\\9876', AGON_SEALING_KEYS: '{"k1":"c2VjcmV0LXNlY3JldA=="}' }, (line) =>
    lines.push(line),
  )
  log({
    level: 'warn',
    event: 'attempt_requeued',
    job_id: 7,
    message: 'refused weird"key\\9876, c2VjcmV0LXNlY3JldA==, Bearer abc.def and postgresql://me:hunter2hunter2@db/x',
  })
  log({ level: 'info', event: 'x', apiKey: 'plain', nested: { authorization: 'plain' } })
  expect(JSON.parse(lines[0]!)).toEqual({
    level: 'warn',
    at: expect.stringMatching(/^2\d{3}-.*Z$/),
    event: 'attempt_requeued',
    job_id: 7,
    message: 'refused [redacted], [redacted], [redacted] and postgresql://me:[redacted]@db/x',
  })
  expect(lines[1]).not.toContain('plain')
  createLog('error', {}, (line) => lines.push(line))({ level: 'warn', event: 'quiet' })
  expect(lines).toHaveLength(2)
})

const bridge = { CHAINABIT_EXECUTION_ENABLED: 'true', AGON_BRIDGE_URL: 'https://bridge.example.com/v1', AGON_BRIDGE_TOKEN: 'a-token' }

test('a worker with a bridge knows which, and for which models', () => {
  expect(workerConfiguration(project).CHAINABIT_EXECUTION_ENABLED).toBe(false)
  expect(workerConfiguration({ ...project, ...bridge, AGON_BRIDGE_MODELS: 'openai:*' }).AGON_BRIDGE_MODELS.globs).toEqual(['openai:*'])
  const inside = { ...bridge, AGON_BRIDGE_URL: 'http://10.0.0.7:9000' }
  expect(workerConfiguration({ ...project, ...inside, AGON_OUTBOUND_ALLOW: 'http://10.0.0.7:9000' }).AGON_BRIDGE_URL).toBe(
    'http://10.0.0.7:9000',
  )
})

test.each<[string, Record<string, string | undefined>, string]>([
  [
    'no bridge',
    { ...bridge, AGON_BRIDGE_URL: undefined },
    'CHAINABIT_EXECUTION_ENABLED is true, and AGON_BRIDGE_URL is not set. (bridge_unconfigured) Set',
  ],
  ['no token', { ...bridge, AGON_BRIDGE_TOKEN: undefined }, 'and AGON_BRIDGE_TOKEN is not set. (bridge_unconfigured)'],
  [
    'an address that nobody opened',
    { ...bridge, AGON_BRIDGE_URL: 'http://10.0.0.7:9000' },
    'AGON_BRIDGE_URL cannot be called: The URL begins with http:; use https:. (bridge_unconfigured)',
  ],
  ['a query', { ...bridge, AGON_BRIDGE_URL: 'https://bridge.example.com/?a=b' }, 'AGON_BRIDGE_URL ends with a query'],
  ['models that are none', { AGON_BRIDGE_MODELS: 'open ai' }, 'AGON_BRIDGE_MODELS must be model keys'],
  ['another word for on', { CHAINABIT_EXECUTION_ENABLED: 'yes' }, 'CHAINABIT_EXECUTION_ENABLED must be true or false'],
  [
    'coding battles without commands',
    { AGON_WORKERS: 'coding,heartbeat' },
    'AGON_WORKERS names coding, and AGON_BACKENDS is not set. (coding_backends_missing) Set AGON_BACKENDS',
  ],
])('a configuration with %s is refused, and says how to mend it', (_what, wrong, why) => {
  expect(() => workerConfiguration({ ...project, ...wrong })).toThrow(why)
})

test('coding is left out without a word where nobody named it', () => {
  for (const AGON_WORKERS of [undefined, '-webhook-drain'])
    expect(workerConfiguration({ ...project, AGON_WORKERS }).AGON_BACKENDS).toBeUndefined()
  const folder = mkdtempSync(join(tmpdir(), 'agon-settings-'))
  const AGON_BACKENDS = join(folder, 'backends.json')
  try {
    writeFileSync(
      AGON_BACKENDS,
      '{"backends":{"one":{"command":["one","{prompt_file}"]}},"repositories":{"shop":{"source":"/srv/shop.git"}}}',
    )
    expect(workerConfiguration({ ...project, AGON_WORKERS: 'coding', AGON_BACKENDS }).AGON_BACKENDS).toBe(AGON_BACKENDS)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
