-- How a run goes on: what the end of a node unlocks, who may run now, and how a run ends. All of it under the root's lock.
--
-- Every statement here names the nodes it is about, and none walks a run or a version: the planner, which has seen other runs than this
-- one, is kept from joining row by row, because a node has one child or a thousand (docs/benchmarks.md, bench/src/workflows). Where a status
-- is compared as text, it is so that the small index of what is open is not taken for a way to nodes that are named: statistics say that
-- nothing is open.

create function lenses.answered_locally(node_type text, lens jsonb) returns boolean
language plpgsql immutable set search_path = '' as $$
begin
  return node_type = 'lens' and coalesce(lens ->> 'kind' in ('text', 'transform', 'validation', 'routing'), false);
end $$;
comment on function lenses.answered_locally is 'Whether a page of the run''s owner can do what a node asks of its model: a text, and nothing else.';
revoke execute on function lenses.answered_locally from public, anon, authenticated, service_role;

create function lenses.make_queues(version_ids uuid[], byok_keys jsonb, owner_id uuid, local_providers text[]) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  perform execution.queue_for(n.job_kind, n.concurrency_key, n.concurrency_limit, n.limit_key, n.provider) from (
    select distinct x.job_kind, x.concurrency_key, x.concurrency_limit, coalesce('byok:' || (byok_keys ->> x.provider), x.limit_key) as limit_key, x.provider
    from lenses.workflow_nodes x where x.version_id = any (version_ids) and (x.concurrency_key is not null or x.limit_key is not null or byok_keys ? x.provider)
    order by 1, 2, 3, 4, 5) n;
  perform execution.queue_for('local_node', limit_key => battles.local_key(owner_id, p.name), provider => p.name)
  from (select x.name from unnest(local_providers) x (name) order by 1) p;
end $$;
comment on function lenses.make_queues is
  'Makes the queues and lanes that the nodes of these versions wait in, in one order for everybody, before a run begins: a row that is just being made is waited for, and a sweep that goes from tree to tree must not wait for one.';
revoke execute on function lenses.make_queues from public, anon, authenticated, service_role;

create function lenses.enqueue_nodes(run lenses.workflow_runs, node_ids text[]) returns void
language plpgsql security definer set search_path = '' set enable_nestloop = off set enable_hashjoin = on as $$
#variable_conflict use_variable
declare
  line record;
  deadline_groups text[];
  ids bigint[];
begin
  -- Nodes of one deadline group share the clock that the first of them starts.
  deadline_groups := array(
    select distinct n.deadline_group from lenses.workflow_nodes n
    where n.version_id = (run).version_id and n.node_id = any (node_ids) and n.deadline_group is not null);
  if cardinality(deadline_groups) > 0 then
    update lenses.workflow_node_results r set deadline_at = now() + make_interval(secs => n.deadline_ms / 1000.0)
    from lenses.workflow_nodes n
    where n.version_id = (run).version_id and n.deadline_group = any (deadline_groups) and r.run_id = (run).run_id and r.node_id = n.node_id
      and r.deadline_at is null and r.finished_at is null;
  end if;
  for line in
    select execution.queue_for(n.job_kind, n.concurrency_key, n.concurrency_limit, n.limit_key, n.provider) as queue_id, n.node_ids, n.locally
    from (
      select case when l.locally then 'local_node' else x.job_kind end as job_kind, case when not l.locally then x.concurrency_key end as concurrency_key,
        case when not l.locally then x.concurrency_limit end as concurrency_limit,
        case when l.locally then battles.local_key((run).owner_id, x.provider) else coalesce('byok:' || ((run).byok_keys ->> x.provider), x.limit_key) end as limit_key,
        x.provider, l.locally, array_agg(x.node_id order by x.ordinal) as node_ids, min(x.ordinal) as first
      from lenses.workflow_nodes x
      cross join lateral (select case when x.provider = any ((run).local_providers) then lenses.answered_locally(x.node_type, x.lens) else false end as locally) l
      where x.version_id = (run).version_id and x.node_id = any (enqueue_nodes.node_ids)
      group by 1, 2, 3, 4, 5, 6) n
    order by n.first
  loop
    with added as (
      insert into execution.jobs (queue_id, subject_id, priority, max_attempts, deadline_at)
      select line.queue_id, r.result_id, (run).priority, n.max_attempts,
        case when line.locally then least(r.deadline_at, now() + battles.local_patience()) else r.deadline_at end
      from lenses.workflow_node_results r join lenses.workflow_nodes n on n.version_id = (run).version_id and n.node_id = any (line.node_ids) and n.node_id = r.node_id
      where r.run_id = (run).run_id and r.node_id = any (line.node_ids) order by r.ordinal
      returning job_id, subject_id
    ), noted as (
      update lenses.workflow_node_results r set job_id = a.job_id, queued_at = clock_timestamp() from added a
      where r.run_id = (run).run_id and r.node_id = any (line.node_ids) and r.result_id = a.subject_id returning a.job_id
    )
    select array_agg(n.job_id order by n.job_id) into ids from noted n;
    perform execution.make_ready(line.queue_id, (run).priority, ids, (run).owner_id);
  end loop;
  insert into lenses.workflow_run_events (run_id, node_id, type)
  select (run).run_id, id, 'node.queued' from unnest(node_ids) with ordinality as t (id, nth) order by nth;
end $$;
comment on function lenses.enqueue_nodes is 'Gives nodes that may run their jobs, in the workflow''s order. The caller counts them in flight.';
revoke execute on function lenses.enqueue_nodes from public, anon, authenticated, service_role;

create function lenses.leave_slots(run lenses.workflow_runs, node_ids text[], error jsonb, timed_out boolean default false) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  perform battles.end_slots(array(
    select o.contender_id from battles.open_slots((run).root_run_id) o where o.run_id = (run).run_id and o.node_id = any (node_ids) and o.answered_by is null), error, timed_out);
end $$;
comment on function lenses.leave_slots is 'Nodes ended before they took the slots that are left to them by name: nobody answers there.';
revoke execute on function lenses.leave_slots from public, anon, authenticated, service_role;

create function lenses.decide(run lenses.workflow_runs, node_ids text[]) returns text[]
language plpgsql security definer set search_path = '' set enable_nestloop = off set enable_hashjoin = on as $$
#variable_conflict use_variable
declare
  pinned jsonb := (run).pinned || jsonb '{}';      -- once out of storage, and not once a node
  ended text[];
  unheard text[];
begin
  with fate as (
    select r.node_id, n.node_type, pinned -> r.node_id as pin, case
      when pinned -> r.node_id ? 'stopped' then 'stopped'
      when r.edges_failed > 0 and n.join_policy = 'all' and n.on_parent_failure = 'skip' then 'upstream_failure'
      when r.edges_failed > 0 and n.join_policy = 'all' and n.on_parent_failure = 'propagate' then 'failed'
      when n.edges_in > 0 and r.edges_taken = 0 and r.edges_failed = 0 then 'branch'
      when pinned -> r.node_id ? 'error' then 'pinned_error'
      when pinned ? r.node_id then 'pinned'
      else 'run' end as fate
    from lenses.workflow_node_results r
    join lenses.workflow_nodes n on n.version_id = (run).version_id and n.node_id = any (decide.node_ids) and n.node_id = r.node_id
    where r.run_id = (run).run_id and r.node_id = any (decide.node_ids) and r.status::text = 'awaiting_dependency' and r.edges_open = 0
  ), decided as (
    update lenses.workflow_node_results r set
      status = case f.fate when 'upstream_failure' then 'skipped' when 'branch' then 'skipped' when 'failed' then 'failed'
        when 'pinned' then 'completed' when 'pinned_error' then coalesce(f.pin ->> 'status', 'failed') when 'stopped' then 'cancelled' else 'queued' end::lenses.node_status,
      reason = case when f.fate in ('upstream_failure', 'branch') then f.fate when f.fate = 'stopped' then f.pin ->> 'stopped' end,
      error = case f.fate when 'failed' then jsonb_build_object('code', 'upstream_failure', 'message', 'A node before it failed')
        when 'pinned_error' then f.pin -> 'error' end,
      output_data = case f.fate when 'pinned' then f.pin -> 'envelope' end,
      ports = case f.fate when 'pinned' then coalesce(array(select jsonb_array_elements_text(f.pin -> 'ports')), array['output']) end,
      reused = f.fate in ('pinned', 'pinned_error', 'stopped'),
      finished_at = case when f.fate <> 'run' then now() end
    from fate f where r.run_id = (run).run_id and r.node_id = any (decide.node_ids) and r.node_id = f.node_id
    returning r.node_id, f.node_type, r.ordinal, r.status, r.reason, r.error, r.ports, r.reused
  ), told as (
    insert into lenses.workflow_run_events (run_id, node_id, type, data)
    select (run).run_id, d.node_id, 'node.' || d.status, jsonb_strip_nulls(jsonb_build_object('reason', d.reason, 'error', d.error, 'ports', to_jsonb(d.ports),
      'reused', case when d.reused then true end))
    from decided d where d.status <> 'queued' order by d.ordinal
  )
  select coalesce(array_agg(d.node_id), '{}'), array_agg(d.node_id) filter (where d.node_type = 'contender_run') into ended, unheard
  from decided d where d.status <> 'queued';
  if unheard is not null then
    perform lenses.leave_slots(run, unheard, jsonb_build_object('code', 'slot_unanswered', 'message', 'The node that was to answer was skipped'));
  end if;
  return ended;
end $$;
comment on function lenses.decide is 'Decides nodes all of whose edges have come to something: they may run, or they end here (skipped, failed with their parents, or pinned). Returns those that ended.';
revoke execute on function lenses.decide from public, anon, authenticated, service_role;

create function lenses.launch(run_id uuid) returns void
language plpgsql security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  run lenses.workflow_runs;
  next_wave integer;
  ripe text[];
begin
  if run_id::text = any (string_to_array(current_setting('agon.launch_later', true), ',')) then
    return;                                        -- more of its nodes end in this transaction: once, after them (fn_worker_complete_workflow_nodes)
  end if;
  select r.* into strict run from lenses.workflow_runs r where r.run_id = launch.run_id;
  if run.status <> 'running' then
    return;
  end if;
  if run.nodes_open = 0 then
    perform lenses.end_run(run_id, null);
    return;
  end if;
  if run.in_flight >= run.max_in_flight then
    return;
  end if;
  if run.scheduling = 'waves' then
    select n.wave into next_wave from lenses.workflow_node_results n
    where n.run_id = launch.run_id and n.status in ('awaiting_dependency', 'queued', 'waiting') order by n.wave limit 1;
    if next_wave > run.wave then
      update lenses.workflow_runs r set wave = next_wave where r.run_id = launch.run_id;
    end if;
    select array_agg(x.node_id order by x.ordinal) into ripe from (
      select n.node_id, n.ordinal from lenses.workflow_node_results n
      where n.run_id = launch.run_id and n.status = 'queued' and n.job_id is null and n.wave = next_wave
      order by n.ordinal limit run.max_in_flight - run.in_flight) x;
  else
    select array_agg(x.node_id order by x.ordinal) into ripe from (
      select n.node_id, n.ordinal from lenses.workflow_node_results n
      where n.run_id = launch.run_id and n.status = 'queued' and n.job_id is null
      order by n.ordinal limit run.max_in_flight - run.in_flight) x;
  end if;
  if ripe is not null then
    perform lenses.enqueue_nodes(run, ripe);
    update lenses.workflow_runs r set in_flight = r.in_flight + cardinality(ripe) where r.run_id = launch.run_id;
  end if;
end $$;
comment on function lenses.launch is 'Gives jobs to as many nodes as may run now, in the workflow''s order: of the current wave, or with eager scheduling of any; or ends a run of which nothing is open.';
revoke execute on function lenses.launch from public, anon, authenticated, service_role;

create function lenses.edges_from(version_id uuid, node_ids text[]) returns setof lenses.workflow_edges
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  id text;
begin
  -- One look into the index of sources for each node. Asked for a list of them, the planner reads all edges of the version.
  foreach id in array node_ids loop
    return query select e.* from lenses.workflow_edges e where e.version_id = edges_from.version_id and e.source_node_id = id;
  end loop;
end $$;
comment on function lenses.edges_from is 'The edges that lead from these nodes.';
revoke execute on function lenses.edges_from from public, anon, authenticated, service_role;

create function lenses.advance(run_id uuid, ended text[]) returns void
language plpgsql security definer set search_path = '' set enable_nestloop = off set enable_hashjoin = on as $$
#variable_conflict use_variable
declare
  run lenses.workflow_runs;
  frontier text[] := ended;
  targets text[];
  edges integer[];
  taken integer[];
  failed integer[];
  complete text[];
  closed integer := cardinality(ended);
begin
  select r.* into strict run from lenses.workflow_runs r where r.run_id = advance.run_id;
  while cardinality(frontier) > 0 loop
    select array_agg(c.target_node_id), array_agg(c.edges), array_agg(c.taken), array_agg(c.failed) into targets, edges, taken, failed from (
      select o.target_node_id, count(*)::integer as edges, count(*) filter (where o.outcome = 'taken')::integer as taken,
        count(*) filter (where o.outcome = 'failed')::integer as failed
      from (
        select e.target_node_id, lenses.edge_outcome(e, s) as outcome
        from lenses.edges_from(run.version_id, frontier) e
        join lenses.workflow_node_results s on s.run_id = run.run_id and s.node_id = any (frontier) and s.node_id = e.source_node_id) o
      group by o.target_node_id) c;
    with told as (
      update lenses.workflow_node_results t
      set edges_open = t.edges_open - c.edges, edges_taken = t.edges_taken + c.taken, edges_failed = t.edges_failed + c.failed
      from unnest(targets, edges, taken, failed) as c (node_id, edges, taken, failed)
      where t.run_id = run.run_id and t.node_id = any (targets) and t.node_id = c.node_id and t.status::text = 'awaiting_dependency'
      returning t.node_id, t.edges_open
    )
    select coalesce(array_agg(t.node_id) filter (where t.edges_open = 0), '{}') into complete from told t;
    frontier := case when cardinality(complete) > 0 then lenses.decide(run, complete) else '{}' end;
    closed := closed + cardinality(frontier);
  end loop;
  if closed > 0 then
    update lenses.workflow_runs r set nodes_open = r.nodes_open - closed where r.run_id = advance.run_id;
  end if;
  perform lenses.launch(run_id);
end $$;
comment on function lenses.advance is 'Nodes have ended: carries that along their edges as far as it decides others, and lets those run that may.';
revoke execute on function lenses.advance from public, anon, authenticated, service_role;

create function lenses.begin_run(run_id uuid) returns void
language plpgsql security definer set search_path = '' set enable_nestloop = off set enable_hashjoin = on as $$
#variable_conflict use_variable
declare
  run lenses.workflow_runs;
  ended text[];
  frontier text[];
begin
  update lenses.workflow_runs r set status = 'running', started_at = now(),
    deadline_at = least(r.deadline_at, now() + make_interval(secs => v.timeout_ms / 1000.0)),   -- a child has its parent's time, and may have less
    nodes_open = (select count(*) from lenses.workflow_nodes n where n.version_id = r.version_id)
  from lenses.workflow_versions v where r.run_id = begin_run.run_id and v.version_id = r.version_id
  returning r.* into strict run;
  insert into lenses.workflow_node_results (run_id, node_id, ordinal, wave, edges_open)
  select run_id, n.node_id, n.ordinal, n.wave, coalesce(c.edges, 0)
  from lenses.workflow_nodes n left join (
    select e.target_node_id, count(*) as edges from lenses.workflow_edges e where e.version_id = run.version_id group by 1) c on c.target_node_id = n.node_id
  where n.version_id = run.version_id;
  perform lenses.record_event(run_id, 'run.started', jsonb_build_object('version_id', run.version_id, 'nodes', run.nodes_open,
    'trigger_mode', run.trigger_mode, 'dry_run', case when run.dry_run then true end));
  frontier := array(select n.node_id from lenses.workflow_node_results n where n.run_id = begin_run.run_id and n.edges_open = 0);
  ended := lenses.decide(run, frontier);
  perform lenses.advance(run_id, ended);
end $$;
comment on function lenses.begin_run is 'A run begins: its nodes are written down, and those without parents may run. The caller holds the root''s lock.';
revoke execute on function lenses.begin_run from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- ends

create function lenses.cancel_children(run_id uuid, node_id text, reason text) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  child uuid;
  told jsonb := jsonb_build_object('code', 'cancelled', 'message', reason);
begin
  for child in
    select c.run_id from lenses.workflow_runs c
    where c.parent_run_id = cancel_children.run_id and (cancel_children.node_id is null or c.parent_node_id = cancel_children.node_id) and c.finished_at is null
      and c.status <> 'queued'
    order by c.item_index
  loop
    perform lenses.close_run(child, 'cancelled', told, false);
  end loop;
  -- Those that have not begun have nothing to close. There may be ten thousand, and whoever cancels waits.
  with closed as (
    update lenses.workflow_runs c set status = 'cancelled', error = told, finished_at = now()
    where c.parent_run_id = cancel_children.run_id and (cancel_children.node_id is null or c.parent_node_id = cancel_children.node_id) and c.finished_at is null
    returning c.run_id, c.item_index
  )
  insert into lenses.workflow_run_events (run_id, type, data)
  select c.run_id, 'run.cancelled', jsonb_build_object('error', told) from closed c order by c.item_index;
end $$;
comment on function lenses.cancel_children is 'Ends the runs that a node, or with null any node of a run, began.';
revoke execute on function lenses.cancel_children from public, anon, authenticated, service_role;

create function lenses.close_nodes(run_id uuid, reason text) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  job_ids bigint[];
  slots uuid[];
begin
  with closed as (
    update lenses.workflow_node_results n set status = 'cancelled', reason = close_nodes.reason, finished_at = now(), children_open = 0
    where n.run_id = close_nodes.run_id and n.finished_at is null
    returning n.node_id, n.ordinal, n.job_id, n.contender_id
  ), told as (
    insert into lenses.workflow_run_events (run_id, node_id, type, data)
    select close_nodes.run_id, c.node_id, 'node.cancelled', jsonb_build_object('reason', reason) from closed c order by c.ordinal
  )
  select array_agg(c.job_id) filter (where c.job_id is not null), array_agg(c.contender_id) filter (where c.contender_id is not null) into job_ids, slots from closed c;
  if slots is not null then
    perform battles.end_slots(slots, jsonb_build_object('code', 'cancelled', 'message', 'The node that answers was cancelled with its run'), reason = 'timed_out');
  end if;
  update lenses.workflow_waits w set ended_at = now() where w.run_id = close_nodes.run_id and w.ended_at is null;
  if job_ids is not null then
    perform execution.cancel_jobs(job_ids);
    perform lensers.settle_cancelled(job_ids);
  end if;
end $$;
comment on function lenses.close_nodes is 'Cancels what is open of a run: nodes, their jobs, their waits. A driver in mid-call learns it from its next heartbeat.';
revoke execute on function lenses.close_nodes from public, anon, authenticated, service_role;

create function lenses.close_run(run_id uuid, status lenses.run_status, error jsonb, tell_parent boolean default true) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  run lenses.workflow_runs;
begin
  perform lenses.cancel_children(run_id, null, 'The run that began it has ended');
  perform lenses.close_nodes(run_id, case when status = 'completed' then 'stopped' else status::text end);
  update lenses.workflow_runs r set status = close_run.status, error = close_run.error, finished_at = now(), nodes_open = 0, in_flight = 0
  where r.run_id = close_run.run_id returning r.* into strict run;
  perform lenses.record_event(run_id, 'run.' || status, jsonb_build_object('error', error));
  if run.parent_run_id is null then
    perform battles.end_slots(array(select o.contender_id from battles.open_slots(run_id) o),
      jsonb_build_object('code', 'slot_unanswered', 'message', format('The run that was to answer has ended (%s)', status)), status = 'timed_out');
  end if;
  if run.caller_job_id is not null then
    perform execution.ring_job(run.caller_job_id);
  end if;
  if run.trigger_mode = 'team' then
    perform lenses.tell_turn(run_id);
  end if;
  if tell_parent and run.parent_run_id is not null then
    perform lenses.child_ended(run);
  end if;
end $$;
comment on function lenses.close_run is 'Ends a run in a status, with everything of it that is open. The caller has set its output where it has one.';
revoke execute on function lenses.close_run from public, anon, authenticated, service_role;

create function lenses.run_output(run lenses.workflow_runs) returns jsonb
language plpgsql stable security definer set search_path = '' set enable_nestloop = off set enable_hashjoin = on as $$
#variable_conflict use_variable
begin
  return (
    with led_on as (
      select e.source_node_id from lenses.workflow_edges e
      join lenses.workflow_node_results t on t.run_id = (run).run_id and t.node_id = e.target_node_id and t.status = 'completed'
      where e.version_id = (run).version_id
    ), ends as (
      select r.node_id, r.ordinal, r.output_data from lenses.workflow_node_results r
      where r.run_id = (run).run_id and r.status = 'completed' and r.node_id not in (select l.source_node_id from led_on l)
    )
    select case
      when v.output_node_id is not null then
        (select r.output_data from lenses.workflow_node_results r where r.run_id = (run).run_id and r.node_id = v.output_node_id)
      when (select count(*) from ends) = 1 then (select e.output_data from ends e)
      when (select count(*) from ends) > 1 then (
        select jsonb_build_object('kind', 'json', 'artifact_kind', 'json', 'data', d.data, 'output', d.data::text)
        from (select jsonb_object_agg(e.node_id, coalesce(e.output_data -> 'data', e.output_data -> 'output')) as data from ends e) d) end
    from lenses.workflow_versions v where v.version_id = (run).version_id);
end $$;
comment on function lenses.run_output is
  'What a run came to: the envelope of the node the workflow names; else that of the one node at its end; else an object of them by node id.';
revoke execute on function lenses.run_output from public, anon, authenticated, service_role;

create function lenses.end_run(run_id uuid, stopped_with jsonb) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  run lenses.workflow_runs;
  failure record;
begin
  select r.* into strict run from lenses.workflow_runs r where r.run_id = end_run.run_id;
  if stopped_with is null then                     -- a replay goes through every node, and then ends as the run did that was stopped
    select p.value -> 'envelope' into stopped_with from jsonb_each(run.pinned) p where p.value ? 'stops_run' limit 1;
  end if;
  if stopped_with is null then
    -- A failure is handled where its error port leads somewhere, and by a node that takes its parents however they ended.
    select n.node_id, n.status, n.error into failure from lenses.workflow_node_results n
    where n.run_id = end_run.run_id and n.status in ('failed', 'timed_out') and not exists (
      select from lenses.workflow_edges e join lenses.workflow_nodes t on t.version_id = e.version_id and t.node_id = e.target_node_id
      where e.version_id = run.version_id and e.source_node_id = n.node_id and e.source_port <> '@settled'
        and (e.source_port = 'error' or t.join_policy = 'all_settled'))
    order by (n.error ->> 'code' = 'upstream_failure'), n.ordinal limit 1;
    if found then
      perform lenses.close_run(run_id, 'failed', coalesce(failure.error, '{}') || jsonb_build_object('node_id', failure.node_id));
      return;
    end if;
  end if;
  update lenses.workflow_runs r set output = coalesce(stopped_with, lenses.run_output(run)) where r.run_id = end_run.run_id;
  perform lenses.close_run(run_id, 'completed', null);
end $$;
comment on function lenses.end_run is 'A run has no open node, or was stopped with a value: failed where a node failed and nothing handles it, else completed.';
revoke execute on function lenses.end_run from public, anon, authenticated, service_role;

create function lenses.end_node(result lenses.workflow_node_results, status lenses.node_status, error jsonb default null) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  held boolean := (result).status = 'queued';
  ended lenses.workflow_node_results;
  run lenses.workflow_runs;
begin
  if (result).children_open > 0 then
    perform lenses.cancel_children((result).run_id, (result).node_id, 'The node that began it has ended');
  end if;
  update lenses.workflow_node_results n set status = end_node.status, error = end_node.error, children_open = 0, finished_at = now()
  where n.result_id = (result).result_id returning n.* into strict ended;
  update lenses.workflow_waits w set ended_at = now() where w.result_id = ended.result_id and w.ended_at is null;
  update lenses.workflow_runs r set in_flight = r.in_flight - 1 where r.run_id = ended.run_id and held;
  perform lenses.record_event(ended.run_id, 'node.' || status, jsonb_build_object('ports', to_jsonb(ended.ports), 'error', error,
    'latency_ms', ended.latency_ms, 'input_tokens', ended.input_tokens, 'output_tokens', ended.output_tokens, 'cost_usd', ended.cost_usd), ended.node_id);
  if status <> 'completed' then                    -- before anything goes on: who waits for the battle finds it as it stands
    if ended.contender_id is not null then
      perform battles.end_slot(ended.contender_id, coalesce(error, '{}'), status = 'timed_out');
    else
      select r.* into strict run from lenses.workflow_runs r where r.run_id = ended.run_id;
      perform lenses.leave_slots(run, array[ended.node_id], coalesce(error, '{}'), status = 'timed_out');
    end if;
  end if;
  perform lenses.advance(ended.run_id, array[ended.node_id]);
end $$;
comment on function lenses.end_node is 'A node with a job ends; what it came to is written already. Its unfinished children end with it.';
revoke execute on function lenses.end_node from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- what a run is given that no person begins

create function lenses.input_misfit(label text, field jsonb, value jsonb) returns text
language sql immutable set search_path = '' as $$
  select case
    when coalesce(value, 'null') = 'null' then null
    when case field ->> 'type'
      when 'string' then jsonb_typeof(value) <> 'string'
      when 'url' then jsonb_typeof(value) <> 'string' or value #>> '{}' !~* '^https?://'
      when 'number' then jsonb_typeof(value) <> 'number'
      when 'integer' then jsonb_typeof(value) <> 'number' or (value #>> '{}')::numeric % 1 <> 0
      when 'boolean' then jsonb_typeof(value) <> 'boolean'
      when 'array' then jsonb_typeof(value) <> 'array'
      else false end
    then format('%s must be %s', label, case field ->> 'type' when 'string' then 'a string' when 'url' then 'an http or https address' when 'number' then 'a number'
      when 'integer' then 'a whole number' when 'boolean' then 'true or false' else 'a list' end)
    when jsonb_typeof(value) = 'number' and (value #>> '{}')::numeric < (field ->> 'min')::numeric then format('%s must be at least %s', label, field ->> 'min')
    when jsonb_typeof(value) = 'number' and (value #>> '{}')::numeric > (field ->> 'max')::numeric then format('%s must be at most %s', label, field ->> 'max')
    when jsonb_typeof(field -> 'enum') = 'array' and not field -> 'enum' @> jsonb_build_array(value) then format('%s must be one of %s', label, left(field ->> 'enum', 300))
  end
$$;
comment on function lenses.input_misfit is
  'Why a value is not what an input of a workflow takes, as inputViolations in runner-core says it; null when it is, or is not given. Types, bounds and lists of values: what is asked of a run that no person begins. Patterns and lengths are the nodes'' to ask.';
revoke execute on function lenses.input_misfit from public, anon, authenticated, service_role;

create function lenses.left_out(declared jsonb) returns jsonb
language sql immutable set search_path = '' as $$
  select coalesce((select jsonb_object_agg(p.key, coalesce(p.value -> 'default', 'null')) from jsonb_each(coalesce(declared, '{}')) p), '{}')
$$;
comment on function lenses.left_out is
  'What the inputs that a workflow declares are where nothing is given, as runInputs in runner-core: their defaults, and null for what may be left out, so that a template which names it prints nothing.';
revoke execute on function lenses.left_out from public, anon, authenticated, service_role;

create function lenses.inputs_refusal(declared jsonb, inputs jsonb) returns jsonb
language plpgsql immutable set search_path = '' as $$
#variable_conflict use_variable
declare
  missing text[] := array(select p.key from jsonb_each(coalesce(declared, '{}')) p
    where coalesce((p.value ->> 'required')::boolean, true) and coalesce(inputs -> p.key, 'null') = 'null' order by 1);
  misfits text[];
begin
  if cardinality(missing) > 0 then
    return jsonb_build_object('code', 'inputs_missing', 'message', format('Required, and not given: %s', array_to_string(missing, ', ')));
  end if;
  misfits := array(select x from jsonb_each(coalesce(declared, '{}')) p cross join lenses.input_misfit(p.key, p.value, inputs -> p.key) x where x is not null order by 1);
  return case when cardinality(misfits) > 0 then jsonb_build_object('code', 'input_contract_violation', 'message', array_to_string(misfits, '; ') || '.') end;
end $$;
comment on function lenses.inputs_refusal is
  'Why a workflow that declares these inputs does not begin with those: {code: inputs_missing | input_contract_violation, message}; null: it does.';
revoke execute on function lenses.inputs_refusal from public, anon, authenticated, service_role;

create function lenses.input_fitted(field jsonb, value jsonb) returns jsonb
language plpgsql immutable set search_path = '' as $$
#variable_conflict use_variable
declare
  type text := coalesce(field ->> 'type', 'any');
  parsed jsonb;
begin
  if type = 'string' and jsonb_typeof(value) in ('number', 'boolean') then
    return to_jsonb(value #>> '{}');
  elsif jsonb_typeof(value) <> 'string' or type not in ('number', 'integer', 'boolean', 'array', 'json') then
    return value;
  end if;
  parsed := (value #>> '{}')::jsonb;
  return case when jsonb_typeof(parsed) = any (case type when 'integer' then '{number}' when 'json' then '{object,array}' else array[type] end) then parsed else value end;
exception when invalid_text_representation or numeric_value_out_of_range or statement_too_complex or untranslatable_character then
  return value;                                    -- it is no JSON, and what is wrong with it is said by who looks at it
end $$;
comment on function lenses.input_fitted is
  'A value as an input takes it, where nothing is lost by that, as bindInputs in runner-core: text that is exactly a number, a list or an object is one where the input asks for it.';
revoke execute on function lenses.input_fitted from public, anon, authenticated, service_role;

create function lenses.bind_child(child lenses.workflow_runs) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  -- A body that a node holds asks for what it needs itself.
  declared jsonb := case when (child).workflow_id is not null then (select v.document -> 'inputs' from lenses.workflow_versions v where v.version_id = (child).version_id) end;
  inputs jsonb;
begin
  if coalesce(declared, '{}') = '{}' then
    return null;
  end if;
  select lenses.left_out(declared) || (child).context_inputs || coalesce(jsonb_object_agg(p.key, lenses.input_fitted(p.value, (child).context_inputs -> p.key))
    filter (where (child).context_inputs ? p.key), '{}') into inputs from jsonb_each(declared) p;
  update lenses.workflow_runs r set context_inputs = inputs where r.run_id = (child).run_id and r.context_inputs <> inputs;
  return lenses.inputs_refusal(declared, inputs);
end $$;
comment on function lenses.bind_child is 'Gives a run that a node began the inputs that its workflow declares, with their defaults. Why it does not begin with them, as inputs_refusal; null: it does.';
revoke execute on function lenses.bind_child from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- children

create function lenses.start_children(run_id uuid, node_id text) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  child lenses.workflow_runs;
  waiting lenses.workflow_waits;
  running integer := (select count(*) from lenses.workflow_runs c
    where c.parent_run_id = start_children.run_id and c.parent_node_id = start_children.node_id and c.status = 'running' and c.finished_at is null);
  refusal jsonb;
  refused integer;
  parent lenses.workflow_node_results;
begin
  select w.* into waiting from lenses.workflow_waits w where w.run_id = start_children.run_id and w.node_id = start_children.node_id and w.ended_at is null;
  loop
    refused := 0;
    for child in
      select c.* from lenses.workflow_runs c
      where c.parent_run_id = start_children.run_id and c.parent_node_id = start_children.node_id and c.status = 'queued' and c.finished_at is null
      order by c.item_index limit case when waiting.children_max is not null then greatest(waiting.children_max - running, 0) end   -- without a number, all of them
    loop
      if child.trigger_mode = 'team' then          -- before it begins: it may be over at once
        perform lenses.tell_turn(child.run_id);
      end if;
      refusal := lenses.bind_child(child);
      if refusal is null then
        perform lenses.begin_run(child.run_id);
        running := running + 1;
      else
        perform lenses.close_run(child.run_id, 'failed', refusal, false);
        refused := refused + 1;
      end if;
    end loop;
    exit when refused = 0;
    update lenses.workflow_node_results n set children_open = n.children_open - refused
    where n.run_id = start_children.run_id and n.node_id = start_children.node_id returning n.* into parent;
    if parent.children_open = 0 or waiting.fail_fast then
      perform execution.ring_job(parent.job_id);
      exit;
    end if;                                        -- else the places of those are for the next
  end loop;
end $$;
comment on function lenses.start_children is
  'Begins as many of a node''s queued children as it may have at once, in their order; all, where the wait names no number. One whose inputs its workflow does not take has failed, and the next has its place.';
revoke execute on function lenses.start_children from public, anon, authenticated, service_role;

create function lenses.child_ended(child lenses.workflow_runs) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  parent lenses.workflow_node_results;
  fail_fast boolean;
begin
  update lenses.workflow_node_results n set children_open = n.children_open - 1
  where n.run_id = (child).parent_run_id and n.node_id = (child).parent_node_id and n.finished_at is null and n.children_open > 0
  returning n.* into parent;
  if not found then
    return;
  end if;
  select w.fail_fast into fail_fast from lenses.workflow_waits w where w.result_id = parent.result_id and w.ended_at is null;
  if parent.children_open = 0 or (fail_fast and (child).status <> 'completed') then
    perform execution.ring_job(parent.job_id);
  else
    perform lenses.start_children(parent.run_id, parent.node_id);
  end if;
end $$;
comment on function lenses.child_ended is 'A child has ended: the next one begins, or the node that waits for them goes on.';
revoke execute on function lenses.child_ended from public, anon, authenticated, service_role;
