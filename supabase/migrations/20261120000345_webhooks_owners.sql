-- What owners do with their webhooks, through the api: every function takes the owner it has authenticated, and a stranger's webhook is not there.

create function webhooks.subscription_document(subscription webhooks.subscriptions) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'webhook_id', (subscription).subscription_id, 'url', (subscription).url, 'event_types', to_jsonb((subscription).event_types),
    'description', (subscription).description, 'status', (subscription).status, 'disabled_reason', (subscription).disabled_reason,
    'disabled_at', (subscription).disabled_at, 'consecutive_failures', (subscription).consecutive_failures,
    'previous_secret_valid_until', case when (subscription).previous_valid_until > now() then (subscription).previous_valid_until end,
    'created_at', (subscription).created_at, 'updated_at', (subscription).updated_at)
$$;
comment on function webhooks.subscription_document is 'A subscription as its owner sees it: without its secrets.';
revoke execute on function webhooks.subscription_document from public, anon, authenticated, service_role;

create function webhooks.fn_webhooks_create(owner_id uuid, webhook jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  most constant integer := 20;
  made webhooks.subscriptions;
begin
  -- Two that are made at once must not both be the last one allowed.
  perform pg_catalog.pg_advisory_xact_lock(hashtextextended('webhooks.create ' || owner_id, 0));
  if (select count(*) from webhooks.subscriptions s where s.owner_id = fn_webhooks_create.owner_id) >= most then
    return jsonb_build_object('refused', 'webhook_limit');
  end if;
  insert into webhooks.subscriptions (subscription_id, owner_id, url, event_types, description, sealed_secret)
  values ((webhook ->> 'webhook_id')::uuid, owner_id, webhook ->> 'url', array(select jsonb_array_elements_text(webhook -> 'event_types')),
    coalesce(webhook ->> 'description', ''), webhook ->> 'sealed_secret')
  returning * into made;
  return webhooks.subscription_document(made);
end $$;
comment on function webhooks.fn_webhooks_create is
  'api calls it with a checked URL and a sealed secret. webhook_id is the api''s, because the secret is sealed for it. The webhook, or {refused: webhook_limit}.';
revoke execute on function webhooks.fn_webhooks_create from public, anon, authenticated, service_role;
grant execute on function webhooks.fn_webhooks_create to service_role;

create function webhooks.fn_webhooks_list(owner_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(webhooks.subscription_document(s) order by s.created_at, s.subscription_id), '[]')
  from webhooks.subscriptions s where s.owner_id = fn_webhooks_list.owner_id
$$;
comment on function webhooks.fn_webhooks_list is 'api calls it: an owner''s webhooks, oldest first. There are few, so there are no pages.';
revoke execute on function webhooks.fn_webhooks_list from public, anon, authenticated, service_role;
grant execute on function webhooks.fn_webhooks_list to service_role;

create function webhooks.fn_webhooks_get(webhook_id uuid, owner_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select webhooks.subscription_document(s) from webhooks.subscriptions s
  where s.subscription_id = fn_webhooks_get.webhook_id and s.owner_id = fn_webhooks_get.owner_id
$$;
comment on function webhooks.fn_webhooks_get is 'api calls it: one webhook of an owner; null for a stranger''s.';
revoke execute on function webhooks.fn_webhooks_get from public, anon, authenticated, service_role;
grant execute on function webhooks.fn_webhooks_get to service_role;

create function webhooks.fn_webhooks_update(webhook_id uuid, owner_id uuid, changes jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  changed webhooks.subscriptions;
  status text := changes ->> 'status';
begin
  update webhooks.subscriptions s set
    url = coalesce(changes ->> 'url', s.url),
    event_types = case when changes ? 'event_types' then array(select jsonb_array_elements_text(changes -> 'event_types')) else s.event_types end,
    description = coalesce(changes ->> 'description', s.description),
    status = coalesce(status, s.status),
    disabled_reason = case when status = 'enabled' then null when status = 'disabled' then coalesce(s.disabled_reason, 'owner') else s.disabled_reason end,
    disabled_at = case when status = 'enabled' then null when status = 'disabled' then coalesce(s.disabled_at, now()) else s.disabled_at end,
    consecutive_failures = case when status = 'enabled' and s.status = 'disabled' then 0 else s.consecutive_failures end,
    updated_at = now()
  where s.subscription_id = fn_webhooks_update.webhook_id and s.owner_id = fn_webhooks_update.owner_id
  returning s.* into changed;
  return case when found then webhooks.subscription_document(changed) end;
end $$;
comment on function webhooks.fn_webhooks_update is
  'api calls it with any of url, event_types, description and status. Enabling forgives what failed before. Null for a stranger''s. Deliveries of a disabled webhook are dead-lettered when they fall due, and can be redriven.';
revoke execute on function webhooks.fn_webhooks_update from public, anon, authenticated, service_role;
grant execute on function webhooks.fn_webhooks_update to service_role;

create function webhooks.fn_webhooks_delete(webhook_id uuid, owner_id uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  perform from webhooks.subscriptions s
  where s.subscription_id = fn_webhooks_delete.webhook_id and s.owner_id = fn_webhooks_delete.owner_id for update;
  if not found then
    return false;
  end if;
  perform execution.cancel_jobs(array(
    select d.job_id from webhooks.deliveries d where d.subscription_id = fn_webhooks_delete.webhook_id and d.status = 'pending' order by d.job_id));
  delete from webhooks.subscriptions s where s.subscription_id = fn_webhooks_delete.webhook_id;
  return true;
end $$;
comment on function webhooks.fn_webhooks_delete is
  'api calls it: the webhook, its secrets and its deliveries are gone; what is on its way is aborted at the driver''s next heartbeat. False for a stranger''s.';
revoke execute on function webhooks.fn_webhooks_delete from public, anon, authenticated, service_role;
grant execute on function webhooks.fn_webhooks_delete to service_role;

create function webhooks.fn_webhooks_rotate_secret(webhook_id uuid, owner_id uuid, sealed_secret text) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  rotated webhooks.subscriptions;
begin
  update webhooks.subscriptions s set
    previous_sealed_secret = s.sealed_secret, previous_valid_until = now() + interval '24 hours',
    sealed_secret = fn_webhooks_rotate_secret.sealed_secret, updated_at = now()
  where s.subscription_id = fn_webhooks_rotate_secret.webhook_id and s.owner_id = fn_webhooks_rotate_secret.owner_id
  returning s.* into rotated;
  return case when found then webhooks.subscription_document(rotated) end;
end $$;
comment on function webhooks.fn_webhooks_rotate_secret is
  'api calls it with a new sealed secret. The one before signs along for 24 hours; an older one no more. Null for a stranger''s.';
revoke execute on function webhooks.fn_webhooks_rotate_secret from public, anon, authenticated, service_role;
grant execute on function webhooks.fn_webhooks_rotate_secret to service_role;

create function webhooks.fn_webhooks_to_reseal(master_key_id text, most integer default 100, after_webhook_id uuid default null) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('webhook_id', w.subscription_id, 'owner_id', w.owner_id, 'sealed',
    to_jsonb(array_remove(array[w.sealed_secret, w.previous_sealed_secret], null))) order by w.subscription_id), '[]')
  from (
    select s.* from webhooks.subscriptions s
    where (split_part(s.sealed_secret, '.', 2) <> fn_webhooks_to_reseal.master_key_id
        or split_part(s.previous_sealed_secret, '.', 2) <> fn_webhooks_to_reseal.master_key_id)
      and (fn_webhooks_to_reseal.after_webhook_id is null or s.subscription_id > fn_webhooks_to_reseal.after_webhook_id)
    order by s.subscription_id limit fn_webhooks_to_reseal.most) w
$$;
comment on function webhooks.fn_webhooks_to_reseal is
  'An operator who changes the master key calls it (agon keys reseal): up to `most` webhooks with a secret that another master key than this one sealed, by id from after_webhook_id on.';
revoke execute on function webhooks.fn_webhooks_to_reseal from public, anon, authenticated, service_role;
grant execute on function webhooks.fn_webhooks_to_reseal to service_role;

create function webhooks.fn_webhooks_resealed(webhook_id uuid, sealed_before text, sealed text) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  update webhooks.subscriptions s set
    sealed_secret = case when s.sealed_secret = sealed_before then fn_webhooks_resealed.sealed else s.sealed_secret end,
    previous_sealed_secret = case when s.previous_sealed_secret = sealed_before then fn_webhooks_resealed.sealed else s.previous_sealed_secret end
  where s.subscription_id = fn_webhooks_resealed.webhook_id and sealed_before in (s.sealed_secret, s.previous_sealed_secret);
  return found;
end $$;
comment on function webhooks.fn_webhooks_resealed is
  'Puts a secret sealed anew in the place of the same secret. False: it has been rotated away meanwhile, and nothing changed.';
revoke execute on function webhooks.fn_webhooks_resealed from public, anon, authenticated, service_role;
grant execute on function webhooks.fn_webhooks_resealed to service_role;

create function webhooks.fn_webhooks_test(webhook_id uuid, owner_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  subscription webhooks.subscriptions;
begin
  select s.* into subscription from webhooks.subscriptions s
  where s.subscription_id = fn_webhooks_test.webhook_id and s.owner_id = fn_webhooks_test.owner_id for key share;
  if not found then
    return jsonb_build_object('refused', 'not_found');
  end if;
  if subscription.status = 'disabled' then
    return jsonb_build_object('refused', 'webhook_disabled');
  end if;
  return jsonb_build_object('delivery_id', webhooks.add_delivery(
    subscription, 'ping', webhooks.payload_of('ping', clock_timestamp(), jsonb_build_object('webhook_id', webhook_id)), null, null));
end $$;
comment on function webhooks.fn_webhooks_test is
  'api calls it: a ping is delivered like any event, whatever types the webhook asks for. {delivery_id}, or {refused: not_found | webhook_disabled}.';
revoke execute on function webhooks.fn_webhooks_test from public, anon, authenticated, service_role;
grant execute on function webhooks.fn_webhooks_test to service_role;

create function webhooks.fn_webhooks_deliveries(webhook_id uuid, owner_id uuid, status text default null, most integer default 20, cursor text default null)
returns jsonb
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  page jsonb;
  shown integer := least(greatest(most, 1), 100);
begin
  if not exists (select from webhooks.subscriptions s
    where s.subscription_id = fn_webhooks_deliveries.webhook_id and s.owner_id = fn_webhooks_deliveries.owner_id) then
    return null;
  end if;
  select jsonb_agg(jsonb_build_object(
    'delivery_id', d.delivery_id, 'event_id', d.event_id, 'battle_id', d.battle_id, 'run_id', d.run_id, 'type', d.type, 'status', d.status, 'response_status', d.response_status,
    'next_attempt_at', w.run_after, 'payload', d.payload, 'attempts', d.attempts_log, 'created_at', d.created_at, 'settled_at', d.settled_at)
    order by d.created_at desc, d.delivery_id desc) into page
  from (
    select x.* from webhooks.deliveries x
    where x.subscription_id = fn_webhooks_deliveries.webhook_id and (fn_webhooks_deliveries.status is null or x.status = fn_webhooks_deliveries.status)
      and (cursor is null or (x.created_at, x.delivery_id) < (split_part(cursor, '_', 1)::timestamptz, split_part(cursor, '_', 2)::uuid))
    order by x.created_at desc, x.delivery_id desc limit shown + 1) d
  left join execution.later w on w.job_id = d.job_id and d.status = 'pending';
  return jsonb_build_object(
    'deliveries', coalesce(page - shown, '[]'),
    'next_cursor', case when jsonb_array_length(page) > shown then (page #>> array[(shown - 1)::text, 'created_at']) || '_' || (page #>> array[(shown - 1)::text, 'delivery_id']) end);
end $$;
comment on function webhooks.fn_webhooks_deliveries is
  'api calls it: a page of an owner''s deliveries to one webhook, newest first, each with its last attempts. Null for a stranger''s.';
revoke execute on function webhooks.fn_webhooks_deliveries from public, anon, authenticated, service_role;
grant execute on function webhooks.fn_webhooks_deliveries to service_role;

create function webhooks.fn_webhooks_redrive(webhook_id uuid, owner_id uuid, delivery_id uuid default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  most constant integer := 1000;
  subscription webhooks.subscriptions;
  dead webhooks.deliveries;
  job_ids bigint[];
  redriven integer := 0;
begin
  select s.* into subscription from webhooks.subscriptions s
  where s.subscription_id = fn_webhooks_redrive.webhook_id and s.owner_id = fn_webhooks_redrive.owner_id for no key update;
  if not found or (delivery_id is not null and not exists (select from webhooks.deliveries d
    where d.delivery_id = fn_webhooks_redrive.delivery_id and d.subscription_id = fn_webhooks_redrive.webhook_id)) then
    return jsonb_build_object('refused', 'not_found');
  end if;
  if subscription.status = 'disabled' then
    return jsonb_build_object('refused', 'webhook_disabled');
  end if;
  for dead in
    select d.* from webhooks.deliveries d
    where d.subscription_id = fn_webhooks_redrive.webhook_id and d.status = 'dead'
      and (fn_webhooks_redrive.delivery_id is null or d.delivery_id = fn_webhooks_redrive.delivery_id)
    order by d.created_at, d.delivery_id limit most
  loop
    job_ids := array[dead.job_id];
    if not execution.revive(dead.job_id) then
      continue when exists (select from execution.jobs j where j.job_id = dead.job_id);
      -- The housekeeping has forgotten its job, and the delivery is remembered: it gets another one.
      job_ids := execution.enqueue(execution.queue_for('webhook_delivery'), array['{}'::jsonb], dead.delivery_id, owner_id => owner_id);
    end if;
    update webhooks.deliveries d set status = 'pending', settled_at = null, job_id = job_ids[1] where d.delivery_id = dead.delivery_id;
    redriven := redriven + 1;
  end loop;
  if delivery_id is not null and redriven = 0 then
    return jsonb_build_object('refused', 'delivery_state');
  end if;
  return jsonb_build_object('redriven', redriven);
end $$;
comment on function webhooks.fn_webhooks_redrive is
  'api calls it: sends one dead delivery again, or the oldest 1,000 of them, under their old ids and with all their attempts. {redriven}, or {refused: not_found | webhook_disabled | delivery_state}.';
revoke execute on function webhooks.fn_webhooks_redrive from public, anon, authenticated, service_role;
grant execute on function webhooks.fn_webhooks_redrive to service_role;

create function webhooks.redrive_letter(letter execution.dead_letters) returns text
language plpgsql security definer set search_path = '' as $$
declare
  subscription webhooks.subscriptions;
  dead webhooks.deliveries;
begin
  select s.* into subscription from webhooks.subscriptions s
  where s.subscription_id = (select d.subscription_id from webhooks.deliveries d where d.delivery_id = (letter).subject_id) for no key update;
  if not found then
    return 'webhook_gone';
  elsif subscription.status = 'disabled' then
    return 'webhook_disabled';                     -- it is its owner's to enable
  end if;
  select d.* into dead from webhooks.deliveries d where d.delivery_id = (letter).subject_id;
  if not found then
    return 'webhook_gone';
  elsif dead.status <> 'dead' or dead.job_id <> (letter).job_id or not execution.revive((letter).job_id) then
    return 'already_redriven';
  end if;
  update webhooks.deliveries d set status = 'pending', settled_at = null where d.delivery_id = dead.delivery_id;
  return 'redriven';
end $$;
comment on function webhooks.redrive_letter is
  'What battles.fn_redrive_dead_letter does for a delivery: it is sent again under its old id and with all its attempts. redriven; already_redriven (by its owner, say); webhook_disabled; webhook_gone: the webhook was removed, or the delivery forgotten.';
revoke execute on function webhooks.redrive_letter from public, anon, authenticated, service_role;

create function webhooks.forget_deliveries(keep interval, most integer) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  forgotten integer;
begin
  delete from webhooks.deliveries d where d.delivery_id = any (array(
    select x.delivery_id from webhooks.deliveries x where x.settled_at < now() - keep order by x.settled_at limit most));
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
comment on function webhooks.forget_deliveries is 'Step of the housekeeping: deliveries that ended before `keep`.';
revoke execute on function webhooks.forget_deliveries from public, anon, authenticated, service_role;
