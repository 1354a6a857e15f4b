-- The two endings of a node's act that end no job: an answer that goes on in another step, and a task that a provider keeps.

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
