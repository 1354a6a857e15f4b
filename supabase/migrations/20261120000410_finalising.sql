-- Finalising: how a battle that is being scored ends, and the schedule that ends what nobody else does.

create function battles.fn_battles_finalize(battle_id uuid) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
  state text;
  panel record;
  judge_outcome text;
  best uuid[] := '{}';
begin
  select b.* into battle from battles.battles b where b.battle_id = fn_battles_finalize.battle_id for update;
  if not found then
    return 'not_found';
  end if;
  if battle.status <> 'scoring' then
    return case when battle.status = 'closed' then 'already_closed' else 'not_scoring' end;
  end if;
  if battle.held_at is not null then
    return 'held';
  end if;
  if battles.is_scanning(battle_id) then
    return 'scanning';
  end if;
  state := battles.judging_state(battle_id);
  if state <> 'done' then
    return case state when 'failed' then 'judging_failed' else state end;
  end if;

  if battle.vote_weighting = 'reliability' then
    perform battles.weigh_votes(battle_id);
  end if;
  select * into panel from battles.panel_outcome(battle_id);
  judge_outcome := case when battle.scoring_mode not in ('community', 'checks') then panel.outcome end;
  if battle.scoring_mode = 'ai_judge' then
    best := case when panel.winner_id is null then '{}' else array[panel.winner_id] end;
  else
    select array_agg(s.contender_id) into best
    from (select f.contender_id, rank() over (order by f.score desc) as place from battles.fn_battle_scores(battle_id) f where f.score is not null) s
    where s.place = 1;
  end if;

  perform battles.transition(battle_id, 'closed', jsonb_strip_nulls(jsonb_build_object(
    'outcome', case when best is null or (battle.scoring_mode = 'ai_judge' and judge_outcome = 'abstain') then 'no_verdict' when cardinality(best) = 1 then 'winner' else 'draw' end,
    'judge_outcome', judge_outcome, 'winner_contender_id', case when cardinality(best) = 1 then best[1] end)));
  if battle.auto_analyse then
    perform battles.plan_analysis(battle);
  end if;
  if battles.fn_compute_elo_after_battle(battle_id) then
    perform battles.record_event(battle_id, 'battle.rated', (
      select jsonb_agg(jsonb_build_object('slot', c.slot, 'rating_before', round(e.rating_before::numeric, 2), 'rating_after', round(e.rating_after::numeric, 2)) order by c.slot)
      from battles.elo_changes e join battles.contenders c on c.contender_id = e.contender_id where e.battle_id = fn_battles_finalize.battle_id));
  end if;
  perform ratings.log_battle(battle_id);
  return 'closed';
end $$;
comment on function battles.fn_battles_finalize is
  'Closes a battle that is being scored, rates it and logs its comparisons in the same transaction. By its judges alone: who beats every other wins, as battles.panel_outcome says; else the battle is a draw. With votes: the highest score wins, and an exact tie is a draw, whoever was first; in a hybrid, votes that were not given or a judge who gave no verdict count for nobody, and without both there is no verdict. closed; already_closed, not_scoring, held, scanning (its votes are being looked at; a minute at most), judging, judging_failed (it may be redriven until battles.judging_grace() is over) or not_found change nothing.';
revoke execute on function battles.fn_battles_finalize from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_finalize to service_role;

create function battles.fn_auto_finalize_battles() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  battle battles.battles;
  due uuid[];
  next uuid;
  closed integer := 0;
begin
  for battle in
    select b.* from battles.battles b where b.status = 'voting' and b.voting_ends_at <= now() and b.held_at is null
    order by b.battle_id limit 100 for update skip locked
  loop
    begin
      perform battles.begin_scoring(battle, 'window');
    exception when others then
      raise warning 'Agon could not end the voting of battle %: %', battle.battle_id, sqlerrm;
    end;
  end loop;
  perform battles.give_up_keyframes();
  perform battles.give_up_coding();
  perform battles.give_up_local();
  perform battles.fn_battles_start_analyses();     -- here, because no share may be locked under the ratings
  due := array(
    select b.battle_id from battles.battles b
    where b.status = 'scoring' and b.held_at is null and battles.judging_state(b.battle_id) = 'done'
    order by b.battle_id limit 100 for update skip locked);
  perform battles.lock_ratings(due);
  foreach next in array due loop
    begin
      if battles.fn_battles_finalize(next) = 'closed' then
        closed := closed + 1;
      end if;
    exception when others then
      -- One battle that cannot be closed must not keep the others open.
      raise warning 'Agon could not finalise battle %: %', next, sqlerrm;
    end;
  end loop;
  return closed;
end $$;
comment on function battles.fn_auto_finalize_battles is
  'On a schedule, and called by workers: ends the votings whose window is over, and closes the battles that nobody scores any more: those without a judge, those whose driver died before it asked for the finalisation, and those whose judging was given up and not redriven; gives analyses that are due their jobs. Returns how many it closed.';
revoke execute on function battles.fn_auto_finalize_battles from public, anon, authenticated, service_role;
grant execute on function battles.fn_auto_finalize_battles to service_role;
