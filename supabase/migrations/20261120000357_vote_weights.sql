-- What a vote weighs. One, unless the battle's owner has asked for weights by reliability: then, when its votes are counted, a voter who
-- has agreed with the others no more often than chance would weighs less, and nobody ever more than one. The weights are frozen into the
-- votes and told in an event, so that the tally can be counted again. The combination is that of runner-core/votes/reliability.ts.

create function battles.vote_weight(agreed bigint, compared bigint) returns numeric
language sql immutable set search_path = '' as $$
  select case when compared < 10 or p.share >= 0.75 then 1
    else greatest(0, round((ln(p.share / (1 - p.share)) / ln(3))::numeric, 3)) end
  from (select (vote_weight.agreed + 7.5) / (vote_weight.compared + 10)) p (share)
$$;
comment on function battles.vote_weight is
  'What a voter''s word weighs who agreed with the majority of the others in so many of the battles they were compared in: log odds against those of three in four, from 0 (a coin, or worse) to 1; 1 below ten battles. Ten battles at three in four are added, so that few say little.';
revoke execute on function battles.vote_weight from public, anon, authenticated, service_role;

create function battles.voter_agreement(battle_id uuid) returns table (voter_id uuid, compared bigint, agreed bigint)
language sql stable security definer set search_path = '' as $$
  with before as materialized (
    select v.* from battles.votes x
    cross join lateral (
      select p.voter_id, p.battle_id, p.choice from battles.votes p join battles.battles b on b.battle_id = p.battle_id
      where p.voter_id = x.voter_id and p.status = 'counted' and p.choice ~ '^[A-Z]$' and b.status = 'closed' and b.battle_id <> voter_agreement.battle_id
        and (select count(*) from battles.contenders c where c.battle_id = b.battle_id and c.status = 'submitted') = 2
      order by b.finished_at desc, b.battle_id limit 100) v
    where x.battle_id = voter_agreement.battle_id
  ), tally as materialized (
    select v.battle_id, v.choice, count(*) as votes, sum(count(*)) over (partition by v.battle_id) as given
    from battles.votes v where v.battle_id in (select b.battle_id from before b) and v.status = 'counted' group by v.battle_id, v.choice
  )
  select b.voter_id, count(*), count(*) filter (where t.choice = b.choice)
  from before b join tally t on t.battle_id = b.battle_id and t.choice ~ '^[A-Z]$'
  where t.given - 1 >= 3 and 2 * (t.votes - (t.choice = b.choice)::integer) > t.given - 1
  group by b.voter_id
$$;
comment on function battles.voter_agreement is
  'How often each voter of a battle has agreed with the others before: over those of their latest 100 closed battles of two answers, with a preference of theirs, in which at least three others voted and more than half of these preferred one. A vote is compared with the others'' alone, each of which counts for one whatever it weighed: weights feed on no weights.';
revoke execute on function battles.voter_agreement from public, anon, authenticated, service_role;

create function battles.weigh_votes(battle_id uuid) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  compared integer;
begin
  -- Those that are held, too: one that is released when all is over weighs what it would have.
  with agreement as (
    select a.*, battles.vote_weight(a.agreed, a.compared) as weight from battles.voter_agreement(battle_id) a where a.compared >= 10
  ), weighed as (
    update battles.votes v set weight = a.weight from agreement a
    where v.battle_id = weigh_votes.battle_id and v.voter_id = a.voter_id and v.weight <> a.weight returning v.voter_id
  )
  select count(*) into compared from agreement where (select count(*) from weighed) >= 0;
  perform battles.record_event(battle_id, 'votes.weighed', (
    select jsonb_build_object('voters', count(*), 'compared', compared, 'lowered', count(*) filter (where v.weight < 1))
    from battles.votes v where v.battle_id = weigh_votes.battle_id)
    || (select jsonb_build_object('tally', coalesce(jsonb_object_agg(t.choice, t.votes), '{}'), 'weights', coalesce(jsonb_object_agg(t.choice, t.weight), '{}'))
      from (select v.choice, count(*) as votes, sum(v.weight) as weight from battles.votes v
        where v.battle_id = weigh_votes.battle_id and v.status = 'counted' group by v.choice) t));
end $$;
comment on function battles.weigh_votes is
  'Freezes what each vote of a battle weighs, when it is counted, and says so in its log: voters, compared (whose record is long enough), lowered (who weigh less than one), and both tallies, in votes (tally) and in weight (weights). The caller holds the battle''s row lock and has ended its voting.';
revoke execute on function battles.weigh_votes from public, anon, authenticated, service_role;
