import { createBattleStore } from '@agon/store/battle-store'
import { connect } from '@agon/store/connection'
import { createWebhookStore } from '@agon/store/webhook-store'
import { databaseKey, environment } from '../_shared/environment.ts'
import { createApi } from './app.ts'

const connection = connect({ url: environment.SUPABASE_URL, secretKey: databaseKey })
const app = createApi(createBattleStore(connection), createWebhookStore(connection))

/** The public API: users create and cancel battles, anyone with a publishable key reads them. */
export const handler = (request: Request) => app.fetch(request)

Deno.serve(handler)
