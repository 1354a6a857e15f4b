-- People as contenders: they take a seat, write, revise and submit until the deadline, or withdraw. And the clock of a battle that
-- no driver keeps: the deadline of its people, and the moment a draft publishes itself.
--
-- Every function here locks the battle first, so a submission and the deadline, or a withdrawal and a submission, are decided in turn.

-- ---------------------------------------------------------------- a seat

create function battles.fn_battles_join(battle_id uuid, user_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
  seat battles.contenders;
begin
  select b.* into battle from battles.battles b where b.battle_id = fn_battles_join.battle_id for update;
  if not found or (battle.status = 'draft' and battle.owner_id is distinct from user_id) then
    return jsonb_build_object('refused', 'not_found');
  end if;
  select c.* into seat from battles.contenders c where c.battle_id = fn_battles_join.battle_id and c.user_id = fn_battles_join.user_id;
  if found then
    return jsonb_build_object('outcome', 'already_joined', 'slot', seat.slot);
  end if;
  if battle.status not in ('draft', 'executing') then
    return jsonb_build_object('refused', 'not_executing', 'status', battle.status);
  end if;
  if battle.held_at is not null then
    return jsonb_build_object('refused', 'held');
  end if;
  if battle.submissions_end_at <= clock_timestamp() then
    return jsonb_build_object('refused', 'submissions_ended', 'submissions_end_at', battle.submissions_end_at);
  end if;
  update battles.contenders c set user_id = fn_battles_join.user_id
  where c.contender_id = (
    select o.contender_id from battles.contenders o
    where o.battle_id = fn_battles_join.battle_id and o.contender_type = 'human' and o.user_id is null and o.status = 'pending' order by o.slot limit 1)
  returning c.* into seat;
  if not found then
    return jsonb_build_object('refused', 'no_open_seat');
  end if;
  perform battles.record_event(battle_id, 'contender.joined', jsonb_build_object('slot', seat.slot));
  return jsonb_build_object('outcome', 'joined', 'slot', seat.slot);
end $$;
comment on function battles.fn_battles_join is
  'api calls it for a signed-in user, who takes the first open seat; the owner may too. {outcome: joined | already_joined, slot}, or {refused: not_found (also another''s draft) | not_executing, status | held | submissions_ended | no_open_seat}; only joined changed anything.';
revoke execute on function battles.fn_battles_join from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_join to service_role;

-- ---------------------------------------------------------------- submit, withdraw

create function battles.fn_submissions_submit(battle_id uuid, user_id uuid, submission jsonb, is_final boolean default false) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
  contender battles.contenders;
  text_given text := submission ->> 'content_text';
begin
  select b.* into battle from battles.battles b where b.battle_id = fn_submissions_submit.battle_id for update;
  if not found or (battle.status = 'draft' and battle.owner_id is distinct from user_id) then
    return jsonb_build_object('refused', 'not_found');
  end if;
  select c.* into contender from battles.contenders c
  where c.battle_id = fn_submissions_submit.battle_id and c.user_id = fn_submissions_submit.user_id for update;
  if not found then
    return jsonb_build_object('refused', 'not_contending');
  end if;
  if battle.status <> 'executing' then
    return jsonb_build_object('refused', 'not_executing', 'status', battle.status);
  end if;
  if contender.status <> 'pending' then
    return jsonb_build_object('refused', case contender.status when 'submitted' then 'already_final' else 'already_' || contender.status end);
  end if;
  if battle.held_at is not null then
    return jsonb_build_object('refused', 'held');
  end if;
  if battle.submissions_end_at <= clock_timestamp() then   -- the schedule may not have come by yet
    return jsonb_build_object('refused', 'submissions_ended', 'submissions_end_at', battle.submissions_end_at);
  end if;
  if submission ? 'content_url' then
    return jsonb_build_object('refused', 'text_only');
  end if;
  if coalesce(btrim(text_given, E' \t\r\n'), '') = '' or char_length(text_given) > 100000 then
    return jsonb_build_object('refused', 'content_length');
  end if;
  perform battles.write_submission(contender.contender_id, jsonb_build_object('content_text', text_given), is_final);
  if is_final then
    perform battles.end_turn(contender, 'submitted');
  end if;
  return jsonb_build_object('outcome', case when is_final then 'submitted' else 'drafted' end, 'slot', contender.slot);
end $$;
comment on function battles.fn_submissions_submit is
  'api calls it for a signed-in user who contends: writes or revises their text (1 to 100,000 characters), and with is_final hands it in for good. {outcome: drafted | submitted, slot}, or {refused: not_found | not_contending | not_executing, status | already_final | already_<contender status> | held | submissions_ended | text_only | content_length}, and nothing changed.';
revoke execute on function battles.fn_submissions_submit from public, anon, authenticated, service_role;
grant execute on function battles.fn_submissions_submit to service_role;

create function battles.fn_submissions_withdraw(battle_id uuid, user_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
  contender battles.contenders;
begin
  select b.* into battle from battles.battles b where b.battle_id = fn_submissions_withdraw.battle_id for update;
  if not found or (battle.status = 'draft' and battle.owner_id is distinct from user_id) then
    return jsonb_build_object('refused', 'not_found');
  end if;
  select c.* into contender from battles.contenders c
  where c.battle_id = fn_submissions_withdraw.battle_id and c.user_id = fn_submissions_withdraw.user_id for update;
  if not found then
    return jsonb_build_object('refused', 'not_contending');
  end if;
  if contender.status = 'withdrawn' then
    return jsonb_build_object('outcome', 'already_withdrawn', 'slot', contender.slot);
  end if;
  if battle.status <> 'executing' or contender.status not in ('pending', 'submitted') then
    return jsonb_build_object('refused', 'not_executing', 'status', battle.status);
  end if;
  delete from battles.submissions s where s.contender_id = contender.contender_id;   -- what is withdrawn is nobody's to read
  perform battles.end_turn(contender, 'withdrawn');
  return jsonb_build_object('outcome', 'withdrawn', 'slot', contender.slot);
end $$;
comment on function battles.fn_submissions_withdraw is
  'api calls it for a signed-in user who contends and will not any more, while the battle executes: their text is deleted, and the battle goes on without them. {outcome: withdrawn | already_withdrawn, slot}, or {refused: not_found | not_contending | not_executing, status}.';
revoke execute on function battles.fn_submissions_withdraw from public, anon, authenticated, service_role;
grant execute on function battles.fn_submissions_withdraw to service_role;

create function battles.end_turn(contender battles.contenders, status battles.contender_status) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  update battles.contenders c set status = end_turn.status, settled_at = now() where c.contender_id = (contender).contender_id;
  perform battles.record_event((contender).battle_id, 'contender.' || status, jsonb_build_object('slot', (contender).slot));
  perform battles.settle((contender).battle_id);
end $$;
comment on function battles.end_turn is 'Settles a person who contends, and re-evaluates the battle. The caller holds the battle''s row lock.';
revoke execute on function battles.end_turn from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- the clock

create function battles.end_submissions(battle_id uuid) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  contender battles.contenders;
begin
  for contender in
    select c.* from battles.contenders c
    where c.battle_id = end_submissions.battle_id and c.contender_type = 'human' and c.status = 'pending' order by c.slot for update
  loop
    update battles.submissions s set status = 'submitted', is_final = true, updated_at = now() where s.contender_id = contender.contender_id;
    perform battles.end_turn(contender, case when found then 'submitted' else 'timed_out' end::battles.contender_status);
  end loop;
end $$;
comment on function battles.end_submissions is
  'The deadline of one battle: what people have written last is final; who has written nothing is timed out. The caller holds the battle''s row lock.';
revoke execute on function battles.end_submissions from public, anon, authenticated, service_role;

create function battles.fn_battles_end_submissions() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  next uuid;
  ended integer := 0;
begin
  for next in
    select b.battle_id from battles.battles b
    where b.status = 'executing' and b.submissions_end_at <= now() and b.held_at is null
      and exists (select from battles.contenders c where c.battle_id = b.battle_id and c.contender_type = 'human' and c.status = 'pending')
    order by b.battle_id limit 100 for update of b skip locked
  loop
    begin
      perform battles.end_submissions(next);
      ended := ended + 1;
    exception when others then
      -- One battle that cannot go on must not keep the others waiting.
      raise warning 'Agon could not end the submissions of battle %: %', next, sqlerrm;
    end;
  end loop;
  return ended;
end $$;
comment on function battles.fn_battles_end_submissions is 'On a schedule, and called by workers: ends the submissions of battles whose deadline has passed. Returns of how many.';
revoke execute on function battles.fn_battles_end_submissions from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_end_submissions to service_role;

create function battles.fn_battles_set_promotion(battle_id uuid, owner_id uuid, promote_at timestamptz) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
begin
  select b.* into battle from battles.battles b
  where b.battle_id = fn_battles_set_promotion.battle_id and b.owner_id = fn_battles_set_promotion.owner_id for update;
  if not found then
    return 'not_found';
  end if;
  if battle.status <> 'draft' then
    return 'not_draft';
  end if;
  update battles.battles b set promote_at = fn_battles_set_promotion.promote_at where b.battle_id = battle.battle_id;
  perform battles.record_event(battle_id, 'battle.promotion_set', jsonb_build_object('promote_at', promote_at));
  return case when promote_at is null then 'unscheduled' else 'scheduled' end;
end $$;
comment on function battles.fn_battles_set_promotion is
  'api calls it for the owner of a draft: when it publishes itself, or null for never. scheduled, unscheduled, not_draft or not_found; the last two changed nothing.';
revoke execute on function battles.fn_battles_set_promotion from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_set_promotion to service_role;

create function battles.fn_battles_promote_due() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  battle battles.battles;
  promoted integer := 0;
begin
  for battle in
    select b.* from battles.battles b where b.status = 'draft' and b.promote_at <= now() and b.held_at is null
    order by b.promote_at limit 100 for update skip locked
  loop
    begin
      perform battles.publish(battle, patient => false);   -- it holds the drafts of many owners, and must not wait for the share of one
      promoted := promoted + 1;
    exception when others then
      raise warning 'Agon could not publish the scheduled battle %: %', battle.battle_id, sqlerrm;
    end;
  end loop;
  return promoted;
end $$;
comment on function battles.fn_battles_promote_due is
  'On a schedule, and called by workers: publishes the drafts that are due, each by itself; one that fails is a warning in the database log, and is tried again. Returns how many.';
revoke execute on function battles.fn_battles_promote_due from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_promote_due to service_role;
