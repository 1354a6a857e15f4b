-- Votes: one per voter and battle, while its window is open by the database's own clock. A vote takes a shared lock on the battle, so
-- voters do not wait for each other, and whoever ends the voting waits for the votes in hand and for no later ones.

create table battles.vote_settings (
  only_row boolean primary key default true check (only_row),
  most_per_minute integer not null default 30 check (most_per_minute > 0),
  most_per_day integer not null default 500 check (most_per_day > 0),
  most_per_source integer not null default 5 check (most_per_source > 0)
);
insert into battles.vote_settings default values;
comment on table battles.vote_settings is
  'The numbers votes are held to, in one row an operator may update: how many votes a voter may give or change in a minute and in a day, over all battles; and how many voters of one battle may come from one source before they are held.';

create table battles.votes (
  battle_id uuid not null references battles.battles (battle_id) on delete cascade,
  voter_id uuid not null,
  vote_id uuid not null default gen_random_uuid() unique,
  choice text not null check (choice ~ '^[A-Z]$' or choice in ('tie', 'both_bad')),
  weight numeric(6, 3) not null default 1 check (weight >= 0),
  status text not null default 'counted' check (status in ('counted', 'held', 'rejected')),
  reason text check (char_length(reason) <= 500),
  evidence jsonb not null default '{}' check (jsonb_typeof(evidence) = 'object'),
  decided_by text check (char_length(decided_by) between 1 and 100),
  decided_at timestamptz,
  moderated boolean not null default false,
  source_hash text check (char_length(source_hash) <= 64),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (battle_id, voter_id),
  check (status = 'counted' or (reason is not null and decided_by is not null and decided_at is not null)),
  check (moderated = false or decided_at is not null)
);
create index votes_voter on battles.votes (voter_id);
create index votes_source on battles.votes (battle_id, source_hash) where source_hash is not null;
create index votes_latest on battles.votes (battle_id, choice, created_at desc);
create index votes_left_out on battles.votes (status, decided_at desc, vote_id desc) where status <> 'counted';
comment on table battles.votes is
  'What each voter chose last: a slot, tie or both_bad. Only what is counted is in the tally; a vote is held (by a rule, with its reason and evidence, for a moderator) or rejected (by a moderator), and never deleted. weight: frozen when the battle is counted; other than 1 only where its vote_weighting says so. moderated: a moderator has decided, and no rule holds it again. source_hash: where it came from on its day, salted; never an address.';

create table battles.vote_events (
  vote_event_id bigint generated always as identity primary key,
  battle_id uuid not null references battles.battles (battle_id) on delete cascade,
  voter_id uuid not null,
  type text not null default 'voted' check (type in ('voted', 'held', 'released', 'rejected')),
  choice text not null,
  reason text,
  decided_by text,
  created_at timestamptz not null default now()
);
create index vote_events_battle on battles.vote_events (battle_id, voter_id);
comment on table battles.vote_events is
  'Every choice that was ever made, and everything that was decided about it (held, released, rejected; why and by whom), append-only: changing a vote is another row. Apart from battles.events, because no reader may learn of votes while they are given.';

create table battles.voter_invitations (
  battle_id uuid not null references battles.battles (battle_id) on delete cascade,
  user_id uuid not null,
  primary key (battle_id, user_id)
);
comment on table battles.voter_invitations is 'Who may vote in a battle whose voter_eligibility is invited.';

-- ---------------------------------------------------------------- who may vote

create function battles.eligibility_refusal(battle battles.battles, voter_id uuid) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  created timestamptz;
  confirmed timestamptz;
  old_enough timestamptz;
begin
  if (battle).voter_eligibility = 'anyone' then
    return null;
  elsif (battle).voter_eligibility = 'invited' then
    return case when not exists (select from battles.voter_invitations i where i.battle_id = (battle).battle_id and i.user_id = voter_id) then
      jsonb_build_object('refused', 'not_eligible', 'reason', 'not_invited') end;
  elsif to_regclass('auth.users') is null then
    return jsonb_build_object('refused', 'not_eligible', 'reason', 'no_account');
  end if;
  select u.created_at, u.email_confirmed_at into created, confirmed from auth.users u where u.id = voter_id;
  if not found then
    return jsonb_build_object('refused', 'not_eligible', 'reason', 'no_account');
  end if;
  if (battle).voter_eligibility = 'confirmed_email' then
    return case when confirmed is null then jsonb_build_object('refused', 'not_eligible', 'reason', 'email_not_confirmed') end;
  end if;
  old_enough := created + make_interval(secs => (battle).min_account_age_ms / 1000.0);
  return case when created is null or old_enough > now() then
    jsonb_build_object('refused', 'not_eligible', 'reason', 'account_too_young', 'eligible_at', old_enough) end;
end $$;
comment on function battles.eligibility_refusal is
  'Why this user may not vote in this battle by its voter_eligibility, or null: {refused: not_eligible, reason: not_invited | no_account | email_not_confirmed | account_too_young, with eligible_at}. Reads auth.users where the battle asks for it.';
revoke execute on function battles.eligibility_refusal from public, anon, authenticated, service_role;

create function battles.fn_battles_set_voters(battle_id uuid, owner_id uuid, voters uuid[]) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
  added integer;
  removed integer;
begin
  select b.* into battle from battles.battles b
  where b.battle_id = fn_battles_set_voters.battle_id and b.owner_id = fn_battles_set_voters.owner_id for update;
  if not found then
    return 'not_found';
  elsif battle.voter_eligibility <> 'invited' then
    return 'not_by_invitation';
  elsif battle.status not in ('draft', 'published', 'executing', 'voting') then
    return 'battle_' || battle.status;
  end if;
  delete from battles.voter_invitations i where i.battle_id = battle.battle_id and not i.user_id = any (voters);
  get diagnostics removed = row_count;
  insert into battles.voter_invitations (battle_id, user_id) select distinct battle.battle_id, v from unnest(voters) v on conflict do nothing;
  get diagnostics added = row_count;
  if added + removed > 0 then
    perform battles.record_event(battle_id, 'voters.invited', jsonb_build_object('voters', (
      select count(*) from battles.voter_invitations i where i.battle_id = battle.battle_id), 'added', added, 'removed', removed));
  end if;
  return 'invited';
end $$;
comment on function battles.fn_battles_set_voters is
  'api calls it for the owner of a battle whose voters are invited: who they are, all of them, until its voting is over. A vote that was given stays, whoever gave it. invited; not_found (also for a stranger), not_by_invitation or battle_<status> changed nothing.';
revoke execute on function battles.fn_battles_set_voters from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_set_voters to service_role;

-- ---------------------------------------------------------------- held

create function battles.hold_votes(vote_ids uuid[], reason text, evidence jsonb, held_by text) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  held integer;
begin
  with taken as (
    select v.vote_id from battles.votes v where v.vote_id = any (vote_ids) and v.status = 'counted' and not v.moderated order by v.vote_id for update
  ), changed as (
    update battles.votes v set status = 'held', reason = hold_votes.reason, evidence = coalesce(hold_votes.evidence, '{}'), decided_by = held_by, decided_at = now()
    from taken t where v.vote_id = t.vote_id
    returning v.battle_id, v.voter_id, v.choice
  )
  insert into battles.vote_events (battle_id, voter_id, type, choice, reason, decided_by)
  select c.battle_id, c.voter_id, 'held', c.choice, hold_votes.reason, held_by from changed c;
  get diagnostics held = row_count;
  return held;
end $$;
comment on function battles.hold_votes is
  'Takes votes out of the tally for a moderator to look at; those that do not count already, or that a moderator has decided on, stay as they are. Returns how many it held. The caller holds the lock of the battle, shared or not.';
revoke execute on function battles.hold_votes from public, anon, authenticated, service_role;

create function battles.hold_same_source(battle_id uuid, source text) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  cluster uuid[];
begin
  select array_agg(v.vote_id) into cluster from battles.votes v where v.battle_id = hold_same_source.battle_id and v.source_hash = source;
  if coalesce(cardinality(cluster), 0) <= (select s.most_per_source from battles.vote_settings s) then
    return 0;
  end if;
  return battles.hold_votes(cluster, 'same_source', jsonb_build_object('voters', cardinality(cluster)), 'source');
end $$;
comment on function battles.hold_same_source is
  'Holds every vote of a battle that came from one source, once more of its voters did than vote_settings allows: those that came first, too, as nobody can tell which of them was honest. Returns how many it held.';
revoke execute on function battles.hold_same_source from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- voting

create function battles.fn_submit_vote(battle_id uuid, voter_id uuid, choice text, source text default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
  choices text[];
  refusal jsonb;
  settings battles.vote_settings;
  counted jsonb;
  first boolean;
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
  refusal := battles.eligibility_refusal(battle, voter_id);
  if refusal is not null then
    return refusal;
  end if;
  choices := array(
    select c.slot from battles.contenders c where c.battle_id = fn_submit_vote.battle_id and c.status = 'submitted' order by c.slot) || '{tie,both_bad}';
  if not coalesce(choice = any (choices), false) then
    return jsonb_build_object('refused', 'unknown_choice', 'choices', choices);
  end if;
  if exists (select from battles.votes v where v.battle_id = fn_submit_vote.battle_id and v.voter_id = fn_submit_vote.voter_id and v.choice = fn_submit_vote.choice) then
    return jsonb_build_object('outcome', 'unchanged', 'choice', choice, 'voting_ends_at', battle.voting_ends_at);
  end if;
  -- Voters of one source go one after the other, so that the one too many sees all the others.
  if source is not null then
    perform pg_advisory_xact_lock(hashtextextended('agon:vote:' || battle_id || ':' || source, 0));
  end if;
  -- Only what would count is counted. A voter's own votes go one after the other from here on.
  select s.* into settings from battles.vote_settings s;
  counted := execution.fn_count_request('votes:minute:' || voter_id, settings.most_per_minute, 60000);
  if (counted ->> 'allowed')::boolean then
    counted := execution.fn_count_request('votes:day:' || voter_id, settings.most_per_day, 86400000) || '{"window": "day"}';
  end if;
  if not (counted ->> 'allowed')::boolean then
    return jsonb_build_object('refused', 'vote_rate', 'most', case when counted ? 'window' then settings.most_per_day else settings.most_per_minute end,
      'window', coalesce(counted ->> 'window', 'minute'), 'retry_after_ms', counted -> 'reset_ms');
  end if;
  insert into battles.votes as v (battle_id, voter_id, choice, source_hash) values (battle_id, voter_id, choice, source)
  on conflict on constraint votes_pkey do update set choice = excluded.choice, updated_at = now() where v.choice <> excluded.choice
  returning v.xmax = 0 into first;                 -- where a vote came from is where it was first given from
  if not found then
    return jsonb_build_object('outcome', 'unchanged', 'choice', choice, 'voting_ends_at', battle.voting_ends_at);
  end if;
  insert into battles.vote_events (battle_id, voter_id, choice) values (battle_id, voter_id, choice);
  if first and source is not null then
    perform battles.hold_same_source(battle_id, source);
  end if;
  if first then
    perform battles.watch_for_burst(battle_id, choice);
  end if;
  return jsonb_build_object('outcome', 'voted', 'choice', choice, 'voting_ends_at', battle.voting_ends_at);
end $$;
comment on function battles.fn_submit_vote is
  'api calls it for a signed-in user: their vote, given or changed; source: where it came from, salted and hashed. {outcome: voted | unchanged, choice, voting_ends_at}, or {refused: not_found | own_battle | is_contender | not_voting, with the window | not_eligible, with the reason | unknown_choice, with choices | vote_rate, with retry_after_ms}, and nothing changed. A vote after voting_ends_at is refused whether or not the schedule has come by. A vote that is held is answered like any other: who stuffs a ballot learns nothing.';
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
