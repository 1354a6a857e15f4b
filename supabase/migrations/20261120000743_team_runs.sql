-- Teams, and what they share with orchestrations: what the runs that a node began have cost, and what others may.

create function lenses.run_cost(run_id uuid) returns numeric
language plpgsql stable security definer
set search_path = '' set enable_nestloop = on set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_variable
begin
  return (
    with recursive tree (run_id) as (
      select run_cost.run_id
      union all
      select c.run_id from tree t join lenses.workflow_runs c on c.parent_run_id = t.run_id)
    select coalesce(sum(n.cost_usd), 0) from tree t join lenses.workflow_node_results n on n.run_id = t.run_id);
end $$;
comment on function lenses.run_cost is 'What a run and all it began have cost, in USD, also where it failed.';
revoke execute on function lenses.run_cost from public, anon, authenticated, service_role;

create function lenses.versions_begun(config jsonb) returns jsonb
language plpgsql stable security definer
set search_path = '' set enable_nestloop = on set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_variable
begin
  return (
    select coalesce(jsonb_object_agg(b.key, jsonb_build_object(
      'parameters', to_jsonb(array(select jsonb_object_keys(case when v.document -> 'inputs' <> '{}' then v.document -> 'inputs' else coalesce(s.parameters, '{}') end))),
      'cost_estimate_usd', case when s.unknown then null else s.usd end,
      'model_key', s.model_key)), '{}')
    from jsonb_each_text(coalesce(config -> 'version_ids', '{}')) b
    join lenses.workflow_versions v on v.version_id = b.value::uuid
    cross join lateral (
      -- What begins runs of its own may cost whatever they do.
      select coalesce(bool_or(n.config ? 'version_ids' or n.model_key is not null and battles.call_estimate(n.funding_source, n.cost_estimate_usd) is null), false) as unknown,
        coalesce(sum(battles.call_estimate(n.funding_source, n.cost_estimate_usd)), 0) as usd,
        case when count(*) = 1 then min(n.model_key) end as model_key,
        case when count(*) = 1 then (array_agg(n.lens -> 'input_contract' -> 'parameters'))[1] end as parameters
      from lenses.workflow_nodes n where n.version_id = v.version_id) s);
end $$;
comment on function lenses.versions_begun is
  'Of the versions that a node may begin, by the names its config knows them by: {parameters: the labels of their inputs, cost_estimate_usd: of one run by list price, null where nobody knows, model_key: of a lens alone}.';
revoke execute on function lenses.versions_begun from public, anon, authenticated, service_role;

create function lenses.tell_turn(run_id uuid) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  turn lenses.workflow_runs;
  config jsonb;
  members jsonb;
  place jsonb;
begin
  select r.* into strict turn from lenses.workflow_runs r where r.run_id = tell_turn.run_id;
  select n.config into strict config from lenses.workflow_runs p join lenses.workflow_nodes n on n.version_id = p.version_id and n.node_id = turn.parent_node_id
  where p.run_id = turn.parent_run_id;
  members := config -> 'members';
  place := jsonb_build_object('run_id', turn.run_id) || case
    when turn.item_index >= jsonb_array_length(members) * (config ->> 'rounds')::integer then jsonb_build_object('summary', true)
    else jsonb_build_object('round', turn.item_index / jsonb_array_length(members) + 1,
      'member', members -> (turn.item_index % jsonb_array_length(members)) ->> 'name') end;
  if turn.finished_at is null then
    perform lenses.record_event(turn.parent_run_id, 'node.turn_begun', place, turn.parent_node_id);
  elsif not place ? 'summary' then                 -- the end of a summary is that of its team
    perform lenses.record_event(turn.parent_run_id, 'node.turn', place || jsonb_build_object('status', turn.status, 'cost_usd', lenses.run_cost(turn.run_id),
      'code', turn.error -> 'code'), turn.parent_node_id);
  end if;
end $$;
comment on function lenses.tell_turn is
  'Tells the log of a team''s run that a turn begins, or that it is over, in the transaction in which it is so: who and in which round, and nothing of what is said.';
revoke execute on function lenses.tell_turn from public, anon, authenticated, service_role;

create function lenses.team_shown(run lenses.workflow_runs, result lenses.workflow_node_results, node lenses.workflow_nodes) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  members jsonb := (node).config -> 'members';
  size integer := jsonb_array_length((node).config -> 'members');
  last_place integer := jsonb_array_length((node).config -> 'members') * ((node).config ->> 'rounds')::integer;
  kept jsonb := (result).output_data -> 'data';
begin
  return (
    with turns as (
      select c.item_index, jsonb_build_object('round', c.item_index / size + 1, 'member', members -> (c.item_index % size) ->> 'name',
        'model', (select n.model_key from lenses.workflow_nodes n where n.version_id = c.version_id order by n.ordinal limit 1),
        'status', c.status, 'text', coalesce(c.output ->> 'output', ''), 'error', c.error, 'cost_usd', lenses.run_cost(c.run_id), 'run_id', c.run_id,
        'started_at', c.started_at, 'finished_at', c.finished_at) as shown
      from lenses.workflow_runs c
      where c.parent_run_id = (run).run_id and c.parent_node_id = (node).node_id and c.created_at >= (result).queued_at)
    select jsonb_build_object('node_id', (node).node_id, 'label', (node).label, 'status', (result).status, 'mode', (node).config -> 'mode',
      'members', (select jsonb_agg(m.value ->> 'name' order by m.ordinality) from jsonb_array_elements(members) with ordinality m),
      'rounds', (node).config -> 'rounds', 'ended', kept ->> 'ended',
      -- Of a node that was taken over from another run there are no turns here, but those that its result carries.
      'turns', coalesce((select jsonb_agg(t.shown order by t.item_index) from turns t where t.item_index < last_place), kept -> 'transcript', '[]'),
      'summary', coalesce((select t.shown - 'round' - 'member' from turns t where t.item_index = last_place), kept -> 'summary'),
      'cost_usd', coalesce((select sum((t.shown ->> 'cost_usd')::numeric) from turns t), (kept ->> 'cost_usd')::numeric, 0)));
end $$;
comment on function lenses.team_shown is 'A team as its owner sees it: who said what in which round, also while it runs. cost_usd: of all its turns, lost ones too.';
revoke execute on function lenses.team_shown from public, anon, authenticated, service_role;

create function lenses.fn_workflow_runs_transcript(run_id uuid, owner_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('run_id', r.run_id, 'status', r.status, 'teams', coalesce((
    select jsonb_agg(lenses.team_shown(r, x, n) order by n.ordinal)
    from lenses.workflow_nodes n join lenses.workflow_node_results x on x.run_id = r.run_id and x.node_id = n.node_id
    where n.version_id = r.version_id and n.node_type = 'team_run'), '[]'))
  from lenses.workflow_runs r where r.run_id = fn_workflow_runs_transcript.run_id and r.owner_id = fn_workflow_runs_transcript.owner_id
$$;
comment on function lenses.fn_workflow_runs_transcript is
  'api calls it: the teams of a run of this owner, with their turns so far; null: theirs is none of that id.';
revoke execute on function lenses.fn_workflow_runs_transcript from public, anon, authenticated, service_role;
grant execute on function lenses.fn_workflow_runs_transcript to service_role;
