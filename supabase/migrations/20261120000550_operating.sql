-- What the api asks for an operator, and what it asks before every write: how the engine stands, and who has asked too often.

create function execution.can_wake() returns boolean
language plpgsql stable security definer set search_path = '' as $$
begin
  return to_regclass('net.http_request_queue') is not null and to_regclass('vault.secrets') is not null
    and (select count(*) = 2 from vault.secrets s where s.name in ('project_url', 'agon_worker_key'));
end $$;
comment on function execution.can_wake is 'Whether execution.wake has what it needs to post to a function: pg_net, and both secrets in Vault. Whether the function is there nobody here knows.';
revoke execute on function execution.can_wake from public, anon, authenticated, service_role;

create function execution.untaken() returns table (kind text, key text, ready bigint, later bigint, oldest_ready_s double precision, why text)
language sql stable security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
  select k.kind, q.limit_key, r.count, l.count, r.oldest_s, case when k.wake_function is null then 'no_worker' else 'no_wake' end
  from (select execution.can_wake() as woken offset 0) w
  -- What a page of its owner answers waits for that page, and for no worker.
  join execution.job_kinds k on (k.wake_function is null or not w.woken) and k.kind not in ('local_execution', 'local_node')
  join execution.queues q on q.kind = k.kind
  cross join lateral (
    select count(*) as count, date_part('epoch', now()) - 1577836800 - min(x.ready_s) as oldest_s
    from (select y.ready_s from execution.ready y where y.queue_id = q.queue_id limit 1000) x) r
  cross join lateral (select count(*) as count from (select from execution.later y where y.queue_id = q.queue_id limit 1000) x) l
  where r.count + l.count > 0 and not exists (
    select from execution.worker_heartbeats h
    -- One that does not say which kinds it takes is of a release before, and may take any.
    where h.state = 'running' and execution.health(h) <> 'gone' and (h.kinds is null or k.kind = any (h.kinds))
      -- A command is run by who has it, and the repository: what a claim asks for (battles.fn_worker_claim_coding_job).
      and (q.limit_key is null or not starts_with(q.limit_key, 'coding:') or exists (
        select from execution.capabilities c cross join lateral jsonb_object_keys(c.details -> 'repositories') o (name)
        where c.driver = h.worker_id and c.capability || ':' || o.name = q.limit_key)))
$$;
comment on function execution.untaken is
  'Queues with jobs, ready or later (each counted to 1,000), that nobody who lives takes: no function, and no worker by what it says of itself. why: no_worker, no function takes this kind; no_wake: one does, and this project wakes none.';
revoke execute on function execution.untaken from public, anon, authenticated, service_role;

create function execution.fn_status() returns jsonb
language sql stable security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
  select jsonb_build_object(
    'at', now(),
    'kinds', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'kind', k.kind, 'ready', l.ready, 'oldest_ready_ms', l.oldest_ready_ms, 'later', l.later, 'due', l.due, 'leased', l.leased, 'drivers', l.drivers,
        'overdue_leases', l.overdue, 'paused_queues', l.paused, 'dead_letters', (
          select count(*) from execution.dead_letters d where d.redriven_at is null and d.kind = k.kind)) order by k.kind), '[]')
      from execution.job_kinds k cross join lateral (
        -- A second is the least that ready_s tells apart, and it may have been rounded up.
        select coalesce(sum(r.count), 0) as ready, coalesce(sum(w.count), 0) as later, coalesce(sum(w.due), 0) as due, coalesce(sum(h.jobs), 0) as leased,
          coalesce(sum(h.drivers), 0) as drivers, coalesce(sum(h.overdue), 0) as overdue, count(*) filter (where q.paused) as paused,
          case when max(r.waited_s) is not null then greatest(0, max(r.waited_s) * 1000)::bigint end as oldest_ready_ms
        from execution.queues q
        -- Counted no further than 100,000 a queue; the oldest is looked for among the thousand that come next.
        cross join lateral (
          select (select count(*) from (select from execution.ready x where x.queue_id = q.queue_id limit 100000) x) as count,
            (select date_part('epoch', now()) - 1577836800 - min(x.ready_s)
             from (select y.ready_s from execution.ready y where y.queue_id = q.queue_id order by y.position limit 1000) x) as waited_s) r
        cross join lateral (
          select count(*) as count, count(*) filter (where x.run_after <= now()) as due
          from (select y.run_after from execution.later y where y.queue_id = q.queue_id order by y.run_after limit 100000) x) w
        cross join lateral (
          select sum(cardinality(x.job_ids)) as jobs, count(distinct x.driver) as drivers, count(*) filter (where x.expires_at < now()) as overdue
          from execution.leases x where x.queue_id = q.queue_id) h
        where q.kind = k.kind) l),
    'untaken', (select coalesce(jsonb_agg(jsonb_build_object('kind', u.kind, 'key', u.key, 'ready', u.ready, 'later', u.later,
        'oldest_ready_ms', case when u.oldest_ready_s is not null then greatest(0, u.oldest_ready_s * 1000)::bigint end, 'why', u.why)
      order by u.kind, u.key), '[]') from (select * from execution.untaken() x order by x.kind, x.key limit 100) u),
    'workers', (select coalesce(jsonb_agg(jsonb_build_object('worker_id', w.worker_id, 'state', w.state, 'health', execution.health(w), 'running', w.running,
        'slots', w.slots, 'kinds', to_jsonb(w.kinds), 'capabilities', to_jsonb(w.capabilities)) order by w.worker_id), '[]')
      from execution.worker_heartbeats w where w.seen_at > now() - interval '20 hours' and execution.health(w) <> 'gone'),
    'switches', (select coalesce(jsonb_agg(jsonb_build_object('scope', s.scope, 'name', s.name, 'reason', s.reason, 'turned_off_at', s.turned_off_at)
      order by s.scope desc, s.name), '[]') from execution.switches s),
    'rate_limits', (select coalesce(jsonb_agg(jsonb_build_object('limit_key', l.limit_key, 'blocked_until', l.blocked_until, 'reports', l.reports)
      order by l.blocked_until desc), '[]') from (select * from execution.rate_limits x where x.blocked_until > now() order by x.blocked_until desc limit 100) l),
    'dead_letters', (select coalesce(jsonb_agg(jsonb_build_object('kind', d.kind, 'error_code', d.error_code, 'count', d.count, 'oldest_at', d.oldest_at)
      order by d.count desc, d.kind, d.error_code), '[]')
      from (select x.kind, x.error_code, count(*), min(x.created_at) as oldest_at from execution.dead_letters x where x.redriven_at is null group by 1, 2) d),
    'async_tasks', (select coalesce(jsonb_agg(jsonb_build_object('provider', t.provider, 'open', t.open, 'overdue', t.overdue, 'oldest_at', t.oldest_at) order by t.provider), '[]')
      from (select x.provider, count(*) as open, count(*) filter (where x.deadline_at < now()) as overdue, min(x.created_at) as oldest_at
        from execution.async_tasks x where x.state = 'open' group by 1) t))
$$;
comment on function execution.fn_status is
  'An operator calls it: how every kind of job stands (ready, later, leased, given up), which jobs nobody takes, which workers live and what they can do, what is switched off or rate limited, and which tasks providers keep. Reads, and takes no lock.';
revoke execute on function execution.fn_status from public, anon, authenticated, service_role;
grant execute on function execution.fn_status to service_role;

-- ---------------------------------------------------------------- requests

-- Unlogged: after a crash everyone starts with a fresh window, and no write waits for the log.
create unlogged table execution.request_counts (
  bucket text primary key check (char_length(bucket) between 1 and 200),
  requests integer not null,
  ends_at timestamptz not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
create index request_counts_ends on execution.request_counts (ends_at);
comment on table execution.request_counts is 'How often somebody has asked in the window that ends at ends_at: one row a user, so that no two users wait for each other.';
alter table execution.request_counts enable row level security;
revoke all on execution.request_counts from public, anon, authenticated, service_role;

create function execution.fn_count_request(bucket text, most integer, window_ms integer) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  counted execution.request_counts;
begin
  insert into execution.request_counts as c (bucket, requests, ends_at) values (bucket, 1, now() + make_interval(secs => window_ms / 1000.0))
  on conflict on constraint request_counts_pkey do update set
    requests = case when c.ends_at <= now() then 1 else c.requests + 1 end,
    ends_at = case when c.ends_at <= now() then excluded.ends_at else c.ends_at end
  where c.ends_at <= now() or c.requests < most
  returning c.* into counted;
  if counted.bucket is not null then
    return jsonb_build_object('allowed', true, 'remaining', most - counted.requests,
      'reset_ms', ceil(extract(epoch from counted.ends_at - now()) * 1000)::integer);
  end if;
  -- Who has asked too often writes nothing more until the window ends.
  select c.* into counted from execution.request_counts c where c.bucket = fn_count_request.bucket;
  return jsonb_build_object('allowed', false, 'remaining', 0,
    'reset_ms', greatest(0, ceil(extract(epoch from counted.ends_at - now()) * 1000))::integer);
end $$;
comment on function execution.fn_count_request is
  'api calls it before a write: counts one request of a bucket against `most` in a window that begins with the first. {allowed, remaining, reset_ms}; not allowed: nothing was counted.';
revoke execute on function execution.fn_count_request from public, anon, authenticated, service_role;
grant execute on function execution.fn_count_request to service_role;

create function execution.forget_request_counts(keep interval, most integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  forgotten integer;
begin
  delete from execution.request_counts c where c.ctid = any (array(
    select x.ctid from execution.request_counts x where x.ends_at <= now() - forget_request_counts.keep order by x.ends_at limit most for update skip locked));
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
comment on function execution.forget_request_counts is 'Step of the housekeeping: windows that ended before `keep`.';
revoke execute on function execution.forget_request_counts from public, anon, authenticated, service_role;
