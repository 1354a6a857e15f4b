-- Housekeeping: what is forgotten, and when. Every table that grows with time has a line in execution.retention and a step that
-- takes at most so many rows of it at a time; one function runs them all, on a schedule or from a worker's sweep.
--
-- What belongs to a live job or an open battle stays, whatever the clock says: a job leaves the hot table when its owner has
-- ended, and its letters and tasks are forgotten only after it has left.

create table execution.retention (
  what text primary key check (what ~ '^[a-z][a-z0-9_.]{0,62}$'),
  keep interval check (keep >= interval '0'),
  step text check (step ~ '^[a-z_]+\.[a-z0-9_]+$'),
  place text not null default '',
  ran_at timestamptz
);
comment on table execution.retention is
  'How long what is kept: one line a kind of row; keep null is for ever. step: the function of interval and integer that forgets at most so many and returns how many. place: how far a walk over a large table has come. Change keep with an update; it holds from the next minute on.';
alter table execution.retention enable row level security;
revoke all on execution.retention from public, anon, authenticated, service_role;
grant select on execution.retention to service_role;

create function execution.fn_housekeeping(most integer default 20000) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  line execution.retention;
  forgotten integer;
  report jsonb := jsonb '{}';
begin
  if not pg_try_advisory_xact_lock(hashtext('execution.housekeeping')) then
    return jsonb_build_object('busy', true);
  end if;
  for line in select r.* from execution.retention r where r.keep is not null and r.step is not null order by r.what = 'jobs' desc, r.what loop
    begin
      execute format('select %s($1, $2)', line.step) into forgotten using line.keep, most;
      if forgotten > 0 then
        report := report || jsonb_build_object(line.what, forgotten);
      end if;
    exception when others then
      -- One table that cannot be cleaned must not let the others grow.
      raise warning 'Agon could not clean up %: %', line.what, sqlerrm;
      report := report || jsonb_build_object(line.what, -1);
    end;
  end loop;
  return report;
end $$;
comment on function execution.fn_housekeeping is
  'On a schedule, every minute, and from a worker''s sweep where there is no pg_cron: forgets what execution.retention says, at most `most` rows of each kind. Returns how many by kind (-1: it failed, and the database log says why), or {busy}.';
revoke execute on function execution.fn_housekeeping from public, anon, authenticated, service_role;
grant execute on function execution.fn_housekeeping to service_role;

-- ---------------------------------------------------------------- jobs, and what belongs to them

create function execution.archive_jobs(keep interval, most integer) returns integer
language plpgsql security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set enable_hashjoin = off
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  place bigint := (select nullif(r.place, '')::bigint from execution.retention r where r.what = 'jobs');
  walked record;
  hook record;
  ended bigint[] := array[]::bigint[];
  these bigint[];
  archived integer;
begin
  -- No index covers when a job ended (a completion stays a heap-only update that way), so the table is walked in the order of
  -- its ids, which is the order of creation: from where the last walk stopped to the first job that is too young.
  select max(w.job_id) as last, count(*) as seen, coalesce(bool_or(w.created_at >= now() - keep), false) as young,
    coalesce(array_agg(w.job_id) filter (where w.finished_at <= now() - keep), '{}') as ids
  into walked
  from (select j.job_id, j.created_at, j.finished_at from execution.jobs j where j.job_id > coalesce(place, 0) order by j.job_id limit most) w;
  update execution.retention r set ran_at = now(), place = case when walked.seen < most or walked.young then '' else walked.last::text end where r.what = 'jobs';
  if cardinality(walked.ids) = 0 then
    return 0;
  end if;
  for hook in
    select k.ended_jobs as name, array_agg(j.job_id order by j.job_id) as ids
    from execution.jobs j join execution.queues q on q.queue_id = j.queue_id join execution.job_kinds k on k.kind = q.kind
    where j.job_id = any (walked.ids) group by 1
  loop
    if hook.name is null then
      ended := ended || hook.ids;
    else
      execute format('select %s($1)', hook.name) into these using hook.ids;
      ended := ended || these;
    end if;
  end loop;
  delete from execution.checkpoints c where c.job_id = any (ended);
  with gone as (
    delete from execution.jobs j where j.ctid = any (array(
      select x.ctid from execution.jobs x where x.job_id = any (ended) and x.state >= 'completed' for update skip locked))
    returning j.*
  )
  insert into execution.job_archive (job_id, queue_id, kind, concurrency_key, subject_id, state, priority, attempts, reclaims, max_attempts, created_at,
    deadline_at, finished_at, payload, error)
  select g.job_id, g.queue_id, q.kind, q.concurrency_key, g.subject_id, g.state, g.priority, g.attempts, g.reclaims, g.max_attempts, g.created_at,
    g.deadline_at, g.finished_at, g.payload, g.error
  from gone g join execution.queues q on q.queue_id = g.queue_id;
  get diagnostics archived = row_count;
  return archived;
end $$;
comment on function execution.archive_jobs is
  'Step of the housekeeping: moves jobs that ended before `keep` to the archive, where their owners have ended too. Reads at most `most`.';
revoke execute on function execution.archive_jobs from public, anon, authenticated, service_role;

create function execution.forget_archived_jobs(keep interval, most integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  forgotten integer;
begin
  delete from execution.job_archive a where a.ctid = any (array(
    select x.ctid from execution.job_archive x where x.finished_at <= now() - forget_archived_jobs.keep order by x.finished_at limit most));
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
comment on function execution.forget_archived_jobs is 'Step of the housekeeping: archived jobs that ended before `keep`.';
revoke execute on function execution.forget_archived_jobs from public, anon, authenticated, service_role;

create index dead_letters_redriven on execution.dead_letters (redriven_at) where redriven_at is not null;
create function execution.forget_redriven_letters(keep interval, most integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  forgotten integer;
begin
  delete from execution.dead_letters d where d.ctid = any (array(
    select x.ctid from execution.dead_letters x where x.redriven_at <= now() - forget_redriven_letters.keep
      and not exists (select from execution.jobs j where j.job_id = x.job_id) order by x.redriven_at limit most));
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
comment on function execution.forget_redriven_letters is 'Step of the housekeeping: dead letters sent back before `keep`, whose jobs have left the hot table.';
revoke execute on function execution.forget_redriven_letters from public, anon, authenticated, service_role;

create function execution.forget_open_letters(keep interval, most integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  forgotten integer;
begin
  delete from execution.dead_letters d where d.ctid = any (array(
    select x.ctid from execution.dead_letters x where x.redriven_at is null and x.created_at <= now() - forget_open_letters.keep
      and not exists (select from execution.jobs j where j.job_id = x.job_id) order by x.created_at limit most));
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
comment on function execution.forget_open_letters is 'Step of the housekeeping: dead letters nobody sent back within `keep`, whose jobs have left the hot table.';
revoke execute on function execution.forget_open_letters from public, anon, authenticated, service_role;

create index async_tasks_finished on execution.async_tasks (finished_at) where finished_at is not null;
create function execution.forget_async_tasks(keep interval, most integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  forgotten integer;
begin
  delete from execution.async_tasks t where t.ctid = any (array(
    select x.ctid from execution.async_tasks x where x.finished_at <= now() - forget_async_tasks.keep
      and not exists (select from execution.jobs j where j.job_id = x.job_id) order by x.finished_at limit most));
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
comment on function execution.forget_async_tasks is 'Step of the housekeeping: providers'' tasks that ended before `keep`, whose jobs have left the hot table.';
revoke execute on function execution.forget_async_tasks from public, anon, authenticated, service_role;

create index callback_receipts_received on execution.callback_receipts (received_at);
create function execution.forget_callback_receipts(keep interval, most integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  forgotten integer;
begin
  -- A receipt outlives the signature it is for (minutes), whatever an operator sets: else a replay would count again.
  delete from execution.callback_receipts c where c.ctid = any (array(
    select x.ctid from execution.callback_receipts x where x.received_at <= now() - greatest(forget_callback_receipts.keep, interval '1 hour')
    order by x.received_at limit most));
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
comment on function execution.forget_callback_receipts is 'Step of the housekeeping: receipts of callbacks older than `keep`, and than an hour.';
revoke execute on function execution.forget_callback_receipts from public, anon, authenticated, service_role;

create index checkpoints_saved on execution.checkpoints (saved_at);
create function execution.forget_checkpoints(keep interval, most integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  forgotten integer;
begin
  delete from execution.checkpoints c where c.ctid = any (array(
    select x.ctid from (select y.ctid, y.job_id from execution.checkpoints y where y.saved_at <= now() - forget_checkpoints.keep order by y.saved_at limit most) x
    where not exists (select from execution.jobs j where j.job_id = x.job_id and j.state in ('active', 'held'))));
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
comment on function execution.forget_checkpoints is 'Step of the housekeeping: checkpoints that no live job goes on from. Every path that ends a job of a battle removes its own; this is for what a room above forgets.';
revoke execute on function execution.forget_checkpoints from public, anon, authenticated, service_role;

create function execution.forget_past_shares(keep interval, most integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  forgotten integer;
begin
  -- An owner behind the turn that is served starts at it anyway, so the row says nothing. The furthest of a kind stays: it is
  -- what time it is when nothing is ready.
  delete from execution.shares s where s.ctid = any (array(
    select x.ctid from execution.shares x
    cross join lateral (
      select coalesce(
        (select (min(h.position) - (x.priority::bigint << 55)) >> 22
         from execution.queues q cross join lateral (
           select r.position from execution.ready r where r.queue_id = q.queue_id and r.position >= x.priority::bigint << 55 order by r.position limit 1) h
         where q.kind = x.kind and h.position < (x.priority::bigint << 55) + (1::bigint << 55)),
        (select max(y.last_turn) from execution.shares y where y.kind = x.kind and y.priority = x.priority)) as served) t
    where x.last_turn < t.served
      and x.last_turn < (select max(y.last_turn) from execution.shares y where y.kind = x.kind and y.priority = x.priority)
    limit least(most, 1000) for update of x skip locked));
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
comment on function execution.forget_past_shares is 'Step of the housekeeping: how far owners have filled a fair kind, where that is past; no turn changes by it. `keep` is not read.';
revoke execute on function execution.forget_past_shares from public, anon, authenticated, service_role;

create function execution.forget_rate_limits(keep interval, most integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  forgotten integer;
begin
  delete from execution.rate_limits l where l.ctid = any (array(
    select x.ctid from execution.rate_limits x where x.blocked_until <= now() - forget_rate_limits.keep limit most for update skip locked));
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
comment on function execution.forget_rate_limits is 'Step of the housekeeping: rate limits that ended before `keep`.';
revoke execute on function execution.forget_rate_limits from public, anon, authenticated, service_role;

create index capabilities_seen on execution.capabilities (seen_at);
create function execution.forget_capabilities(keep interval, most integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  forgotten integer;
begin
  delete from execution.capabilities c where c.ctid = any (array(
    select x.ctid from execution.capabilities x where x.seen_at <= now() - greatest(forget_capabilities.keep, interval '10 minutes')
    order by x.seen_at limit most for update skip locked));
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
comment on function execution.forget_capabilities is 'Step of the housekeeping: what drivers could do that were last heard of before `keep`, and not in the last ten minutes.';
revoke execute on function execution.forget_capabilities from public, anon, authenticated, service_role;

create function execution.forget_worker_heartbeats(keep interval, most integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  forgotten integer;
begin
  delete from execution.worker_heartbeats w where w.ctid = any (array(
    select x.ctid from execution.worker_heartbeats x where x.seen_at <= now() - forget_worker_heartbeats.keep
    order by x.seen_at limit most for update skip locked));
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
comment on function execution.forget_worker_heartbeats is 'Step of the housekeeping: workers that were last heard of before `keep`.';
revoke execute on function execution.forget_worker_heartbeats from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- the platform's own logs of what we do

create function execution.forget_cron_runs(keep interval, most integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  forgotten integer;
begin
  if to_regclass('cron.job_run_details') is null or not has_table_privilege('cron.job_run_details', 'delete') then
    return 0;
  end if;
  execute $cron$
    delete from cron.job_run_details d where d.ctid = any (array(
      select x.ctid from (select y.ctid, y.jobid, y.end_time from cron.job_run_details y order by y.runid limit $2) x
      where x.end_time <= now() - $1 and x.jobid in (select j.jobid from cron.job j where j.jobname like 'agon-%')))
  $cron$ using forget_cron_runs.keep, most;
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
comment on function execution.forget_cron_runs is 'Step of the housekeeping: runs of our own schedules that ended before `keep`. pg_cron never forgets one.';
revoke execute on function execution.forget_cron_runs from public, anon, authenticated, service_role;

create function execution.forget_http_responses(keep interval, most integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  forgotten integer;
begin
  -- pg_net forgets by itself after six hours (pg_net.ttl), unless an operator has raised that; where its tables are not ours to
  -- delete from, that is how it stays.
  if to_regclass('net._http_response') is null or not has_table_privilege('net._http_response', 'delete') then
    return 0;
  end if;
  execute $net$
    delete from net._http_response r where r.ctid = any (array(
      select x.ctid from net._http_response x where x.created <= now() - $1 order by x.created limit $2))
  $net$ using forget_http_responses.keep, most;
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
comment on function execution.forget_http_responses is 'Step of the housekeeping: answers to our wakes that came before `keep`, where deleting them is allowed.';
revoke execute on function execution.forget_http_responses from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- battles

create function battles.ended_jobs(job_ids bigint[]) returns bigint[]
language sql stable security definer set search_path = '' as $$
  select array(
    select j.job_id from execution.jobs j
    left join battles.battles b on b.battle_id = battles.battle_of(j.subject_id)
    where j.job_id = any (ended_jobs.job_ids) and (b.battle_id is null or b.status in ('closed', 'cancelled', 'void')))
$$;
comment on function battles.ended_jobs is 'ended_jobs of the kinds of battles: a job may leave the hot table when its battle is final, or gone.';
revoke execute on function battles.ended_jobs from public, anon, authenticated, service_role;
update execution.job_kinds k set ended_jobs = 'battles.ended_jobs' where k.lock_owner = 'battles.lock_job_owners';

create function battles.forget_events(what text, keep interval, most integer) returns integer
language plpgsql security definer
set search_path = '' set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  place bigint := coalesce((select nullif(r.place, '')::bigint from execution.retention r where r.what = forget_events.what), 0);
  walked record;
  forgotten integer;
begin
  -- Walked in the order of ids, which is the order in time, from where the last walk stopped to the first event that is too young.
  if what = 'battles.deltas' then
    select max(w.event_id) as last, count(*) as seen, coalesce(bool_or(w.created_at > now() - keep), false) as young, array_agg(w.event_id) as ids into walked
    from (select e.event_id, e.created_at from battles.events e where e.type = 'contender.delta' and e.event_id > place order by e.event_id limit most) w;
  else
    select max(w.event_id) as last, count(*) as seen, coalesce(bool_or(w.created_at > now() - keep), false) as young, array_agg(w.event_id) as ids into walked
    from (select e.event_id, e.created_at from battles.events e where e.event_id > place order by e.event_id limit most) w;
  end if;
  delete from battles.events e using battles.battles b
  where e.event_id = any (walked.ids) and b.battle_id = e.battle_id
    and b.status in ('closed', 'cancelled', 'void') and b.finished_at <= now() - keep;
  get diagnostics forgotten = row_count;
  update execution.retention r set ran_at = now(), place = case when walked.seen < most or walked.young then '' else walked.last::text end
  where r.what = forget_events.what;
  return forgotten;
end $$;
comment on function battles.forget_events is 'What the two steps over events share: events of battles that were final before `keep`. Reads at most `most`.';
revoke execute on function battles.forget_events from public, anon, authenticated, service_role;

create index events_deltas on battles.events (event_id) where type = 'contender.delta';
create function battles.forget_deltas(keep interval, most integer) returns integer
language sql security definer set search_path = '' as $$ select battles.forget_events('battles.deltas', forget_deltas.keep, most) $$;
comment on function battles.forget_deltas is 'Step of the housekeeping: how an answer grew, once its battle has been final for `keep`. The answer itself is in battles.submissions.';
revoke execute on function battles.forget_deltas from public, anon, authenticated, service_role;

create function battles.forget_old_events(keep interval, most integer) returns integer
language sql security definer set search_path = '' as $$ select battles.forget_events('battles.events', forget_old_events.keep, most) $$;
comment on function battles.forget_old_events is 'Step of the housekeeping: the log of battles that have been final for `keep`. Battle, answers, verdicts and ratings stay.';
revoke execute on function battles.forget_old_events from public, anon, authenticated, service_role;

create index votes_sourced on battles.votes (created_at) where source_hash is not null;
create function battles.forget_vote_sources(keep interval, most integer) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  forgotten integer;
begin
  update battles.votes v set source_hash = null where v.vote_id = any (array(
    select x.vote_id from battles.votes x join battles.battles b on b.battle_id = x.battle_id
    where x.source_hash is not null and x.created_at <= now() - forget_vote_sources.keep
      and b.status in ('closed', 'cancelled', 'void') and b.finished_at <= now() - forget_vote_sources.keep
    order by x.created_at limit most for update of x skip locked));
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
comment on function battles.forget_vote_sources is 'Step of the housekeeping: where votes came from, once their battle has been final for `keep`. The votes stay, and whether one was held for it.';
revoke execute on function battles.forget_vote_sources from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- files nobody names

create function execution.fn_storage_orphans(most integer default 1000) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  line execution.retention;
  orphans jsonb;
  seen integer;
  last text;
begin
  if to_regclass('storage.objects') is null or not has_table_privilege('storage.objects', 'select') then
    return '{}';
  end if;
  -- Once an hour, and on until the walk it began is over.
  update execution.retention r set ran_at = now()
  where r.what = 'storage.objects' and r.keep is not null and (r.ran_at is null or r.ran_at <= now() - interval '1 hour' or r.place <> '')
  returning r.* into line;
  if not found then
    return '{}';
  end if;
  -- A run's are named workflows/<run> where they can be seen, and <owner>/runs/<root run> where they cannot; the rest by a battle or a contender.
  execute $storage$
    with page as (
      select o.bucket_id, o.name, o.created_at, row_number() over (order by o.bucket_id, o.name) as nth,
        case when o.bucket_id = 'workflow-files' then substring(o.name from '^[^/]+/runs/([0-9a-f-]{36})/') else substring(o.name from '^workflows/([0-9a-f]{32})/') end::uuid as run_id,
        case when o.bucket_id = 'battle-media' then substring(o.name from '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}') end::uuid as id
      from storage.objects o
      where o.bucket_id in ('battle-media', 'workflow-files') and (o.bucket_id, o.name) > (split_part($1, '/', 1), substr($1, strpos($1, '/') + 1))
      order by o.bucket_id, o.name limit $2
    ), gone as (
      select w.bucket_id, w.name from page w where w.created_at <= now() - $3 and case
        when w.run_id is not null then not exists (select from lenses.workflow_runs r where r.run_id = w.run_id)
        when w.id is not null then not exists (
          select from battles.battles b
          where b.battle_id in (w.id, (select c.battle_id from battles.contenders c where c.contender_id = w.id))
            and (b.status not in ('closed', 'cancelled', 'void') or exists (
              select from battles.submissions s where s.battle_id = b.battle_id and (strpos(s.content_url, w.name) > 0 or strpos(s.media_url, w.name) > 0 or strpos(s.keyframes::text, w.name) > 0))))
        else false end
    )
    select (select count(*) from page), (select w.bucket_id || '/' || w.name from page w order by w.nth desc limit 1),
      coalesce((select jsonb_object_agg(x.bucket_id, x.names) from (select g.bucket_id, jsonb_agg(g.name order by g.name) as names from gone g group by 1) x), '{}')
  $storage$ into seen, last, orphans using line.place, most, line.keep;
  update execution.retention r set place = case when seen < most then '' else last end where r.what = 'storage.objects';
  return orphans;
end $$;
comment on function execution.fn_storage_orphans is
  'A driver calls it, and deletes what it returns, {bucket: [name]}, through the Storage API (SQL may not): objects older than execution.retention keeps them, of battle-media that name a battle or contender by its id and that no submission of a final battle shows, and of battle-media and workflow-files that are of a run that was forgotten. Empty unless an hour has passed or a walk of `most` objects a call is under way.';
revoke execute on function execution.fn_storage_orphans from public, anon, authenticated, service_role;
grant execute on function execution.fn_storage_orphans to service_role;

-- ---------------------------------------------------------------- how long, by default

insert into execution.retention (what, keep, step) values
  ('jobs', '1 day', 'execution.archive_jobs'),
  ('job_archive', '90 days', 'execution.forget_archived_jobs'),
  ('dead_letters.redriven', '30 days', 'execution.forget_redriven_letters'),
  ('dead_letters.open', '400 days', 'execution.forget_open_letters'),
  ('async_tasks', '30 days', 'execution.forget_async_tasks'),
  ('callback_receipts', '7 days', 'execution.forget_callback_receipts'),
  ('capabilities', '1 day', 'execution.forget_capabilities'),
  ('worker_heartbeats', '1 day', 'execution.forget_worker_heartbeats'),
  ('checkpoints', '1 hour', 'execution.forget_checkpoints'),
  ('shares', '0', 'execution.forget_past_shares'),
  ('rate_limits', '1 day', 'execution.forget_rate_limits'),
  ('request_counts', '1 hour', 'execution.forget_request_counts'),
  ('webhooks.deliveries', '30 days', 'webhooks.forget_deliveries'),
  ('lensers.reservations', '62 days', 'lensers.forget_reservations'),
  ('cron.job_run_details', '1 day', 'execution.forget_cron_runs'),
  ('net.http_response', '1 day', 'execution.forget_http_responses'),
  ('battles.deltas', '1 day', 'battles.forget_deltas'),
  ('battles.events', '400 days', 'battles.forget_old_events'),
  ('battles.vote_sources', '30 days', 'battles.forget_vote_sources'),
  ('storage.objects', '1 day', null);

do $$
begin
  if to_regprocedure('cron.schedule(text, text, text)') is null then
    raise notice 'no pg_cron here: run the worker, it cleans up';
    return;
  end if;
  perform cron.schedule('agon-housekeeping', '* * * * *', 'select execution.fn_housekeeping()');
end $$;
