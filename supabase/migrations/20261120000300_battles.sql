-- Battles: contenders answer one task, a judge decides, and the record stays.
--
-- The database owns every status. A battle goes
--   draft -> published -> executing -> voting -> scoring -> closed
-- with cancelled from any of the first five and void from executing. A contender goes pending -> submitted | failed |
-- timed_out | withdrawn | cancelled. battles.transition is the only writer of a battle's status; a trigger refuses any
-- other step, and each leaves an event in the same transaction. Events of one battle are written under its row lock, so
-- their ids are in commit order and a reader that resumes after one misses none.
--
-- Lock order: battle -> contender -> lease -> job -> submission.

create type battles.battle_status as enum ('draft', 'published', 'executing', 'voting', 'scoring', 'closed', 'cancelled', 'void');
create type battles.battle_type as enum ('ai_vs_ai', 'human_vs_ai', 'human_vs_human', 'workflow_battle', 'coding', 'qa');
create type battles.contender_status as enum ('pending', 'submitted', 'failed', 'timed_out', 'withdrawn', 'cancelled');
create type battles.contender_type as enum ('ai_model', 'ai_agent', 'human');
create type battles.modality as enum ('text', 'image', 'audio', 'video');

create table battles.battles (
  battle_id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  status battles.battle_status not null default 'draft',
  battle_type battles.battle_type not null default 'ai_vs_ai',
  title text not null check (char_length(title) between 1 and 200),
  task_prompt text not null check (char_length(task_prompt) between 1 and 32000),
  inputs jsonb check (jsonb_typeof(inputs) = 'object'),
  max_tokens integer not null default 4096 check (max_tokens between 1 and 1000000),
  temperature numeric(3, 2) check (temperature between 0 and 2),
  handicap jsonb not null default '{}' check (jsonb_typeof(handicap) = 'object'),
  rubric jsonb check (jsonb_typeof(rubric) = 'array'),
  reference_answer text check (char_length(reference_answer) <= 32000),
  judge_model_key text not null,
  judge_concurrency_key text,
  judge_concurrency_limit integer,
  judge_simulated boolean not null default false,
  idempotency_key text check (char_length(idempotency_key) between 1 and 200),
  request_hash text,
  outcome text check (outcome in ('winner', 'draw', 'walkover', 'no_verdict')),
  judge_outcome text check (judge_outcome in ('winner', 'tie', 'both_bad', 'inconsistent', 'abstain')),
  winner_contender_id uuid,
  created_at timestamptz not null default now(),
  published_at timestamptz,
  voting_ends_at timestamptz,
  finished_at timestamptz,
  check ((winner_contender_id is not null) = coalesce(outcome in ('winner', 'walkover'), false)),
  check ((outcome is not null) = (status = 'closed')),
  check ((finished_at is not null) = (status in ('closed', 'cancelled', 'void')))
);
create unique index battles_idempotency on battles.battles (owner_id, idempotency_key) where idempotency_key is not null;
create index battles_owner on battles.battles (owner_id, created_at desc);
create index battles_recent on battles.battles (created_at desc, battle_id desc) where status <> 'draft';
create index battles_unsettled on battles.battles (status) where status in ('voting', 'scoring');
comment on table battles.battles is
  'One task and who decides it. owner_id is auth.users.id, without a foreign key: a battle and its ratings outlive an account. judge_outcome tells a tie from an inconsistent judge; both are a draw.';

create table battles.contenders (
  contender_id uuid primary key default gen_random_uuid(),
  battle_id uuid not null references battles.battles (battle_id) on delete cascade,
  slot text not null check (slot ~ '^[A-Z]$'),
  contender_type battles.contender_type not null default 'ai_model',
  status battles.contender_status not null default 'pending',
  model_key text,
  model_kind text,
  identity text not null default '' check (char_length(identity) <= 80),
  system_prompt text check (char_length(system_prompt) <= 8000),
  concurrency_key text,
  concurrency_limit integer,
  simulated boolean not null default false,
  error jsonb,
  settled_at timestamptz,
  unique (battle_id, slot),
  unique nulls not distinct (battle_id, identity, model_key),
  check ((contender_type = 'human') = (model_key is null)),
  check ((settled_at is not null) = (status <> 'pending'))
);
comment on table battles.contenders is
  'Who answers, in slots A to Z. identity names a persona of the model; a pair (identity, model) enters a battle once. simulated: answered by a stand-in, and labelled so wherever it is shown.';

alter table battles.battles add constraint battles_winner foreign key (winner_contender_id) references battles.contenders (contender_id);
create index battles_winner on battles.battles (winner_contender_id) where winner_contender_id is not null;

create table battles.submissions (
  submission_id uuid primary key default gen_random_uuid(),
  contender_id uuid not null unique references battles.contenders (contender_id) on delete cascade,
  battle_id uuid not null references battles.battles (battle_id) on delete cascade,
  status text not null default 'pending' check (status in ('pending', 'submitted')),
  content_text text,
  content_url text,
  media_url text,
  mime_type text check (char_length(mime_type) <= 128),
  output_modality battles.modality not null default 'text',
  artifact_id text,
  is_final boolean not null default false,
  wire_model text,
  finish_reason text,
  input_tokens integer check (input_tokens >= 0),
  output_tokens integer check (output_tokens >= 0),
  cost_usd numeric(12, 6) check (cost_usd >= 0),
  latency_ms integer check (latency_ms >= 0),
  updated_at timestamptz not null default now(),
  check (status = 'pending' or content_text is not null or content_url is not null),
  check (is_final = (status = 'submitted'))
);
create index submissions_battle on battles.submissions (battle_id);
comment on table battles.submissions is
  'One answer per contender. media_url is mirrored to content_url; artifact_id shows a provider''s task id while is_final is false.';

create table battles.verdicts (
  verdict_id bigint generated always as identity primary key,
  battle_id uuid not null references battles.battles (battle_id) on delete cascade,
  judge_model_key text not null,
  presentation smallint not null check (presentation between 0 and 1),
  slot_order text not null check (slot_order ~ '^[A-Z]{2,26}$'),
  outcome text not null check (outcome in ('winner', 'tie', 'both_bad', 'abstain')),
  winner_contender_id uuid references battles.contenders (contender_id) on delete cascade,
  reasoning text not null default '',
  weight numeric(6, 3) not null default 1 check (weight > 0),
  system_prompt text not null,
  prompt text not null,
  raw_text text not null,
  parameters jsonb not null default '{}',
  input_tokens integer,
  output_tokens integer,
  cost_usd numeric(12, 6),
  latency_ms integer,
  created_at timestamptz not null default now(),
  unique (battle_id, judge_model_key, presentation),
  check ((winner_contender_id is not null) = (outcome = 'winner'))
);
create index verdicts_winner on battles.verdicts (winner_contender_id);
comment on table battles.verdicts is
  'One judge call, as it was paid for: the exact prompt, the raw text and what it decided. presentation 0 and 1 are the two orders; slot_order is what the judge saw first to last. Written once, never changed.';

create table battles.verdict_scores (
  verdict_id bigint not null references battles.verdicts (verdict_id) on delete cascade,
  contender_id uuid not null references battles.contenders (contender_id) on delete cascade,
  score numeric(4, 2) not null check (score between 0 and 10),
  place smallint not null check (place between 1 and 26),
  primary key (verdict_id, contender_id)
);
create index verdict_scores_contender on battles.verdict_scores (contender_id);
comment on table battles.verdict_scores is 'A verdict''s score for each contender, 0 to 10, and its place: equal places are a tie between them.';

create table battles.events (
  event_id bigint generated always as identity primary key,
  battle_id uuid not null references battles.battles (battle_id) on delete cascade,
  type text not null,
  data jsonb not null default '{}',
  created_at timestamptz not null default now()
);
create index events_battle on battles.events (battle_id, event_id);
comment on table battles.events is 'What happened, append-only; ids of one battle are in commit order.';

-- ---------------------------------------------------------------- status

create function battles.guard_status() returns trigger
language plpgsql set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    if new.status <> 'draft' then
      raise exception 'a battle begins as a draft, not as %', new.status using errcode = 'check_violation';
    end if;
  elsif (old.status, new.status) not in (
    ('draft', 'published'), ('published', 'executing'), ('executing', 'voting'), ('voting', 'scoring'), ('scoring', 'closed'), ('executing', 'void'),
    ('draft', 'cancelled'), ('published', 'cancelled'), ('executing', 'cancelled'), ('voting', 'cancelled'), ('scoring', 'cancelled')) then
    raise exception 'a battle cannot go from % to %', old.status, new.status using errcode = 'check_violation';
  end if;
  return new;
end $$;
comment on function battles.guard_status is 'Constraint trigger: refuses any status step that is not in the lifecycle.';
revoke execute on function battles.guard_status from public, anon, authenticated, service_role;
create constraint trigger battles_guard_insert after insert on battles.battles for each row execute function battles.guard_status();
create constraint trigger battles_guard_status after update of status on battles.battles
  for each row when (old.status is distinct from new.status) execute function battles.guard_status();

create function battles.record_event(battle_id uuid, type text, data jsonb default '{}') returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  insert into battles.events (battle_id, type, data) values (battle_id, type, data);
end $$;
comment on function battles.record_event is 'Appends an event. The caller holds the battle''s row lock.';
revoke execute on function battles.record_event from public, anon, authenticated, service_role;

create function battles.transition(battle_id uuid, status battles.battle_status, data jsonb default '{}') returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  update battles.battles b set
    status = transition.status,
    published_at = case when transition.status = 'published' then now() else b.published_at end,
    voting_ends_at = case when transition.status = 'voting' then now() else b.voting_ends_at end,
    outcome = data ->> 'outcome',
    judge_outcome = coalesce(data ->> 'judge_outcome', b.judge_outcome),
    winner_contender_id = (data ->> 'winner_contender_id')::uuid,
    finished_at = case when transition.status in ('closed', 'cancelled', 'void') then now() end
  where b.battle_id = transition.battle_id;
  perform battles.record_event(battle_id, 'battle.' || transition.status, data);
end $$;
comment on function battles.transition is 'The only writer of a battle''s status; leaves the event battle.<status>. The caller holds the battle''s row lock and has decided that the step is due.';
revoke execute on function battles.transition from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- create, publish, cancel

create function battles.fn_battles_create(owner_id uuid, battle jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  made battles.battles;
  known battles.battles;
  contender jsonb;
  nth integer := 0;
  count integer := coalesce(jsonb_array_length(battle -> 'contenders'), 0);
begin
  if count not between 2 and 26 then
    return jsonb_build_object('refused', 'contender_count', 'count', count);
  end if;
  insert into battles.battles (owner_id, title, task_prompt, inputs, max_tokens, temperature, handicap, rubric, reference_answer,
    judge_model_key, judge_concurrency_key, judge_concurrency_limit, judge_simulated, idempotency_key, request_hash)
  values (owner_id, battle ->> 'title', battle ->> 'task_prompt', nullif(battle -> 'inputs', 'null'), coalesce((battle ->> 'max_tokens')::integer, 4096),
    (battle ->> 'temperature')::numeric, coalesce(nullif(battle -> 'handicap', 'null'), '{}'), nullif(battle -> 'rubric', 'null'), battle ->> 'reference_answer',
    battle #>> '{judge,model_key}', battle #>> '{judge,concurrency_key}', (battle #>> '{judge,concurrency_limit}')::integer,
    coalesce((battle #>> '{judge,simulated}')::boolean, false), battle ->> 'idempotency_key', battle ->> 'request_hash')
  on conflict do nothing
  returning * into made;
  if not found then
    select b.* into strict known from battles.battles b where b.owner_id = fn_battles_create.owner_id and b.idempotency_key = battle ->> 'idempotency_key';
    if known.request_hash is distinct from battle ->> 'request_hash' then
      return jsonb_build_object('refused', 'idempotency_conflict', 'battle_id', known.battle_id);
    end if;
    return jsonb_build_object('battle_id', known.battle_id, 'created', false);
  end if;
  for contender in select value from jsonb_array_elements(battle -> 'contenders') loop
    insert into battles.contenders (battle_id, slot, contender_type, model_key, model_kind, identity, system_prompt, concurrency_key, concurrency_limit, simulated)
    values (made.battle_id, chr(65 + nth), case when contender ->> 'system_prompt' is null then 'ai_model' else 'ai_agent' end::battles.contender_type, contender ->> 'model_key',
      contender ->> 'model_kind', coalesce(contender ->> 'identity', ''), contender ->> 'system_prompt', contender ->> 'concurrency_key',
      (contender ->> 'concurrency_limit')::integer, coalesce((contender ->> 'simulated')::boolean, false));
    nth := nth + 1;
  end loop;
  perform battles.record_event(made.battle_id, 'battle.draft');
  return jsonb_build_object('battle_id', made.battle_id, 'created', true);
end $$;
comment on function battles.fn_battles_create is
  'api calls it for an authenticated owner with a validated battle. {battle_id, created}; created is false when the idempotency key is known. {refused: contender_count | idempotency_conflict} changes nothing.';
revoke execute on function battles.fn_battles_create from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_create to service_role;

create function battles.fn_battles_publish(battle_id uuid, owner_id uuid) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
  contender battles.contenders;
  delay interval;
  budget interval;
begin
  select b.* into battle from battles.battles b where b.battle_id = fn_battles_publish.battle_id and b.owner_id = fn_battles_publish.owner_id for update;
  if not found then
    return 'not_found';
  end if;
  if battle.status <> 'draft' then
    return case when battle.status = 'cancelled' then 'cancelled' else 'already_published' end;
  end if;
  perform battles.transition(battle_id, 'published');
  perform battles.transition(battle_id, 'executing');
  -- A delay is a not-before, never a sleep; a time budget is the job's deadline.
  delay := make_interval(secs => coalesce((battle.handicap ->> 'injected_delay_ms')::numeric, 0)::double precision / 1000);
  budget := make_interval(secs => (battle.handicap ->> 'time_budget_ms')::double precision / 1000);
  for contender in select c.* from battles.contenders c where c.battle_id = fn_battles_publish.battle_id and c.contender_type <> 'human' order by c.slot loop
    perform execution.enqueue(
      execution.queue_for('battle_job', contender.concurrency_key, contender.concurrency_limit), array['{}'::jsonb], contender.contender_id,
      run_after => case when delay > interval '0' then now() + delay end, deadline_at => now() + delay + budget);
  end loop;
  return 'published';
end $$;
comment on function battles.fn_battles_publish is
  'api calls it for the owner: the battle starts and every AI contender gets its job, in one transaction. published, already_published, cancelled or not_found (also for a stranger); only published changed anything.';
revoke execute on function battles.fn_battles_publish from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_publish to service_role;

create function battles.fn_battles_cancel(battle_id uuid, owner_id uuid) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
begin
  select b.* into battle from battles.battles b where b.battle_id = fn_battles_cancel.battle_id and b.owner_id = fn_battles_cancel.owner_id for update;
  if not found then
    return 'not_found';
  end if;
  if battle.status in ('closed', 'void', 'cancelled') then
    return 'already_' || battle.status;
  end if;
  update battles.contenders c set status = 'cancelled', settled_at = now() where c.battle_id = fn_battles_cancel.battle_id and c.status = 'pending';
  perform execution.cancel_jobs(array(
    select j.job_id from execution.jobs j
    where j.subject_id = battle.battle_id or j.subject_id in (select c.contender_id from battles.contenders c where c.battle_id = battle.battle_id)));
  perform battles.transition(battle_id, 'cancelled');
  return 'cancelled';
end $$;
comment on function battles.fn_battles_cancel is
  'api calls it for the owner. Unfinished contenders and their jobs end; a driver in mid-call learns it from its next heartbeat. cancelled, already_closed, already_void, already_cancelled or not_found.';
revoke execute on function battles.fn_battles_cancel from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_cancel to service_role;

-- ---------------------------------------------------------------- settle

create function battles.settle(battle_id uuid) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
  valid uuid[];
begin
  select b.* into battle from battles.battles b where b.battle_id = settle.battle_id for update;
  if battle.status <> 'executing' or exists (select from battles.contenders c where c.battle_id = settle.battle_id and c.status = 'pending') then
    return;
  end if;
  select coalesce(array_agg(s.contender_id), '{}') into valid from battles.submissions s
  join battles.contenders c on c.contender_id = s.contender_id
  where s.battle_id = settle.battle_id and s.is_final and c.status = 'submitted';
  if cardinality(valid) = 0 then
    perform battles.transition(battle_id, 'void', jsonb_build_object('reason', 'no contender submitted an answer'));
    return;
  end if;
  -- No vote is open yet, so the window is zero: voting is passed through, and the log shows it.
  perform battles.transition(battle_id, 'voting', jsonb_build_object('window_ms', 0));
  perform battles.transition(battle_id, 'scoring');
  if cardinality(valid) = 1 then
    perform battles.transition(battle_id, 'closed', jsonb_build_object('outcome', 'walkover', 'winner_contender_id', valid[1]));
    return;
  end if;
  perform execution.enqueue(
    execution.queue_for('battle_judging', battle.judge_concurrency_key, battle.judge_concurrency_limit), array['{}'::jsonb], battle_id);
end $$;
comment on function battles.settle is
  'Re-evaluates a battle when a contender has settled: waits while one is pending; none valid is void, one a walkover (it wins, no rating moves), two or more go to the judge.';
revoke execute on function battles.settle from public, anon, authenticated, service_role;

create function battles.lock_job_owners(job_ids bigint[]) returns void
language sql security definer set search_path = '' as $$
  select b.battle_id from battles.battles b
  where b.battle_id in (
    select coalesce(c.battle_id, j.subject_id) from execution.jobs j
    left join battles.contenders c on c.contender_id = j.subject_id
    where j.job_id = any (lock_job_owners.job_ids))
  order by b.battle_id for update of b
$$;
comment on function battles.lock_job_owners is 'lock_owner of battle jobs and judgings.';
revoke execute on function battles.lock_job_owners from public, anon, authenticated, service_role;

create function battles.settle_buried_job(job_id bigint, error jsonb) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  contender battles.contenders;
  judged uuid;
begin
  update battles.contenders c
  set status = case when error ->> 'code' = 'deadline_exceeded' then 'timed_out' else 'failed' end::battles.contender_status,
    error = settle_buried_job.error, settled_at = now()
  from execution.jobs j
  where j.job_id = settle_buried_job.job_id and c.contender_id = j.subject_id and c.status = 'pending'
  returning c.* into contender;
  if found then
    perform battles.record_event(contender.battle_id, 'contender.' || contender.status, jsonb_build_object('slot', contender.slot, 'error', error));
    perform battles.settle(contender.battle_id);
    return;
  end if;
  select b.battle_id into judged from execution.jobs j join battles.battles b on b.battle_id = j.subject_id where j.job_id = settle_buried_job.job_id;
  if not found then
    return;                                        -- its battle was deleted
  end if;
  perform battles.record_event(judged, 'judging.failed', jsonb_build_object('error', error));
  -- Verdicts that are whole move ratings, and those are not locked under a sweep that goes on to other battles: the schedule
  -- closes such a battle.
  if (select count(*) from battles.verdicts v where v.battle_id = judged) < 2 then
    perform battles.fn_battles_finalize(judged);
  end if;
end $$;
comment on function battles.settle_buried_job is
  'settle_owner of both kinds: a contender fails (or timed out) and its battle is re-evaluated; a judging that is given up closes its battle without a verdict.';
revoke execute on function battles.settle_buried_job from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- what drivers call: contenders

create function battles.fn_worker_claim_battle_job(driver text, most integer default 1) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  -- Claimed in a statement of its own: the next one's snapshot then surely sees the owner of a job that was enqueued a
  -- moment ago. In one statement such a job would be leased and not returned.
  claimed execution.claimed_job[] := array(select j from execution.fn_worker_claim_jobs('battle_job', driver, most) j);
  jobs jsonb;
begin
  select jsonb_agg(jsonb_build_object(
    'lease_token', j.lease_token, 'job_id', j.job_id, 'attempts', j.attempts, 'reclaims', j.reclaims, 'max_attempts', j.max_attempts,
    'in_lane', c.concurrency_key is not null,
    'deadline_ms', ceil(extract(epoch from j.deadline_at - clock_timestamp()) * 1000)::bigint,
    'battle_id', b.battle_id, 'contender_id', c.contender_id, 'slot', c.slot, 'model_key', c.model_key, 'system_prompt', c.system_prompt,
    'task_prompt', b.task_prompt, 'inputs', b.inputs, 'max_tokens', b.max_tokens, 'temperature', b.temperature, 'handicap', b.handicap)
    order by j.position) into jobs
  from unnest(claimed) j
  join battles.contenders c on c.contender_id = j.subject_id
  join battles.battles b on b.battle_id = c.battle_id;
  return jsonb_build_object(
    'jobs', coalesce(jobs, '[]'),
    'lease_ms', (select k.lease_ms from execution.job_kinds k where k.kind = 'battle_job'),
    'next_due_ms', case when jobs is null then execution.next_due_ms('battle_job') end);
end $$;
comment on function battles.fn_worker_claim_battle_job is
  'Drivers call it for up to `most` contenders to answer for. Each job carries everything its answer needs and the lease token every later write must name. next_due_ms: when nothing is ready, how soon the next delayed job is.';
revoke execute on function battles.fn_worker_claim_battle_job from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_claim_battle_job to service_role;

create function battles.write_submission(contender_id uuid, output jsonb, is_final boolean) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  insert into battles.submissions (contender_id, battle_id, status, content_text, content_url, media_url, mime_type, output_modality, artifact_id, is_final,
    wire_model, finish_reason, input_tokens, output_tokens, cost_usd, latency_ms)
  select c.contender_id, c.battle_id, case when is_final then 'submitted' else 'pending' end, output ->> 'content_text',
    coalesce(output ->> 'content_url', output ->> 'media_url'), output ->> 'media_url', output ->> 'mime_type',
    coalesce(output ->> 'output_modality', 'text')::battles.modality, output ->> 'artifact_id', is_final, output ->> 'wire_model', output ->> 'finish_reason',
    (output ->> 'input_tokens')::integer, (output ->> 'output_tokens')::integer, (output ->> 'cost_usd')::numeric, (output ->> 'latency_ms')::integer
  from battles.contenders c where c.contender_id = write_submission.contender_id
  on conflict on constraint submissions_contender_id_key do update set
    status = excluded.status, content_text = excluded.content_text, content_url = excluded.content_url, media_url = excluded.media_url,
    mime_type = excluded.mime_type, output_modality = excluded.output_modality, artifact_id = excluded.artifact_id, is_final = excluded.is_final,
    wire_model = excluded.wire_model, finish_reason = excluded.finish_reason, input_tokens = excluded.input_tokens,
    output_tokens = excluded.output_tokens, cost_usd = excluded.cost_usd, latency_ms = excluded.latency_ms, updated_at = now();
end $$;
comment on function battles.write_submission is 'Writes a contender''s one submission row. The caller holds the battle''s lock and the fence.';
revoke execute on function battles.write_submission from public, anon, authenticated, service_role;

create function battles.fn_worker_upsert_battle_submission(job_id bigint, lease_token bigint, output jsonb) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  contender_id uuid;
begin
  perform battles.lock_job_owners(array[job_id]);
  select j.subject_id into contender_id from execution.leases l join execution.jobs j on j.job_id = fn_worker_upsert_battle_submission.job_id
  where l.lease_token = fn_worker_upsert_battle_submission.lease_token and j.job_id = any (l.job_ids) and j.state = 'active'
  for update of l;
  if not found then
    return false;
  end if;
  perform battles.write_submission(contender_id, output, false);
  return true;
end $$;
comment on function battles.fn_worker_upsert_battle_submission is
  'Drivers call it to show an answer in progress (text so far, or a provider''s task id) without ending the job. False: the lease was lost, nothing changed.';
revoke execute on function battles.fn_worker_upsert_battle_submission from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_upsert_battle_submission to service_role;

create function battles.fn_worker_complete_battle_job(job_id bigint, lease_token bigint, output jsonb) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  contender battles.contenders;
begin
  perform battles.lock_job_owners(array[job_id]);
  if not execution.close_job(job_id, lease_token, 'completed') then
    return false;                                  -- the lease was lost: another driver owns the outcome
  end if;
  update battles.contenders c set status = 'submitted', settled_at = now(), error = null
  from execution.jobs j where j.job_id = fn_worker_complete_battle_job.job_id and c.contender_id = j.subject_id
  returning c.* into strict contender;
  perform battles.write_submission(contender.contender_id, output, true);
  perform battles.record_event(contender.battle_id, 'contender.submitted', jsonb_build_object(
    'slot', contender.slot, 'latency_ms', output -> 'latency_ms', 'output_tokens', output -> 'output_tokens'));
  perform battles.settle(contender.battle_id);
  return true;
end $$;
comment on function battles.fn_worker_complete_battle_job is
  'Drivers call it with the lease they hold. True: the submission is final, and the battle re-evaluated. False: the lease was lost or the battle cancelled, nothing changed.';
revoke execute on function battles.fn_worker_complete_battle_job from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_complete_battle_job to service_role;

create function battles.record_attempt_event(job_id bigint, outcome text, error jsonb) returns void
language sql security definer set search_path = '' as $$
  insert into battles.events (battle_id, type, data)
  select coalesce(c.battle_id, j.subject_id), case when c.contender_id is null then 'judging.' else 'contender.' end || 'retried',
    jsonb_strip_nulls(jsonb_build_object('slot', c.slot, 'attempts', j.attempts, 'max_attempts', j.max_attempts, 'error', record_attempt_event.error))
  from execution.jobs j left join battles.contenders c on c.contender_id = j.subject_id
  where j.job_id = record_attempt_event.job_id and record_attempt_event.outcome = 'requeued'
$$;
comment on function battles.record_attempt_event is 'The event of a failed attempt that will be tried again.';
revoke execute on function battles.record_attempt_event from public, anon, authenticated, service_role;

create function battles.fn_requeue_battle_job_with_backoff(job_id bigint, lease_token bigint, backoff_ms integer, error jsonb) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  outcome text := execution.fail_attempt(job_id, lease_token, error, backoff_ms);
begin
  perform battles.record_attempt_event(job_id, outcome, error);
  return outcome;
end $$;
comment on function battles.fn_requeue_battle_job_with_backoff is
  'Drivers call it after a failure worth another attempt, of a contender''s job or a judging. requeued, dead_lettered when the attempts are spent, or lost (nothing changed). error is {code, message}.';
revoke execute on function battles.fn_requeue_battle_job_with_backoff from public, anon, authenticated, service_role;
grant execute on function battles.fn_requeue_battle_job_with_backoff to service_role;

create function battles.fn_move_battle_job_to_dlq(job_id bigint, lease_token bigint, error jsonb) returns text
language sql security definer set search_path = '' as $$
  select execution.fail_attempt(fn_move_battle_job_to_dlq.job_id, fn_move_battle_job_to_dlq.lease_token, fn_move_battle_job_to_dlq.error, null)
$$;
comment on function battles.fn_move_battle_job_to_dlq is
  'Drivers call it after a failure no attempt can mend. The contender fails and the battle is re-evaluated in the same transaction. dead_lettered, or lost (nothing changed).';
revoke execute on function battles.fn_move_battle_job_to_dlq from public, anon, authenticated, service_role;
grant execute on function battles.fn_move_battle_job_to_dlq to service_role;

create function battles.fn_redrive_dead_letter(dead_letter_id bigint) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  dead execution.dead_letters;
  battle battles.battles;
begin
  select d.* into dead from execution.dead_letters d
  where d.dead_letter_id = fn_redrive_dead_letter.dead_letter_id and d.kind in ('battle_job', 'battle_judging');
  if not found then
    return 'not_found';
  end if;
  perform battles.lock_job_owners(array[dead.job_id]);
  select d.* into dead from execution.dead_letters d where d.dead_letter_id = dead.dead_letter_id;
  if dead.redriven_at is not null then
    return 'already_redriven';
  end if;
  select b.* into battle from battles.battles b
  where b.battle_id = coalesce((select c.battle_id from battles.contenders c where c.contender_id = dead.subject_id), dead.subject_id);
  if battle.status not in ('executing', 'scoring') or (dead.kind = 'battle_job' and battle.status <> 'executing') then
    return 'battle_' || battle.status;
  end if;
  if not execution.revive(dead.job_id) then
    return 'already_redriven';
  end if;
  update battles.contenders c set status = 'pending', settled_at = null, error = null where c.contender_id = dead.subject_id and c.status in ('failed', 'timed_out');
  perform battles.record_event(battle.battle_id, 'job.redriven', jsonb_build_object('dead_letter_id', dead_letter_id));
  return 'redriven';
end $$;
comment on function battles.fn_redrive_dead_letter is
  'An operator calls it. redriven; already_redriven; not_found; or battle_<status> when the battle has gone on without this contender and nothing can change.';
revoke execute on function battles.fn_redrive_dead_letter from public, anon, authenticated, service_role;
grant execute on function battles.fn_redrive_dead_letter to service_role;

-- ---------------------------------------------------------------- what drivers call: the judge

create function battles.fn_worker_claim_battle_judging(driver text, most integer default 1) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  claimed execution.claimed_job[] := array(select j from execution.fn_worker_claim_jobs('battle_judging', driver, most) j);   -- see fn_worker_claim_battle_job
  jobs jsonb;
begin
  select jsonb_agg(jsonb_build_object(
    'lease_token', j.lease_token, 'job_id', j.job_id, 'attempts', j.attempts, 'reclaims', j.reclaims, 'max_attempts', j.max_attempts,
    'in_lane', b.judge_concurrency_key is not null,
    'battle_id', b.battle_id, 'judge_model_key', b.judge_model_key, 'task_prompt', b.task_prompt, 'inputs', b.inputs, 'rubric', b.rubric,
    'reference_answer', b.reference_answer,
    'answers', (select jsonb_agg(jsonb_build_object('contender_id', c.contender_id, 'slot', c.slot, 'content_text', s.content_text) order by c.slot)
      from battles.submissions s join battles.contenders c on c.contender_id = s.contender_id
      where s.battle_id = b.battle_id and s.is_final and c.status = 'submitted'),
    'recorded_presentations', coalesce((select jsonb_agg(v.presentation) from battles.verdicts v
      where v.battle_id = b.battle_id and v.judge_model_key = b.judge_model_key), '[]')) order by j.position) into jobs
  from unnest(claimed) j
  join battles.battles b on b.battle_id = j.subject_id;
  return jsonb_build_object(
    'jobs', coalesce(jobs, '[]'),
    'lease_ms', (select k.lease_ms from execution.job_kinds k where k.kind = 'battle_judging'),
    'next_due_ms', case when jobs is null then execution.next_due_ms('battle_judging') end);
end $$;
comment on function battles.fn_worker_claim_battle_judging is
  'Drivers call it for up to `most` battles to judge. Answers carry slots, never names or models; recorded_presentations are already paid for and must not be asked again.';
revoke execute on function battles.fn_worker_claim_battle_judging from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_claim_battle_judging to service_role;

create function battles.fn_worker_record_verdict(job_id bigint, lease_token bigint, verdict jsonb) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
  recorded bigint;
begin
  perform battles.lock_job_owners(array[job_id]);
  select b.* into battle from execution.leases l
  join execution.jobs j on j.job_id = fn_worker_record_verdict.job_id
  join battles.battles b on b.battle_id = j.subject_id
  where l.lease_token = fn_worker_record_verdict.lease_token and j.job_id = any (l.job_ids) and j.state = 'active'
  for update of l;
  if not found then
    return 'lost';
  end if;
  if exists (
    select from (
      select s.value ->> 'contender_id' as named from jsonb_array_elements(verdict -> 'scores') s
      union all select verdict ->> 'winner_contender_id' where verdict ->> 'winner_contender_id' is not null) n
    where not exists (select from battles.contenders c where c.battle_id = battle.battle_id and c.contender_id = n.named::uuid)) then
    raise exception 'a verdict names a contender of another battle' using errcode = 'check_violation';
  end if;
  insert into battles.verdicts (battle_id, judge_model_key, presentation, slot_order, outcome, winner_contender_id, reasoning, system_prompt, prompt, raw_text,
    parameters, input_tokens, output_tokens, cost_usd, latency_ms)
  values (battle.battle_id, battle.judge_model_key, (verdict ->> 'presentation')::smallint, verdict ->> 'slot_order', verdict ->> 'outcome',
    (verdict ->> 'winner_contender_id')::uuid, coalesce(verdict ->> 'reasoning', ''), verdict ->> 'system_prompt', verdict ->> 'prompt', verdict ->> 'raw_text',
    coalesce(verdict -> 'parameters', '{}'), (verdict ->> 'input_tokens')::integer, (verdict ->> 'output_tokens')::integer, (verdict ->> 'cost_usd')::numeric,
    (verdict ->> 'latency_ms')::integer)
  on conflict do nothing
  returning verdict_id into recorded;
  if recorded is null then
    return 'already_recorded';
  end if;
  insert into battles.verdict_scores (verdict_id, contender_id, score, place)
  select recorded, (s.value ->> 'contender_id')::uuid, (s.value ->> 'score')::numeric, (s.value ->> 'place')::smallint
  from jsonb_array_elements(verdict -> 'scores') s;
  perform battles.record_event(battle.battle_id, 'verdict.recorded', jsonb_build_object(
    'presentation', verdict -> 'presentation', 'slot_order', verdict -> 'slot_order', 'outcome', verdict -> 'outcome'));
  return 'recorded';
end $$;
comment on function battles.fn_worker_record_verdict is
  'Drivers call it the moment a judge call returns, so that what is paid for is kept whatever happens next. recorded, already_recorded (nothing changed) or lost (nothing changed).';
revoke execute on function battles.fn_worker_record_verdict from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_record_verdict to service_role;

create function battles.fn_worker_complete_battle_judging(job_id bigint, lease_token bigint) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  perform battles.lock_job_owners(array[job_id]);
  return execution.close_job(job_id, lease_token, 'completed');
end $$;
comment on function battles.fn_worker_complete_battle_judging is
  'Drivers call it when both presentations are recorded, then ask for fn_battles_finalize in a transaction of its own. False: the lease was lost.';
revoke execute on function battles.fn_worker_complete_battle_judging from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_complete_battle_judging to service_role;

insert into execution.job_kinds (kind, wake_function, lock_owner, settle_owner) values
  ('battle_job', 'dispatch-jobs', 'battles.lock_job_owners', 'battles.settle_buried_job'),
  ('battle_judging', 'ai-judge-battle', 'battles.lock_job_owners', 'battles.settle_buried_job');
insert into execution.queues (kind) values ('battle_job'), ('battle_judging');
