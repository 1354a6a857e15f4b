// Teams among the runs that are killed and started again: what must be of each whatever happened to who drove it.

interface Team {
  /** The models of the members, by their names. */
  members: Record<string, string>
  max_tokens?: number
  mode?: 'turns' | 'parallel'
  rounds: number
  stop_when?: string | { agreed: true }
  summary?: object
  budget_usd?: number
  retry: object
}

/** As a document has it. */
export const teamNode = (id: string, task: string, { members, max_tokens, ...team }: Team) => ({
  id,
  type: 'team_run',
  config: {
    ...team,
    task,
    members: Object.entries(members).map(([name, model_key]) => ({ name, model_key, ...(max_tokens && { max_tokens }) })),
  },
})

/** The teams of all runs, and the runs their turns are: a summary comes after the last turn there can be. */
const tables = `
  with teams as (
    select r.run_id, n.node_id, r.run_id || ' ' || n.node_id as team, n.config, x.status::text, x.queued_at, x.output_data -> 'data' as result,
      jsonb_array_length(n.config -> 'members') as size, jsonb_array_length(n.config -> 'members') * (n.config ->> 'rounds')::integer as places
    from lenses.workflow_nodes n join lenses.workflow_runs r using (version_id)
    join lenses.workflow_node_results x on x.run_id = r.run_id and x.node_id = n.node_id
    where n.node_type = 'team_run' and x.queued_at is not null
  ), turns as (
    select t.*, c.run_id as turn_id, c.item_index as nth, c.item_index / size + 1 as round, config -> 'members' -> (c.item_index % size) ->> 'name' as member,
      c.status::text as ended_as, c.created_at as begun_at, c.finished_at, c.output ->> 'output' as text, c.context_inputs ->> 'prompt' as prompt
    from teams t join lenses.workflow_runs c on c.parent_run_id = t.run_id and c.parent_node_id = t.node_id and c.created_at >= t.queued_at
  ), spoken as (select * from turns where nth < places),
  told as (
    select t.team, e.type, e.event_id, (e.data ->> 'round')::integer as round, e.data ->> 'member' as member, e.data ->> 'status' as ended_as, e.data ->> 'run_id' as turn_id
    from teams t join lenses.workflow_run_events e on e.run_id = t.run_id and e.node_id = t.node_id and e.type like 'node.turn%' and e.data ->> 'round' is not null
  )`

/** What must not be when everything is over; each query returns a text for every row of which it is. */
export const neverOfTeams: { kind: 'stuck' | 'doubled' | 'wrong' | 'lost'; query: string }[] = [
  {
    kind: 'doubled',
    query: `${tables} select 'turn ' || nth || ' of ' || team || ' was begun ' || count(*) || ' times' from turns group by team, nth having count(*) > 1`,
  },
  {
    kind: 'lost',
    query: `${tables} select 'of ' || max(nth) + 1 || ' turns of ' || team || ' there are ' || count(*) from spoken group by team having count(*) <> max(nth) + 1`,
  },
  {
    kind: 'wrong',
    query: `${tables} select 'turn ' || nth || ' of ' || team || ', which has ' || places || ' at most' from turns
      where nth > places or nth = places and config -> 'summary' is null`,
  },
  {
    // In turns each waits for the one before it; in parallel a round does for a round; and a summary for all.
    kind: 'wrong',
    query: `${tables} select 'turn ' || b.nth || ' of ' || b.team || ' began before turn ' || a.nth || ' was over' from turns a join turns b using (team)
      where a.nth < b.nth and (a.config ->> 'mode' = 'turns' or a.nth / a.size < b.nth / b.size or b.nth = b.places)
        and (a.finished_at is null or b.begun_at < a.finished_at)`,
  },
  {
    kind: 'lost',
    query: `${tables} select 'what was said in turn ' || a.nth || ' of ' || b.team || ', to turn ' || b.nth from turns a join turns b using (team)
      where a.nth < b.nth and (a.config ->> 'mode' = 'turns' or a.nth / a.size < b.nth / b.size) and a.ended_as = 'completed'
        and position(split_part(a.text, E'\\n', 1) in b.prompt) = 0`,
  },
  {
    kind: 'wrong',
    query: `${tables} select 'the transcript of ' || t.team || ' is not what was said' from teams t where t.status = 'completed' and
      (select jsonb_agg(jsonb_build_array(s.round, s.member, s.ended_as, coalesce(s.text, ''), s.turn_id) order by s.nth) from spoken s where s.team = t.team)
      is distinct from (select jsonb_agg(jsonb_build_array(w.value -> 'round', w.value -> 'member', w.value -> 'status', w.value -> 'text', w.value -> 'run_id') order by w.ordinality)
        from jsonb_array_elements(t.result -> 'transcript') with ordinality w)`,
  },
  {
    kind: 'wrong',
    query: `${tables} select 'the log tells that turn ' || s.nth || ' of ' || s.team || ' begins and is over as ' || coalesce(e.said, 'nothing') || ', and it is ' || s.ended_as
      from spoken s left join lateral (
        select string_agg(x.type || coalesce(' ' || x.ended_as, ''), ', ' order by x.event_id) as said from told x
        where x.team = s.team and x.turn_id = s.turn_id::text and x.round = s.round and x.member = s.member) e on true
      where e.said is distinct from 'node.turn_begun, node.turn ' || s.ended_as`,
  },
  {
    kind: 'wrong',
    query: `${tables} select t.team || ' says that it cost ' || (t.result ->> 'cost_usd') || ', and its turns cost ' || c.usd || ', of ' || coalesce(t.config ->> 'budget_usd', 'whatever it takes')
      from teams t cross join lateral (select round(coalesce(sum(lenses.run_cost(s.turn_id)), 0), 6) as usd from turns s where s.team = t.team) c
      where c.usd > (t.config ->> 'budget_usd')::numeric or t.status = 'completed' and (t.result ->> 'cost_usd')::numeric <> c.usd`,
  },
  {
    kind: 'wrong',
    query: `${tables} select t.team || ' ended by ' || (t.result ->> 'ended') || ' after ' || s.had || ' of ' || t.places || ' turns, the last of which said ' || coalesce(s.last, 'nothing')
      from teams t cross join lateral (
        select count(*) as had, count(*) filter (where x.text ~ '\\nDONE$') as over, (array_agg(x.text order by x.nth desc))[1] as last from spoken x where x.team = t.team) s
      where t.status = 'completed' and case t.result ->> 'ended' when 'rounds' then s.had <> t.places or s.over > 0
        when 'stop' then s.over <> 1 or s.last !~ '\\nDONE$'
        when 'agreed' then (select bool_or(x.text !~ '\\nAGREED$') from spoken x where x.team = t.team and x.nth >= s.had - t.size)
        else t.config -> 'budget_usd' is null end`,
  },
]

/** How the teams ended, and how many turns were had. */
export async function teamsHad(sql: (text: string) => Promise<object[]>): Promise<{ byTeamEnd: Record<string, number>; turns: number }> {
  const ends = (await sql(
    `${tables} select coalesce(t.result ->> 'ended', t.status) as ended, count(*)::integer as n, sum((select count(*) from spoken s where s.team = t.team))::integer as turns
     from teams t group by 1 order by 1`,
  )) as { ended: string; n: number; turns: number }[]
  return {
    byTeamEnd: Object.fromEntries(ends.map(({ ended, n }) => [ended, n])),
    turns: ends.reduce((sum, { turns }) => sum + turns, 0),
  }
}
