-- The two endings of an act that end no job: pending (a provider keeps the task) and partial (the slice is over, the answer is not).
--
-- A pending job is not a thing of its own. It moves into the queue of those who poll, waits there in `later` without a lease,
-- and each poll is an ordinary claim of it: fenced, reclaimed, cancelled and dead-lettered like any other. A callback makes the
-- next poll due at once and carries nothing: who polls asks the provider itself.

create function execution.park_job(job_id bigint, lease_token bigint, queue_id integer, run_after_ms integer) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  job execution.jobs;
begin
  if cardinality(execution.release(lease_token, array[job_id])) = 0 then
    return false;
  end if;
  update execution.jobs j set queue_id = park_job.queue_id, reclaims = 0
  where j.job_id = park_job.job_id and j.state = 'active' returning j.* into job;
  if not found then
    return false;
  end if;
  insert into execution.later (run_after, job_id, queue_id, priority)
  values (clock_timestamp() + make_interval(secs => greatest(run_after_ms, 0) / 1000.0), job_id, queue_id, job.priority);
  return true;
end $$;
comment on function execution.park_job is
  'Puts a leased job down until run_after_ms from now, in the same queue or another, with no attempt counted and the lost leases before forgotten: it does not kill its drivers. For its owner''s function, which holds the owner''s lock. False: the lease was lost or the job ended, and nothing changed.';
revoke execute on function execution.park_job from public, anon, authenticated, service_role;

create function execution.ring_job(job_id bigint) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  waiting execution.later;
begin
  delete from execution.later w where w.job_id = ring_job.job_id returning w.* into waiting;
  if found then
    perform execution.make_ready(waiting.queue_id, waiting.priority, array[job_id]);
  end if;
  return found;
end $$;
comment on function execution.ring_job is 'What a parked job waits for has come: it is ready now. False: it is not parked, and whoever has it will see for itself.';
revoke execute on function execution.ring_job from public, anon, authenticated, service_role;

create function execution.yield_job(job_id bigint, lease_token bigint) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  job execution.jobs;
begin
  if cardinality(execution.release(lease_token, array[job_id])) = 0 then
    return false;
  end if;
  update execution.jobs j set reclaims = 0 where j.job_id = yield_job.job_id and j.state = 'active' returning j.* into job;
  if not found then
    return false;
  end if;
  perform execution.make_ready(job.queue_id, job.priority, array[job_id]);
  return true;
end $$;
comment on function execution.yield_job is
  'Hands a leased job to the next driver at once, with no attempt counted and the lost leases before forgotten: its checkpoint says how far it came. False: the lease was lost or the job ended, and nothing changed.';
revoke execute on function execution.yield_job from public, anon, authenticated, service_role;

create function execution.save_checkpoint(job_id bigint, lease_token bigint, state jsonb) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  perform from execution.leases l join execution.jobs j on j.job_id = save_checkpoint.job_id
  where l.lease_token = save_checkpoint.lease_token and j.job_id = any (l.job_ids) and j.state = 'active'
  for update of l;
  if not found then
    return false;
  end if;
  insert into execution.checkpoints as c (job_id, state) values (job_id, state)
  on conflict on constraint checkpoints_pkey do update set state = excluded.state, saved_at = now();
  update execution.jobs j set reclaims = 0 from execution.queues q, execution.job_kinds k
  where j.job_id = save_checkpoint.job_id and j.reclaims > 0 and q.queue_id = j.queue_id and k.kind = q.kind and k.resumes;
  return true;
end $$;
comment on function execution.save_checkpoint is 'Keeps how far a leased job has come; one that comes further is not what killed its drivers, and its lost leases are forgotten. False: the lease was lost or the job ended, and nothing changed.';
revoke execute on function execution.save_checkpoint from public, anon, authenticated, service_role;

create function execution.open_task(job_id bigint, provider text, provider_task_id text, details jsonb, deadline_at timestamptz) returns bigint
language sql security definer set search_path = '' as $$
  insert into execution.async_tasks (job_id, home_queue_id, provider, provider_task_id, details, deadline_at)
  select j.job_id, j.queue_id, open_task.provider, open_task.provider_task_id, coalesce(open_task.details, '{}'), open_task.deadline_at
  from execution.jobs j where j.job_id = open_task.job_id
  returning task_id
$$;
comment on function execution.open_task is 'Records that a provider has a job''s task, for its owner''s function, which parks the job in the same transaction.';
revoke execute on function execution.open_task from public, anon, authenticated, service_role;

create function execution.fn_worker_callback(provider text, provider_task_id text, event_id text) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  task execution.async_tasks;
begin
  select t.* into task from execution.async_tasks t
  where t.provider = fn_worker_callback.provider and t.provider_task_id = fn_worker_callback.provider_task_id
  order by t.task_id desc limit 1;
  if not found then
    return 'unknown_task';
  end if;
  insert into execution.callback_receipts (provider, event_id) values (provider, event_id) on conflict do nothing;
  if not found then
    return 'replayed';
  end if;
  update execution.async_tasks t set called_back_at = now() where t.task_id = task.task_id and t.state = 'open';
  if not found then
    return 'ended';
  end if;
  -- A poll under way, or due already, waits nowhere and sees the result by itself; or it was too early, and its next wait is short.
  perform execution.ring_job(task.job_id);
  return 'noted';
end $$;
comment on function execution.fn_worker_callback is
  'provider-callback calls it for a callback whose signature holds: the task''s next poll is due now. noted; replayed (known event); ended (the task is no longer open); unknown_task (perhaps not yet recorded: the provider should call again).';
revoke execute on function execution.fn_worker_callback from public, anon, authenticated, service_role;
grant execute on function execution.fn_worker_callback to service_role;
