import { type Check, checked, passed } from '../doctor/check.ts'
import { nodeCheck } from '../doctor/machine-checks.ts'
import { providerChecks } from '../doctor/provider-checks.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { table } from '../terminal/columns.ts'
import { printable } from '../terminal/printable.ts'
import { type Context, closeSession, openSession } from './context.ts'

/** What is there, what is not, and what to do about it. Fails only for what is broken. */
export async function doctorCommand({ json }: { json?: true }, context: Context): Promise<ExitCode> {
  const checks = [
    nodeCheck(),
    ...(await checked('platform', 'Follow the message, then run npm run agon -- doctor again.', () => onPlatform(context))),
    ...(await checked('providers', 'Correct the variable in the environment or in .env.', () => providerChecks(context.variables))),
  ]
  const ok = checks.every(({ state }) => state !== 'failed')
  if (json) context.print(JSON.stringify({ ok, checks }))
  else {
    context.print(table(checks.map((check) => row(check, context))))
    context.print(ok ? context.out.good('\nAgon can fight.') : context.out.bad('\nSomething is broken: see the lines marked failed.'))
  }
  return ok ? exitCodes.done : exitCodes.failed
}

async function onPlatform(context: Context): Promise<Check[]> {
  const began = performance.now()
  const session = await openSession(context, undefined, true)
  try {
    const how = session.local?.hostPid
      ? `process ${session.local.hostPid} runs it`
      : `started in ${((performance.now() - began) / 1000).toFixed(1)} s`
    const first = [passed('platform', `${how}, at ${session.url}`), passed('auth', 'the local user is signed in')]
    const { platformChecks } = await import('../doctor/platform-checks.ts')
    return session.local ? [...first, ...(await platformChecks(session.local))] : first
  } finally {
    await closeSession(context, session)
  }
}

function row({ name, state, detail, remedy }: Check, { out }: Context): string[] {
  const colour = { ok: out.good, missing: out.dim, failed: out.bad }[state]
  const text = printable(detail)
  return [colour(state), name, state === 'ok' || !remedy ? text : `${text}. ${remedy}`]
}
