-- What was held, for whoever decides about it. A decision moves the tally at once, and no rating: Elo moves when a battle closes, once.

create function battles.fn_votes_list(filter jsonb default '{}', most integer default 50, cursor text default null) returns jsonb
language sql stable security definer set search_path = '' as $$
  with page as (
    select v.*, b.status as battle_status, v.decided_at::text || '_' || v.vote_id as cursor, row_number() over (order by v.decided_at desc, v.vote_id desc) as nth
    from battles.votes v join battles.battles b on b.battle_id = v.battle_id
    where v.status <> 'counted' and (coalesce(filter ->> 'status', 'held') = 'all' or v.status = coalesce(filter ->> 'status', 'held'))
      and (filter ->> 'battle_id' is null or v.battle_id = (filter ->> 'battle_id')::uuid)
      and (filter ->> 'voter_id' is null or v.voter_id = (filter ->> 'voter_id')::uuid)
      and (filter ->> 'reason' is null or v.reason = filter ->> 'reason')
      and (filter ->> 'since' is null or v.decided_at >= (filter ->> 'since')::timestamptz)
      and (fn_votes_list.cursor is null or (v.decided_at, v.vote_id) <
        (split_part(fn_votes_list.cursor, '_', 1)::timestamptz, split_part(fn_votes_list.cursor, '_', 2)::uuid))
    order by v.decided_at desc, v.vote_id desc limit fn_votes_list.most + 1
  )
  select jsonb_build_object(
    'votes', coalesce(jsonb_agg(jsonb_build_object(
      'vote_id', p.vote_id, 'battle_id', p.battle_id, 'battle_status', p.battle_status, 'voter_id', p.voter_id, 'choice', p.choice, 'status', p.status,
      'reason', p.reason, 'evidence', p.evidence, 'decided_by', p.decided_by, 'decided_at', p.decided_at, 'created_at', p.created_at)
      order by p.nth) filter (where p.nth <= fn_votes_list.most), '[]'),
    'next_cursor', case when count(*) > fn_votes_list.most then max(p.cursor) filter (where p.nth = fn_votes_list.most) end)
  from page p
$$;
comment on function battles.fn_votes_list is
  'api calls it for an operator: a page of the votes that are not counted, last decided first. filter: status (held, rejected or all), battle_id, voter_id, reason, since. next_cursor is null on the last page.';
revoke execute on function battles.fn_votes_list from public, anon, authenticated, service_role;
grant execute on function battles.fn_votes_list to service_role;

create function battles.fn_votes_decide(decision text, filter jsonb, decided_by text default 'operator', note text default '', most integer default 200) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  became text := case decision when 'released' then 'counted' when 'rejected' then 'rejected' end;
  chosen uuid[];
  next record;
  battle battles.battles;
  changed integer;
  in_all integer := 0;
  after_close integer := 0;
  closed uuid[] := '{}';
  recounted uuid;
begin
  if became is null or (filter ->> 'vote_id' is null and filter ->> 'voter_id' is null) then
    return jsonb_build_object('refused', 'nothing_named');
  end if;
  if filter ->> 'vote_id' is not null and not exists (select from battles.votes v where v.vote_id = (filter ->> 'vote_id')::uuid) then
    return jsonb_build_object('refused', 'not_found');
  end if;
  -- It goes from battle to battle and keeps their locks, as the sweep does: one of the two at a time, or they could wait in a circle.
  perform pg_advisory_xact_lock(hashtext('execution.sweep'));
  chosen := array(
    select v.vote_id from battles.votes v
    where (filter ->> 'vote_id' is null or v.vote_id = (filter ->> 'vote_id')::uuid)
      and (filter ->> 'voter_id' is null or v.voter_id = (filter ->> 'voter_id')::uuid)
      and (filter ->> 'battle_id' is null or v.battle_id = (filter ->> 'battle_id')::uuid)
      and (filter ->> 'reason' is null or v.reason = filter ->> 'reason')
      -- Of a voter, what is held is released, and nothing that was rejected by name; rejected is whatever is not yet.
      and case when decision = 'released' then v.status = 'held' or (v.status = 'rejected' and filter ->> 'vote_id' is not null) else v.status <> 'rejected' end
    order by v.battle_id, v.vote_id limit most);
  for next in select v.battle_id, array_agg(v.vote_id) as vote_ids from battles.votes v where v.vote_id = any (chosen) group by v.battle_id order by v.battle_id loop
    select b.* into battle from battles.battles b where b.battle_id = next.battle_id for update;
    with moved as (
      update battles.votes v set status = became, moderated = true, decided_at = now(), decided_by = fn_votes_decide.decided_by,
        reason = coalesce(nullif(left(note, 500), ''), v.reason, 'moderator')
      where v.vote_id = any (next.vote_ids) and v.status <> became
      returning v.battle_id, v.voter_id, v.choice
    )
    insert into battles.vote_events (battle_id, voter_id, type, choice, reason, decided_by)
    select m.battle_id, m.voter_id, decision, m.choice, nullif(note, ''), fn_votes_decide.decided_by from moved m;
    get diagnostics changed = row_count;
    in_all := in_all + changed;
    if battle.status = 'closed' and changed > 0 then
      after_close := after_close + changed;
      closed := closed || next.battle_id;
      perform battles.record_event(next.battle_id, 'votes.recounted', jsonb_build_object('votes', changed, 'decision', decision));
    end if;
  end loop;
  -- The log of comparisons is corrected last, because ratings are locked after every battle.
  perform battles.lock_ratings(closed);
  foreach recounted in array closed loop
    perform ratings.log_battle(recounted);
  end loop;
  return jsonb_build_object('outcome', case when in_all > 0 then decision else 'unchanged' end, 'votes', in_all,
    'after_close', after_close, 'more', cardinality(chosen) = most);
end $$;
comment on function battles.fn_votes_decide is
  'api calls it for an operator: released puts held votes into the tally, rejected takes votes out for good. filter: vote_id, or voter_id with battle_id and reason; of a voter, held votes are released, and all are rejected, `most` at a time. {outcome: the decision | unchanged, votes, after_close, more}: after_close is how many of them belong to battles that had closed, whose tally and place in the log of comparisons changed, and with it the boards; their outcome and Elo did not. {refused: not_found | nothing_named} changes nothing.';
revoke execute on function battles.fn_votes_decide from public, anon, authenticated, service_role;
grant execute on function battles.fn_votes_decide to service_role;
