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
