-- The step engine. One queue, one claim, one heartbeat, one reclaim, one dead letter, whatever a job is for.
--
-- Layout, decided by measurement (docs/benchmarks.md): a job is a lasting row; that it is *ready* is a row in a small hot
-- table that the claim deletes; that it is *leased* is one row per claimed batch. A job's own row is written once, when it
-- ends, and no index covers a column that changes then, so the write stays HOT. What an operator calls the status of a job
-- is therefore derived: execution.job_status shows it.
--
--   enqueue -> ready -> lease -> completed | failed (dead letter) | cancelled
--               ^  ^-------|  lost lease: reclaim, another driver takes over
--               '-- later <'  failed attempt: retry with backoff
--
-- Lock order, here and in every room above: owner (battle, run) -> lease -> job -> ready.

create type execution.job_state as enum ('active', 'pending', 'completed', 'failed', 'cancelled');
comment on type execution.job_state is
  'active: ready, delayed or leased. pending: a provider has the task and nobody holds a lease. The other three are final.';

create domain execution.job_priority as smallint check (value between -100 and 100);
comment on domain execution.job_priority is 'Lower numbers run first; 0 is ordinary.';

create table execution.job_kinds (
  kind text primary key check (kind ~ '^[a-z][a-z0-9_]{0,62}$'),
  wake_function text,
  lease_ms integer not null default 30000 check (lease_ms between 1000 and 3600000),
  max_attempts smallint not null default 3 check (max_attempts between 1 and 100),
  max_reclaims smallint not null default 3 check (max_reclaims between 1 and 100),
  lock_owner text check (lock_owner ~ '^[a-z_]+\.[a-z0-9_]+$'),
  settle_owner text check (settle_owner ~ '^[a-z_]+\.[a-z0-9_]+$')
);
comment on table execution.job_kinds is
  'What jobs are for, one row a kind. wake_function: the edge function posted to when work appears. lock_owner: a function of bigint[] that locks the owners of these jobs, in id order, before the engine touches a lease. settle_owner: a function of bigint and jsonb that tells the owner that a job was dead-lettered, with its error.';

create table execution.lanes (
  concurrency_key text primary key check (concurrency_key <> ''),
  concurrency_limit integer not null check (concurrency_limit > 0)
);
comment on table execution.lanes is
  'A concurrency key whose live leases are bounded across the whole fleet, e.g. local:ollama = 1. A key without a row is unlimited.';

create table execution.queues (
  queue_id integer generated always as identity primary key,
  kind text not null references execution.job_kinds (kind),
  concurrency_key text references execution.lanes (concurrency_key),
  paused boolean not null default false
);
create unique index queues_kind_lane on execution.queues (kind, concurrency_key) nulls not distinct;
create index queues_concurrency_key on execution.queues (concurrency_key);
comment on table execution.queues is
  'One line of ready jobs: a kind in a lane. paused: claims pass it by (the operator''s kill switch for a kind or a lane).';

-- No foreign keys on the hot tables: enqueue checks the queue itself, and a shared lock on one queue row by every insert
-- would serialise enqueuers.
create table execution.jobs (
  job_id bigint generated always as identity primary key,
  queue_id integer not null,
  subject_id uuid,
  state execution.job_state not null default 'active',
  priority execution.job_priority not null default 0,
  attempts smallint not null default 0,
  reclaims smallint not null default 0,
  max_attempts smallint not null default 3,
  created_at timestamptz not null default now(),
  deadline_at timestamptz,
  finished_at timestamptz,
  payload jsonb not null default '{}',
  error jsonb,
  check (attempts between 0 and max_attempts),
  check ((finished_at is null) = (state < 'completed'))   -- by the order of the enum; each check is evaluated at every completion
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
create unique index jobs_subject on execution.jobs (subject_id, queue_id) where subject_id is not null;
comment on table execution.jobs is
  'A job, for as long as it is remembered. subject_id: what it is for (a contender, a battle, a node). attempts: handler outcomes so far. reclaims: leases lost. error: the last failure {code, message}.';

create table execution.ready (
  queue_id integer not null,
  position bigint not null,
  job_id bigint not null,
  primary key (queue_id, position)
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
comment on table execution.ready is
  'Jobs that may be claimed now. position = priority in the high 16 bits, arrival in the low 48: one index order serves both.';
create sequence execution.ready_arrival cache 1;

create table execution.later (
  run_after timestamptz not null,
  job_id bigint not null,
  queue_id integer not null,
  priority smallint not null,
  primary key (queue_id, run_after, job_id)
);
create unique index later_job on execution.later (job_id);
comment on table execution.later is 'Jobs that must not run before run_after: delayed or backing off. A claim or the sweep moves the due ones to ready.';

create table execution.leases (
  lease_token bigint generated always as identity primary key,
  queue_id integer not null,
  concurrency_key text,
  driver text not null,
  claimed_at timestamptz not null default now(),
  renewed_at timestamptz,
  expires_at timestamptz not null,
  job_ids bigint[] not null check (cardinality(job_ids) > 0)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
create index leases_concurrency_key on execution.leases (concurrency_key) where concurrency_key is not null;
comment on table execution.leases is
  'A batch of jobs held by one driver until expires_at. The token is minted by the claim and never reused: it fences every later write.';

create table execution.dead_letters (
  dead_letter_id bigint generated always as identity primary key,
  job_id bigint not null references execution.jobs (job_id),
  kind text not null,
  subject_id uuid,
  error_code text not null,
  error_message text not null,
  attempts smallint not null,
  reclaims smallint not null,
  payload jsonb not null,
  created_at timestamptz not null default now(),
  redriven_at timestamptz
);
create index dead_letters_job on execution.dead_letters (job_id);
create index dead_letters_open on execution.dead_letters (created_at) where redriven_at is null;
comment on table execution.dead_letters is 'Jobs that will not run again by themselves, and why. redriven_at: an operator sent it back.';

create unlogged table execution.waiters (
  kind text primary key,
  waiting_until timestamptz not null
);
comment on table execution.waiters is
  'The doorbell: a driver with a direct connection that is idle says until when it listens. Only then does an insert notify, because a notifying commit serialises with every other (measured: 0.3 of the enqueue rate at 16 clients).';

-- Status as an operator reads it.
create view execution.job_status with (security_invoker = true) as
select j.job_id, q.kind, q.concurrency_key, j.subject_id,
  case
    when j.state <> 'active' then j.state::text
    when l.lease_token is null then 'queued'
    when l.renewed_at is null then 'claimed'
    else 'running'
  end as status,
  j.priority, j.attempts, j.reclaims, j.max_attempts, l.driver, l.claimed_at, l.expires_at, w.run_after, j.created_at, j.deadline_at, j.finished_at, j.error
from execution.jobs j
join execution.queues q on q.queue_id = j.queue_id
left join execution.leases l on j.state = 'active' and j.job_id = any (l.job_ids)
left join execution.later w on j.state = 'active' and w.job_id = j.job_id;
comment on view execution.job_status is
  'queued, claimed (leased, not yet renewed), running (lease renewed), pending, completed, failed, cancelled. A job retried by backoff is queued, with its run_after.';

-- ---------------------------------------------------------------- wake

create function execution.wake(function_name text) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  project_url text;
  worker_key text;
begin
  -- One post a transaction and function, however many rows the transaction made ready.
  if current_setting('agon.woken_' || replace(function_name, '-', '_'), true) = pg_catalog.pg_current_xact_id()::text then
    return;
  end if;
  -- A project that runs only workers has no net or vault schema, and needs no post.
  if to_regclass('net.http_request_queue') is null or to_regclass('vault.decrypted_secrets') is null then
    return;
  end if;
  select s.decrypted_secret into project_url from vault.decrypted_secrets s where s.name = 'project_url';
  select s.decrypted_secret into worker_key from vault.decrypted_secrets s where s.name = 'agon_worker_key';
  if project_url is null or worker_key is null then
    raise warning 'Agon cannot wake %: put project_url and agon_worker_key into Vault (supabase/config.toml, [db.vault])', function_name;
    return;
  end if;
  perform net.http_post(
    url := project_url || '/functions/v1/' || function_name,
    headers := jsonb_build_object('Content-Type', 'application/json', 'apikey', worker_key),
    timeout_milliseconds := 5000);
  perform set_config('agon.woken_' || replace(function_name, '-', '_'), pg_catalog.pg_current_xact_id()::text, true);
end $$;
comment on function execution.wake is
  'Posts an empty body to an edge function after commit: a nudge, never the work itself. Called by the trigger on ready and by the sweep. A missing secret is a warning, and the sweep tries again.';
revoke execute on function execution.wake from public, anon, authenticated, service_role;

create function execution.announce(kind text) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  wake_function text;
begin
  select k.wake_function into wake_function from execution.job_kinds k where k.kind = announce.kind;
  if wake_function is not null then
    perform execution.wake(wake_function);
  end if;
  if exists (select from execution.waiters w where w.kind = announce.kind and w.waiting_until > now()) then
    perform pg_catalog.pg_notify('agon_ready', kind);
  end if;
end $$;
comment on function execution.announce is 'Tells whoever may run jobs of a kind that some are ready: wakes its edge function, and rings the doorbell of idle workers.';
revoke execute on function execution.announce from public, anon, authenticated, service_role;

create function execution.announce_ready() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if current_setting('agon.quiet', true) = 'on' then
    return null;                                   -- a claim that promotes due jobs takes them itself
  end if;
  perform execution.announce(k.kind) from (
    select distinct q.kind from (select distinct a.queue_id from arrived a) a join execution.queues q on q.queue_id = a.queue_id and not q.paused) k;
  return null;
end $$;
comment on function execution.announce_ready is 'Trigger of execution.ready: announces the kinds that became ready.';
revoke execute on function execution.announce_ready from public, anon, authenticated, service_role;
create trigger ready_announce after insert on execution.ready
  referencing new table as arrived for each statement execute function execution.announce_ready();

-- ---------------------------------------------------------------- enqueue

create function execution.queue_for(kind text, concurrency_key text default null, concurrency_limit integer default null) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  lane text;
  found_id integer;
begin
  if concurrency_key is not null and concurrency_limit is not null then
    insert into execution.lanes values (concurrency_key, concurrency_limit) on conflict on constraint lanes_pkey do nothing;
  end if;
  select l.concurrency_key into lane from execution.lanes l where l.concurrency_key = queue_for.concurrency_key;
  select q.queue_id into found_id from execution.queues q where q.kind = queue_for.kind and q.concurrency_key is not distinct from lane;
  if found_id is null then
    insert into execution.queues (kind, concurrency_key) values (kind, lane) on conflict do nothing;
    select q.queue_id into strict found_id from execution.queues q where q.kind = queue_for.kind and q.concurrency_key is not distinct from lane;
  end if;
  return found_id;
end $$;
comment on function execution.queue_for is
  'The queue of a kind in a lane, made when missing. concurrency_limit is the default for a key nobody has configured; an operator''s row in execution.lanes wins. An unlimited key shares its kind''s own queue.';
revoke execute on function execution.queue_for from public, anon, authenticated, service_role;

create function execution.make_ready(queue_id integer, priority smallint, job_ids bigint[]) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  insert into execution.ready (queue_id, position, job_id)
  select queue_id, (priority::bigint << 48) + nextval('execution.ready_arrival'), id
  from unnest(job_ids) with ordinality as t (id, nth) order by nth;
end $$;
comment on function execution.make_ready is 'Puts jobs at the end of their priority in a queue. Lower priority numbers run first.';
revoke execute on function execution.make_ready from public, anon, authenticated, service_role;

create function execution.enqueue(
  queue_id integer, payloads jsonb[], subject_id uuid default null, priority smallint default 0,
  run_after timestamptz default null, deadline_at timestamptz default null
) returns bigint[]
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  limits execution.job_kinds;
  ids bigint[];
begin
  select k.* into strict limits from execution.queues q join execution.job_kinds k on k.kind = q.kind where q.queue_id = enqueue.queue_id;
  with added as (
    insert into execution.jobs (queue_id, subject_id, priority, max_attempts, deadline_at, payload)
    select queue_id, subject_id, priority, limits.max_attempts, deadline_at, p.payload
    from unnest(payloads) with ordinality as p (payload, nth) order by p.nth
    returning jobs.job_id
  )
  select array_agg(a.job_id order by a.job_id) into ids from added a;
  if run_after is null or run_after <= now() then
    perform execution.make_ready(queue_id, priority, ids);
  else
    insert into execution.later (run_after, job_id, queue_id, priority) select run_after, id, queue_id, priority from unnest(ids) as id;
  end if;
  return ids;
end $$;
comment on function execution.enqueue is
  'Adds one job per payload and returns their ids. A (subject, queue) has one job, ever: a second is refused by the unique index.';
revoke execute on function execution.enqueue from public, anon, authenticated, service_role;
grant execute on function execution.enqueue to service_role;

-- ---------------------------------------------------------------- claim

create function execution.promote_due(kind text default null, most integer default 1000) returns integer
language plpgsql security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  moved integer;
begin
  with due as (
    delete from execution.later w where w.ctid = any (array(
      select x.place from execution.queues q cross join lateral (
        select y.ctid as place from execution.later y
        where y.queue_id = q.queue_id and y.run_after <= now() order by y.run_after limit most for update skip locked) x
      where kind is null or q.kind = promote_due.kind))
    returning w.queue_id, w.priority, w.job_id, w.run_after
  )
  insert into execution.ready (queue_id, position, job_id)
  select d.queue_id, (d.priority::bigint << 48) + nextval('execution.ready_arrival'), d.job_id
  from (select * from due order by run_after, job_id) d;
  get diagnostics moved = row_count;
  return moved;
end $$;
comment on function execution.promote_due is 'Moves delayed jobs whose time has come to ready, of one kind or of all, at most `most` a queue, the longest due first; returns how many.';
revoke execute on function execution.promote_due from public, anon, authenticated, service_role;

create type execution.claimed_job as (
  lease_token bigint, job_id bigint, position bigint, subject_id uuid, attempts smallint, reclaims smallint, max_attempts smallint,
  deadline_at timestamptz, payload jsonb);

create function execution.lanes_with_room(kind text) returns table (queue_id integer, concurrency_key text, room integer)
language plpgsql security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set enable_hashjoin = off
set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  -- A lane is counted under its row's lock, so its limit holds over the fleet; one that someone else is claiming from right now
  -- is left to them.
  for queue_id, concurrency_key in
    select q.queue_id, q.concurrency_key from execution.queues q
    where q.kind = lanes_with_room.kind and q.concurrency_key is not null and not q.paused
      and (select r.job_id from execution.ready r where r.queue_id = q.queue_id limit 1) is not null
    order by q.concurrency_key
  loop
    select l.concurrency_limit into room from execution.lanes l where l.concurrency_key = lanes_with_room.concurrency_key for update skip locked;
    continue when not found;
    room := room - coalesce((select sum(cardinality(s.job_ids)) from execution.leases s where s.concurrency_key = lanes_with_room.concurrency_key), 0);
    if room > 0 then
      return next;
    end if;
  end loop;
end $$;
comment on function execution.lanes_with_room is 'The limited lanes of a kind that have ready jobs, and how many more leases each may hold; locks them until the claim commits.';
revoke execute on function execution.lanes_with_room from public, anon, authenticated, service_role;

-- The one claim. Its parts stand in one function, because at one job a step every further call costs a tenth (docs/benchmarks.md).
-- The planner is held to the index order it was written for: with statistics taken while the queue was empty it would sort or
-- scan, 25 times slower. tests/database/claim-plan.test.ts explains it at 100,000 rows.
create function execution.fn_worker_step(
  lease_token bigint, done_ids bigint[], kind text, driver text, most integer, hint bigint default -9223372036854775808
) returns setof execution.claimed_job
language plpgsql security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set enable_hashjoin = off
set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  line record;
  held bigint[];
  got integer;
  queue_ids integer[] := '{}';
  lanes text[] := '{}';
  rooms integer[] := '{}';
begin
  -- All that a step must know, in one statement.
  select k.lease_ms, q.queue_id, k.settle_owner,
    exists (select from execution.later w where w.queue_id = q.queue_id and w.run_after <= now()) as due,
    exists (select from execution.queues x where x.kind = k.kind and x.concurrency_key is not null) as lanes
  into line
  from execution.job_kinds k left join execution.queues q on q.kind = k.kind and q.concurrency_key is null and not q.paused
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

  if line.due or line.lanes then
    perform set_config('agon.quiet', 'on', true);
    perform execution.promote_due(kind);
    perform set_config('agon.quiet', 'off', true);
  end if;
  if line.lanes and most > 0 then
    select coalesce(array_agg(n.queue_id), '{}'), coalesce(array_agg(n.concurrency_key), '{}'), coalesce(array_agg(n.room), '{}')
    into queue_ids, lanes, rooms from execution.lanes_with_room(kind) n;
  end if;
  if line.queue_id is not null then
    queue_ids := queue_ids || line.queue_id;
  end if;
  for nth in 1..cardinality(queue_ids) loop
    -- Again, when what was taken had been cancelled meanwhile: a claim that comes back short means that no more is ready.
    for attempt in 1..10 loop
      exit when most < 1 or rooms[nth] < 1;
      return query
      with taken as (
        delete from execution.ready r where r.ctid = any (array(
          select x.ctid from execution.ready x
          where x.queue_id = queue_ids[nth] and x.position >= case when lanes[nth] is null then hint else -9223372036854775808 end
          order by x.position limit least(most, rooms[nth]) for update skip locked))
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
      rooms[nth] := rooms[nth] - got;
      exit when most < 1;
      perform from execution.ready x
      where x.queue_id = queue_ids[nth] and x.position >= case when lanes[nth] is null then hint else -9223372036854775808 end
      order by x.position limit 1 for update skip locked;
      exit when not found;
    end loop;
  end loop;
end $$;
comment on function execution.fn_worker_step is
  'Completes the batch a driver holds and claims its next one, of a kind without owners: one round trip, one commit. hint: no job of the unlimited queue before that position is wanted (it skips index entries already consumed). See fn_worker_complete_jobs and fn_worker_claim_jobs.';
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

create function execution.has_ready(kind text) returns boolean
language sql stable security definer set search_path = '' set enable_seqscan = off as $$
  -- The limit keeps this a probe of the index per queue: as a join it would read every ready row.
  select exists (
    select from execution.queues q
    where q.kind = has_ready.kind and not q.paused and (select r.job_id from execution.ready r where r.queue_id = q.queue_id limit 1) is not null)
$$;
comment on function execution.has_ready is 'Whether any job of a kind may be claimed now, limits of its lane aside.';
revoke execute on function execution.has_ready from public, anon, authenticated, service_role;

create function execution.next_due_ms(kind text) returns integer
language sql stable security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
  select greatest(0, least(2147483647, ceil(extract(epoch from min(w.run_after) - clock_timestamp()) * 1000)))::integer
  from execution.queues q cross join lateral (
    select x.run_after from execution.later x where x.queue_id = q.queue_id order by x.run_after limit 1) w
  where q.kind = next_due_ms.kind and not q.paused
  having min(w.run_after) is not null
$$;
comment on function execution.next_due_ms is 'Milliseconds until the next delayed job of a kind may run; null when none waits. A driver with time left stays for it.';
revoke execute on function execution.next_due_ms from public, anon, authenticated, service_role;

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
  select l.job_ids into held from execution.leases l where l.lease_token = release.lease_token for update;
  if not found then
    return '{}';
  end if;
  select array_agg(id) into mine from unnest(held) as id where id = any (job_ids);
  if mine is null then
    return '{}';
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

create function execution.close_job(job_id bigint, lease_token bigint, state execution.job_state, error jsonb default null) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  if cardinality(execution.release(lease_token, array[job_id])) = 0 then
    return false;
  end if;
  update execution.jobs j set state = close_job.state, attempts = least(j.attempts + 1, j.max_attempts), finished_at = now(), error = close_job.error
  where j.job_id = close_job.job_id and j.state = 'active';
  return found;
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
  where j.job_id = bury.job_id and j.state in ('active', 'pending') returning j.* into dead;
  if not found then
    return null;
  end if;
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
  insert into execution.later (run_after, job_id, queue_id, priority)
  values (clock_timestamp() + make_interval(secs => greatest(backoff_ms, 0) / 1000.0), job_id, job.queue_id, job.priority);
  return 'requeued';
end $$;
comment on function execution.fail_attempt is
  'Records a failed attempt. backoff_ms null: do not try again. Returns requeued, dead_lettered (also when the attempts are spent, whatever the caller hoped) or lost (nothing changed).';
revoke execute on function execution.fail_attempt from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- cancel, reclaim, redrive, sweep

create function execution.cancel_jobs(job_ids bigint[]) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  ended integer;
begin
  -- Out of their leases first, which frees their lane at once; leases are locked in token order, as cancels may share them.
  perform from execution.leases l where l.job_ids && cancel_jobs.job_ids order by l.lease_token for update;
  delete from execution.leases l where l.job_ids <@ cancel_jobs.job_ids;
  update execution.leases l set job_ids = array(select id from unnest(l.job_ids) as id where not id = any (cancel_jobs.job_ids))
  where l.job_ids && cancel_jobs.job_ids;
  update execution.jobs j set state = 'cancelled', finished_at = now() where j.job_id = any (job_ids) and j.state in ('active', 'pending');
  get diagnostics ended = row_count;
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
      perform execution.make_ready(job.queue_id, job.priority, array[job.job_id]);
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
  update execution.jobs j set state = 'active', attempts = 0, reclaims = 0, finished_at = null, error = null,
    deadline_at = now() + (j.deadline_at - j.created_at)
  where j.job_id = revive.job_id and j.state = 'failed' returning j.* into job;
  if not found then
    return false;
  end if;
  update execution.dead_letters d set redriven_at = now() where d.job_id = revive.job_id and d.redriven_at is null;
  perform execution.make_ready(job.queue_id, job.priority, array[job_id]);
  return true;
end $$;
comment on function execution.revive is 'Sends a dead-lettered job back with both counters reset and its time budget whole. The owner''s own redrive function decides whether it may.';
revoke execute on function execution.revive from public, anon, authenticated, service_role;

create function execution.sweep() returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  promoted integer;
  reclaimed integer;
begin
  if not pg_try_advisory_xact_lock(hashtext('execution.sweep')) then
    return jsonb_build_object('busy', true);       -- two sweeps would lock owners in different orders, and one is enough
  end if;
  promoted := execution.promote_due();
  reclaimed := execution.reclaim_expired();
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

-- ---------------------------------------------------------------- who may look

alter table execution.job_kinds enable row level security;
alter table execution.lanes enable row level security;
alter table execution.queues enable row level security;
alter table execution.jobs enable row level security;
alter table execution.ready enable row level security;
alter table execution.later enable row level security;
alter table execution.leases enable row level security;
alter table execution.dead_letters enable row level security;
alter table execution.waiters enable row level security;
revoke all on all tables in schema execution from public, anon, authenticated, service_role;
revoke all on all sequences in schema execution from public, anon, authenticated, service_role;
grant select on execution.job_kinds, execution.lanes, execution.queues, execution.jobs, execution.ready, execution.later, execution.leases,
  execution.dead_letters, execution.job_status to service_role;
