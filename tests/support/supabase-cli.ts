import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))

/** What the pinned Supabase CLI prints for a database of ours. It reaches no network: the target is a URL. */
export async function supabase(url: string, ...parameters: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ['node_modules/supabase/dist/supabase.js', ...parameters, `--remote=${url}`], {
    cwd: root,
    env: { ...process.env, PGSSLMODE: 'disable', SUPABASE_TELEMETRY_DISABLED: '1', NO_COLOR: '1' },
    maxBuffer: 64 * 1024 * 1024,
  })
  return stdout
}
