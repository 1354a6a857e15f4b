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
