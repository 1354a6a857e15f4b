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

/** No application may enter the others: what is in them is read by functions alone, or by service_role, which passes row level security. */
const enteredByApplications = ['battles', 'public']

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
  'rls_enabled_no_policy battles.judge_weights': 'read through the api, by their owner alone',
  'rls_enabled_no_policy battles.rubric_calls': 'read through the api: the prompt is for the owner alone',
  'rls_enabled_no_policy battles.winner_overrides':
    'an owner may keep the results: battles.fn_battles_get shows the last one, no table read does',
  'rls_enabled_no_policy battles.votes':
    'while a vote is open nobody may count it: fn_battles_get shows the viewer’s own, and the tally afterwards',
  'rls_enabled_no_policy battles.vote_events': 'goes with battles.votes',
  'rls_enabled_no_policy battles.vote_settings': inner,
  'rls_enabled_no_policy battles.vote_watch': inner,
  'rls_enabled_no_policy battles.voter_invitations': 'who is invited is the owner’s to see, by fn_battles_get',
}

test('the advisors of the Supabase CLI find nothing but what is argued here', async () => {
  await database.sql.query(
    `do $$ begin execute format('alter database %I set pgrst.db_schemas = %L', current_database(), 'public,${ourSchemas.join(',')}'); end $$`,
  )
  const { results } = JSON.parse(await supabase(database.url, 'db', 'advisors', '--level=info', '--type=all', '--output-format=json')) as {
    results: Finding[]
  }
  // A database that has just been migrated has used no index: that lint reads usage, not the schema.
  const found = results.filter(
    ({ name, metadata: { schema } }) =>
      name !== 'unused_index' &&
      ['public', ...ourSchemas].includes(schema) &&
      (name !== 'rls_enabled_no_policy' || enteredByApplications.includes(schema)),
  )
  const key = ({ name, metadata }: Finding) => `${name} ${metadata.schema}.${metadata.name}`
  expect(found.filter((finding) => !(key(finding) in accepted)).map(({ level, name, detail }) => `${level} ${name}: ${detail}`)).toEqual([])
  expect([...new Set(found.map(key))].toSorted()).toEqual(Object.keys(accepted).toSorted())
})
