import type { AddKey, AgonClient, Key, Outcome } from '@agon/client'
import { providers } from '@agon/runner-core'
import { problemError, usageError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { remoteOf } from '../platform/session.ts'
import { askSecret } from '../terminal/ask-secret.ts'
import { table } from '../terminal/columns.ts'
import { printable } from '../terminal/printable.ts'
import { type Context, closeSession, openSession } from './context.ts'

export interface OwnerOptions {
  json?: true
  url?: string
  publishableKey?: string
  accessToken?: string
}

export interface SecretOptions extends OwnerOptions {
  label?: string
  expires?: string
}

/** What a user does with the API, as themselves. */
export async function asOwner<T>(options: OwnerOptions, context: Context, act: (agon: AgonClient) => Promise<Outcome<T>>): Promise<T> {
  const remote = remoteOf(options, context.variables)
  if (remote && !remote.accessToken)
    throw usageError('A remote project needs to know who you are.', 'Give --access-token, or set AGON_ACCESS_TOKEN.')
  const session = await openSession(context, remote, true)
  try {
    const outcome = await act(session.agon)
    if (!outcome.ok) throw problemError(outcome.problem)
    return outcome.value
  } finally {
    await closeSession(context, session)
  }
}

const expiry = ({ expires }: SecretOptions): { expires_at?: string } => {
  if (expires === undefined) return {}
  const at = new Date(expires)
  if (Number.isNaN(at.getTime()))
    throw usageError(`--expires is ${expires}: expected a date or a time.`, 'For example --expires 2027-01-31')
  return { expires_at: at.toISOString() }
}

const keyed = Object.entries(providers).flatMap(([id, traits]) => ('keyVariable' in traits ? [id] : []))
const takesKey = (provider: string): provider is AddKey['provider'] => keyed.includes(provider)

/** Adds a provider key of the user's own. */
export async function addKeyCommand(provider: string, options: SecretOptions, context: Context): Promise<ExitCode> {
  const until = expiry(options)
  if (!takesKey(provider)) throw usageError(`${provider} is no provider that takes a key.`, `Name one of ${keyed.join(', ')}.`)
  const secret = await askSecret(`Key of ${provider}`, context.interrupt.signal)
  const key = await asOwner(options, context, (agon) => agon.addKey({ provider, secret, label: options.label ?? '', ...until }))
  show(key, options, context, `Added. Let it pay for a contender or the judge with byok_key_id: ${key.key_id}`)
  return exitCodes.done
}

/** Gives a key another secret. */
export async function rotateKeyCommand(keyId: string, options: SecretOptions, context: Context): Promise<ExitCode> {
  const until = expiry(options)
  const secret = await askSecret('New key', context.interrupt.signal)
  const key = await asOwner(options, context, (agon) => agon.rotateKey(keyId, { secret, ...until }))
  show(key, options, context, 'Rotated: calls begin with the new one from now on.')
  return exitCodes.done
}

/** Revokes a key: it is erased. */
export async function removeKeyCommand(keyId: string, options: OwnerOptions, context: Context): Promise<ExitCode> {
  const key = await asOwner(options, context, (agon) => agon.revokeKey(keyId))
  show(key, options, context, 'Revoked and erased. Revoke it at the provider too, if it was lost.')
  return exitCodes.done
}

/** The user's keys, without their secrets. */
export async function listKeysCommand(options: OwnerOptions, context: Context): Promise<ExitCode> {
  const { keys } = await asOwner(options, context, (agon) => agon.listKeys())
  if (options.json) context.print(JSON.stringify(keys))
  else if (keys.length === 0) context.print('You have no provider keys of your own: agon keys add <provider>.')
  else {
    const heading = ['key', 'provider', '', 'label', 'state', 'last used'].map((cell) => context.out.dim(cell))
    context.print(table([heading, ...keys.map((key) => row(key, context))]))
  }
  return exitCodes.done
}

function row(key: Key, { out }: Context): string[] {
  const state = { active: out.good, expired: out.warn, revoked: out.dim }[key.status](key.status)
  const until = key.status === 'active' && key.expires_at ? `${state} until ${key.expires_at.slice(0, 10)}` : state
  return [key.key_id, key.provider, key.hint, printable(key.label), until, key.last_used_at?.slice(0, 16).replace('T', ' ') ?? 'never']
}

function show(key: Key, { json }: OwnerOptions, context: Context, what: string): void {
  if (json) context.print(JSON.stringify(key))
  else context.print(`${table([row(key, context)])}\n${what}`)
}
