-- Lenses and workflows: versioned prompts with contracts, and graphs of them. What is saved is a version, and a version never changes:
-- an edit makes another. So a run needs no copy of what it runs, and two runs of one version are runs of the same thing.

create schema lenses;
comment on schema lenses is 'Lenses (versioned prompts with contracts), workflows (graphs of them), their runs and what starts them.';
grant usage on schema lenses to service_role;

create type lenses.lens_kind as enum ('text', 'image', 'video', 'research', 'pdf', 'transform', 'orchestration', 'validation', 'routing');
create type lenses.visibility as enum ('private', 'public');

create table lenses.lenses (
  lens_id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  title text not null check (char_length(title) between 1 and 200),
  description text not null default '' check (char_length(description) <= 4000),
  visibility lenses.visibility not null default 'private',
  forked_from_version_id uuid,
  created_at timestamptz not null default now(),
  archived_at timestamptz
);
create index lenses_owner on lenses.lenses (owner_id, created_at desc);
comment on table lenses.lenses is 'A lens: a prompt that people and workflows run, known by its versions. visibility public: anybody may read, run and fork its published versions.';

create table lenses.versions (
  version_id uuid primary key default gen_random_uuid(),
  lens_id uuid not null references lenses.lenses (lens_id) on delete cascade,
  number integer not null check (number > 0),
  kind lenses.lens_kind not null,
  template text not null check (char_length(template) <= 32000),
  system_prompt text check (char_length(system_prompt) <= 32000),
  model_key text,
  max_tokens integer check (max_tokens between 1 and 1000000),
  temperature real check (temperature between 0 and 2),
  input_contract jsonb not null default '{}' check (jsonb_typeof(input_contract) = 'object'),
  output_contract jsonb check (jsonb_typeof(output_contract) = 'object'),
  content_hash text not null check (content_hash ~ '^[0-9a-f]{64}$'),
  note text not null default '' check (char_length(note) <= 500),
  created_at timestamptz not null default now(),
  published_at timestamptz,
  unique (lens_id, number)
);
comment on table lenses.versions is
  'What a lens said at one time. Nothing but published_at ever changes in a row. input_contract: {parameters, require_any_of, strict}; output_contract: {kind, artifact_kind, output_type, schema}. content_hash: SHA-256 of what matters in it, so that saving the same again makes no version.';

create view lenses.version_parameters with (security_invoker = true) as
select v.version_id, p.key as label, p.ordinality as ordinal, p.value ->> 'type' as type, coalesce((p.value ->> 'required')::boolean, true) as required,
  p.value -> 'default' as default_value, p.value ->> 'description' as description, p.value as field
from lenses.versions v cross join lateral jsonb_each(coalesce(v.input_contract -> 'parameters', '{}')) with ordinality p;
comment on view lenses.version_parameters is 'The parameters of each lens version, one row a label, out of its input contract.';

create schema content;
comment on schema content is 'Tags.';
grant usage on schema content to service_role;
create table content.tag_map (
  entity_id uuid not null,
  tag text not null check (tag ~ '^[a-z][a-z0-9_-]*(:[a-z0-9][a-z0-9_.-]*)?$' and char_length(tag) <= 80),
  created_at timestamptz not null default now(),
  primary key (entity_id, tag)
);
create unique index tag_map_kind on content.tag_map (entity_id) where tag like 'kind:%';
create index tag_map_tag on content.tag_map (tag);
comment on table content.tag_map is 'Tags of lenses and workflows. A lens has one kind:* tag, that of its latest version.';

-- ---------------------------------------------------------------- workflows

create table lenses.workflows (
  workflow_id uuid primary key default gen_random_uuid(),
  owner_id uuid not null,
  title text not null check (char_length(title) between 1 and 200),
  description text not null default '' check (char_length(description) <= 4000),
  visibility lenses.visibility not null default 'private',
  forked_from_version_id uuid,
  created_at timestamptz not null default now(),
  archived_at timestamptz
);
create index workflows_owner on lenses.workflows (owner_id, created_at desc);
comment on table lenses.workflows is 'A workflow, known by its versions. Visibility as of a lens.';

create table lenses.workflow_versions (
  version_id uuid primary key default gen_random_uuid(),
  workflow_id uuid references lenses.workflows (workflow_id) on delete cascade,
  number integer,
  content_hash text not null check (content_hash ~ '^[0-9a-f]{64}$'),
  document jsonb not null,
  scheduling text not null default 'waves' check (scheduling in ('waves', 'eager')),
  max_in_flight integer not null default 10 check (max_in_flight between 1 and 100),
  timeout_ms bigint check (timeout_ms > 0),
  budget_usd numeric(14, 6) check (budget_usd >= 0),
  output_node_id text,
  capabilities text[] not null default '{}',
  note text not null default '' check (char_length(note) <= 500),
  created_at timestamptz not null default now(),
  published_at timestamptz,
  check ((workflow_id is null) = (number is null)),
  unique (workflow_id, number)
);
create unique index workflow_versions_nested on lenses.workflow_versions (content_hash) where workflow_id is null;
comment on table lenses.workflow_versions is
  'A workflow as it was saved, compiled. Without a workflow: what a lens alone, or the body of a loop, compiles to, one for each content. capabilities: what a driver must be able to do that edge functions cannot. document: as its author wrote it, for export and diff.';

-- What a node needs to run decides its job kind, and so the function that drains it (docs/workflows.md).
insert into execution.job_kinds (kind, wake_function, fair, lock_owner, settle_owner, ended_jobs) values
  ('workflow_node', 'run-workflows', true, 'lenses.lock_job_owners', 'lenses.settle_buried_job', 'lenses.ended_jobs'),
  ('lens_run', 'dispatch-jobs', true, 'lenses.lock_job_owners', 'lenses.settle_buried_job', 'lenses.ended_jobs'),
  ('workflow_media', 'poll-async-executions', true, 'lenses.lock_job_owners', 'lenses.settle_buried_job', 'lenses.ended_jobs'),
  ('workflow_tool', 'run-tools', true, 'lenses.lock_job_owners', 'lenses.settle_buried_job', 'lenses.ended_jobs'),
  ('workflow_program', null, true, 'lenses.lock_job_owners', 'lenses.settle_buried_job', 'lenses.ended_jobs'),
  ('team_run', 'run-workflows', true, 'lenses.lock_job_owners', 'lenses.settle_buried_job', 'lenses.ended_jobs'),
  -- Answered by a page of the run's owner: no function is woken, for none has the key.
  ('local_node', null, true, 'lenses.lock_job_owners', 'lenses.settle_buried_job', 'lenses.ended_jobs');
update execution.job_kinds set lease_ms = 90000 where kind = 'local_node';   -- browsers let the timers of a hidden page run once a minute
insert into execution.queues (kind) values ('workflow_node'), ('lens_run'), ('workflow_media'), ('workflow_tool'), ('workflow_program'), ('team_run'), ('local_node');

create table lenses.workflow_nodes (
  version_id uuid not null references lenses.workflow_versions (version_id) on delete cascade,
  node_id text not null check (node_id ~ '^[a-z][a-z0-9_-]{0,62}$'),
  ordinal integer not null,
  node_type text not null,
  label text not null,
  config jsonb not null default '{}',
  lens jsonb,
  lens_version_id uuid,
  job_kind text not null check (job_kind in ('workflow_node', 'lens_run', 'workflow_media', 'workflow_tool', 'workflow_program', 'team_run')),
  join_policy text not null default 'all' check (join_policy in ('all', 'all_settled')),
  on_parent_failure text not null default 'skip' check (on_parent_failure in ('skip', 'propagate', 'substitute_default')),
  wave integer not null check (wave >= 0),
  edges_in integer not null check (edges_in >= 0),
  deadline_group text,
  deadline_ms bigint check (deadline_ms > 0),
  max_attempts smallint not null default 1 check (max_attempts between 1 and 100),
  side_effects boolean not null default false,
  model_key text,
  provider text,
  concurrency_key text,
  concurrency_limit integer,
  limit_key text,
  funding_source battles.funding_source,
  cost_estimate_usd numeric(14, 6),
  simulated boolean not null default false,
  credential_id uuid,
  credential_provider text,
  primary key (version_id, node_id)
);
create index workflow_nodes_deadline on lenses.workflow_nodes (version_id, deadline_group) where deadline_group is not null;
comment on table lenses.workflow_nodes is
  'A node of a version, as drivers run it: config and lens are whole, so a run reads nothing that can change. wave: the longest path from a root. edges_in: how many edges bring it something. deadline_group: nodes that share one deadline, deadline_ms from when the first of them may run. The lens, the model and its price are those of the day it was saved.';

create table lenses.workflow_edges (
  version_id uuid not null references lenses.workflow_versions (version_id) on delete cascade,
  ordinal integer not null,
  source_node_id text not null,
  source_port text not null default 'output',
  source_output_key text not null default 'output',
  target_node_id text not null,
  target_param_label text not null default 'input',
  merge_strategy text check (merge_strategy in ('last_write_wins', 'concat', 'array', 'json_object')),
  condition jsonb,
  primary key (version_id, ordinal),
  foreign key (version_id, source_node_id) references lenses.workflow_nodes (version_id, node_id) on delete cascade,
  foreign key (version_id, target_node_id) references lenses.workflow_nodes (version_id, node_id) on delete cascade,
  check (source_node_id <> target_node_id)
);
create index workflow_edges_source on lenses.workflow_edges (version_id, source_node_id);
create index workflow_edges_target on lenses.workflow_edges (version_id, target_node_id);
comment on table lenses.workflow_edges is 'What a node hands to another: the value at source_output_key, when source_port fires and the condition holds. ordinal: the order in which values for one label are merged. source_port @settled: brings nothing and only says what comes first.';

alter table lenses.lenses enable row level security;
alter table lenses.versions enable row level security;
alter table content.tag_map enable row level security;
alter table lenses.workflows enable row level security;
alter table lenses.workflow_versions enable row level security;
alter table lenses.workflow_nodes enable row level security;
alter table lenses.workflow_edges enable row level security;
