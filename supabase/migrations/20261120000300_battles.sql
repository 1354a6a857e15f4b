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
create type battles.contender_type as enum ('ai_model', 'ai_agent', 'human', 'command', 'workflow');
create type battles.modality as enum ('text', 'image', 'audio', 'video');
create type battles.scoring_mode as enum ('ai_judge', 'community', 'hybrid', 'checks');
create type battles.judge_mode as enum ('listwise', 'pairwise', 'rubric');
create type battles.funding_source as enum ('platform_credit', 'user_byok_cloud', 'user_byok_local', 'local', 'simulated');
comment on type battles.scoring_mode is 'Who decides: a judge, the votes of the crowd, or half and half; in a coding battle the owner''s checks, and hybrid is half checks, half judge.';
comment on type battles.judge_mode is 'How a judge is asked: about all answers at once, about each pair, or about each criterion of the rubric. Always in both orders.';
comment on type battles.funding_source is 'Who pays for a call: the platform''s key, the user''s own, the user''s own that never leaves their browser, nobody (it runs on the operator''s machine), or nobody (it is a stand-in).';

create table battles.battles (
  battle_id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  status battles.battle_status not null default 'draft',
  battle_type battles.battle_type not null default 'ai_vs_ai',
  category text check (category ~ '^[a-z0-9][a-z0-9_-]{0,39}$'),
  title text not null check (char_length(title) between 1 and 200),
  task_prompt text not null check (char_length(task_prompt) between 1 and 32000),
  inputs jsonb check (jsonb_typeof(inputs) = 'object'),
  max_tokens integer not null default 4096 check (max_tokens between 1 and 1000000),
  temperature numeric(3, 2) check (temperature between 0 and 2),
  handicap jsonb not null default '{}' check (jsonb_typeof(handicap) = 'object'),
  rubric jsonb check (jsonb_typeof(rubric) = 'array'),
  reference_answer text check (char_length(reference_answer) <= 32000),
  scoring_mode battles.scoring_mode not null default 'ai_judge',
  priority execution.job_priority not null default 0,
  voting_window_ms bigint not null default 0 check (voting_window_ms between 0 and 2592000000),
  voter_eligibility text not null default 'anyone' check (voter_eligibility in ('anyone', 'confirmed_email', 'account_age', 'invited')),
  min_account_age_ms bigint check (min_account_age_ms between 1 and 315360000000),
  vote_weighting text not null default 'equal' check (vote_weighting in ('equal', 'reliability')),
  submission_window_ms bigint check (submission_window_ms between 1000 and 2592000000),
  promote_at timestamptz,
  auto_publish_results boolean not null default true,
  judge_mode battles.judge_mode not null default 'listwise',
  allow_own_family boolean not null default false,
  generate_rubric boolean not null default false,
  auto_analyse boolean not null default false,
  budget_usd numeric(12, 6) check (budget_usd > 0),
  repository jsonb check (jsonb_typeof(repository) = 'object'),
  checks text[] not null default '{}',
  run_id uuid,
  idempotency_key text check (char_length(idempotency_key) between 1 and 200),
  request_hash text,
  outcome text check (outcome in ('winner', 'draw', 'walkover', 'no_verdict')),
  judge_outcome text check (judge_outcome in ('winner', 'tie', 'both_bad', 'inconsistent', 'abstain')),
  winner_contender_id uuid,
  created_at timestamptz not null default now(),
  published_at timestamptz,
  submissions_end_at timestamptz,
  voting_ends_at timestamptz,
  results_published_at timestamptz,
  held_at timestamptz,
  hold_reason text check (char_length(hold_reason) <= 500),
  finished_at timestamptz,
  check (scoring_mode in ('ai_judge', 'checks') or voting_window_ms > 0 or (battle_type = 'coding' and scoring_mode = 'hybrid')),
  check ((repository is not null) = (battle_type = 'coding')),
  check (battle_type <> 'coding' or scoring_mode not in ('checks', 'hybrid') or (cardinality(checks) > 0 and voting_window_ms = 0)),
  check (battle_type = 'coding' or (scoring_mode <> 'checks' and checks = '{}')),
  check ((voter_eligibility = 'account_age') = (min_account_age_ms is not null)),
  check ((held_at is not null) = (hold_reason is not null)),
  check ((winner_contender_id is not null) = coalesce(outcome in ('winner', 'walkover'), false)),
  check ((outcome is not null) = (status = 'closed')),
  check ((finished_at is not null) = (status in ('closed', 'cancelled', 'void'))),
  check (results_published_at is null or status = 'closed')
);
create unique index battles_idempotency on battles.battles (owner_id, idempotency_key) where idempotency_key is not null;
create index battles_owner on battles.battles (owner_id, created_at desc);
create index battles_recent on battles.battles (created_at desc, battle_id desc) where status <> 'draft';
create index battles_unsettled on battles.battles (status) where status in ('voting', 'scoring');
create index battles_promotion on battles.battles (promote_at) where status = 'draft' and promote_at is not null;
create index battles_run on battles.battles (run_id) where run_id is not null;
create index battles_held on battles.battles (battle_id) where held_at is not null;
create index battles_submissions_end on battles.battles (submissions_end_at) where status = 'executing' and submissions_end_at is not null;
comment on table battles.battles is
  'One task and who decides it. owner_id is auth.users.id, without a foreign key: a battle and its ratings outlive an account. judge_outcome tells a tie from an inconsistent judge; both are a draw. category: what the task is about, for boards of their own. voting_window_ms 0: nobody votes. voter_eligibility: who may vote; min_account_age_ms belongs to account_age, battles.voter_invitations to invited. vote_weighting: whether every vote weighs one, or by its voter''s record (battles.weigh_votes). submission_window_ms: how long people have to submit after publishing. promote_at: when a draft publishes itself. allow_own_family: judges may judge models of their own family. generate_rubric: the first judge writes one when it begins. results_published_at: since when others than the owner see how it ended; the moment it closed, unless auto_publish_results is false. held_at: an operator stopped it. repository: of a coding battle, {source, ref} as its owner named them and the commit that the first worker pinned; checks: the names of the commands that are run on what each contender left. run_id: the root of the runs that slots of it are left to; a run may be forgotten before its battles.';

create table battles.contenders (
  contender_id uuid primary key default gen_random_uuid(),
  battle_id uuid not null references battles.battles (battle_id) on delete cascade,
  slot text not null check (slot ~ '^[A-Z]$'),
  contender_type battles.contender_type not null default 'ai_model',
  status battles.contender_status not null default 'pending',
  model_key text,
  model_kind text,
  provider text,
  user_id uuid,
  identity text not null default '' check (char_length(identity) <= 80),
  system_prompt text check (char_length(system_prompt) <= 8000),
  concurrency_key text,
  concurrency_limit integer,
  limit_key text,
  funding_source battles.funding_source,
  byok_key_id uuid,
  cost_estimate_usd numeric(12, 6) check (cost_estimate_usd >= 0),
  simulated boolean not null default false,
  run_id uuid,
  node_id text,
  answered_by uuid,
  workflow_version_id uuid,
  workflow_inputs jsonb check (jsonb_typeof(workflow_inputs) = 'object'),
  byok_keys jsonb not null default '{}' check (jsonb_typeof(byok_keys) = 'object'),
  error jsonb,
  settled_at timestamptz,
  unique (battle_id, slot),
  check ((contender_type = 'human') = (model_key is null)),
  check (user_id is null or contender_type = 'human'),
  check ((contender_type = 'workflow') = (run_id is not null or workflow_version_id is not null)),
  check ((node_id is null and answered_by is null) or (run_id is not null and workflow_version_id is null)),
  check ((funding_source = 'user_byok_cloud') = (byok_key_id is not null)),
  check (byok_keys = '{}' or workflow_version_id is not null),
  check (funding_source <> 'user_byok_local' or coalesce(model_kind, 'text') = 'text'),
  check ((settled_at is not null) = (status <> 'pending'))
);
create unique index contenders_models on battles.contenders (battle_id, identity, model_key) where model_key is not null;
create unique index contenders_people on battles.contenders (battle_id, user_id) where user_id is not null;
create index contenders_model on battles.contenders (model_key) where model_key is not null;
create index contenders_user on battles.contenders (user_id) where user_id is not null;
comment on table battles.contenders is
  'Who answers, in slots A to Z. identity names a persona of the model; a pair (identity, model) enters a battle once, and so does a person (user_id; null in an open seat). limit_key: whose rate limit its calls draw on. cost_estimate_usd: the most its call can cost, by list price. simulated: answered by a stand-in, and labelled so wherever it is shown; of a workflow, that it may be, and once it has answered, whether any part of the answer was. A workflow either answers by a run of its own (workflow_version_id, with workflow_inputs; run_id: that run, once it has begun; byok_keys: {provider: key_id} of the owner that pay for it), or the slot is left to a node contender_run of the run that made the battle (run_id; node_id: to that one alone; answered_by: the node''s result that took it).';

alter table battles.battles add constraint battles_winner foreign key (winner_contender_id) references battles.contenders (contender_id);
create index battles_winner on battles.battles (winner_contender_id) where winner_contender_id is not null;

create table battles.submissions (
  submission_id uuid primary key default gen_random_uuid(),
  contender_id uuid not null unique references battles.contenders (contender_id) on delete cascade,
  battle_id uuid not null references battles.battles (battle_id) on delete cascade,
  status text not null default 'pending' check (status in ('pending', 'submitted')),
  content_text text,
  transcript text,
  keyframes jsonb check (jsonb_typeof(keyframes) = 'array'),
  content_url text,
  media_url text,
  mime_type text check (char_length(mime_type) <= 128),
  output_modality battles.modality not null default 'text',
  diff text check (octet_length(diff) <= 1048576),
  work jsonb check (jsonb_typeof(work) = 'object'),
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
  'One answer per contender. media_url is mirrored to content_url; artifact_id shows a provider''s task id while is_final is false. transcript: what is said in a recording, written down for its judges. keyframes: pictures out of a film for its judges, [{url, at_ms}]; null while, or if, they could not be taken. diff: what a command changed in its worktree, cut where it is longer than its worker keeps; work: how that went, {duration_ms, exit_code, tokens_per_second, commit, files, diff_cut, checks: [{name, weight, passed, exit_code, duration_ms, output}]}.';

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
    submissions_end_at = case when transition.status = 'executing' then now() + make_interval(secs => b.submission_window_ms / 1000.0) else b.submissions_end_at end,
    voting_ends_at = case when transition.status = 'voting' then now() + make_interval(secs => (data ->> 'window_ms')::bigint / 1000.0)
      when transition.status = 'scoring' then least(b.voting_ends_at, now()) else b.voting_ends_at end,
    results_published_at = case when transition.status = 'closed' and b.auto_publish_results then now() end,
    outcome = data ->> 'outcome',
    judge_outcome = coalesce(data ->> 'judge_outcome', b.judge_outcome),
    winner_contender_id = (data ->> 'winner_contender_id')::uuid,
    finished_at = case when transition.status in ('closed', 'cancelled', 'void') then now() end
  where b.battle_id = transition.battle_id;
  perform battles.record_event(battle_id, 'battle.' || transition.status, data);
end $$;
comment on function battles.transition is 'The only writer of a battle''s status; leaves the event battle.<status>. The caller holds the battle''s row lock and has decided that the step is due.';
revoke execute on function battles.transition from public, anon, authenticated, service_role;
