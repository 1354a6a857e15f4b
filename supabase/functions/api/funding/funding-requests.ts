import { connectionKinds } from '@agon/runner-core/connections'
import { providers } from '@agon/runner-core/models'
import { z } from 'zod'

/** What callers send about who pays. */

export const byokKey = z.uuid().optional().meta({ description: 'Your own provider key that pays for its calls; default: the platform’s' })

/** For the calls of a run, which may be of several providers. */
export const byokKeys = z
  .record(z.string().max(100), z.uuid())
  .meta({ description: 'Keys of yours that pay for it, by provider', example: { openai: '7b1f0e0a-5b5e-4d55-9d3c-1f3b7d2a9c10' } })

/** As the database keeps it: to the micro-dollar, below a hundred million. */
const usd = z.number().max(99_999_999)

export const battleBudget = usd
  .min(0.000001) // the smallest the database holds: less would be stored as nothing
  .optional()
  .meta({ description: 'The most all calls of the battle may cost, in USD by list price. A call that does not fit is not made' })

/** The providers whose calls are paid for by key, and what nodes of workflows connect to. */
const keyed = [
  ...Object.entries(providers).flatMap(([id, traits]) => ('keyVariable' in traits ? [id] : [])),
  ...Object.keys(connectionKinds),
]

const connections = Object.entries(connectionKinds)
  .map(([kind, what]) => `${kind}: ${what}`)
  .join('; ')

// No message quotes it, and no answer shows it.
const secret = z
  .string()
  .min(8, 'a provider key has at least 8 characters')
  .max(1000, 'a provider key has at most 1000 characters')
  .regex(/^[\x21-\x7e]+$/, 'a provider key is printable ASCII without spaces')
  .meta({ description: 'The key itself. It is sealed before it is stored, and never shown again', format: 'password' })

const expiresAt = z.iso
  .datetime({ offset: true, error: 'expected a time like 2027-01-31T00:00:00Z' })
  .refine((text) => !(Date.parse(text) <= Date.now()), 'lies in the past')
  .optional()
  .meta({ description: 'From then on no call begins with it. Default: never' })

export const addKey = z
  .strictObject({
    provider: z.enum(keyed as [string, ...string[]]).meta({
      example: 'openai',
      description: `Whose key it is. Of connections, for nodes of workflows, the secret is: ${connections}`,
    }),
    secret,
    label: z.string().trim().max(80).default('').meta({ description: 'For you to tell your keys apart' }),
    expires_at: expiresAt,
  })
  .meta({ id: 'AddKey' })

export const rotateKey = z.strictObject({ secret, expires_at: expiresAt }).meta({ id: 'RotateKey' })

export const keyId = z.object({ key_id: z.uuid() })

export const setBudget = z
  .strictObject({
    limit_usd: usd.min(0).nullable().meta({ description: 'null lifts the limit' }),
    period: z.enum(['day', 'month', 'total']).default('month').meta({ description: 'Days and months of UTC; total never begins anew' }),
  })
  .meta({ id: 'SetBudget' })

export const ownerId = z.object({ owner_id: z.uuid() })
