-- What people do with runs: start, cancel, try again, fork, replay, look.

create function lenses.runnable_version(owner_id uuid, run jsonb) returns lenses.workflow_versions
language sql stable security definer set search_path = '' as $$
  select v.* from lenses.workflow_versions v left join lenses.workflows w on w.workflow_id = v.workflow_id
  where case
      when run ? 'version_id' then v.version_id = (run ->> 'version_id')::uuid
      else v.workflow_id = (run ->> 'workflow_id')::uuid end
    and (w.workflow_id is null and run ? 'version_id'
      or w.archived_at is null and (w.owner_id = runnable_version.owner_id or w.visibility = 'public' and v.published_at is not null))
  -- Its owner runs the latest; others the latest that is published.
  order by v.number desc nulls last limit 1
$$;
comment on function lenses.runnable_version is 'The version a start names, by version_id or as the latest of workflow_id, if this person may run it; null: there is none for them.';
revoke execute on function lenses.runnable_version from public, anon, authenticated, service_role;

create function lenses.fn_start_workflow_run(owner_id uuid, run jsonb) returns jsonb
language plpgsql security definer
set search_path = '' set jit = off set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  version lenses.workflow_versions := lenses.runnable_version(owner_id, run);
  made lenses.workflow_runs;
  missing text[];
  refusal jsonb;
  local_providers text[] := array(select distinct p.name from jsonb_array_elements_text(coalesce(run -> 'local_providers', '[]')) p (name) order by 1);
begin
  if version.version_id is null then
    return jsonb_build_object('refused', 'not_found');
  end if;
  -- Two starts with one key, or of one thing, are looked at one after the other.
  perform pg_advisory_xact_lock(hashtextextended('lenses.start/' || owner_id || '/' || coalesce(run ->> 'idempotency_key', version.version_id || '/' || coalesce(run ->> 'inputs_hash', '')), 0));
  if run ? 'idempotency_key' then
    select r.* into made from lenses.workflow_runs r
    where r.owner_id = fn_start_workflow_run.owner_id and r.idempotency_key = run ->> 'idempotency_key' and r.created_at > now() - interval '24 hours'
    order by r.created_at desc limit 1;
    if found then
      if made.inputs_hash <> coalesce(run ->> 'inputs_hash', '') or made.workflow_id is distinct from version.workflow_id then
        return jsonb_build_object('refused', 'idempotency_conflict', 'run_id', made.run_id);
      end if;
      return jsonb_build_object('run_id', made.run_id, 'status', made.status, 'created', false);
    end if;
  elsif coalesce((run ->> 'single')::boolean, true) then
    select r.* into made from lenses.workflow_runs r
    where r.version_id = version.version_id and r.inputs_hash = coalesce(run ->> 'inputs_hash', '') and r.finished_at is null and r.parent_run_id is null
      and r.owner_id = fn_start_workflow_run.owner_id and r.idempotency_key is null and r.pinned = coalesce(run -> 'pinned', '{}')
      and r.dry_run = coalesce((run ->> 'dry_run')::boolean, false) and r.forked_from_run_id is null and r.local_providers = local_providers
    limit 1;
    if found then
      return jsonb_build_object('run_id', made.run_id, 'status', made.status, 'created', false);
    end if;
  end if;
  missing := array(select c from unnest(version.capabilities) c where not execution.has_capability(c));
  if cardinality(missing) > 0 then
    return jsonb_build_object('refused', 'capability_missing', 'capabilities', to_jsonb(missing));
  end if;
  if coalesce((run ->> 'dry_run')::boolean, false) then
    missing := array(select n.node_id from lenses.workflow_nodes n
      where n.version_id = version.version_id and n.side_effects and not coalesce(run -> 'pinned', '{}') ? n.node_id order by n.ordinal);
    if cardinality(missing) > 0 then
      return jsonb_build_object('refused', 'pin_required', 'nodes', to_jsonb(missing));
    end if;
  end if;
  refusal := lensers.byok_keys_refusal(owner_id, run -> 'byok_keys');
  if refusal is not null then
    return refusal;
  end if;
  refusal := lenses.local_refusal(version.version_id, local_providers, coalesce(run -> 'pinned', '{}'));
  if refusal is not null then
    return refusal;
  end if;
  perform lenses.make_queues(array[version.version_id], coalesce(run -> 'byok_keys', '{}'), owner_id, local_providers);
  made.run_id := gen_random_uuid();
  insert into lenses.workflow_runs (run_id, root_run_id, workflow_id, version_id, owner_id, trigger_mode, trigger_id, scheduled_for, idempotency_key, inputs_hash,
    context_inputs, pinned, byok_keys, local_providers, dry_run, priority, scheduling, max_in_flight, budget_usd, spender_id, caller_job_id, contender_id, deadline_at, status)
  values (made.run_id, made.run_id, version.workflow_id, version.version_id, owner_id, coalesce(run ->> 'trigger_mode', 'manual'), (run ->> 'trigger_id')::uuid,
    (run ->> 'scheduled_for')::timestamptz, run ->> 'idempotency_key', coalesce(run ->> 'inputs_hash', ''), coalesce(run -> 'inputs', '{}'),
    coalesce(run -> 'pinned', '{}'), coalesce(run -> 'byok_keys', '{}'), local_providers, coalesce((run ->> 'dry_run')::boolean, false),
    coalesce((run ->> 'priority')::smallint, 0), version.scheduling, coalesce((run ->> 'max_in_flight')::integer, version.max_in_flight),
    case when run ? 'spender_id' then (run ->> 'budget_usd')::numeric else least((run ->> 'budget_usd')::numeric, version.budget_usd) end,
    (run ->> 'spender_id')::uuid, (run ->> 'caller_job_id')::bigint, (run ->> 'contender_id')::uuid, (run ->> 'deadline_at')::timestamptz, 'queued')
  on conflict (trigger_id, scheduled_for) where scheduled_for is not null do nothing;
  if not found then
    select r.* into made from lenses.workflow_runs r
    where r.trigger_id = (run ->> 'trigger_id')::uuid and r.scheduled_for = (run ->> 'scheduled_for')::timestamptz;
    return jsonb_build_object('run_id', made.run_id, 'status', made.status, 'created', false);
  end if;
  if coalesce((run ->> 'requires_approval')::boolean, false) then
    update lenses.workflow_runs r set status = 'pending_approval' where r.run_id = made.run_id;
    perform lenses.record_event(made.run_id, 'run.pending_approval', '{}');
  else
    perform lenses.begin_run(made.run_id);
  end if;
  return (select jsonb_build_object('run_id', r.run_id, 'status', r.status, 'created', true) from lenses.workflow_runs r where r.run_id = made.run_id);
end $$;
comment on function lenses.fn_start_workflow_run is
  'api and triggers call it: {version_id or workflow_id, inputs, inputs_hash, idempotency_key, trigger_mode, trigger_id, scheduled_for, byok_keys, local_providers, pinned, dry_run, budget_usd, priority, max_in_flight, requires_approval, single}. {run_id, status, created}: created is false where a key of the last 24 hours, a due time, or, without a key and unless single is false, an identical run that is still active has made it already. {refused: not_found | idempotency_conflict | capability_missing | pin_required | byok_key_* | local_execution_unsupported} changed nothing.';
revoke execute on function lenses.fn_start_workflow_run from public, anon, authenticated, service_role;
grant execute on function lenses.fn_start_workflow_run to service_role;

create function lenses.owned_root(run_id uuid, owner_id uuid) returns lenses.workflow_runs
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  run lenses.workflow_runs;
begin
  perform lenses.lock_root(run_id);
  select r.* into run from lenses.workflow_runs r where r.run_id = owned_root.run_id and r.owner_id = owned_root.owner_id;
  return run;
end $$;
comment on function lenses.owned_root is 'A run of this owner, with its tree locked; null: theirs is none of that id.';
revoke execute on function lenses.owned_root from public, anon, authenticated, service_role;

create function lenses.fn_workflow_runs_approve(run_id uuid, owner_id uuid, approved boolean, note text default '') returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  run lenses.workflow_runs := lenses.owned_root(run_id, owner_id);
begin
  if run.run_id is null then
    return 'not_found';
  elsif run.status <> 'pending_approval' then
    return 'run_' || run.status;
  elsif approved then
    perform lenses.begin_run(run_id);
    return 'approved';
  end if;
  perform lenses.close_run(run_id, 'cancelled', jsonb_build_object('code', 'approval_rejected', 'message', note));
  return 'rejected';
end $$;
comment on function lenses.fn_workflow_runs_approve is 'api calls it for the owner of a run that waits for approval to begin: approved, rejected (the run is cancelled), not_found, or run_<status> (nothing changed).';
revoke execute on function lenses.fn_workflow_runs_approve from public, anon, authenticated, service_role;
grant execute on function lenses.fn_workflow_runs_approve to service_role;

create function lenses.fn_workflow_runs_cancel(run_id uuid, owner_id uuid) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  run lenses.workflow_runs := lenses.owned_root(run_id, owner_id);
begin
  if run.run_id is null then
    return 'not_found';
  elsif run.finished_at is not null then
    return 'run_' || run.status;
  end if;
  perform lenses.close_run(run_id, 'cancelled', jsonb_build_object('code', 'cancelled', 'message', 'Its owner cancelled it'));
  return 'cancelled';
end $$;
comment on function lenses.fn_workflow_runs_cancel is
  'api calls it for a run''s owner: every open node ends cancelled, on whatever driver it is, and so do the runs it began. cancelled; not_found; run_<status> of one that had ended (nothing changed).';
revoke execute on function lenses.fn_workflow_runs_cancel from public, anon, authenticated, service_role;
grant execute on function lenses.fn_workflow_runs_cancel to service_role;

create function lenses.fn_end_overdue_runs(most integer default 100) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  overdue record;
  ended integer := 0;
begin
  -- A child may have less time than its parents. A tree that somebody is changing is left to the next time.
  for overdue in
    select r.run_id, r.root_run_id from lenses.workflow_runs r where r.deadline_at <= now() and r.finished_at is null
      and not battles.holds(r.root_run_id) order by r.depth, r.run_id limit most
  loop
    perform from lenses.workflow_runs r where r.run_id = overdue.root_run_id for update skip locked;
    continue when not found;
    perform from lenses.workflow_runs r where r.run_id = overdue.run_id and r.deadline_at <= now() and r.finished_at is null;
    continue when not found;                       -- it has ended meanwhile, or with what began it
    perform lenses.close_run(overdue.run_id, 'timed_out', jsonb_build_object('code', 'deadline_exceeded', 'message', 'The run did not end within its timeout_ms'));
    ended := ended + 1;
  end loop;
  return ended + lenses.give_up_local(most);
end $$;
comment on function lenses.fn_end_overdue_runs is 'On a schedule, and called by workers: ends runs that are past their timeout, also those that other runs began, and nodes that no page of their owner answered in time; but none that is held with its battle. Returns how many.';
revoke execute on function lenses.fn_end_overdue_runs from public, anon, authenticated, service_role;
grant execute on function lenses.fn_end_overdue_runs to service_role;

-- ---------------------------------------------------------------- again

create function lenses.nodes_from(version_id uuid, node_ids text[]) returns text[]
language sql stable security definer set search_path = '' as $$
  with recursive reached (node_id) as (
    select unnest(nodes_from.node_ids)
    union
    select e.target_node_id from reached r join lenses.workflow_edges e on e.version_id = nodes_from.version_id and e.source_node_id = r.node_id)
  select coalesce(array_agg(r.node_id), '{}') from reached r
$$;
comment on function lenses.nodes_from is 'These nodes and all that come after them.';
revoke execute on function lenses.nodes_from from public, anon, authenticated, service_role;

create function lenses.left_undone(run_id uuid) returns text[]
language sql stable security definer set search_path = '' as $$
  select array(select n.node_id from lenses.workflow_node_results n where n.run_id = left_undone.run_id and n.status = 'cancelled' and n.reason <> 'stopped')
$$;
comment on function lenses.left_undone is
  'The nodes that ended because their run did: who goes on with it goes on with them, too, or it would complete without them. Those that a stop_return ended are done without.';
revoke execute on function lenses.left_undone from public, anon, authenticated, service_role;

create function lenses.variables_set(version_id uuid) returns table (node_id text, name text)
language sql stable security definer set search_path = '' as $$
  select n.node_id, v.value ->> 'name' from lenses.workflow_nodes n
  cross join lateral jsonb_array_elements(case when jsonb_typeof(n.config -> 'variables') = 'array' then n.config -> 'variables' else '[]' end) v
  where n.version_id = variables_set.version_id and n.node_type = 'set_variables'
$$;
comment on function lenses.variables_set is 'Which node of a version sets which variables.';
revoke execute on function lenses.variables_set from public, anon, authenticated, service_role;

create function lenses.reopen(run_id uuid, again text[]) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  run lenses.workflow_runs;
  ended text[];
begin
  delete from lenses.workflow_waits w where w.run_id = reopen.run_id and w.node_id = any (again);
  update lenses.workflow_node_results n set
    result_id = gen_random_uuid(), status = 'awaiting_dependency', reason = null, job_id = null, ports = null, output_data = null, error = null,
    resolved_input = null, input_tokens = null, output_tokens = null, latency_ms = null, wire_model = null, done_before = n.done_before + (n.status = 'completed' and not n.reused)::integer, reused = false, children_open = 0, contender_id = null,
    queued_at = null, finished_at = null, deadline_at = null, edges_taken = 0, edges_failed = 0,
    edges_open = (select count(*) from lenses.workflow_edges e join lenses.workflow_runs r on r.version_id = e.version_id
      where r.run_id = reopen.run_id and e.target_node_id = n.node_id)
  where n.run_id = reopen.run_id and n.node_id = any (again);
  update lenses.workflow_runs r set status = 'running', finished_at = null, error = null, output = null, in_flight = 0, wave = 0, started_at = coalesce(r.started_at, now()),
    nodes_open = cardinality(again), deadline_at = now() + (select make_interval(secs => v.timeout_ms / 1000.0) from lenses.workflow_versions v where v.version_id = r.version_id)
  where r.run_id = reopen.run_id returning r.* into strict run;
  -- A variable that nobody else has set is as it was before them: overwrite false would keep what the first time came to.
  update lenses.workflow_runs r set variables = r.variables - array(
    select s.name from lenses.variables_set(run.version_id) s where s.node_id = any (again)
    except select s.name from lenses.variables_set(run.version_id) s join lenses.workflow_node_results n on n.run_id = reopen.run_id and n.node_id = s.node_id
    where not s.node_id = any (again) and n.status = 'completed')
  where r.run_id = reopen.run_id and r.variables <> '{}';
  select r.* into strict run from lenses.workflow_runs r where r.run_id = reopen.run_id;
  -- What leads into them from nodes that stay as they are has its outcome already.
  update lenses.workflow_node_results t set edges_open = t.edges_open - c.edges, edges_taken = c.taken, edges_failed = c.failed
  from (
    select o.target_node_id, count(*)::integer as edges, count(*) filter (where o.outcome = 'taken')::integer as taken, count(*) filter (where o.outcome = 'failed')::integer as failed
    from (
      select e.target_node_id, lenses.edge_outcome(e, s) as outcome
      from lenses.workflow_edges e join lenses.workflow_node_results s on s.run_id = reopen.run_id and s.node_id = e.source_node_id
      where e.version_id = run.version_id and e.target_node_id = any (again) and not e.source_node_id = any (again)) o
    group by o.target_node_id) c
  where t.run_id = reopen.run_id and t.node_id = c.target_node_id;
  ended := lenses.decide(run, array(select n.node_id from lenses.workflow_node_results n where n.run_id = reopen.run_id and n.node_id = any (again) and n.edges_open = 0));
  perform lenses.advance(run_id, ended);
end $$;
comment on function lenses.reopen is 'These nodes of an ended run are run again, as new results; the others stay what they were. The caller holds the tree''s lock and records why.';
revoke execute on function lenses.reopen from public, anon, authenticated, service_role;

create function lenses.fn_workflow_runs_retry(run_id uuid, owner_id uuid, node_id text default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  run lenses.workflow_runs := lenses.owned_root(run_id, owner_id);
  again text[];
begin
  if run.run_id is null then
    return jsonb_build_object('refused', 'not_found');
  elsif run.parent_run_id is not null then
    return jsonb_build_object('refused', 'run_is_child', 'run_id', run.root_run_id);
  elsif run.finished_at is null or (node_id is null and run.status = 'completed') then
    return jsonb_build_object('refused', 'run_state', 'status', run.status);
  elsif run.started_at is null then
    return jsonb_build_object('refused', 'run_state', 'status', run.status);   -- cancelled before it began: start another
  elsif node_id is not null and not exists (select from lenses.workflow_nodes n where n.version_id = run.version_id and n.node_id = fn_workflow_runs_retry.node_id) then
    return jsonb_build_object('refused', 'unknown_node');
  end if;
  again := lenses.nodes_from(run.version_id, case when node_id is not null then array[node_id] || lenses.left_undone(run_id) else array(
    select n.node_id from lenses.workflow_node_results n where n.run_id = fn_workflow_runs_retry.run_id
      and (n.status in ('failed', 'timed_out', 'cancelled') or n.reason = 'upstream_failure')) end);
  -- Nothing failed but the run's own time: what never ended is what is left.
  perform lenses.record_event(run_id, 'run.resumed', jsonb_build_object('nodes', to_jsonb(again), 'from', node_id));
  update execution.dead_letters d set redriven_at = now() from lenses.workflow_node_results n
  where n.run_id = fn_workflow_runs_retry.run_id and n.node_id = any (again) and d.subject_id = n.result_id and d.redriven_at is null;
  perform lenses.reopen(run_id, again);
  return jsonb_build_object('run_id', run_id, 'nodes', to_jsonb(again));
end $$;
comment on function lenses.fn_workflow_runs_retry is
  'api calls it for the owner of an ended run: the nodes that failed, or the one named with those that a cancel or a timeout of the run ended, and all after them are run again; what is done stays done. {run_id, nodes}; {refused: not_found | run_is_child (with the root''s run_id) | run_state, with status | unknown_node} changed nothing.';
revoke execute on function lenses.fn_workflow_runs_retry from public, anon, authenticated, service_role;
grant execute on function lenses.fn_workflow_runs_retry to service_role;

create function lenses.copy_run(run lenses.workflow_runs, trigger_mode text, changes jsonb) returns uuid
language sql security definer set search_path = '' as $$
  insert into lenses.workflow_runs (run_id, root_run_id, workflow_id, version_id, owner_id, trigger_mode, inputs_hash, context_inputs, input_overrides, pinned, byok_keys, local_providers,
    dry_run, priority, scheduling, max_in_flight, budget_usd, variables, forked_from_run_id, forked_from_node_id)
  select i.run_id, i.run_id, (run).workflow_id, (run).version_id, (run).owner_id, copy_run.trigger_mode, coalesce(changes ->> 'inputs_hash', (run).inputs_hash),
    (run).context_inputs || coalesce(changes -> 'inputs', '{}'), (run).input_overrides || coalesce(changes -> 'input_overrides', '{}'),
    coalesce(changes -> 'pinned', (run).pinned), (run).byok_keys, (run).local_providers, (run).dry_run or copy_run.trigger_mode = 'replay', (run).priority, (run).scheduling, (run).max_in_flight,
    (run).budget_usd, (run).variables, (run).run_id, changes ->> 'node_id'
  from (select gen_random_uuid() as run_id) i
  returning workflow_runs.run_id
$$;
comment on function lenses.copy_run is 'Another run of the same version, queued, with what the first one''s variables came to: what is taken over has set them, and what is run again sets them again.';
revoke execute on function lenses.copy_run from public, anon, authenticated, service_role;

create function lenses.fn_workflow_runs_fork(run_id uuid, owner_id uuid, node_id text, changes jsonb default '{}') returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  run lenses.workflow_runs := lenses.owned_root(run_id, owner_id);
  fork uuid;
  again text[];
begin
  if run.run_id is null then
    return jsonb_build_object('refused', 'not_found');
  elsif run.finished_at is null or run.started_at is null then
    return jsonb_build_object('refused', 'run_state', 'status', run.status);
  elsif not exists (select from lenses.workflow_nodes n where n.version_id = run.version_id and n.node_id = fn_workflow_runs_fork.node_id) then
    return jsonb_build_object('refused', 'unknown_node');
  end if;
  fork := lenses.copy_run(run, 'fork', jsonb_build_object('node_id', node_id, 'inputs', coalesce(changes -> 'inputs', '{}'),
    'input_overrides', case when changes ? 'node_inputs' then jsonb_build_object(node_id, changes -> 'node_inputs') else jsonb '{}' end)
    || case when changes ? 'inputs_hash' then jsonb_build_object('inputs_hash', changes -> 'inputs_hash') else '{}' end);
  again := lenses.nodes_from(run.version_id, array[node_id] || array(
    select n.node_id from lenses.workflow_node_results n where n.run_id = fn_workflow_runs_fork.run_id and n.status = 'cancelled'));
  insert into lenses.workflow_node_results (run_id, node_id, ordinal, wave, status, reason, edges_open, edges_taken, edges_failed, ports, output_data, error, resolved_input,
    reused, finished_at)
  select fork, n.node_id, n.ordinal, n.wave, n.status, n.reason, n.edges_open, n.edges_taken, n.edges_failed, n.ports, n.output_data, n.error, n.resolved_input, true, n.finished_at
  from lenses.workflow_node_results n where n.run_id = fn_workflow_runs_fork.run_id;
  update lenses.workflow_runs r set status = 'running', started_at = now() where r.run_id = fork;
  perform lenses.record_event(fork, 'run.started', jsonb_build_object('version_id', run.version_id, 'nodes', cardinality(again), 'trigger_mode', 'fork',
    'forked_from_run_id', run.run_id, 'forked_from_node_id', node_id));
  -- In a fork the log says of what was taken over what became of it, so that the log alone rebuilds the run.
  insert into lenses.workflow_run_events (run_id, node_id, type, data)
  select fork, n.node_id, 'node.' || n.status, jsonb_strip_nulls(jsonb_build_object('reused', true, 'reason', n.reason, 'error', n.error, 'ports', to_jsonb(n.ports)))
  from lenses.workflow_node_results n where n.run_id = fork and not n.node_id = any (again) order by n.ordinal;
  perform lenses.reopen(fork, again);
  return jsonb_build_object('run_id', fork, 'nodes', to_jsonb(again));
end $$;
comment on function lenses.fn_workflow_runs_fork is
  'api calls it for the owner of an ended run: a new run of the same version that takes over what was done before node_id and runs that node and all after it, with changes {inputs (of the run), node_inputs (of the node), inputs_hash}. {run_id, nodes}; {refused: not_found | run_state | unknown_node} changed nothing.';
revoke execute on function lenses.fn_workflow_runs_fork from public, anon, authenticated, service_role;
grant execute on function lenses.fn_workflow_runs_fork to service_role;

create function lenses.fn_workflow_runs_replay(run_id uuid, owner_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  run lenses.workflow_runs := lenses.owned_root(run_id, owner_id);
  replay uuid;
  stopper text;
begin
  if run.run_id is null then
    return jsonb_build_object('refused', 'not_found');
  elsif run.status not in ('completed', 'failed') or run.started_at is null then
    return jsonb_build_object('refused', 'run_state', 'status', run.status);
  end if;
  select e.node_id into stopper from lenses.workflow_run_events e
  where e.run_id = fn_workflow_runs_replay.run_id and e.type = 'node.completed' and e.data ? 'stops_run' and not exists (
    select from lenses.workflow_run_events x where x.run_id = e.run_id and x.type = 'run.resumed' and x.event_id > e.event_id)
  order by e.event_id desc limit 1;
  replay := lenses.copy_run(run, 'replay', jsonb_build_object('pinned', coalesce((
    select jsonb_object_agg(n.node_id, case
      when n.status = 'cancelled' then jsonb_build_object('stopped', n.reason)
      when n.status <> 'completed' then jsonb_build_object('error', n.error, 'status', n.status)
      else jsonb_build_object('envelope', n.output_data, 'ports', to_jsonb(n.ports)) || case when n.node_id = stopper then '{"stops_run": true}' else '{}' end::jsonb end)
    from lenses.workflow_node_results n where n.run_id = fn_workflow_runs_replay.run_id
      and n.status <> 'skipped'), '{}')));
  perform lenses.begin_run(replay);
  return jsonb_build_object('run_id', replay);
end $$;
comment on function lenses.fn_workflow_runs_replay is
  'api calls it for the owner of a finished run: goes through the graph again with what its nodes came to, without a single call or job. {run_id}; {refused: not_found | run_state} changed nothing.';
revoke execute on function lenses.fn_workflow_runs_replay from public, anon, authenticated, service_role;
grant execute on function lenses.fn_workflow_runs_replay to service_role;
