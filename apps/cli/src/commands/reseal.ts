import { byokAad, keyringOf, open, seal } from '@agon/providers/sealed-keys'
import type { StepError } from '@agon/runner-core'
import { connect, createResealStore } from '@agon/store'
import { CliError, usageError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { type Context, closeSession, openSession } from './context.ts'

export interface ResealOptions {
  json?: true
  url?: string
}

const atOnce = 100

/**
 * Seals every user's key anew under the last of the master keys, so that an older one can be taken out of AGON_SEALING_KEYS. A key whose
 * owner rotates it meanwhile is left as they made it. It may be stopped and run again.
 */
export async function resealCommand(options: ResealOptions, context: Context): Promise<ExitCode> {
  const { variables } = context
  const keyring = keyringOf(variables)
  if (!keyring.ok)
    throw usageError(keyring.error.message, 'It must be as the functions have it: every master key in use, the new one last.')
  const { url, secretKey, close } = await project(options.url ?? variables.AGON_URL, context)
  try {
    const store = createResealStore(connect({ url, secretKey }))
    let resealed = 0
    const unreadable: { key_id: string; code: string }[] = []
    for (let after: string | undefined; ; ) {
      const batch = stored(await store.toReseal(keyring.value.sealsWith, atOnce, after))
      for (const key of batch) {
        const aad = byokAad({ ownerId: key.owner_id, provider: key.provider, keyId: key.key_id })
        const secret = await open(key.sealed, aad, keyring.value)
        if (!secret.ok) unreadable.push({ key_id: key.key_id, code: secret.error.code })
        else if (stored(await store.resealed(key.key_id, key.sealed, await seal(secret.value, aad, keyring.value)))) resealed++
      }
      after = batch.at(-1)?.key_id
      if (batch.length < atOnce || context.interrupt.signal.aborted) break
    }
    if (options.json) context.print(JSON.stringify({ sealed_by: keyring.value.sealsWith, resealed, unreadable }))
    else {
      context.print(`${resealed} keys sealed anew under ${keyring.value.sealsWith}.`)
      for (const { key_id, code } of unreadable) context.print(`${context.out.bad(code)} ${key_id}: its owner has to rotate it.`)
    }
    return unreadable.length === 0 ? exitCodes.done : exitCodes.failed
  } finally {
    await close()
  }
}

/** The project and a secret key of it: the platform on this machine knows its own. */
async function project(url: string | undefined, context: Context) {
  if (url !== undefined) {
    const secretKey = context.variables.AGON_SECRET_KEY
    if (!secretKey) throw usageError('A remote project is resealed with one of its secret keys.', 'Set AGON_SECRET_KEY in the environment.')
    return { url, secretKey, close: async () => undefined }
  }
  const session = await openSession(context, undefined, false)
  return { url: session.url, secretKey: session.local!.secretKeys.default!, close: () => closeSession(context, session) }
}

function stored<T>(result: { ok: true; value: T } | { ok: false; error: StepError }): T {
  if (result.ok) return result.value
  throw new CliError(result.error.message, { remedy: 'Check the URL and the secret key, then run it again: what is resealed stays so.' })
}
