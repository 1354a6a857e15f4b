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

create function battles.competitor_of(contender battles.contenders) returns text
language sql immutable set search_path = '' as $$
  select battles.competitor((contender).model_key, (contender).identity) || case when (contender).contender_type = 'workflow' and (contender).simulated then ' (simulated)' else '' end
$$;
comment on function battles.competitor_of is
  'The name under which a contender is rated. A model is always or never a stand-in; an answer of a workflow part of which a stand-in made is a competitor beside the workflow itself.';
revoke execute on function battles.competitor_of from public, anon, authenticated, service_role;

create function battles.fn_battle_scores(battle_id uuid)
returns table (slot text, contender_id uuid, judge_mean numeric, verdicts bigint, votes bigint, vote_weight numeric, vote_share numeric, checks_share numeric, score numeric)
language sql stable security definer set search_path = '' as $$
  with judged as (
    -- One order alone is a judge's bias for it, so half a judging counts for nothing.
    select exists (select from battles.judge_decisions(fn_battle_scores.battle_id) d where d.weight > 0) as whole
  ), calls as (
    select v.verdict_id, v.weight * g.weight as weight, count(*) over (partition by v.judge_id, v.part) = 2 as whole
    from battles.verdicts v join battles.judges g on g.judge_id = v.judge_id
    where v.battle_id = fn_battle_scores.battle_id and v.outcome <> 'abstain'
  ), means as (
    select s.contender_id, round(sum(s.score * v.weight) / nullif(sum(v.weight), 0), 4) as judge_mean, count(*) as verdicts,
      round(sum(s.score * v.weight) filter (where v.whole) / nullif(sum(v.weight) filter (where v.whole), 0), 4) as whole_mean
    from calls v join battles.verdict_scores s on s.verdict_id = v.verdict_id group by s.contender_id
  ), tally as (
    select v.choice, count(*) as votes, sum(v.weight) as weight, sum(sum(v.weight)) over () as given
    from battles.votes v where v.battle_id = fn_battle_scores.battle_id and v.status = 'counted' group by v.choice
  ), crowd as (
    select max(t.given) as given from tally t
  )
  select x.slot, x.contender_id, x.judge_mean, x.verdicts, x.votes, x.vote_weight, x.vote_share, x.checks_share,
    case when x.status <> 'submitted' then null
      when x.scoring_mode = 'community' then x.vote_share
      when x.scoring_mode = 'ai_judge' then round(x.judge_mean / 10, 6)
      when x.scoring_mode = 'checks' then x.checks_share
      when x.battle_type = 'coding' then round((coalesce(x.checks_share, 0) + coalesce(x.judge_part, 0)) / 2, 6)
      when x.vote_share is not null or x.judge_part is not null then round((coalesce(x.vote_share, 0) + coalesce(x.judge_part, 0)) / 2, 6) end
  from (
    select c.slot, c.contender_id, c.status, b.scoring_mode, b.battle_type, battles.checks_share(s.work) as checks_share, m.judge_mean, coalesce(m.verdicts, 0) as verdicts, coalesce(t.votes, 0) as votes, coalesce(t.weight, 0) as vote_weight,
      round(coalesce(t.weight, 0) / nullif(w.given, 0), 6) as vote_share, case when j.whole then m.whole_mean / 10 end as judge_part
    from battles.battles b
    join battles.contenders c on c.battle_id = b.battle_id
    cross join judged j cross join crowd w
    left join means m on m.contender_id = c.contender_id
    left join tally t on t.choice = c.slot
    left join battles.submissions s on s.contender_id = c.contender_id and s.is_final
    where b.battle_id = fn_battle_scores.battle_id) x
  order by x.slot
$$;
comment on function battles.fn_battle_scores is
  'What each contender has: the judges'' mean, 0 to 10, over the verdicts that did not abstain, weighted by judge and criterion; its votes, what they weigh, and its share of the weight of all that count (not the held or rejected), those for tie and both_bad too; and its score, 0 to 1, as the scoring mode makes it: vote_share (community), judge_mean / 10 (ai_judge), or half of each (hybrid); in a coding battle the weighted share of its checks that passed (checks), or half of that and half of its judge (hybrid). Null where there is nothing to make it of.';
revoke execute on function battles.fn_battle_scores from public, anon, authenticated, service_role;
grant execute on function battles.fn_battle_scores to service_role;

create function battles.pair_results(battle_id uuid) returns table (contender_id uuid, opponent_id uuid, result double precision)
language sql stable security definer set search_path = '' as $$
  select case when f.flip then p.opponent_id else p.contender_id end, case when f.flip then p.contender_id else p.opponent_id end,
    case p.decision when 'first' then case when f.flip then 0 else 1 end when 'second' then case when f.flip then 1 else 0 end else 0.5 end::double precision
  from battles.battles battle
  cross join lateral battles.panel_decisions(battle.battle_id) p
  cross join (values (false), (true)) f (flip)
  where battle.battle_id = pair_results.battle_id and battle.scoring_mode = 'ai_judge'
  union all
  select a.contender_id, b.contender_id, (0.5 + sign(a.score - b.score) / 2)::double precision
  from battles.battles battle
  cross join lateral battles.fn_battle_scores(battle.battle_id) a
  join lateral battles.fn_battle_scores(battle.battle_id) b on b.contender_id <> a.contender_id
  where battle.battle_id = pair_results.battle_id and battle.scoring_mode <> 'ai_judge' and a.score is not null and b.score is not null
$$;
comment on function battles.pair_results is
  'Each pair of a battle that was decided. By its judges alone: 1 for a win, 0 for a loss, 0.5 for all else (battles.panel_decisions); a judge that flips with the order decides nothing. With votes: whose score is higher.';
revoke execute on function battles.pair_results from public, anon, authenticated, service_role;

create function battles.lock_ratings(battle_ids uuid[]) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  insert into battles.ratings (competitor, model_key, identity, simulated)
  select distinct on (1) battles.competitor_of(c), c.model_key, c.identity, c.simulated
  from battles.contenders c
  where c.battle_id = any (battle_ids) and c.status = 'submitted' and battles.is_rated(c)
  order by 1
  on conflict do nothing;
  perform from battles.ratings r
  where r.competitor in (
    select battles.competitor_of(c) from battles.contenders c where c.battle_id = any (battle_ids) and c.status = 'submitted')
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
  if battle.status <> 'closed' or battle.outcome not in ('winner', 'draw') then
    return false;
  end if;
  if not exists (
    select from battles.pair_results(battle_id) p
    join battles.contenders a on a.contender_id = p.contender_id join battles.contenders b on b.contender_id = p.opponent_id
    where battles.is_rated(a) and battles.is_rated(b)) then
    return false;                                  -- no rated model was placed against another, so none moves
  end if;
  insert into battles.elo_battle_log (battle_id) values (battle_id) on conflict do nothing;
  if not found then
    return false;
  end if;
  perform battles.lock_ratings(array[battle_id]);

  insert into battles.elo_changes (battle_id, contender_id, competitor, rating_before, rating_after)
  with played as (
    select c.contender_id, r.competitor, r.rating, count(*) over () as n
    from battles.contenders c join battles.ratings r on r.competitor = battles.competitor_of(c)
    where c.battle_id = fn_compute_elo_after_battle.battle_id and c.status = 'submitted' and battles.is_rated(c)
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
  'Moves the ratings of a decided battle, once however often it is called, by what its models were to each other (people and what a browser answered are not rated, and nobody is rated against them: battles.is_rated): E = 1 / (1 + 10^((Rb - Ra) / 400)), K 32 shared over n - 1 opponents that are models. True: they moved. Source: Elo, The Rating of Chessplayers (1978); base 10 and scale 400 as arenas use it.';
revoke execute on function battles.fn_compute_elo_after_battle from public, anon, authenticated, service_role;
grant execute on function battles.fn_compute_elo_after_battle to service_role;
