-- The execution bridge: a worker that has one lets it answer for contenders (docs/execution-bridge.md).
--
-- A contender's job is delegated under the lease of its claim, and belongs to bridge_execution from then on, before the bridge hears of
-- it: whatever becomes of the driver, only one that reaches the bridge takes the job up again, and submits it under the same key.

create function battles.fn_worker_delegate_battle_job(job_id bigint, lease_token bigint) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  kind text;
begin
  perform battles.lock_job_owners(array[job_id]);
  select q.kind into kind from execution.leases l
  join execution.jobs j on j.job_id = fn_worker_delegate_battle_job.job_id
  join execution.queues q on q.queue_id = j.queue_id
  where l.lease_token = fn_worker_delegate_battle_job.lease_token and j.job_id = any (l.job_ids) and j.state = 'active' and j.subject_id is not null
  for update of l;
  if kind is distinct from 'battle_job' then
    return coalesce(kind = 'bridge_execution', false);   -- again, by a driver that did not hear of the first time
  end if;
  update execution.jobs j
  set queue_id = execution.queue_for('bridge_execution', limit_key => 'bridge', provider => 'bridge'),
    payload = j.payload || jsonb_build_object('delegated_at', now())
  where j.job_id = fn_worker_delegate_battle_job.job_id;
  return true;
end $$;
comment on function battles.fn_worker_delegate_battle_job is
  'A worker with an execution bridge calls it for a contender''s job it holds, before the bridge is asked: the lease stays, and the job, if it is put down or lost, is only for workers with a bridge. False: the lease was lost, nothing changed.';
revoke execute on function battles.fn_worker_delegate_battle_job from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_delegate_battle_job to service_role;

create function battles.fn_worker_claim_bridge_executions(driver text, most integer default 1) returns jsonb
language sql security definer set search_path = '' as $$
  select battles.claim_tasks('bridge_execution', fn_worker_claim_bridge_executions.driver, fn_worker_claim_bridge_executions.most)
$$;
comment on function battles.fn_worker_claim_bridge_executions is
  'Workers with an execution bridge call it for up to `most` executions: to submit (task null), to ask for, or, where cancels is true, to cancel at the bridge. ended_tasks: executions of this job that have ended. by_time_budget: deadline_ms is the contender''s own, and not the bridge''s. Otherwise as fn_worker_claim_battle_job.';
revoke execute on function battles.fn_worker_claim_bridge_executions from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_claim_bridge_executions to service_role;

create function battles.fn_end_stray_delegations() returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  stray record;
  ended integer := 0;
begin
  if execution.has_capability('execution_bridge') then
    return 0;                                      -- whoever has a bridge ends what is late by itself
  end if;
  for stray in
    select j.job_id, j.queue_id, c.battle_id from execution.queues q
    cross join lateral (
      select r.job_id from execution.ready r where r.queue_id = q.queue_id
      union all select w.job_id from execution.later w where w.queue_id = q.queue_id) waits
    join execution.jobs j on j.job_id = waits.job_id and j.state = 'active'
    left join battles.contenders c on c.contender_id = j.subject_id
    left join execution.async_tasks t on t.task_id = coalesce((j.payload ->> 'cancel_task')::bigint,
      (select o.task_id from execution.async_tasks o where o.job_id = j.job_id and o.state = 'open'))
    where q.kind = 'bridge_execution' and now() - interval '10 minutes' > case
      when t.task_id is null then least(j.deadline_at, interval '1 hour' + greatest((j.payload ->> 'delegated_at')::timestamptz,
        (select max(d.redriven_at) from execution.dead_letters d where d.job_id = j.job_id)))
      when t.state = 'open' then t.deadline_at else t.finished_at + interval '1 hour' end
    order by c.battle_id, j.job_id limit 1000
  loop
    if stray.battle_id is not null then
      perform from battles.battles b where b.battle_id = stray.battle_id for update skip locked;
      continue when not found;                     -- it goes from battle to battle, and waits for none
    end if;
    begin
      delete from execution.later w where w.ctid = any (array(
        select x.ctid from execution.later x where x.job_id = stray.job_id for update skip locked));
      if not found then
        delete from execution.ready r where r.ctid = any (array(
          select x.ctid from execution.ready x where x.queue_id = stray.queue_id and x.job_id = stray.job_id for update skip locked));
        continue when not found;                   -- somebody has just taken it
      end if;
      perform execution.bury(stray.job_id, jsonb_build_object('code', 'bridge_timeout', 'message', 'No worker with an execution bridge was there to ask for it'));
      ended := ended + 1;
    exception when others then
      raise warning 'Agon could not end the delegated job %: %', stray.job_id, sqlerrm;
    end;
  end loop;
  return ended;
end $$;
comment on function battles.fn_end_stray_delegations is
  'On a schedule, and called by workers: when no worker with an execution bridge was heard of for ten minutes, ends what the bridge should have ended ten minutes ago: an execution past its time, a contender delegated an hour before, an errand nobody ran. Returns how many.';
revoke execute on function battles.fn_end_stray_delegations from public, anon, authenticated, service_role;
grant execute on function battles.fn_end_stray_delegations to service_role;
