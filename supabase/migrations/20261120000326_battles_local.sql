-- Contenders whose owner keeps the provider's key in a browser (funding_source user_byok_local): a page of the owner makes the call, and
-- no driver of the platform ever has the key. The page is a driver like any other: it claims, renews and records under a lease token.
-- What it is not is trusted: each of these functions takes the owner's id from api, and a job that is not a local one of that owner does not exist.

create function battles.local_patience() returns interval
language sql stable set search_path = '' as $$ select coalesce(nullif(current_setting('agon.local_patience', true), '')::interval, '1 hour') $$;
comment on function battles.local_patience is
  'How long a contender may wait for a page of its owner and be answered there, where its battle has no time budget: an hour, or the database setting agon.local_patience.';
revoke execute on function battles.local_patience from public, anon, authenticated, service_role;

-- A queue an owner and provider: a page takes what it has a key for, and never another's.
create function battles.local_key(owner_id uuid, provider text) returns text
language sql immutable set search_path = '' as $$ select 'local:' || local_key.owner_id || ':' || local_key.provider $$;
comment on function battles.local_key is 'The limit key of what this owner''s pages answer with their own key of this provider.';
revoke execute on function battles.local_key from public, anon, authenticated, service_role;

create function battles.local_row(contender jsonb, owner_id uuid) returns jsonb
language sql immutable set search_path = '' as $$
  select case when contender ->> 'funding_source' = 'user_byok_local' then jsonb_build_object('concurrency_key', null, 'concurrency_limit', null,
    'limit_key', battles.local_key(local_row.owner_id, contender ->> 'provider')) else '{}' end
$$;
comment on function battles.local_row is 'The columns of a contender that is answered in its owner''s browser: it draws on no lane of the platform. Empty for any other.';
revoke execute on function battles.local_row from public, anon, authenticated, service_role;

create function battles.in_browser(funding_source battles.funding_source) returns boolean
language sql immutable set search_path = '' as $$ select coalesce(in_browser.funding_source = 'user_byok_local', false) $$;
comment on function battles.in_browser is 'Whether a contender is answered by a page of its owner: wherever it is shown, so is this.';
revoke execute on function battles.in_browser from public, anon, authenticated, service_role;

create function battles.is_rated(contender battles.contenders) returns boolean
language sql stable set search_path = '' as $$
  select (contender).model_key is not null
    and (not battles.in_browser((contender).funding_source) or coalesce(nullif(current_setting('agon.rate_local', true), ''), 'off') = 'on')
$$;
comment on function battles.is_rated is
  'Whether what becomes of a contender moves ratings. People are not rated, and neither is what a browser answered: that a model said it is its owner''s word alone. The database setting agon.rate_local = on believes it.';
revoke execute on function battles.is_rated from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- what an owner's page calls, through api

create function battles.fn_local_claim(owner_id uuid, driver text, providers text[], most integer default 1) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  keys text[] := array(select battles.local_key(owner_id, p.name) from unnest(providers) p (name));
  claimed execution.claimed_job[] := array(select j from execution.claim_apart('local_execution', driver, most, keys) j);
  jobs jsonb;
  budgeted lensers.priced_job[];
begin
  select jsonb_agg(jsonb_build_object(
    'lease_token', j.lease_token, 'job_id', j.job_id, 'attempts', j.attempts, 'reclaims', j.reclaims, 'max_attempts', j.max_attempts, 'in_lane', false,
    'deadline_ms', ceil(extract(epoch from j.deadline_at - clock_timestamp()) * 1000)::bigint,
    'battle_id', b.battle_id, 'contender_id', c.contender_id, 'slot', c.slot, 'model_key', c.model_key, 'system_prompt', c.system_prompt,
    'task_prompt', b.task_prompt, 'inputs', b.inputs, 'max_tokens', b.max_tokens, 'temperature', b.temperature, 'handicap', b.handicap,
    'checkpoint', (
      select p.state || jsonb_build_object('text', coalesce(s.content_text, '')) from execution.checkpoints p
      left join battles.submissions s on s.contender_id = c.contender_id where p.job_id = j.job_id)) order by j.position),
    array_agg((j.job_id, b.owner_id, b.battle_id, b.budget_usd, battles.call_estimate(c.funding_source, c.cost_estimate_usd), false)::lensers.priced_job order by j.position)
      filter (where b.budget_usd is not null)
  into jobs, budgeted
  from unnest(claimed) j
  join battles.contenders c on c.contender_id = j.subject_id
  join battles.battles b on b.battle_id = c.battle_id;
  if budgeted is not null then
    jobs := lensers.fund_claimed(jobs, budgeted);
  end if;
  -- Not execution.claim_document: how soon another owner's job is due is nobody else's to know.
  return (
    select jsonb_build_object('jobs', coalesce(jobs, '[]'), 'lease_ms', k.lease_ms, 'next_due_ms', case when jobs is null then execution.keys_due_ms(k.kind, keys) end)
    from execution.job_kinds k where k.kind = 'local_execution');
end $$;
comment on function battles.fn_local_claim is
  'api calls it for a signed-in user whose page has keys of these providers: up to `most` of the user''s own contenders to answer, as fn_worker_claim_battle_job tells them, each under a lease token of its own. Nobody else''s jobs are seen, and no key is in what it answers.';
revoke execute on function battles.fn_local_claim from public, anon, authenticated, service_role;
grant execute on function battles.fn_local_claim to service_role;

create function battles.local_lease(owner_id uuid, job_id bigint, lease_token bigint) returns text
language sql stable security definer set search_path = '' as $$
  select case
    when not exists (select from execution.leases l where l.lease_token = local_lease.lease_token and j.job_id = any (l.job_ids)) then 'lost'
    when j.deadline_at + interval '5 seconds' < now() then 'lost'   -- the page knows its deadline, and its clock is no measure
    else 'held' end
  from execution.jobs j
  join execution.queues q on q.queue_id = j.queue_id and q.kind = 'local_execution'
  join battles.contenders c on c.contender_id = j.subject_id
  join battles.battles b on b.battle_id = c.battle_id and b.owner_id = local_lease.owner_id
  where j.job_id = local_lease.job_id
$$;
comment on function battles.local_lease is
  'held, lost (reclaimed, cancelled, or its deadline is over), or null: this user has no such local job. A lease token is a number that somebody may guess, so whose job it is and of which kind is asked before any write.';
revoke execute on function battles.local_lease from public, anon, authenticated, service_role;

create function battles.fn_local_heartbeat(
  owner_id uuid, job_id bigint, lease_token bigint, output jsonb default null, checkpoint jsonb default null, delta jsonb default null
) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  held text := coalesce(battles.local_lease(owner_id, job_id, lease_token), 'not_found');
begin
  if held <> 'held' then
    return held;
  end if;
  if delta is not null then
    begin
      if not battles.fn_worker_upsert_battle_submission(job_id, lease_token,
          jsonb_build_object('output_modality', 'text', 'input_tokens', output -> 'input_tokens', 'output_tokens', output -> 'output_tokens', 'latency_ms', output -> 'latency_ms'),
          checkpoint, delta) then
        return 'lost';
      end if;
    exception when check_violation then
      return 'gap';
    end;
  end if;
  return case when job_id = any (execution.fn_worker_heartbeat(lease_token)) then 'held' else 'lost' end;
end $$;
comment on function battles.fn_local_heartbeat is
  'api calls it for a user''s page every third of a lease, and about once a second while text grows, with what is new of it (see fn_worker_upsert_battle_submission). held; lost: the page stops working on it; gap: the delta begins behind what is held, nothing changed; not_found.';
revoke execute on function battles.fn_local_heartbeat from public, anon, authenticated, service_role;
grant execute on function battles.fn_local_heartbeat to service_role;

create function battles.fn_local_complete(owner_id uuid, job_id bigint, lease_token bigint, output jsonb) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  held text := coalesce(battles.local_lease(owner_id, job_id, lease_token), 'not_found');
begin
  if held <> 'held' then
    return held;
  end if;
  return case when battles.fn_worker_complete_battle_job(job_id, lease_token, jsonb_build_object('output_modality', 'text',
    'content_text', output -> 'content_text', 'wire_model', output -> 'wire_model', 'finish_reason', output -> 'finish_reason',
    'input_tokens', output -> 'input_tokens', 'output_tokens', output -> 'output_tokens', 'cost_usd', output -> 'cost_usd', 'latency_ms', output -> 'latency_ms'))
    then 'recorded' else 'lost' end;
end $$;
comment on function battles.fn_local_complete is
  'api calls it with what a user''s page answered: the submission is final, and the battle re-evaluated, as with any driver. recorded; lost: nothing changed; not_found.';
revoke execute on function battles.fn_local_complete from public, anon, authenticated, service_role;
grant execute on function battles.fn_local_complete to service_role;

create function battles.fn_local_fail(owner_id uuid, job_id bigint, lease_token bigint, error jsonb, backoff_ms integer default null) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  held text := coalesce(battles.local_lease(owner_id, job_id, lease_token), 'not_found');
begin
  if held <> 'held' then
    return held;
  end if;
  return case when backoff_ms is null then battles.fn_move_battle_job_to_dlq(job_id, lease_token, error)
    else battles.fn_requeue_battle_job_with_backoff(job_id, lease_token, backoff_ms, error) end;
end $$;
comment on function battles.fn_local_fail is
  'api calls it with how an attempt of a user''s page failed; backoff_ms null: do not try again. requeued, dead_lettered, lost (nothing changed) or not_found.';
revoke execute on function battles.fn_local_fail from public, anon, authenticated, service_role;
grant execute on function battles.fn_local_fail to service_role;

create function battles.fn_local_give_back(owner_id uuid, job_id bigint, lease_token bigint) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  held text := coalesce(battles.local_lease(owner_id, job_id, lease_token), 'not_found');
begin
  if held <> 'held' then
    return held;
  end if;
  return case when execution.fn_worker_give_back(lease_token) > 0 then 'given_back' else 'lost' end;
end $$;
comment on function battles.fn_local_give_back is
  'api calls it for a user''s page that closes: another page of the user may take the job at once, and nothing is counted against it. given_back, lost (nothing changed) or not_found.';
revoke execute on function battles.fn_local_give_back from public, anon, authenticated, service_role;
grant execute on function battles.fn_local_give_back to service_role;

-- ---------------------------------------------------------------- the clock

create function battles.give_up_local() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  next uuid;
  overdue record;
  given_up integer := 0;
begin
  for next in
    select b.battle_id from battles.battles b
    where b.status = 'executing' and b.held_at is null and b.battle_id in (
      select c.battle_id from execution.open_jobs('local_execution') open
      join execution.jobs j on j.job_id = open.job_id and j.state = 'active' and j.deadline_at <= now()
      join battles.contenders c on c.contender_id = j.subject_id)
    order by b.battle_id limit 100 for update skip locked
  loop
    for overdue in
      select j.job_id, c.provider, l.lease_token from battles.contenders c
      join execution.jobs j on j.subject_id = c.contender_id and j.state = 'active'
      left join execution.leases l on j.job_id = any (l.job_ids)
      where c.battle_id = next and c.status = 'pending' and c.funding_source = 'user_byok_local'
        and j.deadline_at <= now() - case when l.lease_token is null then interval '0' else interval '15 seconds' end
      order by j.job_id
    loop
      begin
        if overdue.lease_token is null then
          perform execution.bury(overdue.job_id, jsonb_build_object('code', 'local_driver_missing', 'message',
            format('No page of its owner with a key of %s took this contender in time.', overdue.provider)));
        else
          -- Whoever renews a lease for ever would keep the battle for ever: of a page, the deadline is the end.
          perform execution.release(overdue.lease_token, array[overdue.job_id]);
          perform execution.bury(overdue.job_id, jsonb_build_object('code', 'deadline_exceeded', 'message', 'The page of its owner had not answered when its time was over.'));
        end if;
        given_up := given_up + 1;
      exception when others then
        raise warning 'Agon could not give up the local job %: %', overdue.job_id, sqlerrm;
      end;
    end loop;
  end loop;
  return given_up;
end $$;
comment on function battles.give_up_local is
  'Part of fn_auto_finalize_battles: contenders that no page of their owner answered in time are dead-lettered, so that a battle whose owner has gone ends all the same. Returns how many.';
revoke execute on function battles.give_up_local from public, anon, authenticated, service_role;

-- No function is woken: none has the key. The lease outlasts a minute, because browsers let the timers of a hidden page run once a minute.
insert into execution.job_kinds (kind, wake_function, lease_ms, max_attempts, fair, lock_owner, settle_owner) values
  ('local_execution', null, 90000, 3, true, 'battles.lock_job_owners', 'battles.settle_buried_job');
insert into execution.queues (kind) values ('local_execution');
