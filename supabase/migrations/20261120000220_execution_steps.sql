-- The step, as a driver takes it: claim, heartbeat, record. Every write names the lease token of its claim.

-- ---------------------------------------------------------------- claim

create function execution.promote_due(kind text default null, most integer default 1000) returns integer
language plpgsql security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  batch record;
  moved integer := 0;
begin
  for batch in
    with due as (
      delete from execution.later w where w.ctid = any (array(
        select x.place from execution.later_heads h cross join lateral (
          select y.ctid as place from execution.later y
          where y.queue_id = h.queue_id and y.run_after <= now() order by y.run_after limit most for update skip locked) x
        where h.run_after <= now() and (promote_due.kind is null or h.kind = promote_due.kind)))
      returning w.queue_id, w.priority, w.owner_id, w.job_id, w.run_after
    )
    select d.queue_id, d.priority, d.owner_id, array_agg(d.job_id order by d.run_after, d.job_id) as job_ids
    from due d group by d.queue_id, d.priority, d.owner_id order by min(d.run_after)
  loop
    perform execution.make_ready(batch.queue_id, batch.priority, batch.job_ids, batch.owner_id);
    moved := moved + cardinality(batch.job_ids);
  end loop;
  return moved;
end $$;
comment on function execution.promote_due is 'Moves delayed jobs whose time has come to ready, of one kind or of all, at most `most` a queue, the longest due first; returns how many.';
revoke execute on function execution.promote_due from public, anon, authenticated, service_role;

create type execution.claimed_job as (
  lease_token bigint, job_id bigint, position bigint, subject_id uuid, attempts smallint, reclaims smallint, max_attempts smallint,
  deadline_at timestamptz, payload jsonb);

create function execution.open_queues(kind text, only_keys text[] default null) returns table (queue_id integer, concurrency_key text, head bigint)
language sql stable security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
  select h.queue_id, h.concurrency_key, h.position
  from execution.ready_heads h
  where h.kind = open_queues.kind and not h.paused and (open_queues.only_keys is null or h.limit_key = any (open_queues.only_keys))
    and not exists (select from execution.rate_limits l where l.limit_key = h.limit_key and l.blocked_until > now())
    and not exists (select from execution.switches s where s.scope = 'provider' and s.name = h.provider)
    and not exists (select from execution.switches s where s.scope = 'system')
$$;
comment on function execution.open_queues is
  'The queues of a kind that a claim may take from now, limits of lanes aside: they have ready jobs, are not paused, their provider key is not rate limited, and nothing they need is switched off. only_keys: of those, the ones of these keys.';
revoke execute on function execution.open_queues from public, anon, authenticated, service_role;

create function execution.claim_plan(kind text, most integer, only_keys text[] default null)
returns table (queue_id integer, concurrency_key text, quota integer, room integer)
language plpgsql security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  open record;
  ids integer[] := array[]::integer[];
  keys text[] := array[]::text[];
  rooms integer[] := array[]::integer[];
  free integer;
begin
  -- A lane is counted under its row's lock, so its limit holds over the fleet; one that someone else is claiming from right now
  -- is left to them.
  for open in select o.queue_id, o.concurrency_key from execution.open_queues(kind, only_keys) o order by o.concurrency_key, o.head loop
    free := most;
    if open.concurrency_key is not null then
      select l.concurrency_limit into free from execution.lanes l where l.concurrency_key = open.concurrency_key for update skip locked;
      continue when not found;
      free := free - coalesce((select sum(cardinality(s.job_ids)) from execution.leases s where s.concurrency_key = open.concurrency_key), 0);
      continue when free < 1;
    end if;
    ids := ids || open.queue_id;
    keys := keys || open.concurrency_key;
    rooms := rooms || free;
  end loop;
  if cardinality(ids) = 1 then
    return query select ids[1], keys[1], least(most, rooms[1]), rooms[1];
    return;
  end if;
  -- What each gives when all of them are read as one queue, by position. Queues that share a lane share its room, or what one of them
  -- cannot take would be filled up past better jobs of the others.
  return query
  with heads as (
    select o.queue_id, o.concurrency_key, o.room, x.position, row_number() over (partition by o.concurrency_key order by x.position) as nth
    from unnest(ids, keys, rooms) as o (queue_id, concurrency_key, room) cross join lateral (
      select y.position from execution.ready y where y.queue_id = o.queue_id order by y.position limit least(most, o.room)) x
  ), merged as (
    select h.queue_id, h.position from heads h where h.concurrency_key is null or h.nth <= h.room order by h.position limit most)
  select o.queue_id, o.concurrency_key, count(m.position)::integer, o.room
  from unnest(ids, keys, rooms) as o (queue_id, concurrency_key, room) left join merged m on m.queue_id = o.queue_id
  group by o.queue_id, o.concurrency_key, o.room order by min(m.position);
end $$;
comment on function execution.claim_plan is
  'How many jobs a claim of `most` takes from each open queue of a kind, so that priority and turn hold across queues, and how many more leases its lane may hold (room). Locks the limited lanes until the claim commits.';
revoke execute on function execution.claim_plan from public, anon, authenticated, service_role;

-- The one claim. Its parts stand in one function, because at one job a step every further call costs a tenth (docs/benchmarks.md).
-- The planner is held to the index order it was written for: with statistics taken while the queue was empty it would sort or
-- scan, 25 times slower. tests/database/claim-plan.test.ts explains it at 100,000 rows.
create function execution.fn_worker_step(
  lease_token bigint, done_ids bigint[], kind text, driver text, most integer, hint bigint default -9223372036854775808, only_keys text[] default null
) returns setof execution.claimed_job
language plpgsql security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set enable_hashjoin = off
set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  line record;
  held bigint[];
  got integer;
  quota integer;
  queue_ids integer[] := array[]::integer[];
  lanes text[] := array[]::text[];
  quotas integer[] := array[]::integer[];
  rooms integer[] := array[]::integer[];
begin
  -- All that a step must know, in one statement.
  select k.lease_ms, q.queue_id, k.settle_owner,
    exists (select from execution.later w where w.queue_id = q.queue_id and w.run_after <= now()) as due,
    exists (select from execution.queues x where x.kind = k.kind and (x.concurrency_key is not null or x.limit_key is not null)) as many,
    exists (select from execution.switches s where s.scope = 'system') as off
  into line
  from execution.job_kinds k left join execution.queues q on q.kind = k.kind and q.concurrency_key is null and q.limit_key is null and not q.paused
  where k.kind = fn_worker_step.kind;

  if cardinality(done_ids) > 0 then
    delete from execution.leases l
    where l.lease_token = fn_worker_step.lease_token and l.queue_id = line.queue_id and line.settle_owner is null and l.job_ids <@ done_ids
    returning l.job_ids into held;
    if found then
      update execution.jobs j set state = 'completed', attempts = j.attempts + 1, finished_at = now(), error = null
      where j.job_id = any (held) and j.state = 'active';
    else
      perform execution.fn_worker_complete_jobs(lease_token, done_ids);
    end if;
  end if;

  if line.off then
    return;
  end if;
  if line.due or line.many then
    perform set_config('agon.quiet', 'on', true);
    perform execution.promote_due(kind);
    perform set_config('agon.quiet', 'off', true);
  end if;
  if (line.many or only_keys is not null) and most > 0 then
    select coalesce(array_agg(n.queue_id), '{}'), coalesce(array_agg(n.concurrency_key), '{}'), coalesce(array_agg(n.quota), '{}'), coalesce(array_agg(n.room), '{}')
    into queue_ids, lanes, quotas, rooms from execution.claim_plan(kind, most, only_keys) n;
    -- A second round over the same queues: what one could not give (it was being claimed, or cancelled), another may.
    quotas := quotas || rooms;
    queue_ids := queue_ids || queue_ids;
    lanes := lanes || lanes;
    rooms := rooms || rooms;
  elsif line.queue_id is not null then
    queue_ids := array[line.queue_id];
    lanes := array[null::text];
    quotas := array[most];
    rooms := array[most];
  end if;
  for nth in 1..cardinality(queue_ids) loop
    -- Again, when what was taken had been cancelled meanwhile: a claim that comes back short means that no more is ready.
    for attempt in 1..10 loop
      quota := least(most, quotas[nth], rooms[nth]);
      exit when quota < 1;
      return query
      with taken as (
        delete from execution.ready r where r.ctid = any (array(
          select x.ctid from execution.ready x
          where x.queue_id = queue_ids[nth] and x.position >= hint
          order by x.position limit quota for update skip locked))
        returning r.job_id, r.position
      ), live as (
        select j.job_id, t.position, j.subject_id, j.attempts, j.reclaims, j.max_attempts, j.deadline_at, j.payload
        from taken t join execution.jobs j on j.job_id = t.job_id
        where j.state = 'active'                   -- a cancelled job leaves its ready row to the next claim
      ), leased as (
        insert into execution.leases (queue_id, concurrency_key, driver, expires_at, job_ids)
        select queue_ids[nth], lanes[nth], driver, now() + make_interval(secs => line.lease_ms / 1000.0), array_agg(l.job_id)
        from live l having count(*) > 0
        returning leases.lease_token
      )
      select s.lease_token, l.job_id, l.position, l.subject_id, l.attempts, l.reclaims, l.max_attempts, l.deadline_at, l.payload
      from leased s cross join live l;
      get diagnostics got = row_count;
      most := most - got;
      quotas[nth] := quotas[nth] - got;
      if lanes[nth] is not null then
        for other in 1..cardinality(lanes) loop
          rooms[other] := rooms[other] - case when lanes[other] = lanes[nth] then got else 0 end;   -- its lane may have several queues
        end loop;
      end if;
      exit when most < 1;
      perform from execution.ready x
      where x.queue_id = queue_ids[nth] and x.position >= hint order by x.position limit 1 for update skip locked;
      exit when not found;
    end loop;
  end loop;
end $$;
comment on function execution.fn_worker_step is
  'Completes the batch a driver holds and claims its next one, of a kind without owners: one round trip, one commit. hint: no job before that position is wanted (it skips index entries already consumed; for kinds that are not fair). only_keys: from queues of these keys alone, for drivers that can do part of a kind. See fn_worker_complete_jobs and fn_worker_claim_jobs.';
revoke execute on function execution.fn_worker_step from public, anon, authenticated, service_role;
grant execute on function execution.fn_worker_step to service_role;

create function execution.fn_worker_claim_jobs(kind text, driver text, most integer, hint bigint default -9223372036854775808)
returns setof execution.claimed_job
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  return query select * from execution.fn_worker_step(0, '{}', kind, driver, most, hint);
end $$;
comment on function execution.fn_worker_claim_jobs is
  'Drivers call it to take up to `most` jobs of a kind, in order of priority, then arrival, within each lane. Each row carries the lease token that every later write must name. No rows: nothing may run now.';
revoke execute on function execution.fn_worker_claim_jobs from public, anon, authenticated, service_role;
grant execute on function execution.fn_worker_claim_jobs to service_role;

create function execution.claim_apart(kind text, driver text, most integer, only_keys text[]) returns setof execution.claimed_job
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  mine integer[] := array(select q.queue_id from execution.queues q where q.kind = claim_apart.kind and q.concurrency_key is null and q.limit_key = any (only_keys));
  taken execution.claimed_job;
begin
  -- Whoever asks often and mostly in vain looks at its own few queues first.
  while most > 0 and (
    exists (select from execution.ready r where r.queue_id = any (mine))
    or exists (select from execution.later w where w.queue_id = any (mine) and w.run_after <= now()))
  loop
    select j.* into taken from execution.fn_worker_step(0, '{}', kind, driver, 1, only_keys => only_keys) j;
    exit when taken.job_id is null;
    return next taken;
    most := most - 1;
  end loop;
end $$;
comment on function execution.claim_apart is
  'Up to `most` jobs of a kind from the queues of these keys, each under a lease of its own, so that one is given back or lost without the others.';
revoke execute on function execution.claim_apart from public, anon, authenticated, service_role;

create function execution.has_ready(kind text) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (select from execution.open_queues(has_ready.kind))
$$;
comment on function execution.has_ready is 'Whether any job of a kind may be claimed now, limits of its lane aside.';
revoke execute on function execution.has_ready from public, anon, authenticated, service_role;

create function execution.next_due_ms(kind text) returns integer
language sql stable security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
  select greatest(0, least(2147483647, ceil(extract(epoch from min(w.due_at) - clock_timestamp()) * 1000)))::integer
  from (
    select h.kind, h.paused, h.provider, h.run_after as due_at from execution.later_heads h
    union all
    select h.kind, h.paused, h.provider, l.blocked_until from execution.ready_heads h
    join execution.rate_limits l on l.limit_key = h.limit_key and l.blocked_until > now()) w
  where w.kind = next_due_ms.kind and not w.paused
    and not exists (select from execution.switches s where s.scope = 'provider' and s.name = w.provider)
    and not exists (select from execution.switches s where s.scope = 'system')
  having min(w.due_at) is not null
$$;
comment on function execution.next_due_ms is
  'Milliseconds until the next delayed or rate-limited job of a kind may run; null when none waits. A driver with time left stays for it.';
revoke execute on function execution.next_due_ms from public, anon, authenticated, service_role;

create function execution.keys_due_ms(kind text, only_keys text[]) returns integer
language sql stable security definer set search_path = '' as $$
  select greatest(0, ceil(extract(epoch from min(w.run_after) - clock_timestamp()) * 1000))::integer
  from execution.queues q join execution.later w on w.queue_id = q.queue_id
  where q.kind = keys_due_ms.kind and q.concurrency_key is null and q.limit_key = any (only_keys)
  having count(*) > 0
$$;
comment on function execution.keys_due_ms is
  'Milliseconds until the next delayed job of a kind in the queues of these keys; null when none waits. How soon another''s is due is nobody else''s to know.';
revoke execute on function execution.keys_due_ms from public, anon, authenticated, service_role;

create function execution.claim_document(kind text, jobs jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('jobs', coalesce(claim_document.jobs, '[]'), 'lease_ms', k.lease_ms,
    'next_due_ms', case when claim_document.jobs is null then execution.next_due_ms(k.kind) end)
  from execution.job_kinds k where k.kind = claim_document.kind
$$;
comment on function execution.claim_document is
  'What a claim of a kind answers: its jobs (null: none), how long a lease lasts without a heartbeat, and, when nothing is ready, how soon the next delayed job is.';
revoke execute on function execution.claim_document from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- record

create function execution.release(lease_token bigint, job_ids bigint[]) returns bigint[]
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  held bigint[];
  mine bigint[];
begin
  delete from execution.leases l where l.lease_token = release.lease_token and l.job_ids <@ release.job_ids returning l.job_ids into held;
  if found then
    return held;
  end if;
  -- Only a lease that holds one of them is waited for. Whoever takes a lease away has locked the owners of what it holds, and of nothing
  -- else: a sweep that has taken this one may be waiting for the owner that our caller, whose job has left it, holds.
  select l.job_ids into held from execution.leases l where l.lease_token = release.lease_token and l.job_ids && release.job_ids for update;
  if not found then
    return array[]::bigint[];
  end if;
  select array_agg(id) into mine from unnest(held) as id where id = any (job_ids);
  if mine is null then
    return array[]::bigint[];
  end if;
  if cardinality(mine) = cardinality(held) then
    delete from execution.leases l where l.lease_token = release.lease_token;
  else
    update execution.leases l set job_ids = array(select id from unnest(held) as id where not id = any (mine)) where l.lease_token = release.lease_token;
  end if;
  return mine;
end $$;
comment on function execution.release is 'The fence: takes these jobs out of the lease and returns those it held. A reclaimed or foreign token returns none.';
revoke execute on function execution.release from public, anon, authenticated, service_role;

create function execution.fn_worker_complete_jobs(lease_token bigint, job_ids bigint[]) returns bigint[]
language plpgsql security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  mine bigint[];
  recorded bigint[];
begin
  if exists (
    select from execution.leases l join execution.queues q on q.queue_id = l.queue_id join execution.job_kinds k on k.kind = q.kind
    where l.lease_token = fn_worker_complete_jobs.lease_token and k.settle_owner is not null) then
    raise exception 'jobs of this kind end through their owner''s function' using errcode = 'object_not_in_prerequisite_state';
  end if;
  mine := execution.release(lease_token, job_ids);
  if cardinality(mine) = 0 then
    return mine;
  end if;
  with done as (
    update execution.jobs j set state = 'completed', attempts = j.attempts + 1, finished_at = now(), error = null
    where j.job_id = any (mine) and j.state = 'active' returning j.job_id
  )
  select coalesce(array_agg(d.job_id), '{}') into recorded from done d;
  return recorded;
end $$;
comment on function execution.fn_worker_complete_jobs is
  'Drivers call it for jobs without an owner. Returns the ids recorded as completed; an id left out was cancelled or its lease was lost, and nothing changed for it.';
revoke execute on function execution.fn_worker_complete_jobs from public, anon, authenticated, service_role;
grant execute on function execution.fn_worker_complete_jobs to service_role;

create function execution.fn_worker_heartbeat(lease_token bigint) returns bigint[]
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  held bigint[];
  ours bigint[];
begin
  update execution.leases l
  set renewed_at = now(), expires_at = now() + make_interval(secs => k.lease_ms / 1000.0)
  from execution.queues q join execution.job_kinds k on k.kind = q.kind
  where l.lease_token = fn_worker_heartbeat.lease_token and q.queue_id = l.queue_id
  returning l.job_ids into held;
  select coalesce(array_agg(j.job_id), '{}') into ours from execution.jobs j where j.job_id = any (held) and j.state = 'active';
  if cardinality(ours) = 0 then
    delete from execution.leases l where l.lease_token = fn_worker_heartbeat.lease_token;   -- all cancelled: free the lane
  end if;
  return ours;
end $$;
comment on function execution.fn_worker_heartbeat is
  'Drivers call it every third of a lease. Returns the jobs still theirs: a driver stops working on any other (cancelled, or reclaimed).';
revoke execute on function execution.fn_worker_heartbeat from public, anon, authenticated, service_role;
grant execute on function execution.fn_worker_heartbeat to service_role;

create function execution.end_task(job_ids bigint[], state text, tell boolean default true) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  ended execution.async_tasks;
  polling integer;
begin
  delete from execution.checkpoints c where c.job_id = any (job_ids);
  for ended in
    update execution.async_tasks t set state = end_task.state, finished_at = now() where t.job_id = any (job_ids) and t.state = 'open' returning t.*
  loop
    select j.queue_id into polling from execution.jobs j where j.job_id = ended.job_id;
    update execution.jobs j set queue_id = ended.home_queue_id where j.job_id = ended.job_id and j.queue_id <> ended.home_queue_id;
    if tell and state <> 'completed' then
      perform execution.enqueue(polling, array[jsonb_build_object('cancel_task', ended.task_id)]);
    end if;
  end loop;
end $$;
comment on function execution.end_task is
  'Ends what these jobs left with others: the open task, and the checkpoint; the job belongs to its home queue again. Called by every path that ends a job. A task that did not complete may still run at its provider: unless tell is false (the provider ended it itself), a job {cancel_task} without an owner is put where the task was polled, so that telling the provider survives whoever does it and holds nobody up.';
revoke execute on function execution.end_task from public, anon, authenticated, service_role;

create function execution.close_job(job_id bigint, lease_token bigint, state execution.job_state, error jsonb default null) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  if cardinality(execution.release(lease_token, array[job_id])) = 0 then
    return false;
  end if;
  update execution.jobs j set state = close_job.state, attempts = least(j.attempts + 1, j.max_attempts), finished_at = now(), error = close_job.error
  where j.job_id = close_job.job_id and j.state = 'active';
  if not found then
    return false;
  end if;
  perform execution.end_task(array[job_id], 'completed');
  return true;
end $$;
comment on function execution.close_job is 'Ends one leased job for its owner''s function. False: the lease was lost or the job was cancelled, and nothing changed.';
revoke execute on function execution.close_job from public, anon, authenticated, service_role;

create function execution.bury(job_id bigint, error jsonb) returns bigint
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  dead execution.jobs;
  kind execution.job_kinds;
  letter bigint;
begin
  update execution.jobs j set state = 'failed', finished_at = now(), error = bury.error
  where j.job_id = bury.job_id and j.state in ('active', 'held') returning j.* into dead;
  if not found then
    return null;
  end if;
  perform execution.end_task(array[job_id], 'failed');
  select k.* into strict kind from execution.queues q join execution.job_kinds k on k.kind = q.kind where q.queue_id = dead.queue_id;
  insert into execution.dead_letters (job_id, kind, subject_id, error_code, error_message, attempts, reclaims, payload)
  values (job_id, kind.kind, dead.subject_id, coalesce(error ->> 'code', 'internal'), coalesce(error ->> 'message', ''), dead.attempts, dead.reclaims, dead.payload)
  returning dead_letter_id into letter;
  if kind.settle_owner is not null then
    execute format('select %s($1, $2)', kind.settle_owner) using job_id, error;
  end if;
  return letter;
end $$;
comment on function execution.bury is 'Dead-letters a job whose lease the caller has just released, and settles its owner in the same transaction.';
revoke execute on function execution.bury from public, anon, authenticated, service_role;

create function execution.lock_owners(job_ids bigint[]) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  hook text;
begin
  for hook in
    select distinct k.lock_owner from execution.jobs j join execution.queues q on q.queue_id = j.queue_id
    join execution.job_kinds k on k.kind = q.kind
    where j.job_id = any (job_ids) and k.lock_owner is not null order by 1
  loop
    execute format('select %s($1)', hook) using job_ids;
  end loop;
end $$;
comment on function execution.lock_owners is 'Locks the owners of these jobs first, as the lock order demands.';
revoke execute on function execution.lock_owners from public, anon, authenticated, service_role;

create function execution.fail_attempt(job_id bigint, lease_token bigint, error jsonb, backoff_ms integer) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  job execution.jobs;
begin
  perform execution.lock_owners(array[job_id]);
  if cardinality(execution.release(lease_token, array[job_id])) = 0 then
    return 'lost';
  end if;
  update execution.jobs j set attempts = least(j.attempts + 1, j.max_attempts), error = fail_attempt.error
  where j.job_id = fail_attempt.job_id and j.state = 'active' returning j.* into job;
  if not found then
    return 'lost';
  end if;
  if backoff_ms is null or job.attempts >= job.max_attempts then
    perform execution.bury(job_id, error);
    return 'dead_lettered';
  end if;
  if exists (select from execution.async_tasks t where t.job_id = fail_attempt.job_id and t.state = 'open') then
    perform execution.end_task(array[job_id], 'failed', tell => false);
    select j.* into job from execution.jobs j where j.job_id = fail_attempt.job_id;
  end if;
  insert into execution.later (run_after, job_id, queue_id, priority)
  values (clock_timestamp() + make_interval(secs => greatest(backoff_ms, 0) / 1000.0), job_id, job.queue_id, job.priority);
  return 'requeued';
end $$;
comment on function execution.fail_attempt is
  'Records a failed attempt. backoff_ms null: do not try again. Where another attempt follows, an open task was ended by its provider, and the attempt begins in the queue the job came from; a checkpoint without a task is kept. Where none follows, the provider is told (it may be a deadline that ended the job). Returns requeued, dead_lettered (also when the attempts are spent, whatever the caller hoped) or lost (nothing changed).';
revoke execute on function execution.fail_attempt from public, anon, authenticated, service_role;
