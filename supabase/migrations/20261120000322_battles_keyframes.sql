-- Films are judged by pictures out of them. Each final film of a battle with a judge has a job of its own that takes them out, which only a
-- driver with ffmpeg drains; the judging begins when every film has its pictures or its job was given up. Each way a job can end leads
-- there: completed, dead-lettered, reclaimed too often, or taken by nobody in time.

create function battles.keyframes_patience() returns interval
language sql stable set search_path = '' as $$ select coalesce(nullif(current_setting('agon.keyframes_patience', true), '')::interval, '1 hour') $$;
comment on function battles.keyframes_patience is
  'How long a battle waits for somebody to take the pictures out of a film: an hour, or the database setting agon.keyframes_patience.';
revoke execute on function battles.keyframes_patience from public, anon, authenticated, service_role;

create function battles.frames_pending(battle_id uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from battles.submissions s
    join execution.jobs j on j.subject_id = s.submission_id and j.state in ('active', 'held')
    where s.battle_id = frames_pending.battle_id and s.output_modality = 'video')
$$;
comment on function battles.frames_pending is 'Whether a film of this battle still waits for its pictures: no judge begins before.';
revoke execute on function battles.frames_pending from public, anon, authenticated, service_role;

create function battles.start_keyframes(contender_id uuid) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  film record;
begin
  select s.submission_id, b.owner_id, b.priority into film
  from battles.submissions s join battles.battles b on b.battle_id = s.battle_id
  where s.contender_id = start_keyframes.contender_id and s.is_final and s.output_modality = 'video' and b.scoring_mode <> 'community'
    and exists (select from battles.judges g where g.battle_id = b.battle_id and g.status = 'pending')
    and not exists (select from execution.jobs j where j.subject_id = s.submission_id);
  if found then
    perform execution.enqueue(execution.queue_for('battle_keyframes'), array['{}'::jsonb], film.submission_id, film.priority,
      deadline_at => now() + battles.keyframes_patience(), owner_id => film.owner_id);
  end if;
end $$;
comment on function battles.start_keyframes is 'Enqueues the job of a final film that will be judged. The caller holds the battle''s row lock.';
revoke execute on function battles.start_keyframes from public, anon, authenticated, service_role;

create function battles.cancel_keyframes(battle_id uuid) returns void
language sql security definer set search_path = '' as $$
  select execution.cancel_jobs(f.ids) from (
    select array_agg(j.job_id order by j.job_id) as ids
    from battles.submissions s join execution.jobs j on j.subject_id = s.submission_id and j.state in ('active', 'held')
    where s.battle_id = cancel_keyframes.battle_id) f
  where f.ids is not null
$$;
comment on function battles.cancel_keyframes is 'Ends the jobs of the films of a battle that is decided without a judge. The caller holds the battle''s row lock.';
revoke execute on function battles.cancel_keyframes from public, anon, authenticated, service_role;

create function battles.frames_settled(battle_id uuid) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
begin
  select b.* into battle from battles.battles b where b.battle_id = frames_settled.battle_id;
  if battle.status = 'scoring' and battle.scoring_mode <> 'community' then
    perform battles.start_judging(battle);
  end if;
end $$;
comment on function battles.frames_settled is 'A film has its pictures, or will have none: the judges of a battle that is being scored begin, if it was the last. The caller holds the battle''s row lock.';
revoke execute on function battles.frames_settled from public, anon, authenticated, service_role;

create function battles.settle_buried_keyframes(job_id bigint, error jsonb) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  film record;
begin
  select s.battle_id, c.slot into film
  from execution.jobs j join battles.submissions s on s.submission_id = j.subject_id join battles.contenders c on c.contender_id = s.contender_id
  where j.job_id = settle_buried_keyframes.job_id;
  if found then
    perform battles.record_event(film.battle_id, 'keyframes.failed', jsonb_build_object('slot', film.slot, 'error', error));
    perform battles.frames_settled(film.battle_id);
  end if;                                          -- else its battle was deleted
end $$;
comment on function battles.settle_buried_keyframes is 'settle_owner of battle_keyframes: the film is shown to its judges as one that could not be read.';
revoke execute on function battles.settle_buried_keyframes from public, anon, authenticated, service_role;

create function battles.fn_worker_claim_battle_keyframes(driver text, most integer default 1) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  claimed execution.claimed_job[] := array(select j from execution.fn_worker_claim_jobs('battle_keyframes', driver, most) j);   -- see fn_worker_claim_battle_job
  jobs jsonb;
begin
  select jsonb_agg(jsonb_build_object(
    'lease_token', j.lease_token, 'job_id', j.job_id, 'attempts', j.attempts, 'reclaims', j.reclaims, 'max_attempts', j.max_attempts, 'in_lane', false,
    'battle_id', s.battle_id, 'contender_id', s.contender_id, 'content_url', s.content_url) order by j.position)
  into jobs
  from unnest(claimed) j join battles.submissions s on s.submission_id = j.subject_id;
  return execution.claim_document('battle_keyframes', jobs);
end $$;
comment on function battles.fn_worker_claim_battle_keyframes is 'Drivers that have ffmpeg call it for up to `most` films to take pictures out of.';
revoke execute on function battles.fn_worker_claim_battle_keyframes from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_claim_battle_keyframes to service_role;

create function battles.fn_worker_complete_battle_keyframes(job_id bigint, lease_token bigint, keyframes jsonb) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  film record;
begin
  perform battles.lock_job_owners(array[job_id]);
  if not execution.close_job(job_id, lease_token, 'completed') then
    return false;
  end if;
  update battles.submissions s set keyframes = fn_worker_complete_battle_keyframes.keyframes
  from execution.jobs j, battles.contenders c
  where j.job_id = fn_worker_complete_battle_keyframes.job_id and s.submission_id = j.subject_id and c.contender_id = s.contender_id
  returning s.battle_id, c.slot into strict film;
  perform battles.record_event(film.battle_id, 'keyframes.extracted', jsonb_build_object('slot', film.slot, 'count', jsonb_array_length(keyframes)));
  perform battles.frames_settled(film.battle_id);
  return true;
end $$;
comment on function battles.fn_worker_complete_battle_keyframes is
  'Drivers call it with the pictures of a film, [{url, at_ms}], where they are kept; the judges begin when it was the last. False: the lease was lost or the battle cancelled, nothing changed.';
revoke execute on function battles.fn_worker_complete_battle_keyframes from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_complete_battle_keyframes to service_role;

create function battles.give_up_keyframes() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  next uuid;
  overdue bigint;
  given_up integer := 0;
begin
  for next in
    select b.battle_id from battles.battles b
    where b.status = 'scoring' and b.held_at is null and battles.frames_pending(b.battle_id)
    order by b.battle_id limit 100 for update skip locked
  loop
    for overdue in
      select j.job_id from battles.submissions s join execution.jobs j on j.subject_id = s.submission_id
      where s.battle_id = next and s.output_modality = 'video' and j.state = 'active' and j.deadline_at <= now()
        and not exists (select from execution.leases l where j.job_id = any (l.job_ids))
      order by j.job_id
    loop
      begin
        perform execution.bury(overdue, jsonb_build_object('code', 'capability_missing', 'message',
          format('No worker with ffmpeg took the pictures out of this film within %s.', battles.keyframes_patience())));
        given_up := given_up + 1;
      exception when others then
        raise warning 'Agon could not give up the film of job %: %', overdue, sqlerrm;
      end;
    end loop;
  end loop;
  return given_up;
end $$;
comment on function battles.give_up_keyframes is
  'Part of fn_auto_finalize_battles: films that nobody took in time are dead-lettered, so that a battle whose worker is gone is judged all the same. One that is in hand is left to its lease. Returns how many.';
revoke execute on function battles.give_up_keyframes from public, anon, authenticated, service_role;

-- No function is woken: they have no ffmpeg. A film may take a while to fetch and to read.
insert into execution.job_kinds (kind, wake_function, lease_ms, max_attempts, fair, lock_owner, settle_owner) values
  ('battle_keyframes', null, 60000, 3, true, 'battles.lock_job_owners', 'battles.settle_buried_keyframes');
insert into execution.queues (kind) values ('battle_keyframes');
