import { providers } from '@agon/runner-core/models'

/** A variable of the worker's environment, as `--print-config`, `--help` and the documentation tell of it. */
export interface Setting {
  name: string
  /** What holds when it is unset, in words where it is no value. */
  default: string
  what: string
  /** Shown as set or not set, never as it is. */
  secret?: true
}

const registry: Readonly<Record<string, { keyVariable?: string; baseUrlVariable?: string; baseUrl?: string }>> = providers

/** Every variable the worker reads. docs/worker.md has the same table, and a test holds the two together. */
export const settings: readonly Setting[] = [
  { name: 'SUPABASE_URL', default: 'required', what: 'the project' },
  { name: 'AGON_WORKER_KEY', default: 'required', what: 'its secret key named `worker`', secret: true },
  {
    name: 'AGON_DATABASE_URL',
    default: '–',
    what: 'a direct connection for LISTEN: pickup in milliseconds instead of at the next poll',
    secret: true,
  },
  { name: 'AGON_WORKER_ID', default: '`worker-<host>-<pid>`', what: 'its name in leases and in `agon worker status`' },
  { name: 'AGON_WORKERS', default: 'all', what: 'which sub-workers run: names between commas, `-name` takes one off' },
  { name: 'AGON_SLOTS', default: '50', what: 'jobs in flight' },
  {
    name: 'AGON_WEIGHTS',
    default: '–',
    what: 'shares of the slots by kind when there are more jobs than slots: `battle_job=3,lens_run=1`; a kind that is not named counts 1',
  },
  { name: 'AGON_POLL_MS', default: '2000', what: 'how often it looks for work, ±500 ms' },
  { name: 'AGON_SWEEP_MS', default: '5000', what: 'how often it sweeps, promotes and dispatches, ±500 ms' },
  { name: 'AGON_HEARTBEAT_MS', default: '10000', what: 'how often it says that it lives' },
  { name: 'AGON_DRAIN_MS', default: '120000', what: 'how long jobs in hand may take after SIGTERM; what is cut off then is given back' },
  {
    name: 'AGON_PROVIDER_TIMEOUT_MS',
    default: '240000',
    what: 'the longest provider call; a stream that takes longer is paused, and goes on in another',
  },
  {
    name: 'AGON_CALLBACK_URL',
    default: '`<SUPABASE_URL>/functions/v1/provider-callback` where that is public',
    what: 'where providers post that a task is done',
  },
  {
    name: 'AGON_FFMPEG',
    default: 'the `ffmpeg` on the `PATH`, else the one that npm brought',
    what: 'what takes films apart, and converts media',
  },
  {
    name: 'AGON_BACKENDS',
    default: '–',
    what: 'the file that says which commands contend in coding battles, on which repositories; without it this worker runs none, and `AGON_WORKERS` may not name `coding`',
  },
  { name: 'AGON_CODING_DIR', default: '`.agon/coding`', what: 'mirrors and worktrees of repositories, and runs that are not over' },
  { name: 'AGON_RESULTS', default: '`results` in `AGON_CODING_DIR`', what: 'folders of results of coding battles' },
  {
    name: 'AGON_OUTBOUND_ALLOW',
    default: '–',
    what: 'origins that webhooks, nodes and the bridge may have although they are not public or not https',
  },
  {
    name: 'CHAINABIT_EXECUTION_ENABLED',
    default: '`false`',
    what: '`true` lets an execution bridge answer for contenders (execution-bridge.md)',
  },
  { name: 'AGON_BRIDGE_URL', default: '–', what: 'where the bridge is; `/executions` is put behind it' },
  { name: 'AGON_BRIDGE_TOKEN', default: '–', what: 'the bearer token it is called with', secret: true },
  { name: 'AGON_BRIDGE_MODELS', default: 'all text models', what: 'for which models: keys between commas, `*` for any characters' },
  { name: 'AGON_SEALING_KEYS', default: '–', what: 'master keys of users’ keys and of webhooks’ secrets', secret: true },
  { name: 'AGON_SEARCH', default: '`tavily`', what: 'who searches; `simulated` makes pages up' },
  { name: 'AGON_TAVILY_API_KEY', default: '–', what: 'searches of research lenses', secret: true },
  { name: 'AGON_TAVILY_BASE_URL', default: 'Tavily’s own', what: 'where to search' },
  { name: 'AGON_MODERATION', default: '`both` with `OPENAI_API_KEY`, else `words`', what: 'who looks whether a text is allowed' },
  { name: 'AGON_LOG_LEVEL', default: '`info`', what: '`info`, `warn`, `error` or `silent`' },
  { name: 'AGON_HEALTH_PORT', default: '–', what: 'serves `/health` and `/ready` there; unset, no server' },
  { name: 'AGON_HEALTH_HOST', default: '`127.0.0.1`', what: 'on which address; `0.0.0.0` in a container' },
  { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', default: '–', what: 'sends traces and metrics there by OTLP over HTTP; unset, none are made' },
  { name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', default: '–', what: 'traces alone, at this very URL' },
  { name: 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', default: '–', what: 'metrics alone, at this very URL' },
  { name: 'OTEL_EXPORTER_OTLP_HEADERS', default: '–', what: 'headers of those requests, such as a token', secret: true },
  { name: 'OTEL_METRIC_EXPORT_INTERVAL', default: '60000', what: 'how often metrics are sent, in milliseconds' },
  { name: 'OTEL_SERVICE_NAME', default: '`agon-worker`', what: 'its name there' },
  { name: 'OTEL_RESOURCE_ATTRIBUTES', default: '–', what: 'more of it: `deployment.environment=production`' },
  { name: 'OTEL_SDK_DISABLED', default: '`false`', what: '`true` sends nothing, whatever else is set' },
  ...providerSettings(),
]

function providerSettings(): Setting[] {
  const seen = new Map<string, Setting>()
  for (const [id, { keyVariable, baseUrlVariable, baseUrl }] of Object.entries(registry)) {
    if (keyVariable !== undefined)
      seen.set(keyVariable, { name: keyVariable, default: '–', what: `the platform’s key at ${id}`, secret: true })
    if (baseUrlVariable !== undefined)
      seen.set(baseUrlVariable, { name: baseUrlVariable, default: baseUrl ? `\`${baseUrl}\`` : 'its own', what: `where ${id} is called` })
  }
  return [...seen.values()]
}

/** The configuration as it would run, one line a variable; a secret is set or not set. */
export function printedConfiguration(environment: Record<string, string | undefined>): string {
  const widest = Math.max(...settings.map(({ name }) => name.length))
  return settings
    .map(({ name, secret, default: otherwise }) => {
      const given = environment[name]?.trim()
      const shown = secret ? (given ? 'set' : 'not set') : given ? withoutPassword(given) : `(${otherwise.replaceAll('`', '')})`
      return `${name.padEnd(widest)}  ${shown}`
    })
    .join('\n')
}

/** A URL may carry a password although it should not. */
const withoutPassword = (text: string) => text.replace(/\/\/[^/@\s]*@/g, '//…@')

/** For docs/worker.md. */
export const settingsTable = (): string =>
  [
    '| variable | default | what |',
    '|---|---|---|',
    ...settings.map(({ name, default: otherwise, what }) => `| \`${name}\` | ${otherwise} | ${what} |`),
  ].join('\n')
