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
-- Lock order, here and in every room above: owner (battle, run) -> lease -> job -> share -> ready.

create type execution.job_state as enum ('active', 'held', 'completed', 'failed', 'cancelled');
comment on type execution.job_state is
  'active: ready, delayed, leased, or waiting for a provider''s task. held: stopped by an operator until released. The other three are final.';

create domain execution.job_priority as smallint check (value between -100 and 100);
comment on domain execution.job_priority is 'Lower numbers run first; 0 is ordinary.';

create table execution.job_kinds (
  kind text primary key check (kind ~ '^[a-z][a-z0-9_]{0,62}$'),
  wake_function text,
  lease_ms integer not null default 30000 check (lease_ms between 1000 and 3600000),
  max_attempts smallint not null default 3 check (max_attempts between 1 and 100),
  max_reclaims smallint not null default 3 check (max_reclaims between 1 and 100),
  fair boolean not null default false,
  resumes boolean not null default true,
  lock_owner text check (lock_owner ~ '^[a-z_]+\.[a-z0-9_]+$'),
  settle_owner text check (settle_owner ~ '^[a-z_]+\.[a-z0-9_]+$'),
  ended_jobs text check (ended_jobs ~ '^[a-z_]+\.[a-z0-9_]+$')
);
comment on table execution.job_kinds is
  'What jobs are for, one row a kind. wake_function: the edge function posted to when work appears. lock_owner: a function of bigint[] that locks the owners of these jobs, in id order, before the engine touches a lease. settle_owner: a function of bigint and jsonb that tells the owner that a job was dead-lettered, with its error. ended_jobs: a function of bigint[] that returns those of these jobs whose owners have ended; the others stay where a redrive finds them, however long ago they ended. fair: its queues are shared out between the people who filled them, instead of first come, first served. resumes: a job goes on from its checkpoint, so that one that comes further is not what killed its drivers; where it begins anew, lost leases are not forgotten for what it showed.';

create table execution.lanes (
  concurrency_key text primary key check (concurrency_key <> ''),
  concurrency_limit integer not null check (concurrency_limit > 0)
);
comment on table execution.lanes is
  'A concurrency key whose live leases are bounded across the whole fleet, e.g. local:ollama = 1. A key without a row is unlimited.';

create table execution.switches (
  scope text not null check (scope in ('system', 'provider')),
  name text not null,
  reason text not null default '' check (char_length(reason) <= 500),
  turned_off_at timestamptz not null default now(),
  primary key (scope, name),
  check ((scope = 'system') = (name = ''))
);
comment on table execution.switches is
  'What an operator has turned off: a row is a switch that is off. system stops every claim, provider those of jobs that would call it. Jobs in hand end as they will; nothing is lost, and all of it goes on when the row is gone.';

create table execution.rate_limits (
  limit_key text primary key check (limit_key <> ''),
  blocked_until timestamptz not null,
  reported_at timestamptz not null default now(),
  reports bigint not null default 1
);
comment on table execution.rate_limits is
  'Provider keys that may not be used for now, as their provider said (429 with Retry-After, or nothing remaining): the platform''s key by its provider id, a user''s as byok:<id>. Claims pass their jobs by until blocked_until.';

create table execution.queues (
  queue_id integer generated always as identity primary key,
  kind text not null references execution.job_kinds (kind),
  concurrency_key text references execution.lanes (concurrency_key),
  limit_key text,
  provider text,
  paused boolean not null default false
);
create unique index queues_kind_lane on execution.queues (kind, concurrency_key, limit_key) nulls not distinct;
create index queues_concurrency_key on execution.queues (concurrency_key);
comment on table execution.queues is
  'One line of ready jobs: a kind in a lane, on one provider key (limit_key, whose rate limit its calls draw on). paused: claims pass it by (the operator''s switch for a kind or a lane).';

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

create table execution.job_archive (
  job_id bigint primary key,
  queue_id integer not null,
  kind text not null,
  concurrency_key text,
  subject_id uuid,
  state execution.job_state not null check (state >= 'completed'),
  priority execution.job_priority not null,
  attempts smallint not null,
  reclaims smallint not null,
  max_attempts smallint not null,
  created_at timestamptz not null,
  deadline_at timestamptz,
  finished_at timestamptz not null,
  payload jsonb not null,
  error jsonb
);
create index job_archive_subject on execution.job_archive (subject_id) where subject_id is not null;
create index job_archive_finished on execution.job_archive (finished_at);
comment on table execution.job_archive is
  'Jobs that ended long enough ago (execution.retention), out of the way of those that have not. execution.job_status shows both, and a redrive takes one back.';

create table execution.ready (
  queue_id integer not null,
  ready_s integer not null default (date_part('epoch', now()) - 1577836800)::integer,   -- until 2088, in four bytes that a row has to spare here
  position bigint not null,
  job_id bigint not null,
  primary key (queue_id, position)
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
comment on table execution.ready is
  'Jobs that may be claimed now. position = priority in the high 9 bits, turn in the low 55: one index order serves both. In a fair kind a turn is the owner''s virtual time, then arrival; else arrival alone. ready_s: since when, in seconds from 2020, for execution.fn_status alone.';
create sequence execution.ready_arrival cache 1;

create table execution.shares (
  kind text not null references execution.job_kinds (kind),
  priority smallint not null,
  owner_id uuid not null,
  last_turn bigint not null,
  primary key (kind, priority, owner_id)
) with (fillfactor = 50);
create index shares_last_turn on execution.shares (kind, priority, last_turn desc);
comment on table execution.shares is
  'How far each owner has filled a fair kind: the turn of its latest job. An owner''s next job comes one turn later, and never before the turn that is being served, so ten thousand jobs of one owner stand between no two of another.';

create table execution.later (
  run_after timestamptz not null,
  job_id bigint not null,
  queue_id integer not null,
  priority smallint not null,
  owner_id uuid,
  primary key (queue_id, run_after, job_id)
);
create unique index later_job on execution.later (job_id);
comment on table execution.later is 'Jobs that must not run before run_after: delayed, backing off, or waiting to ask a provider again. A claim or the sweep moves the due ones to ready. owner_id: its turn has still to be taken; a job that comes back has had it.';

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
  job_id bigint not null,                          -- in jobs, or in job_archive by now
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

-- ---------------------------------------------------------------- what a job leaves with others

create table execution.async_tasks (
  task_id bigint generated always as identity primary key,
  job_id bigint not null,
  home_queue_id integer not null references execution.queues (queue_id),
  provider text not null,
  provider_task_id text not null check (provider_task_id <> ''),
  details jsonb not null default '{}',
  state text not null default 'open' check (state in ('open', 'completed', 'failed', 'cancelled')),
  polls integer not null default 0,
  progress real check (progress between 0 and 1),
  created_at timestamptz not null default now(),
  polled_at timestamptz,
  called_back_at timestamptz,
  deadline_at timestamptz not null,
  finished_at timestamptz,
  check ((finished_at is null) = (state = 'open'))
);
create unique index async_tasks_open on execution.async_tasks (job_id) where state = 'open';
create index async_tasks_job on execution.async_tasks (job_id);
create index async_tasks_home_queue on execution.async_tasks (home_queue_id);
create index async_tasks_provider on execution.async_tasks (provider, provider_task_id);
comment on table execution.async_tasks is
  'A task that a provider keeps (a video, a song, a long answer). While it is open its job waits in later, without a lease, and each poll is an ordinary claim of that job. home_queue_id: where the job goes back to when the task fails and another attempt is due.';

create table execution.callback_receipts (
  provider text not null,
  event_id text not null check (char_length(event_id) between 1 and 200),
  received_at timestamptz not null default now(),
  primary key (provider, event_id)
);
comment on table execution.callback_receipts is 'Signed callbacks that were accepted: the primary key is what makes a replay have no effect.';

create table execution.checkpoints (
  job_id bigint primary key references execution.jobs (job_id),
  state jsonb not null,
  saved_at timestamptz not null default now()
) with (fillfactor = 50);
comment on table execution.checkpoints is 'How far a job''s answer has come: the text so far and the provider''s cursor. The next step goes on from it, whoever takes it and whatever became of the last.';

-- A project has a queue for every key its users brought; few of them have anything in them. So whoever looks for work steps from one filled
-- queue to the next along the primary key, and never asks an empty one: PostgreSQL 17 has no skip scan, this is one.
create view execution.ready_heads with (security_invoker = true) as
with recursive heads as (
  (select r.queue_id, r.position from execution.ready r order by r.queue_id, r.position limit 1)
  union all
  select n.queue_id, n.position from heads h cross join lateral (
    select r.queue_id, r.position from execution.ready r where r.queue_id > h.queue_id order by r.queue_id, r.position limit 1) n)
select q.*, h.position from heads h
cross join lateral (select q.* from execution.queues q where q.queue_id = h.queue_id limit 1) q;   -- the limit keeps this a probe: as a join it would read every queue
comment on view execution.ready_heads is 'The queues with ready jobs, and the position of the first in each. Costs what is filled, however many queues there are.';

create view execution.later_heads with (security_invoker = true) as
with recursive heads as (
  (select w.queue_id, w.run_after from execution.later w order by w.queue_id, w.run_after limit 1)
  union all
  select n.queue_id, n.run_after from heads h cross join lateral (
    select w.queue_id, w.run_after from execution.later w where w.queue_id > h.queue_id order by w.queue_id, w.run_after limit 1) n)
select q.*, h.run_after from heads h
cross join lateral (select q.* from execution.queues q where q.queue_id = h.queue_id limit 1) q;
comment on view execution.later_heads is 'The queues with delayed jobs, and when the first in each may run.';

-- Status as an operator reads it.
create view execution.job_status with (security_invoker = true) as
select j.job_id, q.kind, q.concurrency_key, j.subject_id,
  case
    when j.state <> 'active' then j.state::text
    when l.lease_token is null then case when exists (select from execution.async_tasks t where t.job_id = j.job_id and t.state = 'open') then 'running' else 'queued' end
    when l.renewed_at is null then 'claimed'
    else 'running'
  end as status,
  j.priority, j.attempts, j.reclaims, j.max_attempts, l.driver, l.claimed_at, l.expires_at, w.run_after, j.created_at, j.deadline_at, j.finished_at, j.error
from execution.jobs j
join execution.queues q on q.queue_id = j.queue_id
left join execution.leases l on j.state = 'active' and j.job_id = any (l.job_ids)
left join execution.later w on j.state = 'active' and w.job_id = j.job_id
union all
select a.job_id, a.kind, a.concurrency_key, a.subject_id, a.state::text, a.priority, a.attempts, a.reclaims, a.max_attempts, null, null, null, null,
  a.created_at, a.deadline_at, a.finished_at, a.error
from execution.job_archive a;
comment on view execution.job_status is
  'queued, claimed (leased, not yet renewed), running (lease renewed, or a provider works on its task), held, completed, failed, cancelled. A job retried by backoff is queued, with its run_after.';

-- ---------------------------------------------------------------- who may look

alter table execution.job_kinds enable row level security;
alter table execution.lanes enable row level security;
alter table execution.queues enable row level security;
alter table execution.jobs enable row level security;
alter table execution.job_archive enable row level security;
alter table execution.ready enable row level security;
alter table execution.later enable row level security;
alter table execution.leases enable row level security;
alter table execution.dead_letters enable row level security;
alter table execution.waiters enable row level security;
alter table execution.switches enable row level security;
alter table execution.rate_limits enable row level security;
alter table execution.shares enable row level security;
alter table execution.async_tasks enable row level security;
alter table execution.callback_receipts enable row level security;
alter table execution.checkpoints enable row level security;
revoke all on all tables in schema execution from public, anon, authenticated, service_role;
revoke all on all sequences in schema execution from public, anon, authenticated, service_role;
grant select on execution.job_kinds, execution.lanes, execution.queues, execution.jobs, execution.job_archive, execution.ready, execution.later,
  execution.ready_heads, execution.later_heads, execution.leases, execution.dead_letters, execution.job_status, execution.switches, execution.rate_limits, execution.shares, execution.async_tasks,
  execution.callback_receipts, execution.checkpoints to service_role;
