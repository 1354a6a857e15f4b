import { expect, test } from 'vitest'
import { ourSchemas } from '../../scripts/our-schemas.ts'
import { useDatabase } from '../support/database.ts'
import { supabase } from '../support/supabase-cli.ts'

const database = useDatabase()

interface Finding {
  name: string
  level: string
  detail: string
  metadata: { schema: string; name: string }
}

const inner = 'read by service_role alone, which passes row level security; a policy would open it to somebody'

/** Findings that stay, each with the reason: `lint schema.object`. A finding that is gone has to leave this list. */
const accepted: Record<string, string> = {
  'rls_enabled_no_policy battles.elo_battle_log': inner,
  'rls_enabled_no_policy battles.events':
    'what may be seen of an event depends on who looks: battles.public_event decides, no table read does',
  'rls_enabled_no_policy battles.verdicts': 'verdicts hold the judge’s whole prompt: battles.fn_battles_get shows them, no table read does',
  'rls_enabled_no_policy battles.verdict_scores': 'goes with battles.verdicts',
  'rls_enabled_no_policy battles.analyses': 'an owner may keep the results: battles.fn_battles_analyses shows them, no table read does',
  'rls_enabled_no_policy battles.analysis_calls': 'goes with battles.analyses',
  'rls_enabled_no_policy battles.winner_overrides':
    'an owner may keep the results: battles.fn_battles_get shows the last one, no table read does',
  'rls_enabled_no_policy battles.votes':
    'while a vote is open nobody may count it: fn_battles_get shows the viewer’s own, and the tally afterwards',
  'rls_enabled_no_policy battles.vote_events': 'goes with battles.votes',
  'rls_enabled_no_policy battles.vote_settings': inner,
  'rls_enabled_no_policy battles.voter_invitations': 'who is invited is the owner’s to see, by fn_battles_get',
  'rls_enabled_no_policy execution.capabilities': inner,
  'rls_enabled_no_policy execution.dead_letters': inner,
  'rls_enabled_no_policy execution.job_kinds': inner,
  'rls_enabled_no_policy execution.jobs': inner,
  'rls_enabled_no_policy execution.job_archive': inner,
  'rls_enabled_no_policy execution.request_counts': 'read by functions alone',
  'rls_enabled_no_policy execution.retention': inner,
  'rls_enabled_no_policy execution.lanes': inner,
  'rls_enabled_no_policy execution.later': inner,
  'rls_enabled_no_policy execution.leases': inner,
  'rls_enabled_no_policy execution.queues': inner,
  'rls_enabled_no_policy execution.ready': inner,
  'rls_enabled_no_policy execution.async_tasks': inner,
  'rls_enabled_no_policy execution.callback_receipts': inner,
  'rls_enabled_no_policy execution.checkpoints': inner,
  'rls_enabled_no_policy execution.rate_limits': inner,
  'rls_enabled_no_policy execution.shares': inner,
  'rls_enabled_no_policy execution.switches': inner,
  'rls_enabled_no_policy execution.waiters': 'read by functions alone',
  'rls_enabled_no_policy ratings.answer_styles': inner,
  'rls_enabled_no_policy ratings.boards': inner,
  'rls_enabled_no_policy ratings.changes': inner,
  'rls_enabled_no_policy ratings.comparisons': inner,
  'rls_enabled_no_policy ratings.judgings': inner,
  'rls_enabled_no_policy ratings.pair_sums': inner,
  'rls_enabled_no_policy lensers.budgets': inner,
  'rls_enabled_no_policy lensers.byok_api_keys': 'an owner sees their keys through api, which never reads the sealed column',
  'rls_enabled_no_policy lensers.reservations': inner,
  'rls_enabled_no_policy webhooks.deliveries': 'webhooks.fn_webhooks_deliveries shows an owner theirs; no table read does',
  'rls_enabled_no_policy webhooks.subscriptions': 'read by functions alone: it holds sealed secrets',
}

test('the advisors of the Supabase CLI find nothing but what is argued here', async () => {
  await database.sql.query(
    `do $$ begin execute format('alter database %I set pgrst.db_schemas = %L', current_database(), 'public,${ourSchemas.join(',')}'); end $$`,
  )
  const { results } = JSON.parse(await supabase(database.url, 'db', 'advisors', '--level=info', '--type=all', '--output-format=json')) as {
    results: Finding[]
  }
  // A database that has just been migrated has used no index: that lint reads usage, not the schema.
  const found = results.filter(({ name, metadata }) => name !== 'unused_index' && ['public', ...ourSchemas].includes(metadata.schema))
  const key = ({ name, metadata }: Finding) => `${name} ${metadata.schema}.${metadata.name}`
  expect(found.filter((finding) => !(key(finding) in accepted)).map(({ level, name, detail }) => `${level} ${name}: ${detail}`)).toEqual([])
  expect([...new Set(found.map(key))].toSorted()).toEqual(Object.keys(accepted).toSorted())
})
