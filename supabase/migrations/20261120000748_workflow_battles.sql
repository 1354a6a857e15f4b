-- What workflow nodes read of battles. They act on battles by the functions everybody uses, for the run's owner.

create function lenses.fn_worker_battle(battle_id uuid, owner_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('is_owner', b.owner_id = fn_worker_battle.owner_id,
    'battle', battles.fn_battles_get(b.battle_id, fn_worker_battle.owner_id))
  from battles.battles b
  where b.battle_id = fn_worker_battle.battle_id and (b.status <> 'draft' or b.owner_id = fn_worker_battle.owner_id)
$$;
comment on function lenses.fn_worker_battle is
  'Drivers call it for a battle node: {is_owner, battle}, the battle as the run''s owner may see it. Null: there is none, or it is another''s draft.';
revoke execute on function lenses.fn_worker_battle from public, anon, authenticated, service_role;
grant execute on function lenses.fn_worker_battle to service_role;

-- ---------------------------------------------------------------- slots of a battle that the run answers

create function lenses.slot_answer(result jsonb) returns jsonb
language sql immutable set search_path = '' as $$
  select jsonb_build_object('content_text', slot_answer.result #>> '{envelope,output}', 'output_modality', 'text', 'wire_model', slot_answer.result -> 'wire_model',
    'finish_reason', slot_answer.result #> '{envelope,metadata,finish_reason}', 'input_tokens', slot_answer.result -> 'input_tokens',
    'output_tokens', slot_answer.result -> 'output_tokens', 'cost_usd', slot_answer.result -> 'cost_usd', 'latency_ms', slot_answer.result -> 'latency_ms')
$$;
comment on function lenses.slot_answer is 'What a node came to, as the answer of a contender.';
revoke execute on function lenses.slot_answer from public, anon, authenticated, service_role;

create function lenses.fn_worker_create_battle(job_id bigint, lease_token bigint, battle jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  node lenses.workflow_node_results := lenses.held_node(job_id, lease_token);
  run lenses.workflow_runs;
begin
  if node.run_id is null then
    return jsonb_build_object('refused', 'lease_lost', 'message', 'The run has ended, or another driver has the node');
  end if;
  select r.* into strict run from lenses.workflow_runs r where r.run_id = node.run_id;
  return battles.fn_battles_create(run.owner_id, battle || jsonb_build_object('run', jsonb_build_object(
    'run_id', run.run_id, 'root_run_id', run.root_run_id, 'workflow_id', coalesce(run.workflow_id, run.version_id))));
end $$;
comment on function lenses.fn_worker_create_battle is
  'Drivers call it for a battle_create that leaves slots to its own run: as fn_battles_create for the run''s owner. {refused: lease_lost}: the run may be over, and a battle made for it now would wait for ever.';
revoke execute on function lenses.fn_worker_create_battle from public, anon, authenticated, service_role;
grant execute on function lenses.fn_worker_create_battle to service_role;

create function lenses.fn_worker_take_slot(job_id bigint, lease_token bigint, battle_id uuid, slot text) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
  contender battles.contenders;
  node lenses.workflow_node_results;
  run lenses.workflow_runs;
  refusal text;
begin
  perform lenses.lock_job_owners(array[job_id]);
  select b.* into battle from battles.battles b where b.battle_id = fn_worker_take_slot.battle_id for update;
  node := lenses.held_node(job_id, lease_token);
  if node.run_id is null then
    return jsonb_build_object('refused', 'lease_lost', 'message', 'Another driver has the node');
  end if;
  select r.* into strict run from lenses.workflow_runs r where r.run_id = node.run_id;
  if battle.battle_id is null or (battle.status = 'draft' and battle.owner_id <> run.owner_id) then
    return jsonb_build_object('refused', 'not_found', 'message', format('There is no battle %s that the owner of this run may see', battle_id));
  elsif battle.owner_id <> run.owner_id then
    return jsonb_build_object('refused', 'forbidden', 'message', format('The battle %s is another''s: a workflow works on battles of its run''s owner', battle_id));
  elsif battle.run_id is null then
    return jsonb_build_object('slot', null, 'task_prompt', battle.task_prompt);   -- all its contenders answer for themselves
  end if;
  select c.* into contender from battles.contenders c where c.battle_id = battle.battle_id and c.slot = fn_worker_take_slot.slot;
  refusal := case
    when not found then format('The battle has no slot %s', slot)
    when contender.contender_type <> 'workflow' or contender.workflow_version_id is not null then format('The slot %s is answered by %s, and not by this run', slot,
      case contender.contender_type when 'human' then 'a person' when 'workflow' then 'a run of its own' else contender.model_key end)
    when battle.run_id <> run.root_run_id then format('The slot %s is left to another run: make the battle in this one', slot)
    when contender.node_id <> node.node_id then format('The slot %s is left to the node %s', slot, contender.node_id) end;
  if refusal is not null then
    return jsonb_build_object('refused', 'slot_unknown', 'message', refusal);
  elsif contender.answered_by <> node.result_id or (contender.answered_by is null and contender.status <> 'pending') then
    return jsonb_build_object('refused', 'slot_taken', 'message', format('The slot %s is %s', slot,
      case when contender.status = 'pending' then 'taken by another node' else contender.status::text || ' already' end));
  elsif battle.status <> 'executing' or contender.status <> 'pending' then
    return jsonb_build_object('refused', 'battle_state', 'message', case when battle.status = 'draft'
      then 'The battle is a draft: set automation_mode of battle_create, or publish it' else format('The battle is %s', battle.status) end);
  end if;
  update battles.contenders c set answered_by = node.result_id where c.contender_id = contender.contender_id and c.answered_by is null;
  update lenses.workflow_node_results n set contender_id = contender.contender_id where n.result_id = node.result_id;
  return jsonb_build_object('slot', slot, 'task_prompt', battle.task_prompt);
end $$;
comment on function lenses.fn_worker_take_slot is
  'Drivers call it for a node contender_run that was given a battle, before they ask its model: the slot is the node''s from then on, and ends with it. {slot, task_prompt}; slot null: the battle leaves none to a workflow, and the node answers nothing of it. {refused: lease_lost | not_found | forbidden | slot_unknown (it is none of this run''s) | slot_taken | battle_state (it is a draft, or over), message}.';
revoke execute on function lenses.fn_worker_take_slot from public, anon, authenticated, service_role;
grant execute on function lenses.fn_worker_take_slot to service_role;

create function lenses.fn_worker_end_open_slots(job_id bigint, lease_token bigint, battle_id uuid) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  node lenses.workflow_node_results;
begin
  perform lenses.lock_job_owners(array[job_id]);
  perform from battles.battles b where b.battle_id = fn_worker_end_open_slots.battle_id for update;
  node := lenses.held_node(job_id, lease_token);
  if node.run_id is null then
    return null;
  end if;
  return battles.end_slots(array(
    select o.contender_id from lenses.workflow_runs r cross join battles.open_slots(r.root_run_id) o
    where r.run_id = node.run_id and o.battle_id = fn_worker_end_open_slots.battle_id and o.answered_by is null),
    jsonb_build_object('code', 'slot_unanswered', 'message', format('No node had answered when %s gathered the answers', node.node_id)));
end $$;
comment on function lenses.fn_worker_end_open_slots is
  'Drivers call it for battle_execute: the slots of the battle that are left to this run and that no node has taken get no answer any more. How many; null: the lease was lost, nothing changed.';
revoke execute on function lenses.fn_worker_end_open_slots from public, anon, authenticated, service_role;
grant execute on function lenses.fn_worker_end_open_slots to service_role;
