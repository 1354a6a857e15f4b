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
