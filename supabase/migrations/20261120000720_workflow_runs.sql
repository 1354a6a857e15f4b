-- Runs of workflows. A node is a job; what becomes of it, and what that unlocks, is decided here, in the transaction that records it.
--
--   run:  queued -> running -> completed | failed | cancelled | timed_out          (pending_approval before running, where a trigger says so)
--   node: awaiting_dependency -> queued -> [waiting ->] completed | failed | timed_out | cancelled | skipped
--
-- A loop's item, a sub-workflow and a lens that an orchestration begins are runs too: children. Everything that changes a tree of runs
-- holds the lock of its root's row, so a tree changes one step at a time and its events are in order.
-- Lock order: root run -> battle -> lease -> job -> share.
--
-- What is called for every node is PL/pgSQL, also where one statement is all there is: its plan is kept, and that of a function in SQL is
-- made anew by every statement that calls it (measured: 2.9 ms a claimed node, against 0.3).

create type lenses.run_status as enum ('queued', 'pending_approval', 'running', 'completed', 'failed', 'cancelled', 'timed_out');
create type lenses.node_status as enum ('awaiting_dependency', 'queued', 'waiting', 'completed', 'failed', 'timed_out', 'cancelled', 'skipped');

create table lenses.workflow_runs (
  run_id uuid primary key default gen_random_uuid(),
  root_run_id uuid not null,
  parent_run_id uuid references lenses.workflow_runs (run_id) on delete cascade,
  parent_node_id text,
  item_index integer,
  depth smallint not null default 0 check (depth between 0 and 8),
  workflow_id uuid references lenses.workflows (workflow_id),
  version_id uuid not null references lenses.workflow_versions (version_id),
  owner_id uuid not null,
  status lenses.run_status not null default 'queued',
  trigger_mode text not null default 'manual'
    check (trigger_mode in ('manual', 'schedule', 'webhook', 'battle_event', 'database_event', 'subflow', 'loop', 'orchestration', 'team', 'fork', 'replay', 'contender')),
  trigger_id uuid,
  scheduled_for timestamptz,
  idempotency_key text check (char_length(idempotency_key) <= 200),
  inputs_hash text not null default '',
  context_inputs jsonb not null default '{}',
  variables jsonb not null default '{}',
  input_overrides jsonb not null default '{}',
  pinned jsonb not null default '{}',
  byok_keys jsonb not null default '{}',
  local_providers text[] not null default '{}',
  dry_run boolean not null default false,
  priority execution.job_priority not null default 0,
  scheduling text not null,
  max_in_flight integer not null,
  budget_usd numeric(14, 6) check (budget_usd >= 0),
  spender_id uuid,
  caller_job_id bigint,
  contender_id uuid,
  wave integer not null default 0,
  nodes_open integer not null default 0,
  in_flight integer not null default 0,
  output jsonb,
  error jsonb,
  forked_from_run_id uuid,
  forked_from_node_id text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  deadline_at timestamptz,
  check ((finished_at is not null) = (status in ('completed', 'failed', 'cancelled', 'timed_out'))),
  check ((parent_run_id is null) = (root_run_id = run_id)),
  check ((parent_run_id is null) = (parent_node_id is null and item_index is null))
) with (fillfactor = 60);
create index workflow_runs_owner on lenses.workflow_runs (owner_id, created_at desc) where parent_run_id is null;
create index workflow_runs_workflow on lenses.workflow_runs (workflow_id, created_at desc);
create index workflow_runs_version on lenses.workflow_runs (version_id);
create index workflow_runs_children on lenses.workflow_runs (parent_run_id, parent_node_id, item_index) where parent_run_id is not null;
create index workflow_runs_children_open on lenses.workflow_runs (parent_run_id, parent_node_id, status, item_index) where parent_run_id is not null and finished_at is null;
create index workflow_runs_root on lenses.workflow_runs (root_run_id) where parent_run_id is not null;
create index workflow_runs_overdue on lenses.workflow_runs (deadline_at) where finished_at is null and deadline_at is not null;
create unique index workflow_runs_scheduled on lenses.workflow_runs (trigger_id, scheduled_for) where scheduled_for is not null;
create index workflow_runs_idempotency on lenses.workflow_runs (owner_id, idempotency_key) where idempotency_key is not null;
create index workflow_runs_twin on lenses.workflow_runs (version_id, inputs_hash) where finished_at is null and parent_run_id is null;
comment on table lenses.workflow_runs is
  'One execution of a version. in_flight: nodes with a job that do not wait. wave: the layer that may run, where scheduling is waves. pinned: what nodes came to, given beforehand: {node_id: {envelope, ports, stops_run}, {error, status} or {stopped: reason}}; such a node makes no call. input_overrides: {node_id: {label: value}}. byok_keys: {provider: key_id} that pay for it. local_providers: whose keys lie in a browser of its owner, which answers what asks them; nobody else does. spender_id: whose budget budget_usd is, where it is not the run''s own: of the battle it answers in. caller_job_id: the job that waits for its end. contender_id: the contender of a battle that it was begun for. Final statuses are final but for a retry.';

create table lenses.workflow_node_results (
  run_id uuid not null references lenses.workflow_runs (run_id) on delete cascade,
  node_id text not null,
  result_id uuid not null default gen_random_uuid(),
  ordinal integer not null,
  wave integer not null,
  status lenses.node_status not null default 'awaiting_dependency',
  reason text,
  edges_open integer not null,
  edges_taken integer not null default 0,
  edges_failed integer not null default 0,
  job_id bigint,
  ports text[],
  output_data jsonb,
  error jsonb,
  resolved_input jsonb,
  input_tokens integer,
  output_tokens integer,
  cost_usd numeric(14, 6),
  latency_ms integer,
  wire_model text,
  reused boolean not null default false,
  done_before smallint not null default 0,
  children_open integer not null default 0,
  contender_id uuid,
  queued_at timestamptz,
  finished_at timestamptz,
  deadline_at timestamptz,
  primary key (run_id, node_id),
  check ((finished_at is not null) = (status in ('completed', 'failed', 'timed_out', 'cancelled', 'skipped')))
) with (fillfactor = 60);
create unique index workflow_node_results_result on lenses.workflow_node_results (result_id);
create index workflow_node_results_open on lenses.workflow_node_results (run_id, wave) where status in ('awaiting_dependency', 'queued', 'waiting');
create index workflow_node_results_ripe on lenses.workflow_node_results (run_id, ordinal) where status = 'queued' and job_id is null;
create index workflow_node_results_ripe_wave on lenses.workflow_node_results (run_id, wave, ordinal) where status = 'queued' and job_id is null;
comment on table lenses.workflow_node_results is
  'What became of each node of a run. result_id: what its job is for; a node that is run again gets another, so that nothing late reaches it. contender_id: the slot of a battle that it answers. reason of a skipped node: branch (neutral) or upstream_failure; of a cancelled one: cancelled or stopped. reused: taken over from the run this one was forked from, or pinned. done_before: how often it had been completed when it was run again, so that what it does outside is another act, and no repetition of that one. Whether a queued node is running, its lease says: lenses.node_shown.';

create table lenses.workflow_waits (
  wait_id bigint generated always as identity primary key,
  run_id uuid not null,
  node_id text not null,
  result_id uuid not null,
  waits_for text not null check (waits_for in ('delay', 'approval', 'external', 'children')),
  state jsonb not null default '{}',
  prompt text check (char_length(prompt) <= 4000),
  token_sha256 text check (token_sha256 ~ '^[0-9a-f]{64}$'),
  children_max integer check (children_max > 0),
  fail_fast boolean not null default false,
  begun_at timestamptz not null default now(),
  expires_at timestamptz not null,
  answer jsonb,
  answered_at timestamptz,
  ended_at timestamptz,
  foreign key (run_id, node_id) references lenses.workflow_node_results (run_id, node_id) on delete cascade
);
create unique index workflow_waits_open on lenses.workflow_waits (result_id) where ended_at is null;
create unique index workflow_waits_token on lenses.workflow_waits (token_sha256) where token_sha256 is not null;
create index workflow_waits_node on lenses.workflow_waits (run_id, node_id);
comment on table lenses.workflow_waits is
  'What a node waits for: a time, a person, an event outside, or its children. Its job is parked meanwhile and holds no lease. Only the hash of a token is kept; whoever has the token may answer, once.';

create table lenses.workflow_run_events (
  event_id bigint generated always as identity primary key,
  run_id uuid not null references lenses.workflow_runs (run_id) on delete cascade,
  node_id text,
  type text not null check (type ~ '^(run|node|contract|moderation)\.[a-z_]+$'),
  data jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp()
);
create index workflow_run_events_run on lenses.workflow_run_events (run_id, event_id);
comment on table lenses.workflow_run_events is 'A run''s log, appended with every change and never changed. Replaying it gives the statuses of the run and of its nodes.';

create table execution.execution_tags (
  run_id uuid not null,
  node_id text not null,
  tag text not null check (tag ~ '^[a-z][a-z0-9_]{0,62}$'),
  severity text not null default 'info' check (severity in ('info', 'warn', 'critical')),
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  primary key (run_id, node_id, tag)
);
create index execution_tags_tag on execution.execution_tags (tag, created_at desc);
comment on table execution.execution_tags is 'What a run''s nodes are marked with. policy_violation: moderation stopped it; metadata says in which phase and why.';

alter table lenses.workflow_runs enable row level security;
alter table lenses.workflow_node_results enable row level security;
alter table lenses.workflow_waits enable row level security;
alter table lenses.workflow_run_events enable row level security;
alter table execution.execution_tags enable row level security;

-- ---------------------------------------------------------------- one way to each status

create function lenses.guard_run_status() returns trigger
language plpgsql set search_path = '' as $$
begin
  if (old.status, new.status) not in (
    ('queued', 'running'), ('queued', 'pending_approval'), ('pending_approval', 'running'), ('queued', 'cancelled'), ('pending_approval', 'cancelled'),
    ('running', 'completed'), ('running', 'failed'), ('running', 'cancelled'), ('running', 'timed_out'), ('queued', 'timed_out'), ('queued', 'failed'), ('pending_approval', 'timed_out'),
    ('completed', 'running'), ('failed', 'running'), ('cancelled', 'running'), ('timed_out', 'running')) then
    raise exception 'a run cannot go from % to %', old.status, new.status using errcode = 'check_violation';
  end if;
  return new;
end $$;
comment on function lenses.guard_run_status is 'Constraint trigger: refuses any status step that is not in the lifecycle. From a final status only a retry leads back.';
revoke execute on function lenses.guard_run_status from public, anon, authenticated, service_role;
create constraint trigger workflow_runs_guard after update of status on lenses.workflow_runs
  for each row when (old.status is distinct from new.status) execute function lenses.guard_run_status();

create function lenses.guard_node_status() returns trigger
language plpgsql set search_path = '' as $$
begin
  -- Once ended, a node changes only by being run again, as another result.
  if old.finished_at is not null and old.result_id = new.result_id then
    raise exception 'node % of run % has ended as % and cannot become %', old.node_id, old.run_id, old.status, new.status using errcode = 'check_violation';
  end if;
  return new;
end $$;
comment on function lenses.guard_node_status is 'Constraint trigger: a node ends once.';
revoke execute on function lenses.guard_node_status from public, anon, authenticated, service_role;
create constraint trigger workflow_node_results_guard after update of status on lenses.workflow_node_results
  for each row when (old.status is distinct from new.status) execute function lenses.guard_node_status();

create function lenses.lock_root(run_id uuid) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  root uuid;
begin
  select r.run_id into root from lenses.workflow_runs r
  where r.run_id = (select x.root_run_id from lenses.workflow_runs x where x.run_id = lock_root.run_id) for update;
  return root;
end $$;
comment on function lenses.lock_root is 'Takes the lock under which a run''s whole tree changes. Its root''s id; null: there is no such run.';
revoke execute on function lenses.lock_root from public, anon, authenticated, service_role;

create function lenses.lock_job_owners(job_ids bigint[]) returns void
language plpgsql security definer
set search_path = '' set enable_nestloop = on set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_variable
declare
  roots uuid[];
  taken uuid[];
begin
  -- Which they are never changes, so it is read first; as a condition of the lock it would be found by reading every run.
  select array_agg(x.root_run_id), array_agg(n.contender_id) filter (where n.contender_id is not null) into roots, taken
  from unnest(job_ids) as t (job_id) join execution.jobs j on j.job_id = t.job_id
  join lenses.workflow_node_results n on n.result_id = j.subject_id join lenses.workflow_runs x on x.run_id = n.run_id;
  perform from lenses.workflow_runs r where r.run_id = any (roots) order by r.run_id for update;
  if taken is not null then
    perform from battles.battles b
    where b.battle_id = any (array(select c.battle_id from battles.contenders c where c.contender_id = any (taken))) order by b.battle_id for update;
  end if;
end $$;
comment on function lenses.lock_job_owners is 'lock_owner of the kinds of workflow nodes: the roots of their runs, and the battles that they answer in.';
revoke execute on function lenses.lock_job_owners from public, anon, authenticated, service_role;

create function lenses.record_event(run_id uuid, type text, data jsonb default '{}', node_id text default null) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  insert into lenses.workflow_run_events (run_id, node_id, type, data)
  values (record_event.run_id, record_event.node_id, record_event.type, jsonb_strip_nulls(record_event.data));
end $$;
comment on function lenses.record_event is 'Appends to a run''s log. The caller holds the root''s lock.';
revoke execute on function lenses.record_event from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- edges

create function lenses.value_at(envelope jsonb, path text) returns jsonb
language sql immutable set search_path = '' as $$
  select case
    when path is null or path = 'output' then value_at.envelope -> 'output'
    when path = 'data' or path like 'data.%' or path = 'media' or path like 'media.%' or path = 'metadata' or path like 'metadata.%'
      then value_at.envelope #> string_to_array(path, '.')
    else coalesce(value_at.envelope -> 'data' -> path, value_at.envelope -> 'data' #> string_to_array(path, '.')) end
$$;
comment on function lenses.value_at is 'The value an edge hands on: `output`, the whole of `data`, `media` or `metadata` or a path in one of them, else a path in data. Null: there is none; a JSON null is a value.';
revoke execute on function lenses.value_at from public, anon, authenticated, service_role;

create function lenses.condition_holds(condition jsonb, envelope jsonb) returns boolean
language plpgsql immutable set search_path = '' as $$
#variable_conflict use_variable
begin
  return (
    select case condition ->> 'operator'
      when 'present' then v.value is not null and v.value <> 'null'
      when 'truthy' then v.value is not null and v.value not in ('null', 'false', '0', '""', '[]', '{}')
      when 'contains' then case jsonb_typeof(v.value)
        when 'string' then strpos(v.value #>> '{}', condition ->> 'value') > 0
        when 'array' then v.value @> jsonb_build_array(condition -> 'value')
        else false end
      else coalesce(v.value = condition -> 'value'
        or jsonb_typeof(v.value) in ('string', 'number', 'boolean') and v.value #>> '{}' = condition ->> 'value', false) end
    from (select lenses.value_at(condition_holds.envelope, condition_holds.condition ->> 'path') as value) v);
end $$;
comment on function lenses.condition_holds is
  'Whether an edge''s condition {path, operator, value} holds of an envelope: equals (as JSON, or as the text of a scalar), contains (a substring, or an element of a list), present (there, and not null) or truthy (present, and not false, 0 or empty).';
revoke execute on function lenses.condition_holds from public, anon, authenticated, service_role;

create function lenses.edge_outcome(edge lenses.workflow_edges, source lenses.workflow_node_results) returns text
language plpgsql immutable set search_path = '' as $$
#variable_conflict use_variable
begin
  return case
    when (edge).source_port = '@settled' then 'settled'
    when (source).status = 'skipped' and (source).reason = 'branch' then 'not_taken'
    when (source).status = 'cancelled' and (source).reason = 'stopped' then 'not_taken'
    when (source).status = 'completed' and (edge).source_port = any ((source).ports)
      and ((edge).condition is null or lenses.condition_holds((edge).condition, (source).output_data)) then 'taken'
    when (source).status = 'completed' then 'not_taken'
    when (edge).source_port = 'error' and (source).status in ('failed', 'timed_out') then 'taken'
    else 'failed' end;
end $$;
comment on function lenses.edge_outcome is
  'What an edge came to when its source ended: taken; not_taken, which is neutral; failed; settled for an edge that only orders.';
revoke execute on function lenses.edge_outcome from public, anon, authenticated, service_role;
