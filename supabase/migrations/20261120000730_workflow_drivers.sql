-- What drivers of workflow nodes call: claim, complete, fail, wait, hand to a provider. Every write names the lease token of its claim.
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
    select coalesce(jsonb_object_agg(r.node_id, jsonb_build_object('label', n.label, 'node_type', n.node_type, 'status', r.status, 'envelope', r.output_data, 'error', r.error)), '{}')
    from lenses.workflow_node_results r
    join lenses.workflow_nodes n on n.version_id = (run).version_id and n.node_id = any (sources) and n.node_id = r.node_id
    where r.run_id = (run).run_id and r.node_id = any (sources));
end $$;
comment on function lenses.parents_of is 'What these nodes, the ones right before a node, came to, by their ids.';
revoke execute on function lenses.parents_of from public, anon, authenticated, service_role;

create function lenses.context_refusal(run lenses.workflow_runs, node_id text, sources text[]) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  return (
    select jsonb_build_object('code', 'context_too_large', 'message', format('%s nodes hand %s %s bytes, and one node is given at most 4 MiB', count(*), context_refusal.node_id,
      sum(octet_length(r.output_data::text))))
    from lenses.workflow_node_results r where r.run_id = (run).run_id and r.node_id = any (sources) and r.output_data is not null
    having sum(octet_length(r.output_data::text)) > 4194304);
end $$;
comment on function lenses.context_refusal is 'Why a node is not handed what came before it: {code: context_too_large}; null: it is.';
revoke execute on function lenses.context_refusal from public, anon, authenticated, service_role;

create function lenses.node_document(job execution.claimed_job, result lenses.workflow_node_results, run lenses.workflow_runs, node lenses.workflow_nodes) returns jsonb
language plpgsql stable security definer set search_path = '' set enable_nestloop = off set enable_hashjoin = on as $$
#variable_conflict use_variable
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
      'children', coalesce((
        select jsonb_agg(jsonb_build_object('item_index', c.item_index, 'run_id', c.run_id, 'status', c.status, 'output', c.output, 'error', c.error) order by c.item_index)
        from lenses.workflow_runs c where c.parent_run_id = (run).run_id and c.parent_node_id = (node).node_id and c.root_run_id = (run).root_run_id
          and c.created_at >= (result).queued_at), '[]'),
      'deadline_ms', ceil(extract(epoch from least((job).deadline_at, (run).deadline_at, t.deadline_at) - clock_timestamp()) * 1000)::bigint,
      'checkpoint', (select k.state from execution.checkpoints k where k.job_id = (job).job_id),
      'task', case when t.task_id is not null then jsonb_build_object(
        'task_id', t.task_id, 'provider_task_id', t.provider_task_id, 'details', t.details -> 'provider', 'polls', t.polls,
        'age_ms', ceil(extract(epoch from clock_timestamp() - t.created_at) * 1000)::bigint) end,
      'ended_tasks', (select count(*) from execution.async_tasks w where w.job_id = (job).job_id and w.state <> 'open'))
      || case when z.refusal is not null then jsonb_build_object('refused', z.refusal) else '{}' end
    from (
      select y.sources, lenses.context_refusal(run, (node).node_id, y.sources) as refusal
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
  select jsonb_agg(jsonb_build_object(
    'lease_token', j.lease_token, 'job_id', j.job_id, 'attempts', j.attempts, 'reclaims', j.reclaims, 'max_attempts', j.max_attempts, 'kind', kind,
    'in_lane', exists (select from execution.lanes l where l.concurrency_key = n.concurrency_key),
    'limit_key', coalesce('byok:' || (run.byok_keys ->> n.provider), n.limit_key))
    || case when x.task_id is not null then jsonb_build_object('cancels', true, 'model_key', coalesce(n.model_key, x.details ->> 'model_key'), 'task', jsonb_build_object(
        'task_id', x.task_id, 'provider_task_id', x.provider_task_id, 'details', x.details -> 'provider', 'polls', x.polls, 'age_ms', 0))
      else lenses.node_document(j, r, run, n) end
    || lenses.node_keys(run, n) order by j.position),
    array_agg((j.job_id, run.owner_id, run.root_run_id, root.budget_usd, battles.call_estimate(
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
  'Drivers call it for up to `most` nodes of a kind: to run, to go on with (wait, children, checkpoint or task say how far they came), or, where cancels is true, a task to cancel at its provider. refused: as in fn_worker_claim_battle_job.';
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
  if not coalesce((result ->> 'stops_run')::boolean, false) then
    perform lenses.end_node(node, 'completed');
    return true;
  end if;
  update lenses.workflow_node_results n set status = 'completed', finished_at = now() where n.result_id = node.result_id;
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
    perform lenses.end_node(node, case when error ->> 'code' in ('node_timeout', 'deadline_exceeded', 'wait_expired') then 'timed_out' else 'failed' end::lenses.node_status, error - 'cost_usd');
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

-- ---------------------------------------------------------------- waits

create function lenses.fn_worker_suspend_workflow_node(job_id bigint, lease_token bigint, wait jsonb) returns boolean
language plpgsql security definer
set search_path = '' set jit = off set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  node lenses.workflow_node_results := lenses.held_node(job_id, lease_token);
  run lenses.workflow_runs;
  waiting lenses.workflow_waits;
  begun integer;
  due boolean;
begin
  if node.run_id is null then
    return false;
  end if;
  select r.* into strict run from lenses.workflow_runs r where r.run_id = node.run_id;
  perform lenses.make_queues(array(select distinct (c.value ->> 'version_id')::uuid from jsonb_array_elements(wait -> 'children') c), run.byok_keys);
  insert into lenses.workflow_waits as w (run_id, node_id, result_id, waits_for, state, prompt, token_sha256, children_max, fail_fast, expires_at)
  values (node.run_id, node.node_id, node.result_id, wait ->> 'for', coalesce(wait -> 'state', '{}'), wait ->> 'prompt', wait ->> 'token_sha256',
    (wait ->> 'max_concurrent')::integer, coalesce((wait -> 'state' ->> 'fail_fast')::boolean, false),
    clock_timestamp() + make_interval(secs => (wait ->> 'expires_in_ms')::bigint / 1000.0))
  on conflict (result_id) where ended_at is null do update set state = excluded.state, waits_for = excluded.waits_for,
    token_sha256 = coalesce(excluded.token_sha256, w.token_sha256), children_max = coalesce(excluded.children_max, w.children_max), expires_at = excluded.expires_at,
    answer = case when w.waits_for = excluded.waits_for then w.answer end   -- what was answered to another question is no answer to this one
  returning w.* into waiting;
  insert into lenses.workflow_runs (root_run_id, parent_run_id, parent_node_id, item_index, depth, workflow_id, version_id, owner_id, trigger_mode,
    context_inputs, byok_keys, dry_run, priority, scheduling, max_in_flight, variables, deadline_at)
  select run.root_run_id, run.run_id, node.node_id, (c.value ->> 'item_index')::integer, run.depth + 1, v.workflow_id, v.version_id, run.owner_id,
    case n.node_type when 'loop_map' then 'loop' when 'sub_workflow' then 'subflow' else 'orchestration' end,
    coalesce(c.value -> 'inputs', '{}'), run.byok_keys, run.dry_run, run.priority, v.scheduling, v.max_in_flight, run.variables, run.deadline_at
  from jsonb_array_elements(coalesce(wait -> 'children', '[]')) c
  join lenses.workflow_versions v on v.version_id = (c.value ->> 'version_id')::uuid
  join lenses.workflow_nodes n on n.version_id = run.version_id and n.node_id = node.node_id
  order by (c.value ->> 'item_index')::integer;
  get diagnostics begun = row_count;
  if begun <> jsonb_array_length(coalesce(wait -> 'children', '[]')) then
    raise exception 'a child of node % names a version that does not exist', node.node_id using errcode = 'foreign_key_violation';
  end if;
  if node.status = 'queued' then
    update lenses.workflow_runs r set in_flight = r.in_flight - 1 where r.run_id = run.run_id;
  end if;
  update lenses.workflow_node_results n set status = 'waiting', cost_usd = nullif(coalesce(n.cost_usd, 0) + coalesce((wait ->> 'cost_usd')::numeric, 0), 0), children_open = (
    select count(*) from lenses.workflow_runs c where c.parent_run_id = run.run_id and c.parent_node_id = node.node_id and c.finished_at is null)
  where n.result_id = node.result_id returning n.* into node;
  -- What it waits for may have come since the claim.
  due := waiting.answer is not null or (waiting.waits_for = 'children' and node.children_open = 0);
  if not execution.park_job(job_id, lease_token, (select j.queue_id from execution.jobs j where j.job_id = fn_worker_suspend_workflow_node.job_id),
      case when due then 0 else least((wait ->> 'expires_in_ms')::bigint, 2147483647)::integer end) then
    raise exception 'the job of a held node could not be parked';
  end if;
  perform lensers.settle(job_id, coalesce((wait ->> 'cost_usd')::numeric, 0));
  perform lenses.record_event(run.run_id, 'node.waiting', jsonb_build_object('for', waiting.waits_for, 'expires_at', waiting.expires_at, 'prompt', waiting.prompt,
    'children', nullif(node.children_open, 0)), node.node_id);
  if waiting.waits_for = 'children' then
    perform lenses.start_children(run.run_id, node.node_id);
  end if;
  perform lenses.launch(run.run_id);
  return true;
end $$;
comment on function lenses.fn_worker_suspend_workflow_node is
  'Drivers call it when a node waits: {for, expires_in_ms, state, prompt, token_sha256, children, max_concurrent, cost_usd}. Its children are runs from then on; its job is parked until an answer, the last child or the time comes, and the place it held among the run''s nodes is free. False: the lease was lost, nothing changed.';
revoke execute on function lenses.fn_worker_suspend_workflow_node from public, anon, authenticated, service_role;
grant execute on function lenses.fn_worker_suspend_workflow_node to service_role;

create function lenses.answer_wait(waiting lenses.workflow_waits, answer jsonb) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  perform lenses.lock_root((waiting).run_id);
  select w.* into waiting from lenses.workflow_waits w where w.wait_id = (waiting).wait_id;
  if not found then
    return 'ended';                                -- the node is being run again
  elsif waiting.answer is not null then
    return 'already_answered';
  elsif waiting.ended_at is not null then
    return 'ended';
  elsif waiting.expires_at <= clock_timestamp() then
    return 'expired';
  end if;
  update lenses.workflow_waits w set answer = answer_wait.answer, answered_at = now() where w.wait_id = waiting.wait_id;
  perform lenses.record_event(waiting.run_id, 'node.answered', jsonb_build_object('for', waiting.waits_for, 'decision', answer -> 'decision', 'by', answer -> 'by'), waiting.node_id);
  perform execution.ring_job(n.job_id) from lenses.workflow_node_results n where n.result_id = waiting.result_id;
  return 'answered';
end $$;
comment on function lenses.answer_wait is 'answered; already_answered, ended or expired changed nothing. Whoever answers second is told already_answered also when the node has gone on.';
revoke execute on function lenses.answer_wait from public, anon, authenticated, service_role;

create function lenses.fn_waits_answer(token_sha256 text, answer jsonb) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  waiting lenses.workflow_waits;
begin
  select w.* into waiting from lenses.workflow_waits w where w.token_sha256 = fn_waits_answer.token_sha256 and w.waits_for in ('approval', 'external');
  return case when found then lenses.answer_wait(waiting, answer) else 'not_found' end;
end $$;
comment on function lenses.fn_waits_answer is 'api calls it for whoever has the token of an approval or an external wait: {decision, data, by}. As answer_wait, or not_found.';
revoke execute on function lenses.fn_waits_answer from public, anon, authenticated, service_role;
grant execute on function lenses.fn_waits_answer to service_role;

create function lenses.fn_workflow_runs_answer(run_id uuid, owner_id uuid, node_id text, answer jsonb) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  waiting lenses.workflow_waits;
begin
  select w.* into waiting from lenses.workflow_waits w join lenses.workflow_runs r on r.run_id = w.run_id
  where w.run_id = fn_workflow_runs_answer.run_id and w.node_id = fn_workflow_runs_answer.node_id and r.owner_id = fn_workflow_runs_answer.owner_id
    and w.waits_for in ('approval', 'external')
  order by w.wait_id desc limit 1;
  return case when found then lenses.answer_wait(waiting, answer) else 'not_found' end;
end $$;
comment on function lenses.fn_workflow_runs_answer is 'api calls it for a run''s owner, who needs no token. As fn_waits_answer.';
revoke execute on function lenses.fn_workflow_runs_answer from public, anon, authenticated, service_role;
grant execute on function lenses.fn_workflow_runs_answer to service_role;

-- ---------------------------------------------------------------- long answers and providers' tasks

create function lenses.fn_worker_checkpoint_node(job_id bigint, lease_token bigint, checkpoint jsonb, delta jsonb default null, yields boolean default false) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  node lenses.workflow_node_results := lenses.held_node(job_id, lease_token);
  held integer;
begin
  if node.run_id is null then
    return false;
  end if;
  held := coalesce((select battles.utf16_length(k.state ->> 'text') from execution.checkpoints k where k.job_id = fn_worker_checkpoint_node.job_id), 0);
  if not execution.save_checkpoint(job_id, lease_token, checkpoint) then
    return false;
  end if;
  if (delta ->> 'offset')::integer <= held and (delta ->> 'offset')::integer + battles.utf16_length(delta ->> 'text') > held then
    perform lenses.record_event(node.run_id, 'node.delta', jsonb_build_object('offset', held,
      'text', battles.utf16_from(delta ->> 'text', held - (delta ->> 'offset')::integer)), node.node_id);
  end if;
  return not yields or execution.yield_job(job_id, lease_token);
end $$;
comment on function lenses.fn_worker_checkpoint_node is
  'Drivers call it as a node''s text grows, about once a second, and with yields when their slice ends before it does: the next driver goes on from the checkpoint. The event node.delta begins where the held text ends. False: the lease was lost, nothing changed.';
revoke execute on function lenses.fn_worker_checkpoint_node from public, anon, authenticated, service_role;
grant execute on function lenses.fn_worker_checkpoint_node to service_role;

create function lenses.fn_worker_open_node_task(job_id bigint, lease_token bigint, task jsonb) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  result lenses.workflow_node_results := lenses.held_node(job_id, lease_token);
  node lenses.workflow_nodes;
  deadline_at timestamptz;
begin
  if result.run_id is null then
    return false;
  end if;
  select n.* into strict node from lenses.workflow_runs r join lenses.workflow_nodes n on n.version_id = r.version_id and n.node_id = result.node_id
  where r.run_id = result.run_id;
  deadline_at := least(now() + lenses.task_budget(node), result.deadline_at);
  perform execution.open_task(job_id, node.provider, task ->> 'provider_task_id',
    jsonb_build_object('model_key', node.model_key, 'provider', coalesce(task -> 'details', '{}')), deadline_at);
  perform lenses.record_event(result.run_id, 'node.task_opened', jsonb_build_object('provider', node.provider, 'provider_task_id', task ->> 'provider_task_id'), result.node_id);
  return execution.park_job(job_id, lease_token, (select j.queue_id from execution.jobs j where j.job_id = fn_worker_open_node_task.job_id),
    battles.until_deadline((task ->> 'poll_after_ms')::integer, deadline_at));
end $$;
comment on function lenses.fn_worker_open_node_task is
  'Drivers call it when a provider has taken a node''s task: {provider_task_id, details, poll_after_ms}. The job waits without a lease, and each poll is a claim of it. False: the lease was lost, nothing changed.';
revoke execute on function lenses.fn_worker_open_node_task from public, anon, authenticated, service_role;
grant execute on function lenses.fn_worker_open_node_task to service_role;

create function lenses.fn_worker_repark_node_task(job_id bigint, lease_token bigint, poll_after_ms integer, progress real default null) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  result lenses.workflow_node_results := lenses.held_node(job_id, lease_token);
  asked_at timestamptz := (select l.claimed_at from execution.leases l where l.lease_token = fn_worker_repark_node_task.lease_token);
  task execution.async_tasks;
  before real := (select t.progress from execution.async_tasks t where t.job_id = fn_worker_repark_node_task.job_id and t.state = 'open');
begin
  if result.run_id is null then
    return false;
  end if;
  -- Its row lock orders this with a callback: either that is seen here, or it finds the row that park_job is about to write.
  update execution.async_tasks t set polls = t.polls + 1, polled_at = now(), progress = coalesce(least(greatest(fn_worker_repark_node_task.progress, 0), 1), t.progress)
  where t.job_id = fn_worker_repark_node_task.job_id and t.state = 'open' returning t.* into task;
  if not found then
    return false;
  end if;
  if task.progress is distinct from before then
    perform lenses.record_event(result.run_id, 'node.progress', jsonb_build_object('progress', round(task.progress::numeric, 3)), result.node_id);
  end if;
  return execution.park_job(job_id, lease_token, (select j.queue_id from execution.jobs j where j.job_id = fn_worker_repark_node_task.job_id),
    case when task.called_back_at > asked_at then 0 else battles.until_deadline(poll_after_ms, task.deadline_at) end);
end $$;
comment on function lenses.fn_worker_repark_node_task is
  'Drivers call it when a node''s task still runs: it is asked for again in poll_after_ms, at its deadline at the latest, and at once if the provider called back meanwhile. False: the lease was lost, nothing changed.';
revoke execute on function lenses.fn_worker_repark_node_task from public, anon, authenticated, service_role;
grant execute on function lenses.fn_worker_repark_node_task to service_role;
