-- How a job gets into the queue, and how whoever may run it is told.

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
  if current_setting('agon.successor', true) <> '' and 1 = (
      select count(*) from arrived a join execution.queues q on q.queue_id = a.queue_id and q.kind = current_setting('agon.successor', true)
      having count(*) = (select count(*) from arrived)) then
    perform set_config('agon.successor', '', true);  -- who ended its parent takes it in this transaction; a second one is told of
    return null;
  end if;
  perform execution.announce(k.kind) from (
    select distinct q.kind from (select distinct a.queue_id from arrived a) a join execution.queues q on q.queue_id = a.queue_id and not q.paused
    where not exists (select from execution.rate_limits l where l.limit_key = q.limit_key and l.blocked_until > now())
      and not exists (select from execution.switches s where s.scope = 'system' or (s.scope = 'provider' and s.name = q.provider))) k;
  return null;
end $$;
comment on function execution.announce_ready is 'Trigger of execution.ready: announces the kinds that became ready.';
revoke execute on function execution.announce_ready from public, anon, authenticated, service_role;
create trigger ready_announce after insert on execution.ready
  referencing new table as arrived for each statement execute function execution.announce_ready();

-- ---------------------------------------------------------------- enqueue

create function execution.queue_for(
  kind text, concurrency_key text default null, concurrency_limit integer default null, limit_key text default null, provider text default null
) returns integer
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
  select q.queue_id into found_id from execution.queues q
  where q.kind = queue_for.kind and q.concurrency_key is not distinct from lane and q.limit_key is not distinct from queue_for.limit_key;
  if found_id is null then
    insert into execution.queues (kind, concurrency_key, limit_key, provider) values (kind, lane, limit_key, provider) on conflict do nothing;
    select q.queue_id into strict found_id from execution.queues q
    where q.kind = queue_for.kind and q.concurrency_key is not distinct from lane and q.limit_key is not distinct from queue_for.limit_key;
  end if;
  return found_id;
end $$;
comment on function execution.queue_for is
  'The queue of a kind in a lane on a provider key, made when missing. concurrency_limit is the default for a key nobody has configured; an operator''s row in execution.lanes wins, and a key without a row is not counted.';
revoke execute on function execution.queue_for from public, anon, authenticated, service_role;

-- Fairness: start-time fair queueing (Goyal, Vin, Cheng 1996), paid for where a job becomes ready and not in the claim. Virtual
-- time is the turn at the head of the kind's open queues; an owner's next job stands one turn after its last one, or at the
-- head when that is past. The turn takes 33 bits and the arrival that tells equal turns apart 22.
create function execution.take_turn(kind text, priority smallint, owner_id uuid, jobs integer, patient boolean) returns bigint
language plpgsql security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
#variable_conflict use_variable
declare
  base constant bigint := priority::bigint << 55;
  head bigint;
  last_turn bigint;
  bucket integer;
begin
  select (min(n.position) - base) >> 22 into head
  from execution.ready_heads h cross join lateral (
    select case when h.position >= base then h.position
      else (select r.position from execution.ready r where r.queue_id = h.queue_id and r.position >= base order by r.position limit 1) end as position) n
  where h.kind = take_turn.kind and not h.paused and n.position < base + (1::bigint << 55)
    and not exists (select from execution.rate_limits l where l.limit_key = h.limit_key and l.blocked_until > now())
    and not exists (select from execution.switches w where w.scope = 'provider' and w.name = h.provider);
  if head is null then
    head := coalesce((select s.last_turn from execution.shares s where s.kind = take_turn.kind and s.priority = take_turn.priority
      order by s.last_turn desc limit 1), 0);
  end if;
  if owner_id is null then
    return head;                                   -- it comes back, and has had its turn
  end if;
  -- A share that another transaction is just making cannot be seen, and inserting it would wait for that transaction. So who takes a turn
  -- takes a lock first that can be tried: one of 256 a kind, because a sweep may take turns for a thousand owners.
  bucket := (hashtextextended(owner_id::text, priority) & 255)::integer;
  if patient then
    perform pg_advisory_xact_lock(hashtext('execution.shares ' || kind), bucket);
  elsif not pg_try_advisory_xact_lock(hashtext('execution.shares ' || kind), bucket) then
    return head;                                   -- who holds locks that others wait for must not wait: the sweep goes from battle to battle
  end if;
  if not patient and exists (select from execution.shares s where s.kind = take_turn.kind and s.priority = take_turn.priority and s.owner_id = take_turn.owner_id) then
    perform from execution.shares s where s.kind = take_turn.kind and s.priority = take_turn.priority and s.owner_id = take_turn.owner_id
    for update skip locked;
    if not found then
      return head;
    end if;
  end if;
  insert into execution.shares as s (kind, priority, owner_id, last_turn) values (kind, priority, owner_id, head + jobs - 1)
  on conflict on constraint shares_pkey do update set last_turn = greatest(s.last_turn + 1, head) + jobs - 1
  returning s.last_turn into last_turn;
  return last_turn - jobs + 1;
end $$;
comment on function execution.take_turn is
  'The first of the turns that an owner''s next jobs take in a fair kind. patient: waits for another transaction of the same owner; without it the jobs go to the head for once.';
revoke execute on function execution.take_turn from public, anon, authenticated, service_role;

create function execution.make_ready(
  queue_id integer, priority smallint, job_ids bigint[], owner_id uuid default null, patient boolean default false, at_end boolean default false
) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  base constant bigint := priority::bigint << 55;
  fair_kind text;
  turn bigint;
begin
  select k.kind into fair_kind from execution.queues q join execution.job_kinds k on k.kind = q.kind
  where q.queue_id = make_ready.queue_id and k.fair;
  if fair_kind is null then
    insert into execution.ready (queue_id, position, job_id)
    select queue_id, base + nextval('execution.ready_arrival'), id
    from unnest(job_ids) with ordinality as t (id, nth) order by nth;
    return;
  end if;
  turn := execution.take_turn(fair_kind, priority, owner_id, cardinality(job_ids), patient);
  if at_end then
    turn := greatest(turn, (select max(s.last_turn) from execution.shares s where s.kind = fair_kind and s.priority = make_ready.priority) + 1);
  end if;
  insert into execution.ready (queue_id, position, job_id)
  select queue_id, base + (least(turn + case when owner_id is null then 0 else nth - 1 end, 8589934591) << 22) + (nextval('execution.ready_arrival') & 4194303), id
  from unnest(job_ids) with ordinality as t (id, nth) order by nth;
end $$;
comment on function execution.make_ready is
  'Puts jobs into a queue at their priority (lower numbers run first): at its end, or in a fair kind at their owner''s turn. owner_id null: jobs that come back, whose turn it is already. at_end: behind everyone, for a job that may be what killed its driver.';
revoke execute on function execution.make_ready from public, anon, authenticated, service_role;

create function execution.enqueue(
  queue_id integer, payloads jsonb[], subject_id uuid default null, priority smallint default 0,
  run_after timestamptz default null, deadline_at timestamptz default null, owner_id uuid default null, patient boolean default false
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
    perform execution.make_ready(queue_id, priority, ids, owner_id, patient);
  else
    insert into execution.later (run_after, job_id, queue_id, priority, owner_id) select run_after, id, queue_id, priority, owner_id from unnest(ids) as id;
  end if;
  return ids;
end $$;
comment on function execution.enqueue is
  'Adds one job per payload and returns their ids. A (subject, queue) has one job, ever: a second is refused by the unique index. owner_id: whose turn they take in a fair kind; patient: see take_turn.';
revoke execute on function execution.enqueue from public, anon, authenticated, service_role;
grant execute on function execution.enqueue to service_role;
