-- Judges: who decides a battle, and every call they were asked. A battle has 1 to 9 of them, or none where votes alone decide. Each has
-- a job of its own, so that one that fails or waits for its rate limit keeps no other waiting.

create table battles.judges (
  judge_id uuid primary key default gen_random_uuid(),
  battle_id uuid not null references battles.battles (battle_id) on delete cascade,
  seat smallint not null check (seat between 1 and 9),
  model_key text not null,
  provider text,
  concurrency_key text,
  concurrency_limit integer,
  limit_key text,
  funding_source battles.funding_source,
  byok_key_id uuid,
  cost_estimate_usd numeric(12, 6) check (cost_estimate_usd >= 0),
  weight numeric(6, 3) not null default 1 check (weight >= 0),
  simulated boolean not null default false,
  status text not null default 'pending' check (status in ('pending', 'judged', 'abstained', 'recused', 'failed')),
  error jsonb,
  unique (battle_id, seat),
  unique (battle_id, model_key),
  check ((funding_source = 'user_byok_cloud') = (byok_key_id is not null)),
  check ((error is not null) = (status in ('recused', 'failed')))
);
comment on table battles.judges is
  'Who judges a battle. weight: what its word counts for beside the others''; 0 is heard and does not count. judged: it decided a pair; abstained: none; recused: a contender is of its family; failed: its job was given up. cost_estimate_usd: the most all its calls can cost, by list price.';

create table battles.verdicts (
  verdict_id bigint generated always as identity primary key,
  battle_id uuid not null references battles.battles (battle_id) on delete cascade,
  judge_id uuid not null references battles.judges (judge_id) on delete cascade,
  judge_model_key text not null,
  part text not null default 'all' check (part ~ '^(all|[A-Z]-[A-Z]|criterion:[1-9][0-9]?)$'),
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
  unique (judge_id, part, presentation),
  check ((winner_contender_id is not null) = (outcome = 'winner'))
);
create index verdicts_battle on battles.verdicts (battle_id);
create index verdicts_winner on battles.verdicts (winner_contender_id);
comment on table battles.verdicts is
  'One judge call, as it was paid for: the exact prompt, the raw text and what it decided. part: all answers, a pair of slots, or a criterion of the rubric, whose weight is weight. presentation 0 and 1 are the two orders; slot_order is what the judge saw first to last. Written once, never changed.';

create table battles.verdict_scores (
  verdict_id bigint not null references battles.verdicts (verdict_id) on delete cascade,
  contender_id uuid not null references battles.contenders (contender_id) on delete cascade,
  score numeric(4, 2) not null check (score between 0 and 10),
  place smallint not null check (place between 1 and 26),
  primary key (verdict_id, contender_id)
);
create index verdict_scores_contender on battles.verdict_scores (contender_id);
comment on table battles.verdict_scores is 'A verdict''s score for each contender it was shown, 0 to 10, and its place: equal places are a tie between them.';

create table battles.rubric_calls (
  judge_id uuid primary key references battles.judges (judge_id) on delete cascade,
  battle_id uuid not null references battles.battles (battle_id) on delete cascade,
  system_prompt text not null,
  prompt text not null,
  raw_text text not null,
  parameters jsonb not null default '{}',
  input_tokens integer,
  output_tokens integer,
  cost_usd numeric(12, 6),
  latency_ms integer,
  created_at timestamptz not null default now()
);
create index rubric_calls_battle on battles.rubric_calls (battle_id, created_at);
comment on table battles.rubric_calls is
  'The call in which a judge wrote the rubric of a battle that asked for one, as it was paid for; also when nothing in it could be read, and the battle is judged without. Of several, the first one''s rubric is the battle''s.';

create table battles.winner_overrides (
  override_id bigint generated always as identity primary key,
  battle_id uuid not null references battles.battles (battle_id) on delete cascade,
  author_id uuid not null,
  winner_contender_id uuid references battles.contenders (contender_id) on delete cascade,
  note text not null check (char_length(note) between 1 and 2000),
  created_at timestamptz not null default now()
);
create index winner_overrides_battle on battles.winner_overrides (battle_id);
create index winner_overrides_winner on battles.winner_overrides (winner_contender_id);
comment on table battles.winner_overrides is
  'What an owner said of how the battle should have ended, append-only; the last one is shown, beside the outcome and not in its place. winner_contender_id null: a draw. Ratings and the statistics of judges know nothing of it.';

create table battles.analyses (
  analysis_id uuid primary key default gen_random_uuid(),
  battle_id uuid not null references battles.battles (battle_id) on delete cascade,
  kind text not null check (kind in ('digest_judge', 'cross_examination')),
  model_key text not null,
  provider text,
  concurrency_key text,
  concurrency_limit integer,
  limit_key text,
  funding_source battles.funding_source,
  byok_key_id uuid,
  cost_estimate_usd numeric(12, 6) check (cost_estimate_usd >= 0),
  simulated boolean not null default false,
  status text not null default 'due' check (status in ('due', 'pending', 'completed', 'failed')),
  result jsonb,
  error jsonb,
  requested_by uuid,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  check ((funding_source = 'user_byok_cloud') = (byok_key_id is not null)),
  check ((result is not null) = (status = 'completed')),
  check ((error is not null) = (status = 'failed')),
  check ((finished_at is not null) = (status in ('completed', 'failed')))
);
create index analyses_battle on battles.analyses (battle_id, created_at);
create index analyses_due on battles.analyses (analysis_id) where status = 'due';
comment on table battles.analyses is
  'What a model made of a battle that is over: its answers digested and compared, or cross-examined with their verdict. It decides nothing. requested_by null: made by itself when the battle closed (auto_analyse). due: it has no job yet.';

create table battles.analysis_calls (
  analysis_id uuid not null references battles.analyses (analysis_id) on delete cascade,
  stage text not null check (char_length(stage) between 1 and 40),
  system_prompt text not null,
  prompt text not null,
  raw_text text not null,
  parameters jsonb not null default '{}',
  input_tokens integer,
  output_tokens integer,
  cost_usd numeric(12, 6),
  latency_ms integer,
  created_at timestamptz not null default now(),
  primary key (analysis_id, stage)
);
comment on table battles.analysis_calls is 'One call of an analysis, as it was paid for: recorded when it returns, and never asked again. stage: digest:<slot>, judge:<presentation> or examine.';
