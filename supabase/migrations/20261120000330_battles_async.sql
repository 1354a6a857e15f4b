-- Answers that take longer than one step: text in chunks, and tasks that a provider keeps (media, long reasoning).
--
-- partial: the text so far is the non-final submission, and the checkpoint beside it says where the provider is; the next step goes
-- on from both. pending: the provider has the task, and the job waits in async_execution to ask for it.

-- ---------------------------------------------------------------- text so far

create function battles.utf16_length(text text) returns integer
language sql immutable set search_path = '' as $$
  select char_length(utf16_length.text) + char_length(regexp_replace(utf16_length.text, '[\u0001-\uffff]', '', 'g'))
$$;
comment on function battles.utf16_length is 'A text''s length as browsers and drivers count it: in UTF-16 code units.';
revoke execute on function battles.utf16_length from public, anon, authenticated, service_role;

create function battles.utf16_from(text text, units integer) returns text
language plpgsql immutable set search_path = '' as $$
#variable_conflict use_variable
declare
  kept text := substr(text, units + 1);            -- right already where no character takes two units
begin
  if units > 0 and battles.utf16_length(text) <> char_length(text) then
    kept := text;
    while units > 0 and kept <> '' loop
      units := units - battles.utf16_length(left(kept, 1));
      kept := substr(kept, 2);
    end loop;
  end if;
  return kept;
end $$;
comment on function battles.utf16_from is 'A text without its first UTF-16 code units.';
revoke execute on function battles.utf16_from from public, anon, authenticated, service_role;

create function battles.tell_delta(battle_id uuid, slot text, begins_at integer, text text) returns void
language sql security definer set search_path = '' as $$
  select battles.record_event(tell_delta.battle_id, 'contender.delta',
    jsonb_build_object('slot', tell_delta.slot, 'offset', tell_delta.begins_at, 'text', tell_delta.text))
  where tell_delta.text <> ''
$$;
comment on function battles.tell_delta is
  'The event of new text: it stands at offset (in UTF-16 code units), and whatever a reader holds from there on is void. The deltas of an answer, put together, are the answer.';
revoke execute on function battles.tell_delta from public, anon, authenticated, service_role;

create function battles.tell_rest(contender battles.contenders, text text) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  held text;
begin
  select s.content_text into held from battles.submissions s where s.contender_id = (contender).contender_id and not s.is_final;
  if held is null or text is null then
    return;                                        -- nothing of it was shown before: the submission says it all
  end if;
  if starts_with(text, held) then
    perform battles.tell_delta((contender).battle_id, (contender).slot, battles.utf16_length(held), substr(text, char_length(held) + 1));
  else
    perform battles.tell_delta((contender).battle_id, (contender).slot, 0, text);
  end if;
end $$;
comment on function battles.tell_rest is 'The last delta of an answer that was shown as it grew. The caller holds the battle''s lock and is about to write the final text.';
revoke execute on function battles.tell_rest from public, anon, authenticated, service_role;

create function battles.fn_worker_upsert_battle_submission(
  job_id bigint, lease_token bigint, output jsonb, checkpoint jsonb default null, delta jsonb default null
) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  contender battles.contenders;
  known integer;
  held text := '';
  fresh text;
begin
  perform battles.lock_job_owners(array[job_id]);
  select c.* into contender from execution.leases l
  join execution.jobs j on j.job_id = fn_worker_upsert_battle_submission.job_id
  join battles.contenders c on c.contender_id = j.subject_id
  where l.lease_token = fn_worker_upsert_battle_submission.lease_token and j.job_id = any (l.job_ids) and j.state = 'active'
  for update of l;
  if not found then
    return false;
  end if;
  if delta is not null then
    select (p.state ->> 'length')::integer, s.content_text into known, held
    from execution.checkpoints p join battles.submissions s on s.contender_id = contender.contender_id
    where p.job_id = fn_worker_upsert_battle_submission.job_id;
    known := coalesce(known, 0);                   -- without a checkpoint the answer begins here, whatever an attempt before it left
    held := case when known = 0 then '' else held end;
    if (delta ->> 'offset')::integer > known then
      raise exception 'a delta begins at %, and % code units of the text are held', delta ->> 'offset', known using errcode = 'check_violation';
    end if;
    fresh := battles.utf16_from(delta ->> 'text', known - (delta ->> 'offset')::integer);   -- a repeat of what did arrive adds nothing
    perform battles.tell_delta(contender.battle_id, contender.slot, known, fresh);
    output := output || jsonb_build_object('content_text', held || fresh);
    checkpoint := coalesce(checkpoint, '{}') || jsonb_build_object('length', known + battles.utf16_length(fresh));
  end if;
  if checkpoint is not null then
    perform execution.save_checkpoint(job_id, lease_token, checkpoint);
  end if;
  perform battles.write_submission(contender.contender_id, output, false);
  return true;
end $$;
comment on function battles.fn_worker_upsert_battle_submission is
  'Drivers call it to show an answer in progress without ending the job: about once a second while text grows. delta: {offset, text}, the text since what was last taken here; the event contender.delta begins where the held text ends, so that nothing is lost or repeated. checkpoint: what another step goes on from. False: the lease was lost, nothing changed.';
revoke execute on function battles.fn_worker_upsert_battle_submission from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_upsert_battle_submission to service_role;

create function battles.fn_worker_checkpoint_battle_job(job_id bigint, lease_token bigint, output jsonb, checkpoint jsonb, delta jsonb) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  return battles.fn_worker_upsert_battle_submission(job_id, lease_token, output, checkpoint, delta)
    and execution.yield_job(job_id, lease_token);
end $$;
comment on function battles.fn_worker_checkpoint_battle_job is
  'Drivers call it when their slice ends before the answer does: as fn_worker_upsert_battle_submission, and the job is ready for the next driver at once, with no attempt counted. False: the lease was lost, nothing changed.';
revoke execute on function battles.fn_worker_checkpoint_battle_job from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_checkpoint_battle_job to service_role;

-- ---------------------------------------------------------------- tasks

create function battles.task_budget(model_kind text) returns interval
language sql immutable set search_path = '' as $$
  select case model_kind when 'image' then interval '10 minutes' when 'audio' then interval '10 minutes' when 'music' then interval '30 minutes' else interval '1 hour' end
$$;
comment on function battles.task_budget is 'How long a provider may keep a task of a contender without a time budget: images and speech 10 minutes, music 30, video and text an hour.';
revoke execute on function battles.task_budget from public, anon, authenticated, service_role;

create function battles.until_deadline(wait_ms integer, deadline_at timestamptz) returns integer
language sql volatile set search_path = '' as $$
  select least(coalesce(wait_ms, 0), greatest(0, ceil(extract(epoch from until_deadline.deadline_at - clock_timestamp()) * 1000)))::integer
$$;
comment on function battles.until_deadline is 'A wait, no longer than a deadline allows: the last look at a task is at its deadline.';
revoke execute on function battles.until_deadline from public, anon, authenticated, service_role;

create function battles.delegation_budget() returns interval
language sql immutable set search_path = '' as $$
  select interval '5 minutes'
$$;
comment on function battles.delegation_budget is 'How long the execution bridge may keep one execution.';
revoke execute on function battles.delegation_budget from public, anon, authenticated, service_role;

create function battles.task_queue(queue_id integer, contender battles.contenders) returns integer
language sql security definer set search_path = '' as $$
  select case when q.kind = 'bridge_execution' then q.queue_id
    else execution.queue_for('async_execution', (contender).concurrency_key, (contender).concurrency_limit, (contender).limit_key, (contender).provider) end
  from execution.queues q where q.queue_id = task_queue.queue_id
$$;
comment on function battles.task_queue is 'Where a contender''s task is asked for: at its provider, or at the execution bridge when the job was delegated.';
revoke execute on function battles.task_queue from public, anon, authenticated, service_role;

create function battles.disown_task(job_id bigint, task jsonb) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  contender battles.contenders;
  job execution.jobs;
  asked_in integer;
  given bigint;
begin
  select j.* into job from execution.jobs j
  where j.job_id = disown_task.job_id and j.state = 'cancelled'
    and not exists (select from execution.async_tasks t where t.job_id = j.job_id and t.provider_task_id = task ->> 'provider_task_id');
  select c.* into contender from battles.contenders c where c.contender_id = job.subject_id;
  if not found then
    return;
  end if;
  asked_in := battles.task_queue(job.queue_id, contender);
  insert into execution.async_tasks (job_id, home_queue_id, provider, provider_task_id, details, state, deadline_at, finished_at)
  select job_id, asked_in, case when q.kind = 'bridge_execution' then 'bridge' else contender.provider end, task ->> 'provider_task_id',
    jsonb_build_object('model_key', contender.model_key, 'provider', coalesce(task -> 'details', '{}')), 'cancelled', now(), now()
  from execution.queues q where q.queue_id = asked_in
  returning task_id into given;
  perform execution.enqueue(asked_in, array[jsonb_build_object('cancel_task', given)]);
end $$;
comment on function battles.disown_task is
  'A task that was handed over while its job was being cancelled: nobody will ask for it, and its provider is told. Of a job that only lost its lease it is the next driver''s, who finds it by its key. The caller holds the battle''s lock.';
revoke execute on function battles.disown_task from public, anon, authenticated, service_role;

create function battles.fn_worker_park_battle_job(job_id bigint, lease_token bigint, task jsonb, output jsonb) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  contender battles.contenders;
  job execution.jobs;
  delegated boolean;
  deadline_at timestamptz;
begin
  perform battles.lock_job_owners(array[job_id]);
  select c.* into contender from execution.leases l
  join execution.jobs j on j.job_id = fn_worker_park_battle_job.job_id
  join battles.contenders c on c.contender_id = j.subject_id
  where l.lease_token = fn_worker_park_battle_job.lease_token and j.job_id = any (l.job_ids) and j.state = 'active'
  for update of l;
  if not found then
    perform battles.disown_task(job_id, task);
    return false;
  end if;
  select j.* into job from execution.jobs j where j.job_id = fn_worker_park_battle_job.job_id;
  delegated := exists (select from execution.queues q where q.queue_id = job.queue_id and q.kind = 'bridge_execution');
  deadline_at := case when delegated then least(job.deadline_at, now() + battles.delegation_budget())
    else coalesce(job.deadline_at, now() + battles.task_budget(contender.model_kind)) end;
  perform execution.open_task(job_id, case when delegated then 'bridge' else contender.provider end, task ->> 'provider_task_id',
    jsonb_build_object('model_key', contender.model_key, 'provider', coalesce(task -> 'details', '{}')), deadline_at);
  perform battles.write_submission(contender.contender_id, output || jsonb_build_object('artifact_id', task ->> 'provider_task_id'), false);
  perform battles.record_event(contender.battle_id, 'contender.task_opened', jsonb_build_object('slot', contender.slot));
  return execution.park_job(job_id, lease_token, battles.task_queue(job.queue_id, contender),
    battles.until_deadline((task ->> 'poll_after_ms')::integer, deadline_at));
end $$;
comment on function battles.fn_worker_park_battle_job is
  'Drivers call it when a provider, or the execution bridge, has taken the task: {provider_task_id, details, poll_after_ms}. The task is recorded with its deadline, the submission shows its id, and the job waits in async_execution (bridge_execution) without a lease. False: the lease was lost, nothing changed; the next driver submits under the same idempotency key, and where there will be none, because the job was cancelled, the provider is told.';
revoke execute on function battles.fn_worker_park_battle_job from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_park_battle_job to service_role;

create function battles.fn_worker_repark_battle_job(job_id bigint, lease_token bigint, poll_after_ms integer, progress real default null) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  asked_at timestamptz;
  queue_id integer;
  task execution.async_tasks;
  before real;
begin
  perform battles.lock_job_owners(array[job_id]);
  select l.claimed_at, j.queue_id into asked_at, queue_id from execution.leases l
  join execution.jobs j on j.job_id = fn_worker_repark_battle_job.job_id
  where l.lease_token = fn_worker_repark_battle_job.lease_token and j.job_id = any (l.job_ids) and j.state = 'active'
  for update of l;
  if not found then
    return false;
  end if;
  select t.progress into before from execution.async_tasks t where t.job_id = fn_worker_repark_battle_job.job_id and t.state = 'open';
  -- Its row lock orders this with a callback: either that is seen here, or it finds the row that park_job is about to write.
  update execution.async_tasks t set polls = t.polls + 1, polled_at = now(), progress = case when fn_worker_repark_battle_job.progress is null then t.progress else least(greatest(fn_worker_repark_battle_job.progress, 0), 1) end
  where t.job_id = fn_worker_repark_battle_job.job_id and t.state = 'open' returning t.* into task;
  if not found then
    return false;
  end if;
  if task.progress is distinct from before then
    perform battles.record_event(c.battle_id, 'contender.progress', jsonb_build_object('slot', c.slot, 'progress', round(task.progress::numeric, 3)))
    from execution.jobs j join battles.contenders c on c.contender_id = j.subject_id where j.job_id = fn_worker_repark_battle_job.job_id;
  end if;
  return execution.park_job(job_id, lease_token, queue_id, case
    when task.called_back_at > asked_at then 0
    else battles.until_deadline(poll_after_ms, task.deadline_at) end);
end $$;
comment on function battles.fn_worker_repark_battle_job is
  'Drivers call it when a task still runs: it is asked for again in poll_after_ms, at its deadline at the latest, and at once if the provider called back after this poll began. False: the lease was lost, nothing changed.';
revoke execute on function battles.fn_worker_repark_battle_job from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_repark_battle_job to service_role;

create function battles.fn_worker_complete_task_cancel(job_id bigint, lease_token bigint) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  if not exists (select from execution.jobs j where j.job_id = fn_worker_complete_task_cancel.job_id and j.payload ? 'cancel_task') then
    return false;
  end if;
  return execution.close_job(job_id, lease_token, 'completed');
end $$;
comment on function battles.fn_worker_complete_task_cancel is
  'Drivers call it when a provider has been told that a task is cancelled. False: the lease was lost, or the job is no such errand; nothing changed.';
revoke execute on function battles.fn_worker_complete_task_cancel from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_complete_task_cancel to service_role;

create function battles.claim_tasks(kind text, driver text, most integer) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  claimed execution.claimed_job[] := array(select j from execution.fn_worker_claim_jobs(kind, driver, most) j);   -- see fn_worker_claim_battle_job
  jobs jsonb;
  budgeted lensers.priced_job[];
begin
  select jsonb_agg(jsonb_build_object(
    'lease_token', j.lease_token, 'job_id', j.job_id, 'attempts', j.attempts, 'reclaims', j.reclaims, 'max_attempts', j.max_attempts,
    'in_lane', exists (select from execution.lanes l where l.concurrency_key = c.concurrency_key),
    'deadline_ms', ceil(extract(epoch from least(j.deadline_at, t.deadline_at) - clock_timestamp()) * 1000)::bigint,
    'battle_id', c.battle_id, 'contender_id', c.contender_id, 'slot', c.slot, 'model_key', coalesce(c.model_key, x.details ->> 'model_key'),
    'by_time_budget', coalesce(j.deadline_at <= coalesce(t.deadline_at, j.deadline_at), false),
    'limit_key', case when kind = 'bridge_execution' then 'bridge' else c.limit_key end, 'system_prompt', c.system_prompt,
    'task_prompt', b.task_prompt, 'inputs', b.inputs, 'max_tokens', b.max_tokens, 'temperature', b.temperature, 'handicap', coalesce(b.handicap, '{}'),
    'cancels', x.task_id is not null,
    'ended_tasks', (select count(*) from execution.async_tasks w
      where w.job_id = j.job_id and w.state <> 'open' and (w.provider = 'bridge') = (kind = 'bridge_execution')),
    'task', case when t.task_id is not null then jsonb_build_object(
      'task_id', t.task_id, 'provider_task_id', t.provider_task_id, 'details', t.details -> 'provider', 'polls', t.polls,
      'age_ms', ceil(extract(epoch from clock_timestamp() - t.created_at) * 1000)::bigint) end)
    || case when c.byok_key_id is null then '{}' else lensers.byok_for_claim(c.byok_key_id, b.owner_id, c.provider) end order by j.position),
    -- Asking for a task, or cancelling one, is no new call.
    array_agg((j.job_id, b.owner_id, b.battle_id, b.budget_usd, battles.call_estimate(c.funding_source, c.cost_estimate_usd),
      coalesce(c.funding_source = 'platform_credit', false))::lensers.priced_job order by j.position)
      filter (where t.task_id is null and (b.budget_usd is not null
        or c.funding_source = 'platform_credit' and exists (select from lensers.budgets g where g.owner_id = b.owner_id)))
  into jobs, budgeted
  from unnest(claimed) j
  left join execution.async_tasks x on x.task_id = (j.payload ->> 'cancel_task')::bigint
  left join execution.jobs o on o.job_id = x.job_id
  left join execution.async_tasks t on t.task_id = coalesce(x.task_id,
    (select w.task_id from execution.async_tasks w where w.job_id = j.job_id and w.state = 'open'))
  left join battles.contenders c on c.contender_id = coalesce(j.subject_id, o.subject_id)
  left join battles.battles b on b.battle_id = c.battle_id
  where c.contender_id is not null or x.task_id is not null;
  if budgeted is not null then
    jobs := lensers.fund_claimed(jobs, budgeted);
  end if;
  return execution.claim_document(kind, jobs);
end $$;
comment on function battles.claim_tasks is 'Claims jobs that are, or are to become, tasks of others: a provider''s (async_execution) or the execution bridge''s (bridge_execution).';
revoke execute on function battles.claim_tasks from public, anon, authenticated, service_role;

create function battles.fn_worker_claim_async_executions(driver text, most integer default 1) returns jsonb
language sql security definer set search_path = '' as $$
  select battles.claim_tasks('async_execution', fn_worker_claim_async_executions.driver, fn_worker_claim_async_executions.most)
$$;
comment on function battles.fn_worker_claim_async_executions is
  'Drivers call it for up to `most` tasks: one to submit (task null), to ask for (task: the open one) or, where cancels is true, to cancel at its provider. Otherwise as fn_worker_claim_battle_job.';
revoke execute on function battles.fn_worker_claim_async_executions from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_claim_async_executions to service_role;

-- ---------------------------------------------------------------- where results are kept

do $$
begin
  if to_regclass('storage.buckets') is null then
    raise notice 'no Storage here: media battles need it';
    return;
  end if;
  insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
  values ('battle-media', 'battle-media', true, 52428800, array[
    'image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif', 'audio/mpeg', 'audio/wav', 'audio/ogg', 'audio/flac', 'audio/aac', 'audio/mp4',
    'video/mp4', 'video/webm', 'video/quicktime'])
  on conflict (id) do update set public = excluded.public, file_size_limit = excluded.file_size_limit, allowed_mime_types = excluded.allowed_mime_types;
end $$;
