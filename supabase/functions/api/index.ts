import { createBattleStore } from '@agon/store/battle-store'
import { connect } from '@agon/store/connection'
import { createEventStore } from '@agon/store/event-store'
import { createExportStore } from '@agon/store/export-store'
import { createFundingStore } from '@agon/store/funding-store'
import { createLensStore } from '@agon/store/lens-store'
import { createLocalStore } from '@agon/store/local-store'
import { createOperatorStore } from '@agon/store/operator-store'
import { createRatingStore } from '@agon/store/rating-store'
import { createRunStore } from '@agon/store/run-store'
import { createTriggersStore } from '@agon/store/triggers-store'
import { createWebhookStore } from '@agon/store/webhook-store'
import { createWorkflowOwnerStore } from '@agon/store/workflow-owner-store'
import { databaseKey, environment } from '../_shared/environment.ts'
import { createApi } from './app.ts'
import { retiredSince } from './battles/retired.ts'
import { voteSource } from './battles/vote-source.ts'

const database = connect({ url: environment.SUPABASE_URL, secretKey: databaseKey })
const app = createApi(
  {
    battles: createBattleStore(database),
    events: createEventStore(database),
    exports: createExportStore(database),
    funding: createFundingStore(database),
    lenses: createLensStore(database),
    local: createLocalStore(database),
    operator: createOperatorStore(database),
    ratings: createRatingStore(database),
    triggers: createTriggersStore(database),
    runs: createRunStore(database),
    webhooks: createWebhookStore(database),
    workflows: createWorkflowOwnerStore(database),
  },
  { sourceOf: voteSource, retiredSince: retiredSince((name) => Deno.env.get(name)) },
)

/** The public API: users create and cancel battles and keep their keys, anyone with a publishable key reads them, who runs the project operates. */
export const handler = (request: Request) => app.fetch(request)

Deno.serve(handler)
