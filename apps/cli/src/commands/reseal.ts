import { webhookKeyName } from '@agon/outbound/webhook-key-name'
import { byokAad, keyringOf, open, seal } from '@agon/providers/sealed-keys'
import type { StepError } from '@agon/runner-core'
import { connect, createResealStore, type ResealStore } from '@agon/store'
import { CliError, usageError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { type Context, closeSession, openSession } from './context.ts'

export interface ResealOptions {
  json?: true
  url?: string
}

const atOnce = 100

/** One sealed secret: what it is bound to, and how it is put back. */
interface Sealed {
  what: string
  aad: string
  sealed: string
  put(sealed: string): Promise<boolean>
}

/** A kind of secret, a page at a time; each page says after which id the next begins. */
type Pages = (after: string | undefined) => Promise<{ secrets: Sealed[]; last: string | undefined }>

const pagesOf = (store: ResealStore, masterKeyId: string): Pages[] => [
  async (after) => {
    const keys = stored(await store.keysToReseal(masterKeyId, atOnce, after))
    const secrets = keys.map(({ key_id, owner_id, provider, sealed }) => ({
      what: `key ${key_id}`,
      aad: byokAad({ ownerId: owner_id, provider, keyId: key_id }),
      sealed,
      put: async (anew: string) => stored(await store.keyResealed(key_id, sealed, anew)),
    }))
    return { secrets, last: keys.at(-1)?.key_id }
  },
  async (after) => {
    const webhooks = stored(await store.webhooksToReseal(masterKeyId, atOnce, after))
    const secrets = webhooks.flatMap(({ webhook_id, owner_id, sealed }) =>
      sealed.map((secret) => ({
        what: `webhook ${webhook_id}`,
        aad: webhookKeyName(owner_id, webhook_id),
        sealed: secret,
        put: async (anew: string) => stored(await store.webhookResealed(webhook_id, secret, anew)),
      })),
    )
    return { secrets, last: webhooks.at(-1)?.webhook_id }
  },
  async (after) => {
    const triggers = stored(await store.triggersToReseal(masterKeyId, atOnce, after))
    const secrets = triggers.flatMap(({ trigger_id, owner_id, sealed }) =>
      sealed.map((secret) => ({
        what: `trigger ${trigger_id}`,
        aad: webhookKeyName(owner_id, trigger_id),
        sealed: secret,
        put: async (anew: string) => stored(await store.triggerResealed(trigger_id, secret, anew)),
      })),
    )
    return { secrets, last: triggers.at(-1)?.trigger_id }
  },
]

/**
 * Seals every user's key and every secret of a webhook or a trigger anew under the last of the master keys, so that an older one can be taken out of
 * AGON_SEALING_KEYS. What its owner rotates meanwhile is left as they made it. It may be stopped and run again.
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
    const unreadable: { what: string; code: string }[] = []
    for (const pages of pagesOf(store, keyring.value.sealsWith)) {
      let after: string | undefined
      do {
        const page = await pages(after)
        for (const { what, aad, sealed, put } of page.secrets) {
          const secret = await open(sealed, aad, keyring.value)
          if (!secret.ok) unreadable.push({ what, code: secret.error.code })
          else if (await put(await seal(secret.value, aad, keyring.value))) resealed++
        }
        after = page.last
      } while (after !== undefined && !context.interrupt.signal.aborted)
    }
    if (options.json) context.print(JSON.stringify({ sealed_by: keyring.value.sealsWith, resealed, unreadable }))
    else {
      context.print(`${resealed} secrets sealed anew under ${keyring.value.sealsWith}.`)
      for (const { what, code } of unreadable) context.print(`${context.out.bad(code)} ${what}: its owner has to rotate it.`)
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
