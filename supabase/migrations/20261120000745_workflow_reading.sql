-- Runs as people look at them.

create function lenses.node_shown(result lenses.workflow_node_results, node lenses.workflow_nodes, whole boolean) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'node_id', (result).node_id, 'label', (node).label, 'node_type', (node).node_type, 'wave', (result).wave,
    'status', case when (result).status = 'queued' and l.lease_token is not null then 'running' else (result).status::text end,
    'reason', (result).reason, 'ports', to_jsonb((result).ports), 'error', (result).error, 'attempts', coalesce(j.attempts, 0), 'model', (node).model_key,
    'simulated', (node).simulated, 'reused', (result).reused, 'input_tokens', (result).input_tokens, 'output_tokens', (result).output_tokens,
    'cost_usd', (result).cost_usd, 'latency_ms', (result).latency_ms, 'wire_model', (result).wire_model, 'children_open', (result).children_open,
    'queued_at', (result).queued_at, 'started_at', coalesce(l.claimed_at, (result).finished_at - make_interval(secs => (result).latency_ms / 1000.0)),
    'finished_at', (result).finished_at,
    'waits', (select jsonb_build_object('for', w.waits_for, 'prompt', w.prompt, 'expires_at', w.expires_at, 'answered', w.answer is not null)
      from lenses.workflow_waits w where w.result_id = (result).result_id and w.ended_at is null))
    || case when whole then jsonb_build_object('output', (result).output_data, 'resolved_input', (result).resolved_input) else '{}' end
  from (select) one
  left join execution.jobs j on j.job_id = (result).job_id
  left join execution.leases l on (result).status = 'queued' and (result).job_id = any (l.job_ids)
$$;
comment on function lenses.node_shown is 'A node of a run as its owner sees it. whole: with what went in and came out.';
revoke execute on function lenses.node_shown from public, anon, authenticated, service_role;

create function lenses.run_spending(root_run_id uuid) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  spender uuid := (select r.spender_id from lenses.workflow_runs r where r.run_id = run_spending.root_run_id);
begin
  if spender is null then
    return lensers.spending_of(root_run_id);
  end if;
  return (
    select jsonb_build_object('spent_usd', coalesce(sum(v.spent_usd), 0), 'reserved_usd', coalesce(sum(v.amount_usd) filter (where v.settled_at is null), 0))
    from lensers.reservations v
    where v.spender_id = spender and v.job_id = any (array(
      select n.job_id from lenses.workflow_runs r join lenses.workflow_node_results n on n.run_id = r.run_id
      where r.run_id = run_spending.root_run_id or r.root_run_id = run_spending.root_run_id and r.parent_run_id is not null)));
end $$;
comment on function lenses.run_spending is 'What has been spent and is set aside for a root run and all its tree: of a budget of its own, or its part of the budget of the battle it answers in.';
revoke execute on function lenses.run_spending from public, anon, authenticated, service_role;

create function lenses.contends(root_run_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('battle_id', c.battle_id, 'slot', c.slot, 'pays', coalesce(r.spender_id = c.battle_id, false))
  from lenses.workflow_runs r join battles.contenders c on c.contender_id = r.contender_id where r.run_id = contends.root_run_id
$$;
comment on function lenses.contends is 'Which battle began this run to answer in it; pays: its calls are counted in the budget of that. Null: it was begun by no battle.';
revoke execute on function lenses.contends from public, anon, authenticated, service_role;

create function lenses.run_shown(run lenses.workflow_runs) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'run_id', (run).run_id, 'root_run_id', (run).root_run_id, 'parent_run_id', (run).parent_run_id, 'parent_node_id', (run).parent_node_id, 'item_index', (run).item_index,
    'workflow_id', (run).workflow_id, 'version_id', (run).version_id, 'title', v.document ->> 'title', 'status', (run).status, 'held', (run).finished_at is null and battles.holds((run).root_run_id), 'trigger_mode', (run).trigger_mode,
    'trigger_id', (run).trigger_id, 'scheduled_for', (run).scheduled_for, 'dry_run', (run).dry_run, 'inputs', (run).context_inputs, 'variables', (run).variables,
    'output', (run).output, 'error', (run).error, 'nodes_open', (run).nodes_open, 'budget_usd', (run).budget_usd, 'local_providers', (run).local_providers,
    'spending', lenses.run_spending((run).root_run_id), 'contends', lenses.contends((run).root_run_id), 'forked_from_run_id', (run).forked_from_run_id, 'forked_from_node_id', (run).forked_from_node_id,
    'created_at', (run).created_at, 'started_at', (run).started_at, 'finished_at', (run).finished_at)
  from lenses.workflow_versions v where v.version_id = (run).version_id
$$;
comment on function lenses.run_shown is 'A run as its owner sees it, without its nodes.';
revoke execute on function lenses.run_shown from public, anon, authenticated, service_role;

create function lenses.fn_workflow_runs_get(run_id uuid, owner_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select lenses.run_shown(r) || jsonb_build_object(
    'cost_usd', lenses.run_cost(r.run_id), 'declared_inputs', (select coalesce(v.document -> 'inputs', '{}') from lenses.workflow_versions v where v.version_id = r.version_id),
    -- Arrays, and not jsonb_agg, of what may be large: see lenses.node_document.
    'nodes', to_jsonb(array(select lenses.node_shown(x, n, true)
      from lenses.workflow_nodes n join lenses.workflow_node_results x on x.run_id = r.run_id and x.node_id = n.node_id where n.version_id = r.version_id order by n.ordinal)),
    'edges', coalesce((select jsonb_agg(jsonb_build_object('source', e.source_node_id, 'source_port', e.source_port, 'target', e.target_node_id,
        'target_param_label', e.target_param_label, 'outcome', case when s.finished_at is not null then lenses.edge_outcome(e, s) end) order by e.ordinal)
      from lenses.workflow_edges e left join lenses.workflow_node_results s on s.run_id = r.run_id and s.node_id = e.source_node_id where e.version_id = r.version_id), '[]'),
    'children', coalesce((select jsonb_agg(jsonb_build_object('run_id', c.run_id, 'node_id', c.parent_node_id, 'item_index', c.item_index, 'status', c.status)
      order by c.parent_node_id, c.item_index) from lenses.workflow_runs c where c.parent_run_id = r.run_id), '[]'))
  from lenses.workflow_runs r where r.run_id = fn_workflow_runs_get.run_id and r.owner_id = fn_workflow_runs_get.owner_id
$$;
comment on function lenses.fn_workflow_runs_get is 'api calls it: a run of this owner with its nodes, edges and children; null: theirs is none of that id.';
revoke execute on function lenses.fn_workflow_runs_get from public, anon, authenticated, service_role;
grant execute on function lenses.fn_workflow_runs_get to service_role;

create function lenses.fn_workflow_runs_list(owner_id uuid, filter jsonb default '{}', most integer default 50, cursor text default null) returns jsonb
language sql stable security definer set search_path = '' as $$
  with page as (
    select r as run, r.created_at || '_' || r.run_id as place, row_number() over (order by r.created_at desc, r.run_id desc) as nth
    from lenses.workflow_runs r
    where r.owner_id = fn_workflow_runs_list.owner_id and r.parent_run_id is null
      and (fn_workflow_runs_list.cursor is null or (r.created_at, r.run_id)
        < (split_part(fn_workflow_runs_list.cursor, '_', 1)::timestamptz, split_part(fn_workflow_runs_list.cursor, '_', 2)::uuid))
      and (filter ->> 'workflow_id' is null or r.workflow_id = (filter ->> 'workflow_id')::uuid)
      and (filter ->> 'status' is null or r.status = (filter ->> 'status')::lenses.run_status)
    order by r.created_at desc, r.run_id desc limit fn_workflow_runs_list.most + 1)
  select jsonb_build_object(
    'runs', coalesce(to_jsonb(array_agg(lenses.run_shown(p.run) order by p.nth) filter (where p.nth <= fn_workflow_runs_list.most)), '[]'),
    'next_cursor', case when count(*) > fn_workflow_runs_list.most then max(p.place) filter (where p.nth = fn_workflow_runs_list.most) end)
  from page p
$$;
comment on function lenses.fn_workflow_runs_list is 'api calls it: a page of an owner''s runs, newest first. filter: workflow_id, status. next_cursor is null on the last page.';
revoke execute on function lenses.fn_workflow_runs_list from public, anon, authenticated, service_role;
grant execute on function lenses.fn_workflow_runs_list to service_role;

create function lenses.fn_run_events_after(run_id uuid, viewer_id uuid, after_event_id bigint default 0, most integer default 200) returns jsonb
language sql stable security definer set search_path = '' as $$
  -- One statement, so one snapshot: a run that is final in it has all its events in it, because they were written with the status.
  select jsonb_build_object('events', coalesce(p.shown, '[]'), 'cursor', coalesce(p.last, after_event_id), 'more', p.taken >= most, 'status', r.status,
    'ended', r.finished_at is not null and p.taken < most)
  from lenses.workflow_runs r
  cross join lateral (
    select jsonb_agg(jsonb_build_object('event_id', s.event_id, 'type', s.type, 'node_id', s.node_id, 'data', s.data, 'created_at', s.created_at) order by s.event_id) as shown,
      max(s.event_id) as last, count(*) as taken
    from (select e.* from lenses.workflow_run_events e where e.run_id = r.run_id and e.event_id > after_event_id order by e.event_id limit most) s) p
  where r.run_id = fn_run_events_after.run_id and r.owner_id = fn_run_events_after.viewer_id
$$;
comment on function lenses.fn_run_events_after is
  'battle-events calls it: a run''s log after an event, oldest first, at most `most`, as battles.fn_events_after. Null when it is not this viewer''s run.';
revoke execute on function lenses.fn_run_events_after from public, anon, authenticated, service_role;
grant execute on function lenses.fn_run_events_after to service_role;

create function lenses.fn_waits_get(token_sha256 text) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('for', w.waits_for, 'prompt', w.prompt, 'workflow', v.document ->> 'title', 'node', n.label, 'expires_at', w.expires_at,
    'state', case when w.answer is not null then 'answered' when w.ended_at is not null then 'ended' when w.expires_at <= clock_timestamp() then 'expired' else 'open' end)
  from lenses.workflow_waits w
  join lenses.workflow_runs r on r.run_id = w.run_id
  join lenses.workflow_versions v on v.version_id = r.version_id
  join lenses.workflow_nodes n on n.version_id = r.version_id and n.node_id = w.node_id
  where w.token_sha256 = fn_waits_get.token_sha256 and w.waits_for in ('approval', 'external')
$$;
comment on function lenses.fn_waits_get is 'api calls it for whoever has the token of an approval or an external wait: what is asked, and whether it still is; nothing else of the run. Null: no wait has this token.';
revoke execute on function lenses.fn_waits_get from public, anon, authenticated, service_role;
grant execute on function lenses.fn_waits_get to service_role;

create function lenses.fn_workflow_runs_wait(run_id uuid, owner_id uuid, node_id text) returns jsonb
language sql stable security definer set search_path = '' as $$
  select lenses.fn_waits_get(w.token_sha256) || jsonb_build_object('token_sha256', w.token_sha256, 'job_id', n.job_id)
  from lenses.workflow_runs r
  join lenses.workflow_node_results n on n.run_id = r.run_id and n.node_id = fn_workflow_runs_wait.node_id
  join lenses.workflow_waits w on w.result_id = n.result_id
  where r.run_id = fn_workflow_runs_wait.run_id and r.owner_id = fn_workflow_runs_wait.owner_id and w.token_sha256 is not null
  order by w.wait_id desc limit 1
$$;
comment on function lenses.fn_workflow_runs_wait is
  'api calls it for a run''s owner, who may hand the token of a wait to others: as fn_waits_get, with what the token is made of and held against. Null: no node of theirs by that name waits for an answer.';
revoke execute on function lenses.fn_workflow_runs_wait from public, anon, authenticated, service_role;
grant execute on function lenses.fn_workflow_runs_wait to service_role;

create view execution.artifacts with (security_invoker = true) as
select r.result_id as artifact_id, r.run_id, r.node_id, w.owner_id, r.output_data ->> 'artifact_kind' as artifact_kind, n.lens -> 'output_contract' ->> 'output_type' as output_type,
  r.output_data ->> 'output' as content_text, r.output_data -> 'data' as content_json, r.output_data #>> '{media,url}' as url, r.output_data #>> '{media,mime}' as mime_type,
  r.finished_at as created_at
from lenses.workflow_node_results r
join lenses.workflow_runs w on w.run_id = r.run_id
join lenses.workflow_nodes n on n.version_id = w.version_id and n.node_id = r.node_id
where r.status = 'completed' and n.lens is not null and not r.reused;
comment on view execution.artifacts is 'What lenses made, one row a lens run. It is the node''s result, seen as a durable output; nothing is kept twice.';

-- ---------------------------------------------------------------- who may look; how long it is kept

grant select on lenses.lenses, lenses.versions, lenses.version_parameters, lenses.workflows, lenses.workflow_versions, lenses.workflow_nodes, lenses.workflow_edges,
  lenses.workflow_runs, lenses.workflow_node_results, lenses.workflow_run_events, content.tag_map, execution.execution_tags, execution.artifacts to service_role;
grant select (wait_id, run_id, node_id, result_id, waits_for, prompt, begun_at, expires_at, answered_at, ended_at) on lenses.workflow_waits to service_role;

create function lenses.forget_runs(keep interval, most integer) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  root uuid;
  forgotten integer := 0;
  rows_left integer := most;
begin
  -- A tree is forgotten whole, and may be one node or a hundred thousand: as many trees as come to `most` rows, but one at least.
  while rows_left > 0 loop
    select r.run_id into root from lenses.workflow_runs r
    where r.parent_run_id is null and r.finished_at < now() - keep order by r.finished_at limit 1 for update skip locked;
    exit when not found;
    rows_left := rows_left - (
      select count(*) from lenses.workflow_runs r join lenses.workflow_run_events e on e.run_id = r.run_id where r.run_id = root or r.root_run_id = root and r.parent_run_id is not null);
    delete from execution.execution_tags t using lenses.workflow_runs r
    where (r.run_id = root or r.root_run_id = root and r.parent_run_id is not null) and t.run_id = r.run_id;
    delete from lenses.workflow_runs r where r.run_id = root;
    forgotten := forgotten + 1;
    rows_left := rows_left - 1;
  end loop;
  return forgotten;
end $$;
comment on function lenses.forget_runs is 'Retention of runs: those that ended longer ago than keep, with their children, nodes, waits and events. Returns how many trees.';
revoke execute on function lenses.forget_runs from public, anon, authenticated, service_role;
create index workflow_runs_finished on lenses.workflow_runs (finished_at) where parent_run_id is null and finished_at is not null;
insert into execution.retention (what, keep, step) values ('workflow_runs', interval '90 days', 'lenses.forget_runs');

do $$
begin
  if to_regprocedure('cron.schedule(text, text, text)') is null then
    return;
  end if;
  perform cron.schedule('agon-overdue-runs', '* * * * *', 'select lenses.fn_end_overdue_runs()');
end $$;
