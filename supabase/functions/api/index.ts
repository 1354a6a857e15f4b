import { createBattleStore } from '@agon/store/battle-store'
import { connect } from '@agon/store/connection'
import { databaseKey, environment } from '../_shared/environment.ts'
import { createApi } from './app.ts'

const app = createApi(createBattleStore(connect({ url: environment.SUPABASE_URL, secretKey: databaseKey })))

/** The public API: users create and cancel battles, anyone with a publishable key reads them. */
export const handler = (request: Request) => app.fetch(request)

Deno.serve(handler)
