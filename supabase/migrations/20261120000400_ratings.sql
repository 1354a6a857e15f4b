-- Ratings: what a closed battle means for its contenders. Online Elo, once per battle, in the transaction that closes it.

create table battles.ratings (
  competitor text primary key,
  model_key text not null,
  identity text not null default '',
  simulated boolean not null default false,
  rating double precision not null default 1000,
  games integer not null default 0,
  wins integer not null default 0,
  losses integer not null default 0,
  draws integer not null default 0,
  updated_at timestamptz not null default now(),
  check (games = wins + losses + draws)
);
comment on table battles.ratings is
  'The live leaderboard: Elo from 1000, K 32. A competitor is a model, or a model under an identity. games, wins, losses and draws count battles: a win is the battle''s winner, a draw a battle without one.';

create table battles.elo_battle_log (
  battle_id uuid primary key references battles.battles (battle_id),
  rated_at timestamptz not null default now()
);
comment on table battles.elo_battle_log is 'Battles that moved the ratings: the primary key is what makes it once.';

create table battles.elo_changes (
  battle_id uuid not null references battles.elo_battle_log (battle_id),
  contender_id uuid not null references battles.contenders (contender_id),
  competitor text not null references battles.ratings (competitor),
  rating_before double precision not null,
  rating_after double precision not null,
  primary key (battle_id, contender_id)
);
create index elo_changes_contender on battles.elo_changes (contender_id);
create index elo_changes_competitor on battles.elo_changes (competitor);
comment on table battles.elo_changes is 'How far each contender''s rating moved in a battle: with the log, the ratings can be recomputed.';

create function battles.competitor(model_key text, identity text) returns text
language sql immutable set search_path = '' as $$ select case when identity = '' then model_key else model_key || ' · ' || identity end $$;
comment on function battles.competitor is 'The name under which a contender is rated.';
revoke execute on function battles.competitor from public, anon, authenticated, service_role;

create function battles.pair_results(battle_id uuid) returns table (contender_id uuid, opponent_id uuid, result double precision)
language sql stable security definer set search_path = '' as $$
  select a.contender_id, b.contender_id,
    case when bool_and(a.place < b.place) then 1 when bool_and(a.place > b.place) then 0 else 0.5 end::double precision
  from battles.verdicts v
  join battles.verdict_scores a on a.verdict_id = v.verdict_id
  join battles.verdict_scores b on b.verdict_id = v.verdict_id and b.contender_id <> a.contender_id
  where v.battle_id = pair_results.battle_id and v.outcome <> 'abstain'
  group by 1, 2
$$;
comment on function battles.pair_results is
  'Each pair of a judged battle: 1 when every presentation placed the contender above its opponent, 0 when every one below, else a tie of 0.5. A judge that flips with the order decides nothing.';
revoke execute on function battles.pair_results from public, anon, authenticated, service_role;

create function battles.fn_battle_scores(battle_id uuid) returns table (slot text, contender_id uuid, judge_mean numeric, verdicts bigint)
language sql stable security definer set search_path = '' as $$
  select c.slot, c.contender_id, round(sum(s.score * v.weight) / sum(v.weight), 4), count(v.verdict_id)
  from battles.contenders c
  left join battles.verdict_scores s on s.contender_id = c.contender_id
  left join battles.verdicts v on v.verdict_id = s.verdict_id and v.outcome <> 'abstain'
  where c.battle_id = fn_battle_scores.battle_id
  group by c.slot, c.contender_id order by c.slot
$$;
comment on function battles.fn_battle_scores is 'Each contender''s judge score, 0 to 10, weighted over the verdicts that did not abstain; null when there is none.';
revoke execute on function battles.fn_battle_scores from public, anon, authenticated, service_role;
grant execute on function battles.fn_battle_scores to service_role;

create function battles.lock_ratings(battle_ids uuid[]) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  insert into battles.ratings (competitor, model_key, identity, simulated)
  select distinct on (1) battles.competitor(c.model_key, c.identity), c.model_key, c.identity, c.simulated
  from battles.contenders c
  where c.battle_id = any (battle_ids) and c.status = 'submitted' and c.model_key is not null
  order by 1
  on conflict do nothing;
  perform from battles.ratings r
  where r.competitor in (
    select battles.competitor(c.model_key, c.identity) from battles.contenders c where c.battle_id = any (battle_ids) and c.status = 'submitted')
  order by r.competitor for update;
end $$;
comment on function battles.lock_ratings is
  'Makes and locks the ratings that these battles may move, in name order, so that battles which share models never wait for each other in a circle. Called last of all locks.';
revoke execute on function battles.lock_ratings from public, anon, authenticated, service_role;

create function battles.fn_compute_elo_after_battle(battle_id uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
  k constant double precision := 32;
begin
  select b.* into battle from battles.battles b where b.battle_id = fn_compute_elo_after_battle.battle_id for update;
  if battle.status <> 'closed' or battle.outcome not in ('winner', 'draw') or battle.judge_outcome is null then
    return false;
  end if;
  if not exists (select from battles.pair_results(battle_id)) then
    return false;                                  -- nobody was placed, so nobody moves
  end if;
  insert into battles.elo_battle_log (battle_id) values (battle_id) on conflict do nothing;
  if not found then
    return false;
  end if;
  perform battles.lock_ratings(array[battle_id]);

  insert into battles.elo_changes (battle_id, contender_id, competitor, rating_before, rating_after)
  with played as (
    select c.contender_id, r.competitor, r.rating, count(*) over () as n
    from battles.contenders c join battles.ratings r on r.competitor = battles.competitor(c.model_key, c.identity)
    where c.battle_id = fn_compute_elo_after_battle.battle_id and c.status = 'submitted'
  )
  select battle_id, a.contender_id, a.competitor, a.rating,
    a.rating + sum(k / (a.n - 1) * (p.result - 1 / (1 + 10 ^ ((b.rating - a.rating) / 400))) order by b.contender_id)
  from battles.pair_results(battle_id) p
  join played a on a.contender_id = p.contender_id
  join played b on b.contender_id = p.opponent_id
  group by a.contender_id, a.competitor, a.rating;

  update battles.ratings r set
    rating = e.rating_after, updated_at = now(), games = r.games + 1,
    wins = r.wins + case when battle.winner_contender_id = e.contender_id then 1 else 0 end,
    losses = r.losses + case when battle.winner_contender_id <> e.contender_id then 1 else 0 end,
    draws = r.draws + case when battle.winner_contender_id is null then 1 else 0 end
  from battles.elo_changes e
  where e.battle_id = fn_compute_elo_after_battle.battle_id and r.competitor = e.competitor;
  return true;
end $$;
comment on function battles.fn_compute_elo_after_battle is
  'Moves the ratings of a judged battle, once however often it is called: E = 1 / (1 + 10^((Rb - Ra) / 400)), K 32 shared over n - 1 opponents. True: they moved. Source: Elo, The Rating of Chessplayers (1978); base 10 and scale 400 as arenas use it.';
revoke execute on function battles.fn_compute_elo_after_battle from public, anon, authenticated, service_role;
grant execute on function battles.fn_compute_elo_after_battle to service_role;

create function battles.fn_battles_finalize(battle_id uuid) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
  judging execution.job_state;
  given integer;
  outcomes text[];
  winners uuid[];
  judge_outcome text;
  winner_id uuid;
begin
  select b.* into battle from battles.battles b where b.battle_id = fn_battles_finalize.battle_id for update;
  if not found then
    return 'not_found';
  end if;
  if battle.status <> 'scoring' then
    return case when battle.status = 'closed' then 'already_closed' else 'not_scoring' end;
  end if;
  if battle.held_at is not null then
    return 'held';                                 -- an operator looks into it; the schedule closes it when it is released
  end if;
  select j.state into judging from execution.jobs j join execution.queues q on q.queue_id = j.queue_id
  where j.subject_id = fn_battles_finalize.battle_id and q.kind = 'battle_judging';
  if judging in ('active', 'held') then
    return 'judging';
  end if;
  select count(*), array_agg(distinct v.outcome), array_agg(distinct v.winner_contender_id) into given, outcomes, winners
  from battles.verdicts v where v.battle_id = fn_battles_finalize.battle_id;

  if given < 2 or 'abstain' = any (outcomes) then
    perform battles.transition(battle_id, 'closed', jsonb_build_object('outcome', 'no_verdict', 'judge_outcome', 'abstain'));
    return 'closed';
  end if;
  if cardinality(outcomes) > 1 or cardinality(winners) > 1 then
    judge_outcome := 'inconsistent';
  else
    judge_outcome := outcomes[1];
    winner_id := winners[1];
  end if;
  perform battles.transition(battle_id, 'closed', jsonb_strip_nulls(jsonb_build_object(
    'outcome', case when winner_id is null then 'draw' else 'winner' end, 'judge_outcome', judge_outcome, 'winner_contender_id', winner_id)));
  if battles.fn_compute_elo_after_battle(battle_id) then
    perform battles.record_event(battle_id, 'battle.rated', (
      select jsonb_agg(jsonb_build_object('slot', c.slot, 'rating_before', round(e.rating_before::numeric, 2), 'rating_after', round(e.rating_after::numeric, 2)) order by c.slot)
      from battles.elo_changes e join battles.contenders c on c.contender_id = e.contender_id where e.battle_id = fn_battles_finalize.battle_id));
  end if;
  return 'closed';
end $$;
comment on function battles.fn_battles_finalize is
  'Closes a battle whose judging has ended, and rates it in the same transaction. Both orders must name the same winner; else the judge is inconsistent and the battle a draw. closed; already_closed, held, judging, not_scoring or not_found change nothing.';
revoke execute on function battles.fn_battles_finalize from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_finalize to service_role;

create function battles.fn_auto_finalize_battles() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  due uuid[];
  next uuid;
  closed integer := 0;
begin
  due := array(
    select b.battle_id from battles.battles b
    where b.status = 'scoring' and b.held_at is null and not exists (
      select from execution.jobs j join execution.queues q on q.queue_id = j.queue_id
      where j.subject_id = b.battle_id and q.kind = 'battle_judging' and j.state in ('active', 'held'))
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
  'On a schedule: closes battles whose judging ended but whose driver died before it asked for the finalisation. Returns how many.';
revoke execute on function battles.fn_auto_finalize_battles from public, anon, authenticated, service_role;
grant execute on function battles.fn_auto_finalize_battles to service_role;
