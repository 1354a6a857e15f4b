-- What happens and starts workflows: a request from outside, an event of a battle, a change of a table. The last two are matched in the
-- transaction in which they happen and started by a job: nothing of lenses locks a run under a battle's lock, or in a user's transaction.

-- ---------------------------------------------------------------- requests from outside

create function lenses.fn_hooks_open(trigger_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('owner_id', t.owner_id,
    'secret_sha256s', array_remove(array[t.secret_sha256, case when t.previous_valid_until > now() then t.previous_secret_sha256 end], null),
    'sealed_secrets', array_remove(array[t.sealed_secret, case when t.previous_valid_until > now() then t.previous_sealed_secret end], null),
    'input_path', t.config ->> 'input_path', 'input_label', t.config ->> 'input_label')
  from lenses.workflow_triggers t where t.trigger_id = fn_hooks_open.trigger_id and t.kind = 'webhook' and t.enabled
$$;
comment on function lenses.fn_hooks_open is 'api calls it to check who calls a webhook trigger, and how its body becomes inputs. Null: there is none, or it is off; the caller is not told which.';
revoke execute on function lenses.fn_hooks_open from public, anon, authenticated, service_role;
grant execute on function lenses.fn_hooks_open to service_role;

create function lenses.fn_hooks_fire(trigger_id uuid, given jsonb, body_sha256 text, message_id text default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  trigger lenses.workflow_triggers;
  receipt lenses.trigger_receipts;
  firing bigint;
  result jsonb;
begin
  select t.* into trigger from lenses.workflow_triggers t where t.trigger_id = fn_hooks_fire.trigger_id and t.kind = 'webhook' and t.enabled for key share;
  if not found then
    return jsonb_build_object('refused', 'not_found');
  end if;
  if message_id is not null then
    -- Two of one message are looked at one after the other.
    perform pg_advisory_xact_lock(hashtextextended(format('lenses.hook/%s/%s', trigger_id, message_id), 0));
    select r.* into receipt from lenses.trigger_receipts r
    where r.trigger_id = fn_hooks_fire.trigger_id and r.message_id = fn_hooks_fire.message_id and r.received_at > now() - interval '24 hours';
    if found and receipt.body_sha256 <> body_sha256 then
      return jsonb_build_object('refused', 'idempotency_conflict', 'run_id', receipt.run_id);
    elsif found then
      return jsonb_build_object('run_id', receipt.run_id, 'created', false,
        'status', (select r.status from lenses.workflow_runs r where r.run_id = receipt.run_id));
    end if;
  end if;
  insert into lenses.trigger_firings (trigger_id, outcome) values (trigger_id, 'pending') returning firing_id into firing;
  result := lenses.start_by_trigger(trigger, given, jsonb_build_object('trigger_mode', 'webhook', 'inputs_hash', body_sha256, 'idempotency_key', format('hook/%s', firing)));
  perform lenses.record_start(trigger_id, firing, result, false);
  if message_id is not null and not result ? 'refused' then
    insert into lenses.trigger_receipts as r (trigger_id, message_id, body_sha256, run_id) values (trigger_id, message_id, body_sha256, (result ->> 'run_id')::uuid)
    on conflict on constraint trigger_receipts_pkey do update set body_sha256 = excluded.body_sha256, run_id = excluded.run_id, received_at = now();
  end if;
  return result;
end $$;
comment on function lenses.fn_hooks_fire is
  'api calls it for a request whose secret or signature holds. {run_id, status, created}: created is false for a message_id of the last 24 hours. {refused: not_found (it was turned off meanwhile) | idempotency_conflict (that message_id came with another body) | as fn_start_workflow_run refuses}.';
revoke execute on function lenses.fn_hooks_fire from public, anon, authenticated, service_role;
grant execute on function lenses.fn_hooks_fire to service_role;

create function lenses.fn_hooks_result(trigger_id uuid, run_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('run_id', r.run_id, 'status', r.status, 'ended', r.finished_at is not null, 'output', r.output, 'error', r.error)
  from lenses.workflow_runs r where r.run_id = fn_hooks_result.run_id and r.trigger_id = fn_hooks_result.trigger_id
$$;
comment on function lenses.fn_hooks_result is 'api calls it for a caller of a webhook trigger who waits: how far the run is. Null: this trigger started no such run.';
revoke execute on function lenses.fn_hooks_result from public, anon, authenticated, service_role;
grant execute on function lenses.fn_hooks_result to service_role;

create function lenses.fn_hooks_to_reseal(master_key_id text, most integer default 100, after_trigger_id uuid default null) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('trigger_id', x.trigger_id, 'owner_id', x.owner_id, 'sealed', to_jsonb(array_remove(array[x.sealed_secret, x.previous_sealed_secret], null))) order by x.trigger_id), '[]')
  from (
    select t.* from lenses.workflow_triggers t
    where (split_part(t.sealed_secret, '.', 2) <> fn_hooks_to_reseal.master_key_id or split_part(t.previous_sealed_secret, '.', 2) <> fn_hooks_to_reseal.master_key_id)
      and (fn_hooks_to_reseal.after_trigger_id is null or t.trigger_id > fn_hooks_to_reseal.after_trigger_id)
    order by t.trigger_id limit fn_hooks_to_reseal.most) x
$$;
comment on function lenses.fn_hooks_to_reseal is 'An operator who changes the master key calls it (agon keys reseal): secrets of webhook triggers that another master key than this one sealed, by id.';
revoke execute on function lenses.fn_hooks_to_reseal from public, anon, authenticated, service_role;
grant execute on function lenses.fn_hooks_to_reseal to service_role;

create function lenses.fn_hooks_resealed(trigger_id uuid, sealed_before text, sealed text) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  update lenses.workflow_triggers t set
    sealed_secret = case when t.sealed_secret = sealed_before then fn_hooks_resealed.sealed else t.sealed_secret end,
    previous_sealed_secret = case when t.previous_sealed_secret = sealed_before then fn_hooks_resealed.sealed else t.previous_sealed_secret end
  where t.trigger_id = fn_hooks_resealed.trigger_id and sealed_before in (t.sealed_secret, t.previous_sealed_secret);
  return found;
end $$;
comment on function lenses.fn_hooks_resealed is 'Puts a secret sealed anew in the place of the same secret. False: it has been rotated away meanwhile, and nothing changed.';
revoke execute on function lenses.fn_hooks_resealed from public, anon, authenticated, service_role;
grant execute on function lenses.fn_hooks_resealed to service_role;

-- ---------------------------------------------------------------- events

create function lenses.add_firing(trigger lenses.workflow_triggers, event_key text, event jsonb, depth integer default 0) returns bigint
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  most_depth constant integer := 5;
  firing bigint;
begin
  insert into lenses.trigger_firings (trigger_id, event_key, event, depth, outcome, refused, message)
  values ((trigger).trigger_id, event_key, case when depth <= most_depth then event end, depth,
    case when depth <= most_depth then 'pending' else 'refused' end, case when depth > most_depth then 'trigger_depth' end,
    case when depth > most_depth then format('%s runs caused one another before this: it ends here', depth) end)
  on conflict do nothing returning firing_id into firing;
  if found and depth <= most_depth then
    perform execution.enqueue(execution.queue_for('workflow_trigger'),
      array[jsonb_build_object('trigger_id', (trigger).trigger_id, 'firing_id', firing)], owner_id => (trigger).owner_id);
  end if;
  return firing;
end $$;
comment on function lenses.add_firing is
  'Something happened that a trigger is for: its firing and its job, in the transaction in which it happens, and once for an event_key. Null: it is known.';
revoke execute on function lenses.add_firing from public, anon, authenticated, service_role;

create function lenses.caused_depth(battle_id uuid) returns integer
language sql stable security definer set search_path = '' as $$
  -- A battle that a node made carries the node's key; the run's firing, if it has one, says how deep that run stands.
  select coalesce((
    select 1 + coalesce(max(f.depth), 0)
    from battles.battles b
    join lenses.workflow_runs r on r.run_id = substring(b.idempotency_key from '^agon-node-([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})-')::uuid
      and r.owner_id = b.owner_id
    left join lenses.trigger_firings f on f.run_id = r.root_run_id
    where b.battle_id = caused_depth.battle_id
    having count(*) > 0), 0)
$$;
comment on function lenses.caused_depth is 'How many runs stand behind a battle, each caused by an event of a battle of the one before: 0 for one that no run made.';
revoke execute on function lenses.caused_depth from public, anon, authenticated, service_role;

create function lenses.match_battle_event() returns trigger
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  data jsonb;
  trigger lenses.workflow_triggers;
begin
  for trigger in
    select t.* from lenses.workflow_triggers t
    where t.owner_id = (select b.owner_id from battles.battles b where b.battle_id = new.battle_id) and t.kind = 'battle_event' and t.enabled
      and t.config -> 'types' ?| array[new.type, split_part(new.type, '.', 1) || '.*', '*']
      and (t.config ->> 'battle_id' is null or (t.config ->> 'battle_id')::uuid = new.battle_id)
    -- Locked as webhooks.fan_out locks: one being removed is waited for and then is not there.
    order by t.trigger_id for key share of t
  loop
    data := coalesce(data, webhooks.shown_event(new));
    if data @> coalesce(trigger.config -> 'filter', '{}') then
      perform lenses.add_firing(trigger, 'battle/' || new.event_id, jsonb_build_object(coalesce(trigger.config ->> 'input_label', 'event'),
        data || jsonb_build_object('type', new.type, 'created_at', new.created_at)), lenses.caused_depth(new.battle_id));
    end if;
  end loop;
  return null;
end $$;
comment on function lenses.match_battle_event is 'Trigger of battles.events: a firing of every enabled trigger of the battle''s owner that asks for the event. Text deltas start nothing.';
revoke execute on function lenses.match_battle_event from public, anon, authenticated, service_role;
create trigger events_start_workflows after insert on battles.events
  for each row when (new.type <> 'contender.delta') execute function lenses.match_battle_event();

create function lenses.start_workflow_on_change() returns trigger
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  most_bytes constant integer := 524288;
  trigger lenses.workflow_triggers;
  columns text[];
  change jsonb;
begin
  select t.* into trigger from lenses.workflow_triggers t where t.trigger_id = tg_argv[0]::uuid and t.kind = 'database_event' for key share of t;
  if not found then
    raise exception 'there is no database_event trigger %; drop this trigger of %.%', tg_argv[0], tg_table_schema, tg_table_name;
  elsif not trigger.enabled then
    return null;
  end if;
  columns := case when trigger.config ? 'columns' then array(select jsonb_array_elements_text(trigger.config -> 'columns')) end;
  change := jsonb_build_object('operation', lower(tg_op), 'schema', tg_table_schema, 'table', tg_table_name,
    'new', case when tg_op in ('INSERT', 'UPDATE') then to_jsonb(new) end, 'old', case when tg_op in ('UPDATE', 'DELETE') then to_jsonb(old) end);
  if columns is not null then
    select change || jsonb_build_object(
      'new', case when change -> 'new' <> 'null' then coalesce((select jsonb_object_agg(c.key, c.value) from jsonb_each(change -> 'new') c where c.key = any (columns)), '{}') end,
      'old', case when change -> 'old' <> 'null' then coalesce((select jsonb_object_agg(c.key, c.value) from jsonb_each(change -> 'old') c where c.key = any (columns)), '{}') end)
    into change;
  end if;
  if octet_length(change::text) > most_bytes then
    raise exception 'a row of %.% is larger than the 512 KB of a run''s inputs; name the columns it needs in the trigger''s config', tg_table_schema, tg_table_name;
  end if;
  perform lenses.add_firing(trigger, 'change/' || gen_random_uuid(), jsonb_build_object(coalesce(trigger.config ->> 'input_label', 'change'), change));
  return null;
exception when others then
  if tg_argv[1] = 'strict' then
    raise;
  end if;
  raise warning 'Agon started nothing for this change of %.%: %', tg_table_schema, tg_table_name, sqlerrm;
  return null;
end $$;
comment on function lenses.start_workflow_on_change is
  'Trigger function for tables of yours: create trigger … after insert or update or delete on your_table for each row execute function lenses.start_workflow_on_change(''<trigger_id>''). The run begins when the change is committed, with {operation, schema, table, old, new}. What goes wrong is a warning, and your transaction goes on; with ''strict'' as second argument it fails.';
revoke execute on function lenses.start_workflow_on_change from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- their jobs

create function lenses.fn_worker_claim_workflow_triggers(driver text, most integer default 1) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  claimed execution.claimed_job[] := array(select j from execution.fn_worker_claim_jobs('workflow_trigger', driver, most) j);   -- see fn_worker_claim_battle_job
  jobs jsonb;
begin
  select jsonb_agg(jsonb_build_object('lease_token', j.lease_token, 'job_id', j.job_id, 'attempts', j.attempts, 'reclaims', j.reclaims,
    'max_attempts', j.max_attempts, 'in_lane', false, 'trigger_id', j.payload ->> 'trigger_id') order by j.position) into jobs
  from unnest(claimed) j;
  return execution.claim_document('workflow_trigger', jobs);
end $$;
comment on function lenses.fn_worker_claim_workflow_triggers is 'Drivers call it for up to `most` events that are to start a workflow; fn_worker_fire_trigger does it.';
revoke execute on function lenses.fn_worker_claim_workflow_triggers from public, anon, authenticated, service_role;
grant execute on function lenses.fn_worker_claim_workflow_triggers to service_role;

create function lenses.fn_worker_fire_trigger(job_id bigint, lease_token bigint) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  trigger lenses.workflow_triggers;
  firing lenses.trigger_firings;
  most_per_minute integer;
  result jsonb;
begin
  perform lenses.lock_trigger_owners(array[job_id]);
  if not execution.close_job(job_id, lease_token, 'completed') then
    return null;
  end if;
  select f.* into firing from lenses.trigger_firings f join execution.jobs j on (j.payload ->> 'firing_id')::bigint = f.firing_id
  where j.job_id = fn_worker_fire_trigger.job_id and f.outcome = 'pending';
  if not found then
    return jsonb_build_object('outcome', 'gone');  -- its trigger was removed meanwhile
  end if;
  select t.* into strict trigger from lenses.workflow_triggers t where t.trigger_id = firing.trigger_id;
  most_per_minute := coalesce((trigger.config ->> 'max_per_minute')::integer, case when trigger.kind = 'database_event' then 60 end);
  if not trigger.enabled or (select count(*) from (
      select from lenses.trigger_firings f where f.trigger_id = trigger.trigger_id and f.outcome = 'started' and f.created_at > now() - interval '1 minute'
      limit most_per_minute) x) >= most_per_minute then
    update lenses.trigger_firings f set outcome = 'skipped', event = null,
      message = case when trigger.enabled then format('More than max_per_minute (%s)', most_per_minute) else 'The trigger is off' end
    where f.firing_id = firing.firing_id;
    return jsonb_build_object('outcome', 'skipped');
  end if;
  result := lenses.start_by_trigger(trigger, firing.event, jsonb_build_object('trigger_mode', trigger.kind,
    'idempotency_key', format('trigger/%s/%s', trigger.trigger_id, firing.firing_id)));
  perform lenses.record_start(trigger.trigger_id, firing.firing_id, result, true);
  return result || jsonb_build_object('outcome', case when result ? 'refused' then 'refused' else 'started' end);
end $$;
comment on function lenses.fn_worker_fire_trigger is
  'Drivers call it for a claimed event: the run begins and the job is done, in one transaction. {outcome: started | refused | skipped | gone, run_id}; null: the lease was lost, nothing changed.';
revoke execute on function lenses.fn_worker_fire_trigger from public, anon, authenticated, service_role;
grant execute on function lenses.fn_worker_fire_trigger to service_role;
