-- What starts workflows: a schedule, a request from outside, an event of a battle, a change of a table, or its owner by hand. Whatever it
-- is, the run is begun in one place, and what came of it is a firing that the owner can read.
--
-- In this order, and the first that says no decides (docs/triggers.md): the system's switch; the trigger enabled; what is missed; overlap and
-- max_concurrent; max_per_minute and the depth of events that runs caused themselves; a version its owner may run; its inputs; capabilities
-- and keys; approval. Money is asked for where it is spent, before every node.
--
-- Lock order: battle -> trigger -> root run -> lease -> job. Nothing that holds a run waits for a trigger.

create table lenses.workflow_triggers (
  trigger_id uuid primary key default gen_random_uuid(),
  workflow_id uuid not null references lenses.workflows (workflow_id) on delete cascade,
  owner_id uuid not null,
  kind text not null check (kind in ('schedule', 'webhook', 'battle_event', 'database_event', 'manual')),
  title text not null default '' check (char_length(title) <= 200),
  enabled boolean not null default true,
  version_id uuid references lenses.workflow_versions (version_id) on delete cascade,
  inputs jsonb not null default '{}' check (jsonb_typeof(inputs) = 'object'),
  config jsonb not null default '{}' check (jsonb_typeof(config) = 'object'),
  byok_keys jsonb not null default '{}' check (jsonb_typeof(byok_keys) = 'object'),
  budget_usd numeric(14, 6) check (budget_usd >= 0),
  requires_approval boolean not null default false,
  secret_sha256 text check (secret_sha256 ~ '^[0-9a-f]{64}$'),
  sealed_secret text,
  previous_secret_sha256 text check (previous_secret_sha256 ~ '^[0-9a-f]{64}$'),
  previous_sealed_secret text,
  previous_valid_until timestamptz,
  revision integer not null default 1,
  look_at timestamptz,
  last_due_at timestamptz,
  dues_until timestamptz,
  refill_after timestamptz,
  refill_job_id bigint,
  disabled_reason text check (disabled_reason in ('owner', 'refused', 'ended', 'invalid')),
  disabled_at timestamptz,
  consecutive_failures integer not null default 0 check (consecutive_failures >= 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (enabled = (disabled_reason is null)),
  check (enabled = (disabled_at is null)),
  check ((kind = 'webhook') = (num_nonnulls(secret_sha256, sealed_secret) = 1)),
  check (num_nonnulls(previous_secret_sha256, previous_sealed_secret) = num_nonnulls(previous_valid_until))
) with (fillfactor = 80);
create index workflow_triggers_owner on lenses.workflow_triggers (owner_id, created_at);
create index workflow_triggers_workflow on lenses.workflow_triggers (workflow_id);
create index workflow_triggers_version on lenses.workflow_triggers (version_id) where version_id is not null;
create index workflow_triggers_look on lenses.workflow_triggers (look_at) where enabled and look_at is not null;
create index workflow_triggers_refill on lenses.workflow_triggers (refill_after) where enabled and refill_after is not null;
create index workflow_triggers_battles on lenses.workflow_triggers (owner_id) where kind = 'battle_event' and enabled;
comment on table lenses.workflow_triggers is
  'What starts a workflow. version_id null: the latest (of a stranger''s workflow, the latest published). inputs: of every run; what happened is added to them. config: of its kind, as docs/triggers.md says. secret: of a webhook, hashed (bearer) or sealed (hmac); the previous one opens too while it is valid. look_at: when a schedule is next looked at. last_due_at: the latest due time that was dealt with. dues_until: how far its due times are written down; refill_after: when more of them are computed. disabled_reason: owner; refused (ten starts in a row were); ended (nothing is due any more); invalid (its times cannot be computed). consecutive_failures: refusals since the last start.';

create table lenses.schedule_dues (
  trigger_id uuid not null references lenses.workflow_triggers (trigger_id) on delete cascade,
  due_at timestamptz not null,
  queued_at timestamptz,
  primary key (trigger_id, due_at)
);
comment on table lenses.schedule_dues is 'When a schedule is due, written ahead: a row is a run that has not been dealt with. queued_at: it was on time, and waits for a run before it to end.';

create table lenses.trigger_firings (
  firing_id bigint generated always as identity primary key,
  trigger_id uuid not null references lenses.workflow_triggers (trigger_id) on delete cascade,
  due_at timestamptz,
  event_key text check (char_length(event_key) <= 300),
  event jsonb,
  depth smallint not null default 0,
  outcome text not null check (outcome in ('pending', 'started', 'skipped', 'missed', 'refused')),
  refused text,
  message text check (char_length(message) <= 1000),
  run_id uuid,
  created_at timestamptz not null default now()
);
create index trigger_firings_trigger on lenses.trigger_firings (trigger_id, firing_id desc);
create unique index trigger_firings_event on lenses.trigger_firings (trigger_id, event_key) where event_key is not null;
create index trigger_firings_run on lenses.trigger_firings (run_id) where run_id is not null;
create index trigger_firings_created on lenses.trigger_firings (created_at);
comment on table lenses.trigger_firings is
  'What came of each time a trigger fired. pending: its job has not run; started: run_id; skipped: its own rules said no; missed: nobody was there in time; refused: the run could not start, and why. event: what happened, until the run has it. depth: how many runs were caused by one another before it.';

create table lenses.trigger_receipts (
  trigger_id uuid not null references lenses.workflow_triggers (trigger_id) on delete cascade,
  message_id text not null check (char_length(message_id) between 1 and 200),
  body_sha256 text not null check (body_sha256 ~ '^[0-9a-f]{64}$'),
  run_id uuid not null,
  received_at timestamptz not null default now(),
  primary key (trigger_id, message_id)
);
create index trigger_receipts_received on lenses.trigger_receipts (received_at);
comment on table lenses.trigger_receipts is 'Messages a webhook trigger has taken: the primary key is what makes a replay of the last 24 hours start nothing.';

alter table lenses.workflow_triggers enable row level security;
alter table lenses.schedule_dues enable row level security;
alter table lenses.trigger_firings enable row level security;
alter table lenses.trigger_receipts enable row level security;
grant select on lenses.schedule_dues, lenses.trigger_firings to service_role;

-- ---------------------------------------------------------------- a run begins

create function lenses.disable_trigger(trigger_id uuid, reason text) returns void
language sql security definer set search_path = '' as $$
  update lenses.workflow_triggers t set enabled = false, disabled_reason = disable_trigger.reason, disabled_at = now(), look_at = null, refill_after = null
  where t.trigger_id = disable_trigger.trigger_id and t.enabled;
  delete from lenses.schedule_dues d where d.trigger_id = disable_trigger.trigger_id;
$$;
comment on function lenses.disable_trigger is 'Turns a trigger off; what is written ahead of it is forgotten.';
revoke execute on function lenses.disable_trigger from public, anon, authenticated, service_role;

create function lenses.start_by_trigger(trigger lenses.workflow_triggers, given jsonb, start jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  run jsonb := start || jsonb_build_object('trigger_id', (trigger).trigger_id, 'byok_keys', (trigger).byok_keys,
      'requires_approval', (trigger).requires_approval, 'single', false)
    || case when (trigger).budget_usd is null then '{}' else jsonb_build_object('budget_usd', (trigger).budget_usd) end
    || case when (trigger).version_id is null then jsonb_build_object('workflow_id', (trigger).workflow_id)
      else jsonb_build_object('version_id', (trigger).version_id) end;
  version lenses.workflow_versions := lenses.runnable_version((trigger).owner_id, run);
  inputs jsonb;
  refusal jsonb;
begin
  if version.version_id is null then
    return jsonb_build_object('refused', 'not_found', 'message', 'Its workflow, or the version it names, is not there for its owner any more');
  end if;
  -- As runInputs in runner-core: defaults, and null for what may be left out, so that a template which names it prints nothing.
  inputs := lenses.left_out(version.document -> 'inputs') || (trigger).inputs || given;
  refusal := lenses.inputs_refusal(version.document -> 'inputs', inputs);
  if refusal is not null then
    return jsonb_build_object('refused', refusal -> 'code', 'message', refusal -> 'message');
  end if;
  return lenses.fn_start_workflow_run((trigger).owner_id, run || jsonb_build_object('inputs', inputs));
end $$;
comment on function lenses.start_by_trigger is
  'Starts a trigger''s workflow with the inputs of its document''s defaults, the trigger and what is given, the last word theirs. start: trigger_mode, idempotency_key, inputs_hash, scheduled_for. Answers as fn_start_workflow_run does, and {refused: inputs_missing | input_contract_violation, message}.';
revoke execute on function lenses.start_by_trigger from public, anon, authenticated, service_role;

create function lenses.record_start(trigger_id uuid, firing_id bigint, result jsonb, counts boolean) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  most_refusals constant integer := 10;
  refusals integer;
begin
  update lenses.trigger_firings f set outcome = case when result ? 'refused' then 'refused' else 'started' end, run_id = (result ->> 'run_id')::uuid,
    refused = result ->> 'refused', message = left(coalesce(result ->> 'message', case when result ? 'capabilities' then 'No driver can do: ' || (result ->> 'capabilities') end), 1000),
    event = null
  where f.firing_id = record_start.firing_id;
  if not counts then
    return;
  elsif not result ? 'refused' then
    update lenses.workflow_triggers t set consecutive_failures = 0 where t.trigger_id = record_start.trigger_id and t.consecutive_failures > 0;
    return;
  end if;
  update lenses.workflow_triggers t set consecutive_failures = t.consecutive_failures + 1 where t.trigger_id = record_start.trigger_id
  returning t.consecutive_failures into refusals;
  if refusals >= most_refusals then
    perform lenses.disable_trigger(trigger_id, 'refused');
  end if;
end $$;
comment on function lenses.record_start is
  'What came of a start, in its firing. counts: ten refusals in a row turn the trigger off; a start forgives those before it. A stranger''s bad request and a try by hand do not count.';
revoke execute on function lenses.record_start from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- owners

create function lenses.write_dues(trigger_id uuid, dues timestamptz[]) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  ahead integer := cardinality(dues);
begin
  delete from lenses.schedule_dues d where d.trigger_id = write_dues.trigger_id and d.due_at > now() and d.queued_at is null;
  insert into lenses.schedule_dues (trigger_id, due_at)
  select t.trigger_id, x.due_at from lenses.workflow_triggers t cross join unnest(dues) x (due_at)
  where t.trigger_id = write_dues.trigger_id and (t.last_due_at is null or x.due_at > t.last_due_at)
  on conflict do nothing;
  -- More are computed when half of these are past: a driver that is down for a while delays nothing, and new rules of a time zone arrive.
  update lenses.workflow_triggers t set dues_until = coalesce(dues[ahead], now()), refill_after = dues[(ahead + 1) / 2], refill_job_id = null,
    look_at = (select min(d.due_at) from lenses.schedule_dues d where d.trigger_id = t.trigger_id)
  where t.trigger_id = write_dues.trigger_id;
end $$;
comment on function lenses.write_dues is 'Writes a schedule''s next due times down, in the place of those written before that are still to come. What was dealt with is not written again.';
revoke execute on function lenses.write_dues from public, anon, authenticated, service_role;

create function lenses.trigger_shown(trigger lenses.workflow_triggers) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'trigger_id', (trigger).trigger_id, 'workflow_id', (trigger).workflow_id, 'version_id', (trigger).version_id, 'kind', (trigger).kind, 'title', (trigger).title,
    'enabled', (trigger).enabled, 'disabled_reason', (trigger).disabled_reason, 'disabled_at', (trigger).disabled_at,
    'consecutive_failures', (trigger).consecutive_failures, 'inputs', (trigger).inputs, 'config', (trigger).config, 'byok_keys', (trigger).byok_keys,
    'budget_usd', (trigger).budget_usd, 'requires_approval', (trigger).requires_approval, 'created_at', (trigger).created_at, 'updated_at', (trigger).updated_at,
    'previous_secret_valid_until', case when (trigger).previous_valid_until > now() then (trigger).previous_valid_until end,
    'next_due_at', (select min(d.due_at) from lenses.schedule_dues d where d.trigger_id = (trigger).trigger_id and d.queued_at is null),
    'queued', (select count(*) from lenses.schedule_dues d where d.trigger_id = (trigger).trigger_id and d.queued_at is not null),
    'last_fired_at', (select f.created_at from lenses.trigger_firings f where f.trigger_id = (trigger).trigger_id order by f.firing_id desc limit 1))
$$;
comment on function lenses.trigger_shown is 'A trigger as its owner sees it, without its secret.';
revoke execute on function lenses.trigger_shown from public, anon, authenticated, service_role;

create function lenses.trigger_refusal(owner_id uuid, workflow_id uuid, version_id uuid, byok_keys jsonb) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  version lenses.workflow_versions := lenses.runnable_version(owner_id, case when version_id is null then jsonb_build_object('workflow_id', workflow_id)
    else jsonb_build_object('version_id', version_id) end);
begin
  if version.version_id is null or version.workflow_id is distinct from workflow_id then
    return jsonb_build_object('refused', 'not_found');
  end if;
  return lensers.byok_keys_refusal(owner_id, byok_keys);
end $$;
comment on function lenses.trigger_refusal is 'Why this owner''s trigger could start nothing as it is now; null: nothing speaks against it.';
revoke execute on function lenses.trigger_refusal from public, anon, authenticated, service_role;

create function lenses.fn_triggers_create(owner_id uuid, trigger jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  most_triggers constant integer := 100;
  made lenses.workflow_triggers := jsonb_populate_record(null::lenses.workflow_triggers, trigger);
  refusal jsonb := lenses.trigger_refusal(owner_id, made.workflow_id, made.version_id, made.byok_keys);
begin
  if refusal is not null then
    return refusal;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('lenses.triggers/' || owner_id, 0));
  if (select count(*) from lenses.workflow_triggers t where t.owner_id = fn_triggers_create.owner_id) >= most_triggers then
    return jsonb_build_object('refused', 'trigger_limit');
  end if;
  insert into lenses.workflow_triggers (trigger_id, workflow_id, owner_id, kind, title, version_id, inputs, config, byok_keys, budget_usd, requires_approval,
    secret_sha256, sealed_secret, enabled, disabled_reason, disabled_at)
  values (coalesce(made.trigger_id, gen_random_uuid()), made.workflow_id, owner_id, made.kind, coalesce(made.title, ''), made.version_id, coalesce(made.inputs, '{}'),
    coalesce(made.config, '{}'), coalesce(made.byok_keys, '{}'), made.budget_usd, coalesce(made.requires_approval, false), made.secret_sha256, made.sealed_secret,
    coalesce(made.enabled, true), case when not made.enabled then 'owner' end, case when not made.enabled then now() end)
  returning * into strict made;
  if made.kind = 'schedule' and made.enabled then
    if trigger ? 'dues' then
      perform lenses.write_dues(made.trigger_id, array(select d::timestamptz from jsonb_array_elements_text(trigger -> 'dues') d order by 1));
    else
      update lenses.workflow_triggers t set refill_after = now(), dues_until = now() where t.trigger_id = made.trigger_id;
    end if;
  end if;
  return lenses.trigger_shown(made);
end $$;
comment on function lenses.fn_triggers_create is
  'api calls it with a checked trigger; trigger_id is the api''s, because a secret is sealed for it, and dues are a schedule''s first due times (without them, a driver computes them). The trigger; {refused: not_found (the workflow) | trigger_limit (100 an owner) | byok_key_*} changed nothing.';
revoke execute on function lenses.fn_triggers_create from public, anon, authenticated, service_role;
grant execute on function lenses.fn_triggers_create to service_role;

create function lenses.fn_triggers_get(trigger_id uuid, owner_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select lenses.trigger_shown(t) || jsonb_build_object('next_dues', coalesce((
    select jsonb_agg(d.due_at order by d.due_at) from (
      select x.due_at from lenses.schedule_dues x where x.trigger_id = t.trigger_id order by x.due_at limit 10) d), '[]'))
  from lenses.workflow_triggers t where t.trigger_id = fn_triggers_get.trigger_id and t.owner_id = fn_triggers_get.owner_id
$$;
comment on function lenses.fn_triggers_get is 'api calls it: a trigger of this owner, with the next ten due times of a schedule; null: theirs is none of that id.';
revoke execute on function lenses.fn_triggers_get from public, anon, authenticated, service_role;
grant execute on function lenses.fn_triggers_get to service_role;

create function lenses.fn_triggers_list(owner_id uuid, workflow_id uuid default null) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(lenses.trigger_shown(t) order by t.created_at, t.trigger_id), '[]')
  from lenses.workflow_triggers t
  where t.owner_id = fn_triggers_list.owner_id and (fn_triggers_list.workflow_id is null or t.workflow_id = fn_triggers_list.workflow_id)
$$;
comment on function lenses.fn_triggers_list is 'api calls it: an owner''s triggers, of one workflow or of all, oldest first. There are few, so there are no pages.';
revoke execute on function lenses.fn_triggers_list from public, anon, authenticated, service_role;
grant execute on function lenses.fn_triggers_list to service_role;

create function lenses.fn_triggers_update(trigger_id uuid, owner_id uuid, changes jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  changed lenses.workflow_triggers;
  before lenses.workflow_triggers;
  refusal jsonb;
begin
  select t.* into before from lenses.workflow_triggers t
  where t.trigger_id = fn_triggers_update.trigger_id and t.owner_id = fn_triggers_update.owner_id for no key update;
  if not found then
    return jsonb_build_object('refused', 'not_found');
  end if;
  changed := jsonb_populate_record(before, changes - array['trigger_id', 'workflow_id', 'owner_id', 'kind', 'enabled', 'secret_sha256', 'sealed_secret']);
  if changes ?| array['version_id', 'byok_keys'] then
    refusal := lenses.trigger_refusal(owner_id, changed.workflow_id, changed.version_id, changed.byok_keys);
    if refusal is not null then
      return refusal;
    end if;
  end if;
  changed.enabled := coalesce((changes ->> 'enabled')::boolean, before.enabled);
  update lenses.workflow_triggers t set
    title = changed.title, version_id = changed.version_id, inputs = changed.inputs, config = changed.config, byok_keys = changed.byok_keys,
    budget_usd = changed.budget_usd, requires_approval = changed.requires_approval, enabled = changed.enabled, updated_at = now(),
    disabled_reason = case when not changed.enabled then coalesce(before.disabled_reason, 'owner') end,
    disabled_at = case when not changed.enabled then coalesce(before.disabled_at, now()) end,
    consecutive_failures = case when changed.enabled and not before.enabled then 0 else before.consecutive_failures end,
    revision = t.revision + case when changes ?| array['config', 'enabled'] then 1 else 0 end
  where t.trigger_id = fn_triggers_update.trigger_id;
  if before.kind = 'schedule' and changes ?| array['config', 'enabled'] then
    -- Another schedule: nothing of the one before is owed, nor what would have been due while it was off.
    delete from lenses.schedule_dues d where d.trigger_id = fn_triggers_update.trigger_id;
    update lenses.workflow_triggers t set last_due_at = now(), dues_until = now(), look_at = null, refill_job_id = null,
      refill_after = case when changed.enabled then now() end
    where t.trigger_id = fn_triggers_update.trigger_id;
    if changed.enabled and changes ? 'dues' then
      perform lenses.write_dues(trigger_id, array(select d::timestamptz from jsonb_array_elements_text(changes -> 'dues') d order by 1));
    end if;
  end if;
  return (select lenses.trigger_shown(t) from lenses.workflow_triggers t where t.trigger_id = fn_triggers_update.trigger_id);
end $$;
comment on function lenses.fn_triggers_update is
  'api calls it for an owner with any of title, version_id, inputs, config, byok_keys, budget_usd, requires_approval, enabled, and with the next dues when config or enabled of a schedule changes. Enabling forgives what was refused before. The trigger; {refused: not_found | byok_key_*} changed nothing.';
revoke execute on function lenses.fn_triggers_update from public, anon, authenticated, service_role;
grant execute on function lenses.fn_triggers_update to service_role;

create function lenses.fn_triggers_delete(trigger_id uuid, owner_id uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  delete from lenses.workflow_triggers t where t.trigger_id = fn_triggers_delete.trigger_id and t.owner_id = fn_triggers_delete.owner_id;
  return found;
end $$;
comment on function lenses.fn_triggers_delete is 'api calls it: the trigger, its secret, its due times and its firings are gone; the runs it started stay, and go on. False for a stranger''s.';
revoke execute on function lenses.fn_triggers_delete from public, anon, authenticated, service_role;
grant execute on function lenses.fn_triggers_delete to service_role;

create function lenses.fn_triggers_rotate_secret(trigger_id uuid, owner_id uuid, secret jsonb, old_valid_s integer default 0) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  rotated lenses.workflow_triggers;
begin
  update lenses.workflow_triggers t set secret_sha256 = secret ->> 'secret_sha256', sealed_secret = secret ->> 'sealed_secret', updated_at = now(),
    previous_secret_sha256 = case when old_valid_s > 0 then t.secret_sha256 end, previous_sealed_secret = case when old_valid_s > 0 then t.sealed_secret end,
    previous_valid_until = case when old_valid_s > 0 then now() + make_interval(secs => old_valid_s) end
  where t.trigger_id = fn_triggers_rotate_secret.trigger_id and t.owner_id = fn_triggers_rotate_secret.owner_id and t.kind = 'webhook'
  returning t.* into rotated;
  return case when found then lenses.trigger_shown(rotated) end;
end $$;
comment on function lenses.fn_triggers_rotate_secret is
  'api calls it with {secret_sha256} or {sealed_secret}: the secret before opens for old_valid_s more seconds, by default nothing from now on, and one before that nothing either way. Null for a stranger''s, and for a trigger that is no webhook.';
revoke execute on function lenses.fn_triggers_rotate_secret from public, anon, authenticated, service_role;
grant execute on function lenses.fn_triggers_rotate_secret to service_role;

create function lenses.fn_triggers_fire(trigger_id uuid, owner_id uuid, given jsonb default '{}') returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  trigger lenses.workflow_triggers;
  firing bigint;
  result jsonb;
begin
  select t.* into trigger from lenses.workflow_triggers t
  where t.trigger_id = fn_triggers_fire.trigger_id and t.owner_id = fn_triggers_fire.owner_id for key share;
  if not found then
    return jsonb_build_object('refused', 'not_found');
  end if;
  insert into lenses.trigger_firings (trigger_id, outcome) values (trigger_id, 'pending') returning firing_id into firing;
  result := lenses.start_by_trigger(trigger, given, jsonb_build_object('trigger_mode', 'manual'));
  perform lenses.record_start(trigger_id, firing, result, false);
  return result;
end $$;
comment on function lenses.fn_triggers_fire is
  'api calls it for an owner who tries a trigger by hand, enabled or not: a run begins at once, with given over the trigger''s inputs, whatever else runs. {run_id, status, created}, or refused as fn_start_workflow_run refuses; that is recorded, and counts for nothing.';
revoke execute on function lenses.fn_triggers_fire from public, anon, authenticated, service_role;
grant execute on function lenses.fn_triggers_fire to service_role;

create function lenses.fn_triggers_firings(trigger_id uuid, owner_id uuid, most integer default 50, cursor bigint default null) returns jsonb
language sql stable security definer set search_path = '' as $$
  select (
    select jsonb_build_object(
      'firings', coalesce(jsonb_agg(jsonb_build_object('firing_id', p.firing_id, 'outcome', p.outcome, 'due_at', p.due_at, 'event_key', p.event_key, 'run_id', p.run_id,
        'refused', p.refused, 'message', p.message, 'created_at', p.created_at) order by p.firing_id desc) filter (where p.nth <= fn_triggers_firings.most), '[]'),
      'next_cursor', case when count(*) > fn_triggers_firings.most then min(p.firing_id) filter (where p.nth <= fn_triggers_firings.most) end)
    from (
      select f.*, row_number() over (order by f.firing_id desc) as nth from lenses.trigger_firings f
      where f.trigger_id = t.trigger_id and (fn_triggers_firings.cursor is null or f.firing_id < fn_triggers_firings.cursor)
      order by f.firing_id desc limit fn_triggers_firings.most + 1) p)
  from lenses.workflow_triggers t where t.trigger_id = fn_triggers_firings.trigger_id and t.owner_id = fn_triggers_firings.owner_id
$$;
comment on function lenses.fn_triggers_firings is 'api calls it: a page of what came of a trigger''s firings, newest first. Null for a stranger''s. next_cursor is null on the last page.';
revoke execute on function lenses.fn_triggers_firings from public, anon, authenticated, service_role;
grant execute on function lenses.fn_triggers_firings to service_role;

-- ---------------------------------------------------------------- how long it is kept

create function lenses.forget_firings(keep interval, most integer) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  forgotten integer;
begin
  delete from lenses.trigger_firings f where f.firing_id = any (array(
    select x.firing_id from lenses.trigger_firings x where x.created_at < now() - keep and x.outcome <> 'pending' order by x.created_at limit most));
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
comment on function lenses.forget_firings is 'Step of the housekeeping: firings older than `keep`; those whose job has still to run stay.';
revoke execute on function lenses.forget_firings from public, anon, authenticated, service_role;

create function lenses.forget_receipts(keep interval, most integer) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  forgotten integer;
begin
  -- For 24 hours a replay starts nothing, whatever an operator sets.
  delete from lenses.trigger_receipts r where r.ctid = any (array(
    select x.ctid from lenses.trigger_receipts x where x.received_at < now() - greatest(keep, interval '24 hours') order by x.received_at limit most));
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
comment on function lenses.forget_receipts is 'Step of the housekeeping: receipts of webhook messages older than `keep`, and than 24 hours.';
revoke execute on function lenses.forget_receipts from public, anon, authenticated, service_role;

create index schedule_dues_due on lenses.schedule_dues (due_at);
create function lenses.forget_dues(keep interval, most integer) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  forgotten integer;
begin
  delete from lenses.schedule_dues d where d.ctid = any (array(
    select x.ctid from lenses.schedule_dues x join lenses.workflow_triggers t on t.trigger_id = x.trigger_id and not t.enabled
    where x.due_at < now() - keep order by x.due_at limit most));
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
comment on function lenses.forget_dues is 'Step of the housekeeping: due times older than `keep` of triggers that are off, should any be left. Those of a trigger that is on are dealt with, and so removed, by the dispatcher.';
revoke execute on function lenses.forget_dues from public, anon, authenticated, service_role;

insert into execution.retention (what, keep, step) values
  ('workflow_triggers.firings', interval '30 days', 'lenses.forget_firings'),
  ('workflow_triggers.receipts', interval '1 day', 'lenses.forget_receipts'),
  ('workflow_triggers.dues', interval '1 day', 'lenses.forget_dues');
