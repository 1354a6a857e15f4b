-- Who votes as nobody who looks would: a scan reads the crowd's votes and holds those of voters it has evidence against. It runs when a
-- battle's voting ends, before the votes are counted, at what may be a burst, and every hour. It is a job like any other, and takes nothing
-- away for good.

create function battles.start_vote_scan(battle_id uuid) returns void
language sql security definer set search_path = '' as $$
  select execution.enqueue(execution.queue_for('vote_scan', null, null), array['{}'::jsonb], battle_id)
  -- Below that there is nothing to find in the battle, and what is known of its voters the hourly scan has acted on.
  where battle_id is null or (select count(*) from battles.votes v where v.battle_id = start_vote_scan.battle_id and v.status = 'counted') >= 5
$$;
comment on function battles.start_vote_scan is 'Enqueues a scan: of a battle whose voting ends, which waits for it a minute at most, when it has five votes or more; null: of all that is open.';
revoke execute on function battles.start_vote_scan from public, anon, authenticated, service_role;

create table battles.vote_watch (
  only_row boolean primary key default true check (only_row),
  scan_at timestamptz not null
);
comment on table battles.vote_watch is 'When the latest scan that votes themselves asked for is due, in one row: until then no vote asks for another, as that one will read it.';
alter table battles.vote_watch enable row level security;
revoke all on battles.vote_watch from public, anon, authenticated, service_role;
grant select on battles.vote_watch to service_role;

create function battles.watch_for_burst(battle_id uuid, choice text) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  due timestamptz;
begin
  -- Twenty entries of one index, however many have voted.
  select v.created_at into due from battles.votes v
  where v.battle_id = watch_for_burst.battle_id and v.choice = watch_for_burst.choice order by v.created_at desc offset 19 limit 1;
  if due is null or due <= now() - interval '10 seconds'
    or exists (select from battles.vote_watch w where w.scan_at > clock_timestamp()) then
    return;
  end if;
  insert into battles.vote_watch as w (scan_at) values (clock_timestamp())
  on conflict on constraint vote_watch_pkey do update set scan_at = greatest(clock_timestamp(), w.scan_at + interval '10 seconds')
  where w.scan_at <= clock_timestamp()             -- by the clock: it may have waited here for who asked first
  returning w.scan_at into due;
  if found then
    perform execution.enqueue(execution.queue_for('vote_scan', null, null), array['{}'::jsonb], 
      run_after => case when due > clock_timestamp() then due end);
  end if;
end $$;
comment on function battles.watch_for_burst is
  'Called with each new vote: when it is the twentieth for its choice within ten seconds, a scan is due now, or ten seconds after the last one that was. So who drains scans is woken as for any job, and only by what may be a burst: votes do not wait for each other.';
revoke execute on function battles.watch_for_burst from public, anon, authenticated, service_role;

create function battles.is_scanning(battle_id uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from execution.jobs j join execution.queues q on q.queue_id = j.queue_id
    where j.subject_id = is_scanning.battle_id and q.kind = 'vote_scan' and j.state = 'active' and j.created_at > now() - interval '1 minute')
$$;
comment on function battles.is_scanning is 'Whether the votes of a battle are being looked at: finalising waits for that, and for no longer than a minute.';
revoke execute on function battles.is_scanning from public, anon, authenticated, service_role;

create function battles.fn_scan_votes() returns integer
language plpgsql security definer set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtext('battles.fn_scan_votes'));
  if exists (
      select from execution.jobs j join execution.queues q on q.queue_id = j.queue_id
      where q.kind = 'vote_scan' and j.subject_id is null and j.created_at > now() - interval '55 minutes')
    or not exists (
      select from battles.battles b join battles.votes v on v.battle_id = b.battle_id
      where b.status in ('voting', 'scoring') and v.status = 'counted') then
    return 0;
  end if;
  perform battles.start_vote_scan(null);
  return 1;
end $$;
comment on function battles.fn_scan_votes is
  'On a schedule, and called by workers: begins the hourly scan, unless one has begun within the hour or no vote is open. Returns how many it began.';
revoke execute on function battles.fn_scan_votes from public, anon, authenticated, service_role;
grant execute on function battles.fn_scan_votes to service_role;

create function battles.fn_worker_claim_vote_scan(driver text, most integer default 1) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  claimed execution.claimed_job[] := array(select j from execution.fn_worker_claim_jobs('vote_scan', driver, most) j);   -- see fn_worker_claim_battle_job
  jobs jsonb;
begin
  select jsonb_agg(jsonb_build_object('lease_token', j.lease_token, 'job_id', j.job_id, 'attempts', j.attempts, 'reclaims', j.reclaims,
    'max_attempts', j.max_attempts, 'in_lane', false, 'battle_id', j.subject_id) order by j.position) into jobs
  from unnest(claimed) j;
  return execution.claim_document('vote_scan', jobs);
end $$;
comment on function battles.fn_worker_claim_vote_scan is 'Drivers call it for up to `most` scans. battle_id: whose voting has ended; null: of all that is open.';
revoke execute on function battles.fn_worker_claim_vote_scan from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_claim_vote_scan to service_role;

create function battles.fn_worker_votes_to_scan(most integer default 20000) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('battle_id', x.battle_id, 'open', x.open, 'voter', x.voter_id, 'choice', x.choice, 'at', x.at, 'cleared', x.cleared,
    'contenders', x.contenders) order by x.at, x.voter_id, x.battle_id), '[]')
  from (
    select v.battle_id, v.voter_id, v.choice, floor(extract(epoch from v.created_at) * 1000)::bigint as at, b.status in ('voting', 'scoring') as open,
      exists (select from battles.votes m where m.voter_id = v.voter_id and m.moderated and m.status = 'counted') as cleared,
      (select jsonb_object_agg(c.slot, coalesce(battles.competitor_of(c), c.user_id::text)) from battles.contenders c
       where c.battle_id = v.battle_id and c.status = 'submitted') as contenders
    from battles.votes v join battles.battles b on b.battle_id = v.battle_id
    where v.status <> 'rejected' and v.created_at > now() - interval '90 days' and b.status not in ('cancelled', 'void')
    order by v.created_at desc limit most) x
$$;
comment on function battles.fn_worker_votes_to_scan is
  'What a scan reads: the crowd''s votes of the last 90 days, the latest 20,000 of them, oldest first, without those a moderator has rejected. contenders: who stood in which slot. open: its battle has not closed. cleared: a moderator has released a vote of this voter.';
revoke execute on function battles.fn_worker_votes_to_scan from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_votes_to_scan to service_role;

create function battles.fn_worker_record_vote_scan(job_id bigint, lease_token bigint, findings jsonb) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  finding jsonb;
  held integer := 0;
begin
  perform b.battle_id from battles.battles b
  where b.battle_id in (
    select v.battle_id from battles.votes v join jsonb_array_elements(findings) f on v.voter_id = (f.value ->> 'voter')::uuid
    where f.value ->> 'battle_id' is null or v.battle_id = (f.value ->> 'battle_id')::uuid)
    and b.status in ('voting', 'scoring')
  order by b.battle_id for share;
  if cardinality(execution.fn_worker_complete_jobs(lease_token, array[job_id])) = 0 then
    return null;
  end if;
  for finding in select f.value from jsonb_array_elements(findings) f order by f.value ->> 'voter' loop
    held := held + battles.hold_votes(array(
      select v.vote_id from battles.votes v join battles.battles b on b.battle_id = v.battle_id
      where v.voter_id = (finding ->> 'voter')::uuid and (finding ->> 'battle_id' is null or v.battle_id = (finding ->> 'battle_id')::uuid)
        and b.status in ('voting', 'scoring')), finding ->> 'reason', finding -> 'evidence', 'scan');
  end loop;
  return held;
end $$;
comment on function battles.fn_worker_record_vote_scan is
  'Drivers call it with what a scan found ([{voter, battle_id or null, reason, evidence}]): the voters'' votes in battles that have not closed are held, and the scan is done, in one transaction. Returns how many it held: what is held already, or was decided by a moderator, stays as it is. Null: the lease was lost, nothing changed.';
revoke execute on function battles.fn_worker_record_vote_scan from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_record_vote_scan to service_role;

insert into execution.job_kinds (kind, wake_function) values ('vote_scan', 'scan-votes');
insert into execution.queues (kind) values ('vote_scan');
