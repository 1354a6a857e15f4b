-- Votes: one per voter and battle, while its window is open by the database's own clock. A vote takes a shared lock on the battle, so
-- voters do not wait for each other, and whoever ends the voting waits for the votes in hand and for no later ones.

create table battles.votes (
  battle_id uuid not null references battles.battles (battle_id) on delete cascade,
  voter_id uuid not null,
  choice text not null check (choice ~ '^[A-Z]$' or choice in ('tie', 'both_bad')),
  weight numeric(6, 3) not null default 1 check (weight > 0),
  held_reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (battle_id, voter_id)
);
create index votes_voter on battles.votes (voter_id);
comment on table battles.votes is
  'What each voter chose last: a slot, tie or both_bad. A vote with a held_reason leaves the tally and is never deleted. weight is 1 until eligibility says otherwise.';

create table battles.vote_events (
  vote_event_id bigint generated always as identity primary key,
  battle_id uuid not null references battles.battles (battle_id) on delete cascade,
  voter_id uuid not null,
  choice text not null,
  created_at timestamptz not null default now()
);
create index vote_events_battle on battles.vote_events (battle_id, voter_id);
comment on table battles.vote_events is 'Every choice that was ever made, append-only: changing a vote is another row. Apart from battles.events, because no reader may learn of votes while they are given.';

create function battles.fn_submit_vote(battle_id uuid, voter_id uuid, choice text) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
  choices text[];
begin
  -- A look without a lock, so that those who come too late do not queue before the one who ends the voting.
  select b.* into battle from battles.battles b where b.battle_id = fn_submit_vote.battle_id;
  if not found or (battle.status = 'draft' and battle.owner_id is distinct from voter_id) then
    return jsonb_build_object('refused', 'not_found');
  end if;
  if battle.owner_id = voter_id then
    return jsonb_build_object('refused', 'own_battle');
  end if;
  if exists (select from battles.contenders c where c.battle_id = fn_submit_vote.battle_id and c.user_id = fn_submit_vote.voter_id) then
    return jsonb_build_object('refused', 'is_contender');
  end if;
  if battle.status = 'voting' then
    select b.* into battle from battles.battles b where b.battle_id = fn_submit_vote.battle_id for share;
  end if;
  if battle.status <> 'voting' or battle.held_at is not null or battle.voting_ends_at <= clock_timestamp() then
    return jsonb_build_object('refused', 'not_voting', 'status', battle.status, 'held', battle.held_at is not null,
      'voting_window_ms', battle.voting_window_ms, 'voting_ends_at', battle.voting_ends_at);
  end if;
  choices := array(
    select c.slot from battles.contenders c where c.battle_id = fn_submit_vote.battle_id and c.status = 'submitted' order by c.slot) || '{tie,both_bad}';
  if not coalesce(choice = any (choices), false) then
    return jsonb_build_object('refused', 'unknown_choice', 'choices', choices);
  end if;
  insert into battles.votes as v (battle_id, voter_id, choice) values (battle_id, voter_id, choice)
  on conflict on constraint votes_pkey do update set choice = excluded.choice, updated_at = now() where v.choice <> excluded.choice;
  if not found then
    return jsonb_build_object('outcome', 'unchanged', 'choice', choice, 'voting_ends_at', battle.voting_ends_at);
  end if;
  insert into battles.vote_events (battle_id, voter_id, choice) values (battle_id, voter_id, choice);
  return jsonb_build_object('outcome', 'voted', 'choice', choice, 'voting_ends_at', battle.voting_ends_at);
end $$;
comment on function battles.fn_submit_vote is
  'api calls it for a signed-in user: their vote, given or changed. {outcome: voted | unchanged, choice, voting_ends_at}, or {refused: not_found | own_battle | is_contender | not_voting, with the window | unknown_choice, with choices}, and nothing changed. A vote after voting_ends_at is refused whether or not the schedule has come by.';
revoke execute on function battles.fn_submit_vote from public, anon, authenticated, service_role;
grant execute on function battles.fn_submit_vote to service_role;

create function battles.fn_battles_close_voting(battle_id uuid, owner_id uuid) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
begin
  select b.* into battle from battles.battles b
  where b.battle_id = fn_battles_close_voting.battle_id and b.owner_id = fn_battles_close_voting.owner_id for update;
  if not found then
    return 'not_found';
  end if;
  if battle.status <> 'voting' then
    return 'battle_' || battle.status;
  end if;
  if battle.held_at is not null then
    return 'held';
  end if;
  perform battles.begin_scoring(battle, 'owner');
  if battle.scoring_mode = 'community' then
    perform battles.fn_battles_finalize(battle_id);
  end if;
  return 'ended';
end $$;
comment on function battles.fn_battles_close_voting is
  'api calls it for the owner: the voting ends now; a community battle closes in the same transaction, any other goes to its judge. ended; not_found (also for a stranger), held or battle_<status> changed nothing.';
revoke execute on function battles.fn_battles_close_voting from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_close_voting to service_role;

create function battles.fn_battles_publish_results(battle_id uuid, owner_id uuid) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
begin
  select b.* into battle from battles.battles b
  where b.battle_id = fn_battles_publish_results.battle_id and b.owner_id = fn_battles_publish_results.owner_id for update;
  if not found then
    return 'not_found';
  end if;
  if battle.status <> 'closed' then
    return 'battle_' || battle.status;
  end if;
  if battle.results_published_at is not null then
    return 'already_published';
  end if;
  update battles.battles b set results_published_at = now() where b.battle_id = battle.battle_id;
  perform battles.record_event(battle_id, 'results.published');
  perform ratings.log_battle(battle_id);
  return 'published';
end $$;
comment on function battles.fn_battles_publish_results is
  'api calls it for the owner of a closed battle that keeps its results (auto_publish_results false): from now on everybody sees them. published; already_published, not_found or battle_<status> changed nothing.';
revoke execute on function battles.fn_battles_publish_results from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_publish_results to service_role;
