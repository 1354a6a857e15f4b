-- What keeps the queue whole when drivers do not: cancel, reclaim, redrive, and the sweep that guarantees every wake.

-- ---------------------------------------------------------------- cancel, reclaim, redrive, sweep

create function execution.cancel_jobs(job_ids bigint[]) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  ended integer;
  free bigint[];
begin
  -- Out of their leases first, which frees their lane at once. A lease is shared by jobs of many owners, and one act may cancel several
  -- times (a run, then the runs it began): so a cancel never waits for a lease. One that somebody holds right now keeps the dead job until
  -- its driver's next heartbeat, or its end; the job's own state is what refuses every result.
  free := array(select l.lease_token from execution.leases l where l.job_ids && cancel_jobs.job_ids for update skip locked);
  delete from execution.leases l where l.lease_token = any (free) and l.job_ids <@ cancel_jobs.job_ids;
  update execution.leases l set job_ids = array(select id from unnest(l.job_ids) as id where not id = any (cancel_jobs.job_ids))
  where l.lease_token = any (free) and l.job_ids && cancel_jobs.job_ids;
  update execution.jobs j set state = 'cancelled', finished_at = now() where j.job_id = any (job_ids) and j.state in ('active', 'held');
  get diagnostics ended = row_count;
  perform execution.end_task(job_ids, 'cancelled');
  return ended;
end $$;
comment on function execution.cancel_jobs is
  'Ends jobs for their owner, who holds its own lock. A driver working on one learns it from its next heartbeat, and its result is refused; a ready or delayed row is dropped by the claim that meets it.';
revoke execute on function execution.cancel_jobs from public, anon, authenticated, service_role;

create function execution.reclaim_lease(lease_token bigint) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  lost execution.leases;
  job execution.jobs;
  max_reclaims smallint;
  reclaimed integer := 0;
begin
  select l.* into lost from execution.leases l where l.lease_token = reclaim_lease.lease_token;
  if not found then
    return 0;
  end if;
  perform execution.lock_owners(lost.job_ids);
  delete from execution.leases l where l.lease_token = reclaim_lease.lease_token and l.expires_at < now() returning l.* into lost;
  if not found then
    return 0;                                      -- renewed or recorded meanwhile
  end if;
  select k.max_reclaims into strict max_reclaims from execution.queues q join execution.job_kinds k on k.kind = q.kind where q.queue_id = lost.queue_id;
  for job in
    update execution.jobs j set reclaims = j.reclaims + 1 where j.job_id = any (lost.job_ids) and j.state = 'active' returning j.*
  loop
    reclaimed := reclaimed + 1;
    if job.reclaims >= max_reclaims then
      perform execution.bury(job.job_id, jsonb_build_object('code', 'lease_lost', 'message',
        format('%s drivers in turn stopped renewing their lease on this job', job.reclaims)));
    else
      perform execution.make_ready(job.queue_id, job.priority, array[job.job_id], at_end => true);
    end if;
  end loop;
  return reclaimed;
end $$;
comment on function execution.reclaim_lease is 'Takes back the jobs of one lease, when it has run out: to the end of their queue, or to the dead letters after max_reclaims. Returns how many.';
revoke execute on function execution.reclaim_lease from public, anon, authenticated, service_role;

create function execution.reclaim_expired(most integer default 100) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  expired bigint;
  reclaimed integer := 0;
begin
  for expired in select l.lease_token from execution.leases l where l.expires_at < now() order by l.expires_at limit most loop
    begin
      reclaimed := reclaimed + execution.reclaim_lease(expired);
    exception when others then
      -- One lease that cannot be settled must not keep the others from being taken back. It is tried again by the next sweep.
      raise warning 'Agon could not take back lease %: %', expired, sqlerrm;
    end;
  end loop;
  return reclaimed;
end $$;
comment on function execution.reclaim_expired is
  'Takes jobs back from drivers that stopped renewing; each lease by itself. Returns how many jobs were taken back. A lease that cannot be settled is a warning in the database log.';
revoke execute on function execution.reclaim_expired from public, anon, authenticated, service_role;

create function execution.revive(job_id bigint) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  job execution.jobs;
begin
  loop
    -- A job that had been handed to a provider's queue goes back to where it began.
    update execution.jobs j set state = 'active', attempts = 0, reclaims = 0, finished_at = null, error = null,
      deadline_at = now() + (j.deadline_at - j.created_at),
      queue_id = coalesce((select t.home_queue_id from execution.async_tasks t where t.job_id = j.job_id order by t.task_id desc limit 1), j.queue_id)
    where j.job_id = revive.job_id and j.state = 'failed' returning j.* into job;
    exit when found;
    with kept as (
      delete from execution.job_archive a where a.job_id = revive.job_id and a.state = 'failed' returning a.*
    )
    insert into execution.jobs (job_id, queue_id, subject_id, state, priority, attempts, reclaims, max_attempts, created_at, deadline_at, finished_at, payload, error)
    overriding system value
    select k.job_id, k.queue_id, k.subject_id, k.state, k.priority, k.attempts, k.reclaims, k.max_attempts, k.created_at, k.deadline_at, k.finished_at, k.payload, k.error
    from kept k;
    if not found then
      return false;
    end if;
  end loop;
  delete from execution.checkpoints c where c.job_id = revive.job_id;
  update execution.dead_letters d set redriven_at = now() where d.job_id = revive.job_id and d.redriven_at is null;
  perform execution.make_ready(job.queue_id, job.priority, array[job_id]);
  return true;
end $$;
comment on function execution.revive is 'Sends a dead-lettered job back with both counters reset and its time budget whole, out of the archive if it is there. False: it is not a failed job (any more). The owner''s own redrive function decides whether it may.';
revoke execute on function execution.revive from public, anon, authenticated, service_role;

create function execution.hold_jobs(job_ids bigint[]) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  stopped integer;
begin
  -- In this order nothing slips through: no claim takes a job that is not active, each delete waits for the claim or promotion
  -- that holds its row, and what they leased meanwhile is seen by the statement after.
  update execution.jobs j set state = 'held' where j.job_id = any (job_ids) and j.state = 'active';
  get diagnostics stopped = row_count;
  delete from execution.later w where w.job_id = any (job_ids);
  delete from execution.ready r where r.job_id = any (job_ids);
  perform from execution.leases l where l.job_ids && hold_jobs.job_ids order by l.lease_token for update;
  delete from execution.leases l where l.job_ids <@ hold_jobs.job_ids;
  update execution.leases l set job_ids = array(select id from unnest(l.job_ids) as id where not id = any (hold_jobs.job_ids))
  where l.job_ids && hold_jobs.job_ids;
  return stopped;
end $$;
comment on function execution.hold_jobs is
  'Stops jobs for their owner, who holds its own lock: they leave the queue and their leases, and a driver in mid-call learns it from its next heartbeat. Nothing is counted against them. Reads all of ready: an operator''s act, not a step.';
revoke execute on function execution.hold_jobs from public, anon, authenticated, service_role;

create function execution.release_jobs(job_ids bigint[], held_for interval) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  job execution.jobs;
  released integer := 0;
begin
  for job in
    update execution.jobs j set state = 'active', deadline_at = j.deadline_at + held_for where j.job_id = any (job_ids) and j.state = 'held' returning j.*
  loop
    update execution.async_tasks t set deadline_at = t.deadline_at + held_for where t.job_id = job.job_id and t.state = 'open';
    perform execution.make_ready(job.queue_id, job.priority, array[job.job_id]);
    released := released + 1;
  end loop;
  return released;
end $$;
comment on function execution.release_jobs is 'Lets held jobs go on, with their deadlines and those of their open tasks moved by the time they were held. Returns how many.';
revoke execute on function execution.release_jobs from public, anon, authenticated, service_role;

create function execution.forget_shares() returns void
language plpgsql security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  fair_kind text;
begin
  for fair_kind in select k.kind from execution.job_kinds k where k.fair loop
    perform from execution.queues q
    where q.kind = fair_kind and (select r.job_id from execution.ready r where r.queue_id = q.queue_id limit 1) is not null limit 1;
    if not found then
      delete from execution.shares s where s.ctid = any (array(
        select x.ctid from execution.shares x where x.kind = fair_kind limit 1000 for update skip locked));
    end if;
  end loop;
end $$;
comment on function execution.forget_shares is 'Where nothing of a fair kind is ready, everyone starts level again.';
revoke execute on function execution.forget_shares from public, anon, authenticated, service_role;

create function execution.sweep() returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  promoted integer;
  reclaimed integer;
begin
  if not pg_try_advisory_xact_lock(hashtext('execution.sweep')) then
    return jsonb_build_object('busy', true);       -- two sweeps would lock owners in different orders, and one is enough
  end if;
  reclaimed := execution.reclaim_expired();
  promoted := execution.promote_due();             -- last: it locks shares, and nothing may be waited for under those
  perform execution.forget_shares();
  perform execution.announce(k.kind) from execution.job_kinds k where execution.has_ready(k.kind);
  return jsonb_build_object('promoted', promoted, 'reclaimed', reclaimed);
end $$;
comment on function execution.sweep is
  'The guarantee behind every nudge, on a schedule: moves due jobs, takes back lost ones, and announces every kind that has ready jobs. Posts nothing when nothing is ready.';
revoke execute on function execution.sweep from public, anon, authenticated, service_role;
grant execute on function execution.sweep to service_role;

create function execution.fn_worker_wake(kind text) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  wake_function text;
begin
  select k.wake_function into wake_function from execution.job_kinds k
  where k.kind = fn_worker_wake.kind and execution.has_ready(k.kind);
  if wake_function is null then
    return false;
  end if;
  perform execution.wake(wake_function);
  return true;
end $$;
comment on function execution.fn_worker_wake is 'A driver whose slice is spent calls it on leaving: if jobs are ready, the next invocation is posted. True: one was.';
revoke execute on function execution.fn_worker_wake from public, anon, authenticated, service_role;
grant execute on function execution.fn_worker_wake to service_role;

create function execution.fn_worker_listen(kind text, seconds integer default 30) returns void
language sql security definer set search_path = '' as $$
  insert into execution.waiters as w (kind, waiting_until) values (fn_worker_listen.kind, now() + make_interval(secs => fn_worker_listen.seconds))
  on conflict on constraint waiters_pkey do update set waiting_until = greatest(w.waiting_until, excluded.waiting_until)
$$;
comment on function execution.fn_worker_listen is 'An idle driver with a direct connection asks for a notification on agon_ready when jobs of this kind appear.';
revoke execute on function execution.fn_worker_listen from public, anon, authenticated, service_role;
grant execute on function execution.fn_worker_listen to service_role;

-- ---------------------------------------------------------------- switches and rate limits

create function execution.fn_operator_switch(scope text, name text, turned_off boolean, reason text default '') returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  if scope not in ('system', 'provider') or (scope = 'system') <> (name = '') then
    return 'no_such_switch';
  end if;
  if turned_off then
    insert into execution.switches (scope, name, reason) values (scope, name, reason)
    on conflict on constraint switches_pkey do update set reason = excluded.reason;
    return 'off';
  end if;
  delete from execution.switches s where s.scope = fn_operator_switch.scope and s.name = fn_operator_switch.name;
  perform execution.announce(k.kind) from execution.job_kinds k where execution.has_ready(k.kind);
  return 'on';
end $$;
comment on function execution.fn_operator_switch is
  'An operator calls it: the kill switch of the system (name '''') or of a provider. off, on, or no_such_switch (nothing changed). What is in hand ends as it will; what waits goes on when the switch is on again.';
revoke execute on function execution.fn_operator_switch from public, anon, authenticated, service_role;
grant execute on function execution.fn_operator_switch to service_role;

create function execution.open_jobs(kind text) returns table (job_id bigint, lease_token bigint)
language sql stable security definer set search_path = '' as $$
  select r.job_id, null::bigint from execution.ready_heads h join execution.ready r on r.queue_id = h.queue_id where h.kind = open_jobs.kind
  union all
  select w.job_id, null from execution.later_heads h join execution.later w on w.queue_id = h.queue_id where h.kind = open_jobs.kind
  union all
  select unnest(l.job_ids), l.lease_token from execution.leases l join execution.queues q on q.queue_id = l.queue_id where q.kind = open_jobs.kind
$$;
comment on function execution.open_jobs is 'Jobs of a kind that have not ended, by the hot tables, and the lease that holds each.';
revoke execute on function execution.open_jobs from public, anon, authenticated, service_role;

create function execution.fn_worker_report_rate_limit(limit_key text, retry_after_ms integer) returns void
language sql security definer set search_path = '' as $$
  insert into execution.rate_limits as l (limit_key, blocked_until)
  values (fn_worker_report_rate_limit.limit_key, now() + make_interval(secs => least(greatest(retry_after_ms, 0), 3600000) / 1000.0))
  on conflict on constraint rate_limits_pkey do update set
    blocked_until = greatest(l.blocked_until, excluded.blocked_until), reported_at = now(), reports = l.reports + 1
$$;
comment on function execution.fn_worker_report_rate_limit is
  'Drivers call it when a provider says that a key may not be used for a while (at most an hour is believed): claims pass the jobs on that key by until then.';
revoke execute on function execution.fn_worker_report_rate_limit from public, anon, authenticated, service_role;
grant execute on function execution.fn_worker_report_rate_limit to service_role;
