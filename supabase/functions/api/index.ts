import { createBattleStore } from '@agon/store/battle-store'
import { connect } from '@agon/store/connection'
import { createEventStore } from '@agon/store/event-store'
import { createOperatorStore } from '@agon/store/operator-store'
import { databaseKey, environment } from '../_shared/environment.ts'
import { createApi } from './app.ts'

const database = connect({ url: environment.SUPABASE_URL, secretKey: databaseKey })
const app = createApi(createBattleStore(database), createEventStore(database), createOperatorStore(database))

/** The public API: users create and cancel battles, anyone with a publishable key reads them, who runs the project operates. */
export const handler = (request: Request) => app.fetch(request)

Deno.serve(handler)
