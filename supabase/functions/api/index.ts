import { createBattleStore } from '@agon/store/battle-store'
import { connect } from '@agon/store/connection'
import { createExportStore } from '@agon/store/export-store'
import { createRatingStore } from '@agon/store/rating-store'
import { databaseKey, environment } from '../_shared/environment.ts'
import { createApi } from './app.ts'

const database = connect({ url: environment.SUPABASE_URL, secretKey: databaseKey })
const app = createApi(createBattleStore(database), createRatingStore(database), createExportStore(database))

/** The public API: users create and cancel battles, anyone with a publishable key reads them. */
export const handler = (request: Request) => app.fetch(request)

Deno.serve(handler)
