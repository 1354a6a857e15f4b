-- What drivers of workflow nodes call: claim, complete, fail. Every write names the lease token of its claim.
--
-- The settings of the functions that are called for every node hold for all they call: plans are made once and read by index, whatever the
-- statistics say of a table that was empty yesterday, and none is compiled because the planner was told to shun what it has to use.

create function lenses.task_budget(node lenses.workflow_nodes) returns interval
language sql immutable set search_path = '' as $$
  select make_interval(secs => coalesce(((node).config ->> 'task_timeout_ms')::numeric / 1000,
    case when (node).node_type = 'text_to_video' or (node).lens ->> 'kind' = 'video' then 3600 else 600 end))
$$;
comment on function lenses.task_budget is 'How long a provider may keep a node''s task: task_timeout_ms of its config, else an hour for video and 10 minutes for the rest.';
revoke execute on function lenses.task_budget from public, anon, authenticated, service_role;

create function lenses.sources_of(version_id uuid, node_id text) returns text[]
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  return (
    select array(select distinct e.source_node_id from lenses.workflow_edges e
      where e.version_id = sources_of.version_id and e.target_node_id = sources_of.node_id and e.source_port <> '@settled'));
end $$;
comment on function lenses.sources_of is 'The nodes right before a node, but for those that only come first.';
revoke execute on function lenses.sources_of from public, anon, authenticated, service_role;

create function lenses.parents_of(run lenses.workflow_runs, sources text[]) returns jsonb
language plpgsql stable security definer set search_path = '' set enable_nestloop = off set enable_hashjoin = on as $$
#variable_conflict use_variable
begin
  return (
    select coalesce(jsonb_object_agg(r.node_id, jsonb_build_object('label', n.label, 'node_type', n.node_type, 'status', r.status, 'envelope', r.output_data,
      'error', coalesce(r.error, case when r.reason = 'upstream_failure' then jsonb '{"code": "upstream_failure", "message": "A node before it failed"}' end))), '{}')
    from lenses.workflow_node_results r
    join lenses.workflow_nodes n on n.version_id = (run).version_id and n.node_id = any (sources) and n.node_id = r.node_id
    where r.run_id = (run).run_id and r.node_id = any (sources));
end $$;
comment on function lenses.parents_of is 'What these nodes, the ones right before a node, came to, by their ids. One that was skipped because a node before it failed says so in error; a branch that was not taken has none.';
revoke execute on function lenses.parents_of from public, anon, authenticated, service_role;

create function lenses.context_refusal(run lenses.workflow_runs, result lenses.workflow_node_results, sources text[]) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  most_bytes constant bigint := 4194304;
  most_of_children constant bigint := 16777216;    -- a driver reads them all at once
  nodes integer;
  bytes bigint;
begin
  select count(*), sum(octet_length(r.output_data::text)) into nodes, bytes
  from lenses.workflow_node_results r where r.run_id = (run).run_id and r.node_id = any (sources) and r.output_data is not null;
  if bytes > most_bytes then
    return jsonb_build_object('code', 'context_too_large', 'message', format('%s nodes hand %s %s bytes, and one node is given at most 4 MiB', nodes, (result).node_id, bytes));
  elsif (result).status <> 'waiting' then
    return null;                                   -- it has begun no runs
  end if;
  select count(*), sum(octet_length(c.output::text)) into nodes, bytes
  from lenses.workflow_runs c where c.parent_run_id = (run).run_id and c.parent_node_id = (result).node_id and c.created_at >= (result).queued_at and c.output is not null;
  if bytes > most_of_children then
    return jsonb_build_object('code', 'context_too_large', 'message',
      format('The %s runs that %s began made %s bytes, and it is given at most 16 MiB: let them keep what they make, and hand on where it is', nodes, (result).node_id, bytes));
  end if;
  return null;
end $$;
comment on function lenses.context_refusal is 'Why a node is not handed what came before it, or what the runs that it began have made: {code: context_too_large}; null: it is.';
revoke execute on function lenses.context_refusal from public, anon, authenticated, service_role;

create function lenses.node_document(job execution.claimed_job, result lenses.workflow_node_results, run lenses.workflow_runs, node lenses.workflow_nodes) returns jsonb
language plpgsql stable security definer set search_path = '' set enable_nestloop = off set enable_hashjoin = on as $$
#variable_conflict use_variable
declare
  counts boolean := (node).node_type = 'team_run' or (node).lens ->> 'kind' = 'orchestration';   -- what it begins, against a budget of its own
begin
  return (
    select jsonb_build_object(
      'cancels', false, 'run_id', (run).run_id, 'root_run_id', (run).root_run_id, 'workflow_id', (run).workflow_id, 'depth', (run).depth,
      'dry_run', (run).dry_run, 'owner_id', (run).owner_id, 'node_id', (node).node_id, 'node_type', (node).node_type, 'label', (node).label,
      'config', (node).config || case when (run).input_overrides ? (node).node_id then
        jsonb_build_object('param_overrides', coalesce((node).config -> 'param_overrides', '{}') || ((run).input_overrides -> (node).node_id)) else '{}' end,
      'lens', (node).lens, 'model_key', (node).model_key, 'run_inputs', (run).context_inputs, 'variables', (run).variables,
      'parents', case when z.refusal is null then lenses.parents_of(run, z.sources) else '{}' end,
      'edges', coalesce((
        select jsonb_agg(jsonb_build_object('ordinal', e.ordinal, 'source', e.source_node_id, 'source_port', e.source_port,
          'source_output_key', e.source_output_key, 'target_param_label', e.target_param_label, 'merge_strategy', e.merge_strategy,
          'outcome', lenses.edge_outcome(e, s)) order by e.ordinal)
        from lenses.workflow_edges e
        join lenses.workflow_node_results s on s.run_id = (run).run_id and s.node_id = any (z.sources) and s.node_id = e.source_node_id
        where e.version_id = (run).version_id and e.target_node_id = (node).node_id and e.source_port <> '@settled'), '[]'),
      'wait', (
        select jsonb_build_object('for', w.waits_for, 'waited_ms', ceil(extract(epoch from clock_timestamp() - w.begun_at) * 1000)::bigint,
          'expired', w.expires_at <= clock_timestamp(), 'answer', w.answer, 'state', w.state)
        from lenses.workflow_waits w where w.result_id = (result).result_id and w.ended_at is null),
      -- An array, and not jsonb_agg: that takes a time that grows with the square of what is in many texts (12 MB in 400 of them: half a minute).
      'children', case when z.refusal is null then to_jsonb(array(
        select jsonb_build_object('item_index', c.item_index, 'run_id', c.run_id, 'status', c.status, 'output', c.output, 'error', c.error)
            || case when counts then jsonb_build_object('cost_usd', lenses.run_cost(c.run_id)) else '{}' end
        from lenses.workflow_runs c where c.parent_run_id = (run).run_id and c.parent_node_id = (node).node_id and c.root_run_id = (run).root_run_id
          and c.created_at >= (result).queued_at order by c.item_index)) else '[]' end,
      'deadline_ms', ceil(extract(epoch from least((job).deadline_at, (run).deadline_at, t.deadline_at) - clock_timestamp()) * 1000)::bigint,
      'checkpoint', (select k.state from execution.checkpoints k where k.job_id = (job).job_id),
      'task', case when t.task_id is not null then jsonb_build_object(
        'task_id', t.task_id, 'provider_task_id', t.provider_task_id, 'details', t.details -> 'provider', 'polls', t.polls,
        'age_ms', ceil(extract(epoch from clock_timestamp() - t.created_at) * 1000)::bigint) end,
      'done_before', (result).done_before, 'ended_tasks', (select count(*) from execution.async_tasks w where w.job_id = (job).job_id and w.state <> 'open'))
      || case when counts then jsonb_build_object('begins', lenses.versions_begun((node).config)) else '{}' end
      || case when z.refusal is not null then jsonb_build_object('refused', z.refusal) else '{}' end
    from (
      select y.sources, lenses.context_refusal(run, result, y.sources) as refusal
      from (select lenses.sources_of((run).version_id, (node).node_id) as sources offset 0) y offset 0) z   -- once, and not wherever it is named
    left join execution.async_tasks t on t.job_id = (job).job_id and t.state = 'open');
end $$;
comment on function lenses.node_document is 'A node as its driver gets it, with everything it may read.';
revoke execute on function lenses.node_document from public, anon, authenticated, service_role;

create function lenses.node_keys(run lenses.workflow_runs, node lenses.workflow_nodes) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  keys jsonb := jsonb '{}';
  credential jsonb;
begin
  -- Whose key lies in its owner's browser is asked from there, or not at all.
  if (node).provider = any ((run).local_providers) then
    return jsonb_build_object('refused', jsonb_build_object('code', 'local_execution_unsupported', 'message', format(
      '%s is asked by a page of the run''s owner, which can do lenses of the kinds text, transform, validation and routing, and not what %s is.', (node).provider, (node).node_id)));
  end if;
  if (run).byok_keys ? (node).provider then
    keys := lensers.byok_for_claim(((run).byok_keys ->> (node).provider)::uuid, (run).owner_id, (node).provider);
  end if;
  if (node).credential_id is not null and not keys ? 'refused' then
    credential := lensers.byok_for_claim((node).credential_id, (run).owner_id, (node).credential_provider);
    keys := keys || case when credential ? 'refused' then credential else jsonb_build_object('credential', credential -> 'byok') end;
  end if;
  return keys;
end $$;
comment on function lenses.node_keys is 'The sealed keys a node''s driver may open: of the run''s owner for its provider, and the connection its config names; or why it may not run: {refused}.';
revoke execute on function lenses.node_keys from public, anon, authenticated, service_role;

create function lenses.fn_worker_claim_workflow_nodes(kind text, driver text, most integer default 1) returns jsonb
language plpgsql security definer
set search_path = '' set jit = off set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  claimed execution.claimed_job[] := array(select j from execution.fn_worker_claim_jobs(kind, driver, most) j);   -- see fn_worker_claim_battle_job
  jobs jsonb;
  budgeted lensers.priced_job[];
begin
  while claimed <> '{}' and exists (select from battles.battles b where b.held_at is not null) loop
    claimed := lenses.put_down_held(claimed);
    exit when claimed <> '{}';
    claimed := array(select j from execution.fn_worker_claim_jobs(kind, driver, most) j);   -- who waited behind them must not wait for them
  end loop;
  select to_jsonb(array_agg(jsonb_build_object(
    'lease_token', j.lease_token, 'job_id', j.job_id, 'attempts', j.attempts, 'reclaims', j.reclaims, 'max_attempts', j.max_attempts, 'kind', kind,
    'in_lane', exists (select from execution.lanes l where l.concurrency_key = n.concurrency_key),
    'limit_key', coalesce('byok:' || (run.byok_keys ->> n.provider), n.limit_key))
    || case when x.task_id is not null then jsonb_build_object('cancels', true, 'model_key', coalesce(n.model_key, x.details ->> 'model_key'), 'task', jsonb_build_object(
        'task_id', x.task_id, 'provider_task_id', x.provider_task_id, 'details', x.details -> 'provider', 'polls', x.polls, 'age_ms', 0))
      else lenses.node_document(j, r, run, n) end
    || lenses.node_keys(run, n) order by j.position)),
    array_agg((j.job_id, run.owner_id, coalesce(root.spender_id, run.root_run_id), root.budget_usd, battles.call_estimate(
        case when run.byok_keys ? n.provider then 'user_byok_cloud' else n.funding_source end, n.cost_estimate_usd),
      n.funding_source = 'platform_credit' and not run.byok_keys ? n.provider)::lensers.priced_job order by j.position)
      -- Asking for a task, or cancelling one, is no new call.
      filter (where x.task_id is null and n.provider is not null and n.model_key is not null
        and not exists (select from execution.async_tasks t where t.job_id = j.job_id and t.state = 'open')
        and (root.budget_usd is not null
          or n.funding_source = 'platform_credit' and not run.byok_keys ? n.provider and exists (select from lensers.budgets g where g.owner_id = run.owner_id)))
  into jobs, budgeted
  from unnest(claimed) j
  left join execution.async_tasks x on x.task_id = (j.payload ->> 'cancel_task')::bigint
  left join execution.jobs o on o.job_id = x.job_id
  left join lenses.workflow_node_results r on r.result_id = coalesce(j.subject_id, o.subject_id)
  left join lenses.workflow_runs run on run.run_id = r.run_id
  left join lenses.workflow_runs root on root.run_id = run.root_run_id
  left join lenses.workflow_nodes n on n.version_id = run.version_id and n.node_id = r.node_id
  where n.node_id is not null or x.task_id is not null;
  if budgeted is not null then
    jobs := lensers.fund_claimed(jobs, budgeted);
  end if;
  return execution.claim_document(kind, jobs);
end $$;
comment on function lenses.fn_worker_claim_workflow_nodes is
  'Drivers call it for up to `most` nodes of a kind: to run, to go on with (wait, children, checkpoint or task say how far they came), or, where cancels is true, a task to cancel at its provider. Of a run that answers in a battle an operator holds, none begins (lenses.put_down_held). refused: as in fn_worker_claim_battle_job.';
revoke execute on function lenses.fn_worker_claim_workflow_nodes from public, anon, authenticated, service_role;
grant execute on function lenses.fn_worker_claim_workflow_nodes to service_role;

create function lenses.fn_worker_claim_queued_run(driver text, most integer default 1) returns jsonb
language sql security definer set search_path = '' as $$
  select lenses.fn_worker_claim_workflow_nodes('lens_run', fn_worker_claim_queued_run.driver, fn_worker_claim_queued_run.most)
$$;
comment on function lenses.fn_worker_claim_queued_run is 'Drivers call it for up to `most` lens runs: fn_worker_claim_workflow_nodes for the nodes that ask a text model.';
revoke execute on function lenses.fn_worker_claim_queued_run from public, anon, authenticated, service_role;
grant execute on function lenses.fn_worker_claim_queued_run to service_role;

create function lenses.held_node(job_id bigint, lease_token bigint) returns lenses.workflow_node_results
language plpgsql security definer
set search_path = '' set enable_nestloop = on set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_variable
declare
  result lenses.workflow_node_results;
begin
  perform lenses.lock_job_owners(array[job_id]);
  select r.* into result from execution.leases l
  join execution.jobs j on j.job_id = held_node.job_id
  join lenses.workflow_node_results r on r.result_id = j.subject_id and r.finished_at is null
  where l.lease_token = held_node.lease_token and j.job_id = any (l.job_ids) and j.state = 'active'
  for update of l;
  return result;
end $$;
comment on function lenses.held_node is 'The node whose job this lease holds, with its tree and the lease locked; null when the lease was lost.';
revoke execute on function lenses.held_node from public, anon, authenticated, service_role;

create function lenses.record_notes(result lenses.workflow_node_results, notes jsonb) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  perform lenses.record_event((result).run_id, n.value ->> 'type', coalesce(n.value -> 'data', '{}'), (result).node_id)
  from jsonb_array_elements(coalesce(notes, '[]')) with ordinality n order by n.ordinality;
  insert into execution.execution_tags (run_id, node_id, tag, severity, metadata)
  select (result).run_id, (result).node_id, 'policy_violation', 'critical', n.value -> 'data'
  from jsonb_array_elements(coalesce(notes, '[]')) n where n.value ->> 'type' = 'moderation.flagged'
  on conflict on constraint execution_tags_pkey do update set metadata = excluded.metadata, created_at = now();
end $$;
comment on function lenses.record_notes is 'What happened in a node besides its end: into the log, and a violation into the run''s tags.';
revoke execute on function lenses.record_notes from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- ends

create function lenses.fn_worker_complete_workflow_node(job_id bigint, lease_token bigint, result jsonb) returns boolean
language plpgsql security definer
set search_path = '' set jit = off set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  node lenses.workflow_node_results := lenses.held_node(job_id, lease_token);
begin
  if node.run_id is null or not execution.close_job(job_id, lease_token, 'completed') then
    return false;
  end if;
  perform lensers.settle(job_id, coalesce((result ->> 'cost_usd')::numeric, 0));
  update lenses.workflow_node_results n set
    output_data = result -> 'envelope', ports = array(select jsonb_array_elements_text(result -> 'ports')), resolved_input = result -> 'resolved_input',
    input_tokens = (result ->> 'input_tokens')::integer, output_tokens = (result ->> 'output_tokens')::integer,
    cost_usd = nullif(coalesce(n.cost_usd, 0) + coalesce((result ->> 'cost_usd')::numeric, 0), 0), latency_ms = (result ->> 'latency_ms')::integer,
    wire_model = result ->> 'wire_model'
  where n.result_id = node.result_id;
  if jsonb_typeof(result -> 'variables') = 'object' then
    update lenses.workflow_runs r set variables = r.variables || (result -> 'variables') where r.run_id = node.run_id;
  end if;
  perform lenses.record_notes(node, result -> 'notes');
  if node.contender_id is not null and not battles.submit_slot(node.contender_id, lenses.slot_answer(result)) then
    perform lenses.record_event(node.run_id, 'node.unsubmitted', jsonb_build_object('contender_id', node.contender_id), node.node_id);
  end if;
  if not coalesce((result ->> 'stops_run')::boolean, false) then
    perform lenses.end_node(node, 'completed');
    return true;
  end if;
  update lenses.workflow_node_results n set status = 'completed', children_open = 0, finished_at = now() where n.result_id = node.result_id;
  perform lenses.record_event(node.run_id, 'node.completed', jsonb_build_object('ports', result -> 'ports', 'stops_run', true), node.node_id);
  perform lenses.end_run(node.run_id, result -> 'envelope');
  return true;
end $$;
comment on function lenses.fn_worker_complete_workflow_node is
  'Drivers call it with what a node came to: {envelope, ports, variables, resolved_input, notes, usage, stops_run}. What that unlocks is unlocked in the same transaction. False: the lease was lost, nothing changed.';
revoke execute on function lenses.fn_worker_complete_workflow_node from public, anon, authenticated, service_role;
grant execute on function lenses.fn_worker_complete_workflow_node to service_role;

create function lenses.fn_worker_complete_execution_run(job_id bigint, lease_token bigint, result jsonb) returns boolean
language sql security definer set search_path = '' as $$
  select lenses.fn_worker_complete_workflow_node(fn_worker_complete_execution_run.job_id, fn_worker_complete_execution_run.lease_token, fn_worker_complete_execution_run.result)
$$;
comment on function lenses.fn_worker_complete_execution_run is 'fn_worker_complete_workflow_node, for lens runs.';
revoke execute on function lenses.fn_worker_complete_execution_run from public, anon, authenticated, service_role;
grant execute on function lenses.fn_worker_complete_execution_run to service_role;

create function lenses.fn_worker_fail_workflow_node(job_id bigint, lease_token bigint, error jsonb, backoff_ms integer default null, notes jsonb default '[]') returns text
language plpgsql security definer
set search_path = '' set jit = off set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  node lenses.workflow_node_results := lenses.held_node(job_id, lease_token);
  outcome text;
begin
  if node.run_id is null then
    -- An errand at a provider has no node.
    if exists (select from execution.jobs j where j.job_id = fn_worker_fail_workflow_node.job_id and j.payload ? 'cancel_task') then
      return execution.fail_attempt(job_id, lease_token, error, backoff_ms);
    end if;
    return 'lost';
  end if;
  perform lenses.record_notes(node, notes);
  outcome := execution.fail_attempt(job_id, lease_token, error, backoff_ms);
  if outcome = 'requeued' then
    perform lensers.attempt_failed(job_id, (error ->> 'cost_usd')::numeric);
    update lenses.workflow_node_results n set cost_usd = coalesce(n.cost_usd, 0) + (error ->> 'cost_usd')::numeric
    where n.result_id = node.result_id and error ? 'cost_usd';
    perform lenses.record_event(node.run_id, 'node.retried', jsonb_build_object('error', error, 'backoff_ms', backoff_ms,
      'attempts', (select j.attempts from execution.jobs j where j.job_id = fn_worker_fail_workflow_node.job_id)), node.node_id);
  end if;
  return outcome;
end $$;
comment on function lenses.fn_worker_fail_workflow_node is
  'Drivers call it after a failure: again after backoff_ms, or with null not again. requeued, dead_lettered (the node has failed, or with node_timeout and deadline_exceeded timed out) or lost (nothing changed).';
revoke execute on function lenses.fn_worker_fail_workflow_node from public, anon, authenticated, service_role;
grant execute on function lenses.fn_worker_fail_workflow_node to service_role;

create function lenses.settle_buried_job(job_id bigint, error jsonb) returns void
language plpgsql security definer
set search_path = '' set enable_nestloop = on set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_variable
declare
  node lenses.workflow_node_results;
begin
  perform lensers.settle(job_id, case when error ->> 'code' <> 'lease_lost' then coalesce((error ->> 'cost_usd')::numeric, 0) end);
  select r.* into node from execution.jobs j join lenses.workflow_node_results r on r.result_id = j.subject_id and r.finished_at is null
  where j.job_id = settle_buried_job.job_id;
  if found then
    update lenses.workflow_node_results n set cost_usd = coalesce(n.cost_usd, 0) + (error ->> 'cost_usd')::numeric
    where n.result_id = node.result_id and error ? 'cost_usd';
    perform lenses.end_node(node, case when error ->> 'code' in ('node_timeout', 'deadline_exceeded', 'wait_expired', 'local_driver_missing') then 'timed_out' else 'failed' end::lenses.node_status, error - 'cost_usd');
  end if;                                          -- else an errand, or a node that was run again
end $$;
comment on function lenses.settle_buried_job is 'settle_owner of the kinds of workflow nodes: the node ends, and its run goes on.';
revoke execute on function lenses.settle_buried_job from public, anon, authenticated, service_role;

create function lenses.ended_jobs(job_ids bigint[]) returns bigint[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(j.job_id), '{}') from execution.jobs j
  left join lenses.workflow_node_results r on r.result_id = j.subject_id
  left join lenses.workflow_runs x on x.run_id = r.run_id
  where j.job_id = any (ended_jobs.job_ids) and (x.run_id is null or x.finished_at is not null)
$$;
comment on function lenses.ended_jobs is 'ended_jobs of the kinds of workflow nodes: a job may leave the hot table when its run is final, or gone.';
revoke execute on function lenses.ended_jobs from public, anon, authenticated, service_role;
