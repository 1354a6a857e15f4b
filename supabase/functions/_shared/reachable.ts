import { providerConfiguration } from '@agon/providers/configuration'
import { isPublicUrl, privateOrigins } from '@agon/store/public-url'
import { environment } from './environment.ts'

const own = environment.AGON_CALLBACK_URL ?? `${environment.SUPABASE_URL.replace(/\/$/, '')}/functions/v1/provider-callback`

/** Where a provider may post, where it can: a project on this machine is out of its reach, and is told nothing but polled. */
export const callbackUrl: string | undefined =
  environment.AGON_CALLBACK_URL !== undefined || isPublicUrl(new URL(own)) ? own.replace(/\/$/, '') : undefined

/** Providers on the operator's own machine or network: what they made may be fetched from there. */
export const localOrigins: readonly string[] = privateOrigins(
  Object.values(providerConfiguration(Deno.env.toObject()).configured).map(({ baseUrl }) => baseUrl),
)
