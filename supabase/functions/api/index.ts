import { createBattleStore } from '@agon/store/battle-store'
import { connect } from '@agon/store/connection'
import { createFundingStore } from '@agon/store/funding-store'
import { createWebhookStore } from '@agon/store/webhook-store'
import { databaseKey, environment } from '../_shared/environment.ts'
import { createApi } from './app.ts'

const database = connect({ url: environment.SUPABASE_URL, secretKey: databaseKey })
const app = createApi(createBattleStore(database), createFundingStore(database), createWebhookStore(database))

/** The public API: users create and cancel battles and keep their keys, anyone with a publishable key reads them. */
export const handler = (request: Request) => app.fetch(request)

Deno.serve(handler)
