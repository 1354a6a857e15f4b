-- What a node waits for: a time, a person, an event outside, or the runs it began. Its job is parked meanwhile, and holds no lease.

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
  perform lenses.make_queues(array(select distinct (c.value ->> 'version_id')::uuid from jsonb_array_elements(wait -> 'children') c), run.byok_keys, run.owner_id, run.local_providers);
  insert into lenses.workflow_waits as w (run_id, node_id, result_id, waits_for, state, prompt, token_sha256, children_max, fail_fast, expires_at)
  values (node.run_id, node.node_id, node.result_id, wait ->> 'for', coalesce(wait -> 'state', '{}'), wait ->> 'prompt', wait ->> 'token_sha256',
    (wait ->> 'max_concurrent')::integer, coalesce((wait -> 'state' ->> 'fail_fast')::boolean, false),
    clock_timestamp() + make_interval(secs => (wait ->> 'expires_in_ms')::bigint / 1000.0))
  on conflict (result_id) where ended_at is null do update set state = excluded.state, waits_for = excluded.waits_for,
    token_sha256 = coalesce(excluded.token_sha256, w.token_sha256), children_max = coalesce(excluded.children_max, w.children_max), expires_at = excluded.expires_at,
    answer = case when w.waits_for = excluded.waits_for then w.answer end   -- what was answered to another question is no answer to this one
  returning w.* into waiting;
  insert into lenses.workflow_runs (root_run_id, parent_run_id, parent_node_id, item_index, depth, workflow_id, version_id, owner_id, trigger_mode,
    context_inputs, byok_keys, local_providers, dry_run, priority, scheduling, max_in_flight, variables, deadline_at)
  select run.root_run_id, run.run_id, node.node_id, (c.value ->> 'item_index')::integer, run.depth + 1, v.workflow_id, v.version_id, run.owner_id,
    case n.node_type when 'loop_map' then 'loop' when 'sub_workflow' then 'subflow' when 'team_run' then 'team' else 'orchestration' end,
    coalesce(c.value -> 'inputs', '{}'), run.byok_keys, run.local_providers, run.dry_run, run.priority, v.scheduling, v.max_in_flight, run.variables, run.deadline_at
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
  perform lenses.record_notes(node, wait -> 'notes');
  perform lenses.record_event(run.run_id, 'node.waiting', jsonb_build_object('for', waiting.waits_for, 'expires_at', waiting.expires_at, 'prompt', waiting.prompt,
    'children', nullif(node.children_open, 0)), node.node_id);
  if waiting.waits_for = 'children' then
    perform lenses.start_children(run.run_id, node.node_id);
  end if;
  perform lenses.launch(run.run_id);
  return true;
end $$;
comment on function lenses.fn_worker_suspend_workflow_node is
  'Drivers call it when a node waits: {for, expires_in_ms, state, prompt, token_sha256, children, max_concurrent, cost_usd, notes}. Its children are runs from then on; its job is parked until an answer, the last child or the time comes, and the place it held among the run''s nodes is free. False: the lease was lost, nothing changed.';
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
