-- Webhooks: what happens to an owner's battles and workflow runs, told to URLs the owner gave.
--
-- An event of a battle (of a run: 0756) becomes one delivery for every enabled subscription of its owner that asks for its type, in the
-- transaction of the event itself: whoever sees the event committed sees its deliveries. A delivery is a job of the
-- engine: claimed, retried on its schedule, reclaimed, dead-lettered and redriven like any other. It is delivered at least
-- once, in no promised order; its delivery_id is the message's id for every attempt.
--
-- Lock order: battle -> ... -> subscription -> lease -> job -> delivery.

create schema webhooks;
comment on schema webhooks is 'Outbound webhooks: subscriptions and what is, was or could not be delivered to them. A delivery is a job of the execution schema.';
grant usage on schema webhooks to service_role;

create table webhooks.subscriptions (
  subscription_id uuid primary key,
  owner_id uuid not null,
  url text not null check (char_length(url) between 1 and 2048),
  event_types text[] not null check (cardinality(event_types) between 1 and 50),
  description text not null default '' check (char_length(description) <= 200),
  status text not null default 'enabled' check (status in ('enabled', 'disabled')),
  disabled_reason text check (disabled_reason in ('owner', 'gone', 'failing')),
  disabled_at timestamptz,
  consecutive_failures integer not null default 0 check (consecutive_failures >= 0),
  sealed_secret text not null,
  previous_sealed_secret text,
  previous_valid_until timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((status = 'disabled') = (disabled_reason is not null)),
  check ((status = 'disabled') = (disabled_at is not null)),
  check ((previous_sealed_secret is null) = (previous_valid_until is null))
) with (fillfactor = 80);
create index subscriptions_owner on webhooks.subscriptions (owner_id, created_at);
comment on table webhooks.subscriptions is
  'Where an owner wants events. event_types: exact names, a family as battle.*, or *. disabled_reason: owner (asked for it), gone (the receiver answered 410), failing (too many dead deliveries in a row). consecutive_failures: dead deliveries since the last that arrived. Secrets are sealed by the api and opened only where a delivery is signed; the previous one signs too while it is valid.';

create table webhooks.deliveries (
  delivery_id uuid primary key,
  subscription_id uuid not null references webhooks.subscriptions (subscription_id) on delete cascade,
  job_id bigint not null,
  event_id bigint,
  battle_id uuid,
  run_id uuid,
  type text not null,
  payload jsonb not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'dead')),
  response_status smallint,
  attempts_log jsonb not null default '[]' check (jsonb_typeof(attempts_log) = 'array' and jsonb_array_length(attempts_log) <= 20),
  created_at timestamptz not null default now(),
  settled_at timestamptz,
  check ((settled_at is not null) = (status <> 'pending'))
) with (fillfactor = 80);
create unique index deliveries_event on webhooks.deliveries (subscription_id, event_id) where event_id is not null and run_id is null;
create unique index deliveries_run_event on webhooks.deliveries (subscription_id, event_id) where run_id is not null;
create index deliveries_subscription on webhooks.deliveries (subscription_id, created_at desc, delivery_id desc);
create index deliveries_dead on webhooks.deliveries (subscription_id, created_at) where status = 'dead';
create index deliveries_settled on webhooks.deliveries (settled_at) where settled_at is not null;
comment on table webhooks.deliveries is
  'One event for one subscription. delivery_id is the webhook-id header of every attempt; payload is the body. status: pending until the receiver accepts it (delivered) or its attempts are spent (dead); when the next attempt is due is the job''s to say. attempts_log: the last 20 attempts, oldest first.';

alter table webhooks.subscriptions enable row level security;
alter table webhooks.deliveries enable row level security;
revoke all on all tables in schema webhooks from public, anon, authenticated, service_role;
grant select on webhooks.deliveries to service_role;

-- ---------------------------------------------------------------- fan out

create function webhooks.add_delivery(subscription webhooks.subscriptions, type text, payload jsonb, event_id bigint, battle_id uuid, run_id uuid default null) returns uuid
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  delivery_id uuid := gen_random_uuid();
  job_ids bigint[];
begin
  job_ids := execution.enqueue(execution.queue_for('webhook_delivery'), array['{}'::jsonb], delivery_id,
    owner_id => (subscription).owner_id);
  insert into webhooks.deliveries (delivery_id, subscription_id, job_id, event_id, battle_id, run_id, type, payload)
  values (delivery_id, (subscription).subscription_id, job_ids[1], event_id, battle_id, run_id, type, payload);
  return delivery_id;
end $$;
comment on function webhooks.add_delivery is 'Puts one message for one subscription into the queue. Returns its delivery id.';
revoke execute on function webhooks.add_delivery from public, anon, authenticated, service_role;

create function webhooks.payload_of(type text, occurred_at timestamptz, data jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'type', payload_of.type,
    'timestamp', to_char(payload_of.occurred_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'data', payload_of.data)
$$;
comment on function webhooks.payload_of is 'The body of a message, as Standard Webhooks shapes it.';
revoke execute on function webhooks.payload_of from public, anon, authenticated, service_role;

create function webhooks.shown_event(event battles.events) returns jsonb
language sql immutable set search_path = '' as $$
  select jsonb_build_object('battle_id', (event).battle_id, 'event_id', (event).event_id)
    || coalesce((
      -- By name, so that what an event of tomorrow says of a contender, a voter or a prompt does not leave by itself.
      select jsonb_object_agg(d.key, d.value) from jsonb_each(case when jsonb_typeof((event).data) = 'object' then (event).data else '{}' end) d
      where d.key in ('slot', 'outcome', 'judge_outcome', 'winner_contender_id', 'winner_slot', 'reason', 'window_ms', 'attempts', 'max_attempts', 'presentation', 'seat', 'part',
        'slot_order', 'latency_ms', 'output_tokens', 'votes', 'decision', 'voters', 'compared', 'lowered', 'added', 'removed') and jsonb_typeof(d.value) <> 'null'), '{}')
    || case when (event).data #>> '{error,code}' is null then '{}' else jsonb_build_object('error_code', (event).data #> '{error,code}') end
$$;
comment on function webhooks.shown_event is 'What a battle''s owner is told of an event: in a message to a webhook, and as input of a workflow that a trigger starts.';
revoke execute on function webhooks.shown_event from public, anon, authenticated, service_role;

create function webhooks.fan_out() returns trigger
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  family text := split_part(new.type, '.', 1) || '.*';
  payload jsonb;
  subscription webhooks.subscriptions;
begin
  -- Locked, so that one being removed is waited for and then is not there: the event must not fail for its foreign key.
  for subscription in
    select s.* from webhooks.subscriptions s
    where s.owner_id = (select b.owner_id from battles.battles b where b.battle_id = new.battle_id)
      and s.status = 'enabled' and s.event_types && array[new.type, family, '*']
    order by s.subscription_id for key share of s
  loop
    payload := coalesce(payload, webhooks.payload_of(new.type, new.created_at, webhooks.shown_event(new)));
    perform webhooks.add_delivery(subscription, new.type, payload, new.event_id, new.battle_id);
  end loop;
  return null;
end $$;
comment on function webhooks.fan_out is
  'Trigger of battles.events: one delivery for every enabled subscription of the battle''s owner that asks for the type. Text deltas are for the event stream, and never delivered.';
revoke execute on function webhooks.fan_out from public, anon, authenticated, service_role;
-- A trigger and not a line in battles.record_event: whatever writes an event, no subscription misses it.
create trigger events_fan_out after insert on battles.events
  for each row when (new.type <> 'contender.delta') execute function webhooks.fan_out();

-- ---------------------------------------------------------------- what drivers call

create function webhooks.fn_dispatch_webhook_outbox(driver text, most integer default 1) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  claimed execution.claimed_job[] := array(select j from execution.fn_worker_claim_jobs('webhook_delivery', driver, most) j);   -- see fn_worker_claim_battle_job
  jobs jsonb;
begin
  select jsonb_agg(jsonb_build_object(
    'lease_token', j.lease_token, 'job_id', j.job_id, 'attempts', j.attempts, 'reclaims', j.reclaims, 'max_attempts', j.max_attempts, 'in_lane', false,
    'delivery_id', d.delivery_id, 'subscription_id', s.subscription_id, 'owner_id', s.owner_id, 'enabled', s.status = 'enabled', 'url', s.url,
    'sealed_secrets', jsonb_build_array(s.sealed_secret)
      || case when s.previous_valid_until > now() then jsonb_build_array(s.previous_sealed_secret) else '[]' end,
    'body', d.payload::text) order by j.position) into jobs
  from unnest(claimed) j
  join webhooks.deliveries d on d.delivery_id = j.subject_id
  join webhooks.subscriptions s on s.subscription_id = d.subscription_id;
  return execution.claim_document('webhook_delivery', jobs);
end $$;
comment on function webhooks.fn_dispatch_webhook_outbox is
  'Drivers call it for up to `most` deliveries to make. Each carries the exact body, where it goes, and the sealed secrets that sign it. next_due_ms: when nothing is ready, how soon the next retry is.';
revoke execute on function webhooks.fn_dispatch_webhook_outbox from public, anon, authenticated, service_role;
grant execute on function webhooks.fn_dispatch_webhook_outbox to service_role;

create function webhooks.lock_job_owners(job_ids bigint[]) returns void
language sql security definer set search_path = '' as $$
  select s.subscription_id from webhooks.subscriptions s
  where s.subscription_id in (
    select d.subscription_id from execution.jobs j join webhooks.deliveries d on d.delivery_id = j.subject_id
    where j.job_id = any (lock_job_owners.job_ids))
  order by s.subscription_id for no key update of s
$$;
comment on function webhooks.lock_job_owners is
  'lock_owner of deliveries. Without the key, so that an event of a battle may add a delivery meanwhile: its foreign key shares it.';
revoke execute on function webhooks.lock_job_owners from public, anon, authenticated, service_role;

create function webhooks.log_attempt(job_id bigint, entry jsonb) returns void
language sql security definer set search_path = '' as $$
  update webhooks.deliveries d set
    response_status = (log_attempt.entry ->> 'response_status')::smallint,
    attempts_log = case when jsonb_array_length(d.attempts_log) < 20 then d.attempts_log else d.attempts_log - 0 end
      || jsonb_strip_nulls(jsonb_build_object('at', to_jsonb(clock_timestamp())) || log_attempt.entry)
  from execution.jobs j
  where j.job_id = log_attempt.job_id and d.delivery_id = j.subject_id
$$;
comment on function webhooks.log_attempt is 'Adds an attempt to its delivery''s log and drops the oldest beyond 20. The caller won the fence.';
revoke execute on function webhooks.log_attempt from public, anon, authenticated, service_role;

create function webhooks.fn_worker_complete_webhook_delivery(job_id bigint, lease_token bigint, attempt jsonb) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  perform webhooks.lock_job_owners(array[job_id]);
  if not execution.close_job(job_id, lease_token, 'completed') then
    return false;                                  -- the lease was lost: another driver delivers it, under the same id
  end if;
  perform webhooks.log_attempt(job_id, attempt);
  update webhooks.deliveries d set status = 'delivered', settled_at = now()
  from execution.jobs j where j.job_id = fn_worker_complete_webhook_delivery.job_id and d.delivery_id = j.subject_id;
  update webhooks.subscriptions s set consecutive_failures = 0
  from webhooks.deliveries d join execution.jobs j on j.subject_id = d.delivery_id
  where j.job_id = fn_worker_complete_webhook_delivery.job_id and s.subscription_id = d.subscription_id and s.consecutive_failures > 0;
  return true;
end $$;
comment on function webhooks.fn_worker_complete_webhook_delivery is
  'Drivers call it when the receiver accepted. attempt is {response_status, latency_ms}. False: the lease was lost or the subscription removed, nothing changed.';
revoke execute on function webhooks.fn_worker_complete_webhook_delivery from public, anon, authenticated, service_role;
grant execute on function webhooks.fn_worker_complete_webhook_delivery to service_role;

create function webhooks.fn_worker_fail_webhook_delivery(job_id bigint, lease_token bigint, backoff_ms integer, error jsonb, attempt jsonb) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  outcome text := execution.fail_attempt(job_id, lease_token, error, backoff_ms);
begin
  if outcome <> 'lost' then
    perform webhooks.log_attempt(job_id, attempt || jsonb_build_object('error', error));
  end if;
  return outcome;
end $$;
comment on function webhooks.fn_worker_fail_webhook_delivery is
  'Drivers call it after an attempt that was not accepted. backoff_ms null: do not try again. requeued, dead_lettered (also when the attempts are spent), or lost (nothing changed).';
revoke execute on function webhooks.fn_worker_fail_webhook_delivery from public, anon, authenticated, service_role;
grant execute on function webhooks.fn_worker_fail_webhook_delivery to service_role;

create function webhooks.settle_buried_job(job_id bigint, error jsonb) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  -- A receiver that was down for the whole of a schedule, and not for one event of it.
  most_failures constant integer := 5;
  dead webhooks.deliveries;
  subscription webhooks.subscriptions;
  other webhooks.subscriptions;
  payload jsonb;
begin
  update webhooks.deliveries d set status = 'dead', settled_at = now()
  from execution.jobs j where j.job_id = settle_buried_job.job_id and d.delivery_id = j.subject_id
  returning d.* into dead;
  if not found or error ->> 'code' <> all ('{webhook_rejected,webhook_gone,outbound_refused,outbound_unreachable,outbound_timeout}') then
    return;                                        -- the receiver was not asked: a missing key, drivers that died, a webhook already disabled
  end if;
  update webhooks.subscriptions s set consecutive_failures = s.consecutive_failures + 1
  where s.subscription_id = dead.subscription_id returning s.* into subscription;
  if subscription.status = 'disabled' or (error ->> 'code' <> 'webhook_gone' and subscription.consecutive_failures < most_failures) then
    return;
  end if;
  update webhooks.subscriptions s set
    status = 'disabled', disabled_reason = case when error ->> 'code' = 'webhook_gone' then 'gone' else 'failing' end, disabled_at = now(), updated_at = now()
  where s.subscription_id = dead.subscription_id returning s.* into subscription;
  payload := webhooks.payload_of('webhook.disabled', now(),
    jsonb_build_object('webhook_id', subscription.subscription_id, 'disabled_reason', subscription.disabled_reason));
  for other in
    select s.* from webhooks.subscriptions s
    where s.owner_id = subscription.owner_id and s.status = 'enabled' and s.event_types && array['webhook.disabled', 'webhook.*', '*']
    order by s.subscription_id for key share of s
  loop
    perform webhooks.add_delivery(other, 'webhook.disabled', payload, null, null);
  end loop;
end $$;
comment on function webhooks.settle_buried_job is
  'settle_owner of deliveries: the delivery is dead, and its subscription is disabled by the fifth in a row, or at once when the receiver is gone. The subscription shows why, and the owner''s other webhooks are told (webhook.disabled).';
revoke execute on function webhooks.settle_buried_job from public, anon, authenticated, service_role;

insert into execution.job_kinds (kind, wake_function, lease_ms, max_attempts, fair, lock_owner, settle_owner) values
  ('webhook_delivery', 'deliver-webhooks', 30000, 8, true, 'webhooks.lock_job_owners', 'webhooks.settle_buried_job');
insert into execution.queues (kind) values ('webhook_delivery');
