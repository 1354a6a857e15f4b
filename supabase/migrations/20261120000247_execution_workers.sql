-- Workers tell how they are, for whoever runs them; and one that stops gives back what it had in hand.

create table execution.worker_heartbeats (
  worker_id text primary key check (char_length(worker_id) between 1 and 200),
  worker_type text not null check (worker_type ~ '^[a-z][a-z0-9_-]{0,62}$'),
  host text,
  pid integer,
  version text,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  interval_ms integer not null default 10000 check (interval_ms between 100 and 3600000),
  state text not null default 'running' check (state in ('running', 'draining', 'stopped')),
  slots integer not null default 0,
  running integer not null default 0,
  sub_workers text[] not null default '{}',
  kinds text[],
  capabilities text[] not null default '{}',
  metadata jsonb not null default '{}' check (pg_column_size(metadata) <= 8192)
) with (fillfactor = 50);
create index worker_heartbeats_seen on execution.worker_heartbeats (seen_at);
comment on table execution.worker_heartbeats is
  'How each worker said it is, and when it said so last: for operators alone. No claim and no lease reads it; what a worker can do is believed from execution.capabilities, and what it holds is in execution.leases.';
alter table execution.worker_heartbeats enable row level security;
revoke all on execution.worker_heartbeats from public, anon, authenticated, service_role;
grant select on execution.worker_heartbeats to service_role;

create function execution.fn_worker_upsert_heartbeat(worker_id text, worker_type text, metadata jsonb default '{}') returns void
language sql security definer set search_path = '' as $$
  insert into execution.worker_heartbeats as w
    (worker_id, worker_type, host, pid, version, started_at, interval_ms, state, slots, running, sub_workers, kinds, capabilities, metadata)
  select fn_worker_upsert_heartbeat.worker_id, fn_worker_upsert_heartbeat.worker_type, m ->> 'host', (m ->> 'pid')::integer, m ->> 'version',
    coalesce((m ->> 'started_at')::timestamptz, now()), coalesce((m ->> 'interval_ms')::integer, 10000), coalesce(m ->> 'state', 'running'),
    coalesce((m ->> 'slots')::integer, 0), coalesce((m ->> 'running')::integer, 0),
    array(select jsonb_array_elements_text(m -> 'sub_workers')),
    case when jsonb_typeof(m -> 'kinds') = 'array' then array(select jsonb_array_elements_text(m -> 'kinds')) end, array(select jsonb_array_elements_text(m -> 'capabilities')),
    m - '{host,pid,version,started_at,interval_ms,state,slots,running,sub_workers,kinds,capabilities}'::text[]
  from (values (coalesce(fn_worker_upsert_heartbeat.metadata, '{}'))) t (m)
  on conflict on constraint worker_heartbeats_pkey do update set
    worker_type = excluded.worker_type, host = excluded.host, pid = excluded.pid, version = excluded.version, seen_at = now(),
    started_at = case when fn_worker_upsert_heartbeat.metadata ? 'started_at' then excluded.started_at else w.started_at end,
    interval_ms = excluded.interval_ms, state = excluded.state, slots = excluded.slots, running = excluded.running,
    sub_workers = excluded.sub_workers, kinds = excluded.kinds, capabilities = excluded.capabilities, metadata = excluded.metadata
$$;
comment on function execution.fn_worker_upsert_heartbeat is
  'A worker calls it every interval_ms. metadata: host, pid, version, started_at, interval_ms, state (running, draining, stopped), slots, running, sub_workers, kinds (of jobs it takes) and capabilities have columns of their own; what else it says is kept as it is.';
revoke execute on function execution.fn_worker_upsert_heartbeat from public, anon, authenticated, service_role;
grant execute on function execution.fn_worker_upsert_heartbeat to service_role;

create function execution.health(worker execution.worker_heartbeats) returns text
language sql stable security definer set search_path = '' as $$
  select case
    when (worker).state = 'stopped' or (worker).seen_at < now() - 20 * make_interval(secs => (worker).interval_ms / 1000.0) then 'gone'
    when (worker).seen_at < now() - 3 * make_interval(secs => (worker).interval_ms / 1000.0) then 'late'
    else 'healthy' end
$$;
comment on function execution.health is 'How a worker is, by when it was heard of: healthy within three of its intervals, late within twenty, gone longer ago or where it said that it stops.';
revoke execute on function execution.health from public, anon, authenticated, service_role;

create function execution.fn_workers() returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('at', now(), 'workers', coalesce(jsonb_agg(jsonb_build_object(
      'worker_id', w.worker_id, 'worker_type', w.worker_type, 'host', w.host, 'pid', w.pid, 'version', w.version,
      'started_at', w.started_at, 'seen_at', w.seen_at, 'interval_ms', w.interval_ms, 'state', w.state,
      'health', execution.health(w),
      'slots', w.slots, 'running', w.running, 'sub_workers', to_jsonb(w.sub_workers), 'kinds', to_jsonb(w.kinds), 'capabilities', to_jsonb(w.capabilities), 'metadata', w.metadata)
    order by w.seen_at desc, w.worker_id), '[]'))
  from (select * from execution.worker_heartbeats x order by x.seen_at desc, x.worker_id limit 1000) w
$$;
comment on function execution.fn_workers is
  'An operator calls it: the workers heard of within what retention keeps, last heard first. healthy: within three of its intervals; late: within twenty; gone: longer ago, or it said that it stops.';
revoke execute on function execution.fn_workers from public, anon, authenticated, service_role;
grant execute on function execution.fn_workers to service_role;

create function execution.fn_worker_give_back(lease_token bigint) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  held execution.leases;
  job execution.jobs;
  given integer := 0;
  given_kinds text[];
begin
  select l.* into held from execution.leases l where l.lease_token = fn_worker_give_back.lease_token;
  if not found then
    return 0;
  end if;
  perform execution.lock_owners(held.job_ids);
  delete from execution.leases l where l.lease_token = fn_worker_give_back.lease_token returning l.* into held;
  if not found then
    return 0;                                      -- recorded or reclaimed meanwhile
  end if;
  for job in select j.* from execution.jobs j where j.job_id = any (held.job_ids) and j.state = 'active' order by j.job_id for update loop
    perform execution.make_ready(job.queue_id, job.priority, array[job.job_id]);
    given := given + 1;
  end loop;
  -- Of the job's queue and not the lease's: a job may have been delegated under it.
  given_kinds := array(select distinct q.kind from execution.jobs j join execution.queues q on q.queue_id = j.queue_id
    where j.job_id = any (held.job_ids) and j.state = 'active');
  perform execution.announce(k) from unnest(given_kinds) k;
  return given;
end $$;
comment on function execution.fn_worker_give_back is
  'A driver that stops calls it for a lease whose jobs it has cut off: they are ready at once, and neither an attempt nor a lost lease is counted. Later writes under the token are refused. Returns how many; 0: they were recorded, cancelled or reclaimed already.';
revoke execute on function execution.fn_worker_give_back from public, anon, authenticated, service_role;
grant execute on function execution.fn_worker_give_back to service_role;
