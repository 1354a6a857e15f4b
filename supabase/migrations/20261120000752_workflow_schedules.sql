-- Schedules. When one is due is computed by a library that knows time zones (packages/runner-core/src/triggers) and written down ahead, so
-- that starting what is due is one statement over an index, here, and needs no clock but the database's.

insert into execution.job_kinds (kind, wake_function, lock_owner, settle_owner) values
  ('schedule_refill', 'start-workflows', 'lenses.lock_trigger_owners', 'lenses.settle_buried_trigger');
insert into execution.job_kinds (kind, wake_function, fair, lock_owner, settle_owner) values
  ('workflow_trigger', 'start-workflows', true, 'lenses.lock_trigger_owners', 'lenses.settle_buried_trigger');
insert into execution.queues (kind) values ('schedule_refill'), ('workflow_trigger');

create function lenses.lock_trigger_owners(job_ids bigint[]) returns void
language sql security definer set search_path = '' as $$
  select t.trigger_id from lenses.workflow_triggers t
  where t.trigger_id in (select (j.payload ->> 'trigger_id')::uuid from execution.jobs j where j.job_id = any (lock_trigger_owners.job_ids))
  order by t.trigger_id for no key update of t
$$;
comment on function lenses.lock_trigger_owners is 'lock_owner of what triggers make jobs for. Without the key, so that an event may add a firing meanwhile: its foreign key shares it.';
revoke execute on function lenses.lock_trigger_owners from public, anon, authenticated, service_role;

create function lenses.settle_buried_trigger(job_id bigint, error jsonb) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  payload jsonb := (select j.payload from execution.jobs j where j.job_id = settle_buried_trigger.job_id);
begin
  if payload ? 'firing_id' then
    perform lenses.record_start((payload ->> 'trigger_id')::uuid, (payload ->> 'firing_id')::bigint,
      jsonb_build_object('refused', error ->> 'code', 'message', error ->> 'message'), true);
  else
    update lenses.workflow_triggers t set refill_job_id = null, refill_after = now() + interval '10 minutes'
    where t.refill_job_id = settle_buried_trigger.job_id and t.enabled;
  end if;
end $$;
comment on function lenses.settle_buried_trigger is 'settle_owner: the firing says why nothing was started; due times are computed again ten minutes later.';
revoke execute on function lenses.settle_buried_trigger from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- what is due

create function lenses.make_room(trigger_id uuid, room integer) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  run uuid;
  surplus integer := (select count(*) from lenses.workflow_runs r
    where r.trigger_id = make_room.trigger_id and r.finished_at is null and r.parent_run_id is null) - room + 1;
begin
  for run in
    select r.run_id from lenses.workflow_runs r
    where r.trigger_id = make_room.trigger_id and r.finished_at is null and r.parent_run_id is null
    order by r.created_at, r.run_id limit greatest(surplus, 0)
    -- A driver that holds one is just recording something of it: this schedule is looked at again in a moment.
    for update skip locked
  loop
    perform lenses.close_run(run, 'cancelled', jsonb_build_object('code', 'cancelled', 'message', 'The next run of its schedule took its place'));
    surplus := surplus - 1;
  end loop;
  return surplus <= 0;
end $$;
comment on function lenses.make_room is 'Cancels the oldest runs of a schedule until there is room for another. False: one of them is held by somebody at the moment.';
revoke execute on function lenses.make_room from public, anon, authenticated, service_role;

create function lenses.dispatch_due(trigger lenses.workflow_triggers, most_runs integer) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  config constant jsonb := (trigger).config;
  overlap constant text := coalesce(config ->> 'overlap', 'skip');
  room constant integer := coalesce((config ->> 'max_concurrent')::integer, case when overlap = 'parallel' then null else 1 end);
  late constant timestamptz := now() - make_interval(secs => coalesce((config ->> 'missed_after_ms')::numeric, 300000) / 1000);
  keep constant integer := case coalesce(config ->> 'missed', 'skip') when 'run_once' then 1 when 'run_all' then coalesce((config ->> 'missed_limit')::integer, 10) else 0 end;
  due lenses.schedule_dues;
  active integer;
  firing bigint;
  result jsonb;
  started integer := 0;
begin
  -- What nobody was there for in time: the latest of it that the policy keeps runs now, the rest is said to be missed.
  with missed as (
    select d.due_at, row_number() over (order by d.due_at desc) as nth from lenses.schedule_dues d
    where d.trigger_id = (trigger).trigger_id and d.due_at < late and d.queued_at is null
  ), gone as (
    delete from lenses.schedule_dues d using missed m where d.trigger_id = (trigger).trigger_id and d.due_at = m.due_at and m.nth > keep returning d.due_at
  )
  insert into lenses.trigger_firings (trigger_id, due_at, outcome, message)
  select (trigger).trigger_id, g.due_at, 'missed', 'Nothing dispatched it in time' from gone g order by g.due_at;
  for due in
    select d.* from lenses.schedule_dues d where d.trigger_id = (trigger).trigger_id and d.due_at <= now() order by d.due_at limit most_runs
  loop
    if room is not null then
      active := (select count(*) from lenses.workflow_runs r where r.trigger_id = (trigger).trigger_id and r.finished_at is null and r.parent_run_id is null);
      if active >= room and overlap = 'queue' then
        -- Those that wait were on time; beyond max_queued the newest are dropped.
        update lenses.schedule_dues d set queued_at = now() where d.trigger_id = (trigger).trigger_id and d.due_at <= now() and d.queued_at is null;
        with crowd as (
          select d.due_at, row_number() over (order by d.due_at) as nth from lenses.schedule_dues d where d.trigger_id = (trigger).trigger_id and d.queued_at is not null
        ), gone as (
          delete from lenses.schedule_dues d using crowd c
          where d.trigger_id = (trigger).trigger_id and d.due_at = c.due_at and c.nth > coalesce((config ->> 'max_queued')::integer, 10) returning d.due_at
        )
        insert into lenses.trigger_firings (trigger_id, due_at, outcome, message)
        select (trigger).trigger_id, g.due_at, 'skipped', 'As many wait as may: max_queued' from gone g order by g.due_at;
        exit;
      elsif active >= room and overlap = 'cancel_previous' then
        exit when not lenses.make_room((trigger).trigger_id, room);
      elsif active >= room then
        delete from lenses.schedule_dues d where d.trigger_id = due.trigger_id and d.due_at = due.due_at;
        insert into lenses.trigger_firings (trigger_id, due_at, outcome, message)
        values (due.trigger_id, due.due_at, 'skipped', format('%s of its runs had not ended', active));
        continue;
      end if;
    end if;
    delete from lenses.schedule_dues d where d.trigger_id = due.trigger_id and d.due_at = due.due_at;
    insert into lenses.trigger_firings (trigger_id, due_at, outcome) values (due.trigger_id, due.due_at, 'pending') returning firing_id into firing;
    begin
      result := lenses.start_by_trigger(trigger,
        jsonb_build_object(coalesce(config ->> 'input_label', 'scheduled_for'), to_char(due.due_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')),
        jsonb_build_object('trigger_mode', 'schedule', 'scheduled_for', due.due_at,
          'idempotency_key', format('trigger/%s/%s', due.trigger_id, extract(epoch from due.due_at)::bigint)));
    exception when others then
      if left(sqlstate, 2) in ('40', '53', '55', '57') then
        raise;                                     -- a deadlock, a full or stopping server: as if it had not been tried
      end if;
      result := jsonb_build_object('refused', 'internal', 'message', sqlerrm);
    end;
    perform lenses.record_start(due.trigger_id, firing, result, true);
    started := started + case when (result ->> 'created')::boolean then 1 else 0 end;
    update lenses.workflow_triggers t set last_due_at = greatest(t.last_due_at, due.due_at) where t.trigger_id = due.trigger_id and t.enabled;
    exit when not found;                           -- ten refusals have turned it off
  end loop;
  return started;
end $$;
comment on function lenses.dispatch_due is 'Deals with what is due of a schedule, oldest first, as its policies say. The caller holds the trigger. Returns how many runs began.';
revoke execute on function lenses.dispatch_due from public, anon, authenticated, service_role;

create function lenses.fn_dispatch_scheduled_workflows(most integer default 100) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  most_runs constant integer := 100;
  trigger lenses.workflow_triggers;
  queued bigint[];
  started integer := 0;
begin
  if exists (select from execution.switches s where s.scope = 'system') then
    return 0;                                      -- what falls due meanwhile is late when the switch is back, and each schedule says what then
  end if;
  for trigger in
    select t.* from lenses.workflow_triggers t where t.enabled and t.look_at <= now() order by t.look_at limit most for no key update skip locked
  loop
    begin
      started := started + lenses.dispatch_due(trigger, most_runs);
    exception when others then
      raise warning 'Agon could not dispatch the schedule %: %', (trigger).trigger_id, sqlerrm;
    end;
    -- What still waits for room is looked at again with the next call, after those that have waited longer.
    update lenses.workflow_triggers t set
      look_at = (select case when min(d.due_at) <= now() then now() + interval '5 seconds' else min(d.due_at) end from lenses.schedule_dues d where d.trigger_id = t.trigger_id)
    where t.trigger_id = trigger.trigger_id and t.enabled
    returning t.* into trigger;
    if trigger.enabled and trigger.look_at is null and trigger.refill_after is null then
      perform lenses.disable_trigger(trigger.trigger_id, 'ended');
    end if;
  end loop;
  for trigger in
    select t.* from lenses.workflow_triggers t
    where t.enabled and t.refill_after <= now()
      and not exists (select from execution.jobs j where j.job_id = t.refill_job_id and j.state in ('active', 'held'))
    order by t.refill_after limit most for no key update skip locked
  loop
    queued := execution.enqueue(execution.queue_for('schedule_refill'), array[jsonb_build_object('trigger_id', trigger.trigger_id)]);
    update lenses.workflow_triggers t set refill_job_id = queued[1] where t.trigger_id = trigger.trigger_id;
  end loop;
  return started;
end $$;
comment on function lenses.fn_dispatch_scheduled_workflows is
  'On a schedule, and called by workers: starts what is due of at most `most` schedules, each due time once whoever calls and however often, and asks for more due times where half of those written ahead are past. A schedule that another call is at is passed by; one that fails is a warning in the database log and is tried again. Nothing while the system is switched off. Returns how many runs began.';
revoke execute on function lenses.fn_dispatch_scheduled_workflows from public, anon, authenticated, service_role;
grant execute on function lenses.fn_dispatch_scheduled_workflows to service_role;

-- ---------------------------------------------------------------- when it is due next

create function lenses.fn_worker_claim_schedule_refills(driver text, most integer default 1) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  claimed execution.claimed_job[] := array(select j from execution.fn_worker_claim_jobs('schedule_refill', driver, most) j);   -- see fn_worker_claim_battle_job
  jobs jsonb;
begin
  select jsonb_agg(jsonb_build_object('lease_token', j.lease_token, 'job_id', j.job_id, 'attempts', j.attempts, 'reclaims', j.reclaims,
    'max_attempts', j.max_attempts, 'in_lane', false, 'trigger_id', j.payload ->> 'trigger_id', 'revision', t.revision, 'config', coalesce(t.config, '{}'),
    'now_ms', floor(extract(epoch from now()) * 1000)::bigint,
    'from_ms', floor(extract(epoch from least(now(), t.dues_until)) * 1000)::bigint) order by j.position) into jobs
  from unnest(claimed) j left join lenses.workflow_triggers t on t.trigger_id = (j.payload ->> 'trigger_id')::uuid and t.enabled;
  return execution.claim_document('schedule_refill', jobs);
end $$;
comment on function lenses.fn_worker_claim_schedule_refills is
  'Drivers call it for schedules whose next due times are to be computed. from_ms: before it they are written down already; it is before now_ms where they ran out. revision null: the schedule is gone or off.';
revoke execute on function lenses.fn_worker_claim_schedule_refills from public, anon, authenticated, service_role;
grant execute on function lenses.fn_worker_claim_schedule_refills to service_role;

create function lenses.fn_worker_write_dues(job_id bigint, lease_token bigint, dues jsonb) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  trigger lenses.workflow_triggers;
begin
  perform lenses.lock_trigger_owners(array[job_id]);
  if not execution.close_job(job_id, lease_token, 'completed') then
    return false;
  end if;
  select t.* into trigger from lenses.workflow_triggers t join execution.jobs j on (j.payload ->> 'trigger_id')::uuid = t.trigger_id
  where j.job_id = fn_worker_write_dues.job_id and t.enabled and t.revision = (dues ->> 'revision')::integer;
  if not found then
    return true;                                   -- it was changed meanwhile, and has had its due times with the change
  end if;
  if dues ? 'invalid' then
    insert into lenses.trigger_firings (trigger_id, outcome, refused, message) values (trigger.trigger_id, 'refused', 'schedule_invalid', left(dues ->> 'invalid', 1000));
    perform lenses.disable_trigger(trigger.trigger_id, 'invalid');
    return true;
  end if;
  if (dues ->> 'missed_until_ms')::bigint is not null then
    insert into lenses.trigger_firings (trigger_id, due_at, outcome, message)
    values (trigger.trigger_id, to_timestamp((dues ->> 'missed_until_ms')::bigint / 1000.0), 'missed', 'This one and perhaps others before it: nothing computed its due times in time');
  end if;
  perform lenses.write_dues(trigger.trigger_id, array(select to_timestamp(d::bigint / 1000.0) from jsonb_array_elements_text(dues -> 'dues_ms') d order by 1));
  select t.* into strict trigger from lenses.workflow_triggers t where t.trigger_id = trigger.trigger_id;
  if trigger.look_at is null and trigger.refill_after is null then
    perform lenses.disable_trigger(trigger.trigger_id, 'ended');
  end if;
  return true;
end $$;
comment on function lenses.fn_worker_write_dues is
  'Drivers call it with {revision, dues_ms} (none: nothing is due any more), missed_until_ms where due times were lost because nobody computed them, or {revision, invalid: why}. False: the lease was lost, nothing changed.';
revoke execute on function lenses.fn_worker_write_dues from public, anon, authenticated, service_role;
grant execute on function lenses.fn_worker_write_dues to service_role;

create function lenses.fn_worker_fail_trigger_job(job_id bigint, lease_token bigint, backoff_ms integer, error jsonb) returns text
language sql security definer set search_path = '' as $$
  select execution.fail_attempt(fn_worker_fail_trigger_job.job_id, fn_worker_fail_trigger_job.lease_token, fn_worker_fail_trigger_job.error, fn_worker_fail_trigger_job.backoff_ms)
$$;
comment on function lenses.fn_worker_fail_trigger_job is 'Drivers call it after an attempt that failed; backoff_ms null: no attempt can mend it. requeued, dead_lettered or lost.';
revoke execute on function lenses.fn_worker_fail_trigger_job from public, anon, authenticated, service_role;
grant execute on function lenses.fn_worker_fail_trigger_job to service_role;

create index workflow_runs_trigger on lenses.workflow_runs (trigger_id, created_at) where trigger_id is not null and finished_at is null;

do $$
begin
  if to_regprocedure('cron.schedule(text, text, text)') is null then
    return;
  end if;
  perform cron.schedule('agon-schedules', '10 seconds', 'select lenses.fn_dispatch_scheduled_workflows()');
end $$;
