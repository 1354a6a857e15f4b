-- Battles whose slots are answered by a workflow: by nodes contender_run of the very run that made the battle.
--
-- A node takes its slot before it asks its model, and the transaction that ends the node ends the slot, however the node ended. What no node
-- has taken ends with battle_execute, or with the run: nothing waits for a run that is over.
--
-- Lock order: root run -> battle -> lease -> job. A battle never locks a run.

create function battles.workflow_row(contender jsonb, battle jsonb, slot text) returns jsonb
language sql immutable set search_path = '' as $$
  select case when w.workflow is null then '{}'
    when w.workflow ->> 'version_id' is null then jsonb_build_object(
      'model_key', 'workflow:' || (battle #>> '{run,workflow_id}') || '/' || coalesce(w.workflow ->> 'node_id', workflow_row.slot), 'model_kind', 'text',
      'provider', 'workflow', 'run_id', battle #> '{run,run_id}', 'node_id', w.workflow -> 'node_id')
    else jsonb_build_object(
      'model_key', 'workflow:' || coalesce(w.workflow ->> 'workflow_id', w.workflow ->> 'version_id'), 'model_kind', coalesce(w.workflow ->> 'makes', 'text'),
      'provider', 'workflow', 'workflow_version_id', w.workflow -> 'version_id', 'workflow_inputs', coalesce(nullif(w.workflow -> 'inputs', 'null'), '{}'),
      'simulated', coalesce((w.workflow ->> 'simulated')::boolean, false), 'byok_keys', coalesce(nullif(w.workflow -> 'byok_keys', 'null'), '{}')) end
  from (select nullif(workflow_row.contender -> 'workflow', 'null') as workflow) w
$$;
comment on function battles.workflow_row is
  'The columns of a contender that a workflow has; empty for any other. It is rated as workflow:<its id>, and a slot that is left to a run as that and the node, or the slot.';
revoke execute on function battles.workflow_row from public, anon, authenticated, service_role;

create function battles.workflow_shown(contender_id uuid) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  return (
    select jsonb_build_object('version_id', c.workflow_version_id, 'inputs', c.workflow_inputs, 'byok_keys', c.byok_keys, 'run_id', c.run_id, 'node_id', c.node_id,
      'cost_usd', case when c.workflow_version_id is not null and c.run_id is not null then lenses.run_cost(c.run_id) end)
    from battles.contenders c where c.contender_id = workflow_shown.contender_id);
end $$;
comment on function battles.workflow_shown is 'How a workflow answers, for the battle''s owner. cost_usd: what its run and all that began have cost so far, also where it failed; null of a slot, whose run may do more.';
revoke execute on function battles.workflow_shown from public, anon, authenticated, service_role;

create function battles.submit_slot(contender_id uuid, output jsonb) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  contender battles.contenders;
begin
  perform from battles.battles b where b.battle_id = (select c.battle_id from battles.contenders c where c.contender_id = submit_slot.contender_id) for update;
  update battles.contenders c set status = 'submitted', settled_at = now(), error = null, simulated = lenses.answer_simulated(c.answered_by)
  from battles.battles b
  where c.contender_id = submit_slot.contender_id and c.status = 'pending' and b.battle_id = c.battle_id and b.status = 'executing'
  returning c.* into contender;
  if not found then
    return false;                                  -- the battle was cancelled while the node worked
  end if;
  perform battles.write_submission(contender_id, output, true);
  perform battles.record_event(contender.battle_id, 'contender.submitted', jsonb_build_object(
    'slot', contender.slot, 'latency_ms', output -> 'latency_ms', 'output_tokens', output -> 'output_tokens'));
  perform battles.settle(contender.battle_id);
  return true;
end $$;
comment on function battles.submit_slot is 'What a node of a workflow made is its slot''s answer, and the battle is re-evaluated. False: the slot waits for none any more, and nothing changed.';
revoke execute on function battles.submit_slot from public, anon, authenticated, service_role;

create function battles.end_slot(contender_id uuid, error jsonb, timed_out boolean default false) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  contender battles.contenders;
begin
  perform from battles.battles b where b.battle_id = (select c.battle_id from battles.contenders c where c.contender_id = end_slot.contender_id) for update;
  update battles.contenders c set status = case when timed_out then 'timed_out' else 'failed' end::battles.contender_status, error = end_slot.error, settled_at = now()
  where c.contender_id = end_slot.contender_id and c.status = 'pending'
  returning c.* into contender;
  if not found then
    return false;
  end if;
  perform battles.record_event(contender.battle_id, 'contender.' || contender.status, jsonb_build_object('slot', contender.slot, 'error', error));
  perform battles.settle(contender.battle_id);
  return true;
end $$;
comment on function battles.end_slot is 'A slot that a workflow was to answer gets no answer, and the battle is re-evaluated. False: it was settled before, and nothing changed.';
revoke execute on function battles.end_slot from public, anon, authenticated, service_role;

create function battles.end_slots(contender_ids uuid[], error jsonb, timed_out boolean default false) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  next uuid;
  ended integer := 0;
begin
  for next in
    select c.contender_id from battles.contenders c where c.contender_id = any (contender_ids) and c.status = 'pending' order by c.battle_id, c.slot
  loop
    ended := ended + battles.end_slot(next, error, timed_out)::integer;
  end loop;
  return ended;
end $$;
comment on function battles.end_slots is 'end_slot for several, battle by battle in the order of their ids. Returns how many were open.';
revoke execute on function battles.end_slots from public, anon, authenticated, service_role;

create function battles.open_slots(root_run_id uuid) returns setof battles.contenders
language sql stable security definer set search_path = '' as $$
  select c.* from battles.battles b join battles.contenders c on c.battle_id = b.battle_id
  where b.run_id = open_slots.root_run_id and c.status = 'pending' and c.contender_type = 'workflow' and c.workflow_version_id is null
$$;
comment on function battles.open_slots is 'The slots that are left to the runs of a tree and have no answer yet.';
revoke execute on function battles.open_slots from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- a battle that is held, and the runs that answer in it

create function battles.contending_runs(battle_id uuid) returns uuid[]
language sql stable security definer set search_path = '' as $$
  select array(
    select c.run_id from battles.contenders c
    where c.battle_id = contending_runs.battle_id and c.status = 'pending' and c.workflow_version_id is not null and c.run_id is not null
    union
    select b.run_id from battles.battles b where b.battle_id = contending_runs.battle_id and exists (
      select from battles.open_slots(b.run_id) o where o.battle_id = b.battle_id))
$$;
comment on function battles.contending_runs is 'The roots of the runs that an answer is awaited from: those begun for contenders, and the one that slots are left to.';
revoke execute on function battles.contending_runs from public, anon, authenticated, service_role;

create function battles.holds(root_run_id uuid) returns boolean
language plpgsql stable security definer set search_path = '' as $$
begin
  return exists (
    select from lenses.workflow_runs r
    join battles.contenders c on c.contender_id = r.contender_id and c.run_id = r.run_id and c.status = 'pending'
    join battles.battles b on b.battle_id = c.battle_id and b.held_at is not null
    where r.run_id = holds.root_run_id)
  or exists (
    select from battles.open_slots(holds.root_run_id) o join battles.battles b on b.battle_id = o.battle_id and b.held_at is not null);
end $$;
comment on function battles.holds is
  'Whether an operator holds a battle that this run is to answer in. It is asked of the battle and written nowhere, so that a battle locks no run to be held.';
revoke execute on function battles.holds from public, anon, authenticated, service_role;
