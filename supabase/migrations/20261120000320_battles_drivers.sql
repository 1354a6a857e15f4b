-- What drivers call: a contender's answer, and how any job of a battle fails. Each is the engine's claim or record, and what it means for the battle.

-- ---------------------------------------------------------------- what drivers call: contenders

create function battles.call_estimate(funding_source battles.funding_source, cost_estimate_usd numeric) returns numeric
language sql immutable set search_path = '' as $$
  select case when call_estimate.funding_source in ('local', 'simulated') then 0 else call_estimate.cost_estimate_usd end
$$;
comment on function battles.call_estimate is 'The most a call may cost: nothing on this machine or by a stand-in, null when nobody knows.';
revoke execute on function battles.call_estimate from public, anon, authenticated, service_role;

-- Planned once, in the index order it was written for (see execution.fn_worker_step): planning it anew for each claim was a quarter of
-- the claim.
create function battles.fn_worker_claim_battle_job(driver text, most integer default 1) returns jsonb
language plpgsql security definer
set search_path = '' set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  -- Claimed in a statement of its own: the next one's snapshot then surely sees the owner of a job that was enqueued a
  -- moment ago. In one statement such a job would be leased and not returned.
  claimed execution.claimed_job[] := array(select j from execution.fn_worker_claim_jobs('battle_job', driver, most) j);
  jobs jsonb;
  budgeted lensers.priced_job[];
begin
  select jsonb_agg(jsonb_build_object(
    'lease_token', j.lease_token, 'job_id', j.job_id, 'attempts', j.attempts, 'reclaims', j.reclaims, 'max_attempts', j.max_attempts,
    'in_lane', exists (select from execution.lanes l where l.concurrency_key = c.concurrency_key),
    'deadline_ms', ceil(extract(epoch from j.deadline_at - clock_timestamp()) * 1000)::bigint,
    'battle_id', b.battle_id, 'contender_id', c.contender_id, 'slot', c.slot, 'model_key', c.model_key, 'system_prompt', c.system_prompt,
    'task_prompt', b.task_prompt, 'inputs', b.inputs, 'max_tokens', b.max_tokens, 'temperature', b.temperature, 'handicap', b.handicap,
    'limit_key', c.limit_key, 'checkpoint', (
      select p.state || jsonb_build_object('text', coalesce(s.content_text, '')) from execution.checkpoints p
      left join battles.submissions s on s.contender_id = c.contender_id where p.job_id = j.job_id))
    || case when c.byok_key_id is null then '{}' else lensers.byok_for_claim(c.byok_key_id, b.owner_id, c.provider) end order by j.position),
    array_agg((j.job_id, b.owner_id, b.battle_id, b.budget_usd, battles.call_estimate(c.funding_source, c.cost_estimate_usd),
      coalesce(c.funding_source = 'platform_credit', false))::lensers.priced_job order by j.position)
      filter (where b.budget_usd is not null
        or c.funding_source = 'platform_credit' and exists (select from lensers.budgets g where g.owner_id = b.owner_id))
  into jobs, budgeted
  from unnest(claimed) j
  join battles.contenders c on c.contender_id = j.subject_id
  join battles.battles b on b.battle_id = c.battle_id;
  if budgeted is not null then
    jobs := lensers.fund_claimed(jobs, budgeted);
  end if;
  return execution.claim_document('battle_job', jobs);
end $$;
comment on function battles.fn_worker_claim_battle_job is
  'Drivers call it for up to `most` contenders to answer for. Each job carries everything its answer needs and the lease token every later write must name; checkpoint, where an answer was begun before, is what it goes on from; one with refused: {code, message} must be ended with that error and without a call (its key or its budget does not allow one). next_due_ms: when nothing is ready, how soon the next delayed job is.';
revoke execute on function battles.fn_worker_claim_battle_job from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_claim_battle_job to service_role;

create function battles.write_submission(contender_id uuid, output jsonb, is_final boolean) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  insert into battles.submissions (contender_id, battle_id, status, content_text, content_url, media_url, mime_type, output_modality, diff, work, artifact_id, is_final,
    wire_model, finish_reason, input_tokens, output_tokens, cost_usd, latency_ms)
  select c.contender_id, c.battle_id, case when is_final then 'submitted' else 'pending' end, output ->> 'content_text',
    coalesce(output ->> 'content_url', output ->> 'media_url'), output ->> 'media_url', output ->> 'mime_type',
    coalesce(output ->> 'output_modality', 'text')::battles.modality, output ->> 'diff', nullif(output -> 'work', 'null'), output ->> 'artifact_id', is_final, output ->> 'wire_model', output ->> 'finish_reason',
    (output ->> 'input_tokens')::integer, (output ->> 'output_tokens')::integer, (output ->> 'cost_usd')::numeric, (output ->> 'latency_ms')::integer
  from battles.contenders c where c.contender_id = write_submission.contender_id
  on conflict on constraint submissions_contender_id_key do update set
    status = excluded.status, content_text = excluded.content_text, content_url = excluded.content_url, media_url = excluded.media_url,
    mime_type = excluded.mime_type, output_modality = excluded.output_modality, diff = excluded.diff, work = excluded.work, artifact_id = excluded.artifact_id, is_final = excluded.is_final,
    wire_model = excluded.wire_model, finish_reason = excluded.finish_reason, input_tokens = excluded.input_tokens,
    output_tokens = excluded.output_tokens, cost_usd = excluded.cost_usd, latency_ms = excluded.latency_ms, updated_at = now();
end $$;
comment on function battles.write_submission is 'Writes a contender''s one submission row. The caller holds the battle''s lock and the fence.';
revoke execute on function battles.write_submission from public, anon, authenticated, service_role;

create function battles.fn_worker_complete_battle_job(job_id bigint, lease_token bigint, output jsonb) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  contender battles.contenders;
begin
  perform battles.lock_job_owners(array[job_id]);
  if not execution.close_job(job_id, lease_token, 'completed') then
    return false;                                  -- the lease was lost: another driver owns the outcome
  end if;
  perform lensers.settle(job_id, (output ->> 'cost_usd')::numeric);
  update battles.contenders c set status = 'submitted', settled_at = now(), error = null,
    simulated = case when c.workflow_version_id is null then c.simulated else lenses.run_simulated(c.run_id) end
  from execution.jobs j where j.job_id = fn_worker_complete_battle_job.job_id and c.contender_id = j.subject_id
  returning c.* into strict contender;
  perform battles.tell_rest(contender, output ->> 'content_text');
  perform battles.write_submission(contender.contender_id, output, true);
  perform battles.start_keyframes(contender.contender_id);
  perform battles.record_event(contender.battle_id, 'contender.submitted', jsonb_build_object(
    'slot', contender.slot, 'latency_ms', output -> 'latency_ms', 'output_tokens', output -> 'output_tokens'));
  perform battles.settle(contender.battle_id);
  return true;
end $$;
comment on function battles.fn_worker_complete_battle_job is
  'Drivers call it with the lease they hold. True: the submission is final, and the battle re-evaluated. False: the lease was lost or the battle cancelled, nothing changed.';
revoke execute on function battles.fn_worker_complete_battle_job from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_complete_battle_job to service_role;

create function battles.record_attempt_event(job_id bigint, outcome text, error jsonb) returns void
language sql security definer set search_path = '' as $$
  insert into battles.events (battle_id, type, data)
  select coalesce(c.battle_id, g.battle_id), case when c.contender_id is null then 'judging.' else 'contender.' end || 'retried',
    jsonb_strip_nulls(jsonb_build_object('slot', c.slot, 'seat', g.seat, 'attempts', j.attempts, 'max_attempts', j.max_attempts, 'error', record_attempt_event.error))
  from execution.jobs j
  left join battles.contenders c on c.contender_id = j.subject_id
  left join battles.judges g on g.judge_id = j.subject_id
  where j.job_id = record_attempt_event.job_id and record_attempt_event.outcome = 'requeued' and coalesce(c.battle_id, g.battle_id) is not null
$$;
comment on function battles.record_attempt_event is 'The event of a failed attempt that will be tried again.';
revoke execute on function battles.record_attempt_event from public, anon, authenticated, service_role;

create function battles.fn_requeue_battle_job_with_backoff(job_id bigint, lease_token bigint, backoff_ms integer, error jsonb) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  outcome text := execution.fail_attempt(job_id, lease_token, error, backoff_ms);
begin
  if outcome = 'requeued' then
    perform lensers.attempt_failed(job_id, (error ->> 'cost_usd')::numeric);
  end if;
  perform battles.record_attempt_event(job_id, outcome, error);
  return outcome;
end $$;
comment on function battles.fn_requeue_battle_job_with_backoff is
  'Drivers call it after a failure worth another attempt, of a contender''s job or a judging. requeued, dead_lettered when the attempts are spent, or lost (nothing changed). error is {code, message}, with cost_usd where the failed call is known to have cost something.';
revoke execute on function battles.fn_requeue_battle_job_with_backoff from public, anon, authenticated, service_role;
grant execute on function battles.fn_requeue_battle_job_with_backoff to service_role;

create function battles.fn_move_battle_job_to_dlq(job_id bigint, lease_token bigint, error jsonb) returns text
language sql security definer set search_path = '' as $$
  select execution.fail_attempt(fn_move_battle_job_to_dlq.job_id, fn_move_battle_job_to_dlq.lease_token, fn_move_battle_job_to_dlq.error, null)
$$;
comment on function battles.fn_move_battle_job_to_dlq is
  'Drivers call it after a failure no attempt can mend. The contender fails and the battle is re-evaluated in the same transaction. dead_lettered, or lost (nothing changed).';
revoke execute on function battles.fn_move_battle_job_to_dlq from public, anon, authenticated, service_role;
grant execute on function battles.fn_move_battle_job_to_dlq to service_role;

create function battles.is_kind(kind text) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (select from execution.job_kinds k where k.kind = is_kind.kind and k.lock_owner = 'battles.lock_job_owners')
$$;
comment on function battles.is_kind is 'Whether jobs of this kind are a battle''s: its lock is taken before theirs.';
revoke execute on function battles.is_kind from public, anon, authenticated, service_role;

create function battles.fn_redrive_dead_letter(dead_letter_id bigint) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  dead execution.dead_letters;
  battle battles.battles;
begin
  if lenses.is_node_letter(dead_letter_id) then
    return lenses.redrive_dead_letter(dead_letter_id, array[dead_letter_id]);
  end if;
  select d.* into dead from execution.dead_letters d
  where d.dead_letter_id = fn_redrive_dead_letter.dead_letter_id
    and (battles.is_kind(d.kind) or d.kind = 'webhook_delivery');
  if not found then
    return 'not_found';
  elsif dead.kind = 'webhook_delivery' then
    return webhooks.redrive_letter(dead);
  end if;
  perform battles.lock_job_owners(array[dead.job_id]);
  select d.* into dead from execution.dead_letters d where d.dead_letter_id = dead.dead_letter_id;
  if dead.redriven_at is not null then
    return 'already_redriven';
  end if;
  if dead.subject_id is null then                  -- a provider that was not told of a cancelled task; no battle waits for it
    return case when execution.revive(dead.job_id) then 'redriven' else 'already_redriven' end;
  end if;
  select b.* into battle from battles.battles b
  where b.battle_id = battles.battle_of(dead.subject_id);
  if battle.status <> all (case dead.kind when 'battle_judging' then '{executing,scoring}' when 'battle_analysis' then enum_range(null::battles.battle_status)
    when 'battle_keyframes' then '{executing,voting}' else '{executing}' end::battles.battle_status[]) then
    return 'battle_' || battle.status;
  end if;
  if battle.held_at is not null then
    return 'battle_held';                          -- its jobs stop where they are: release it first
  end if;
  if not execution.revive(dead.job_id) then
    return 'already_redriven';
  end if;
  update battles.contenders c set status = 'pending', settled_at = null, error = null,
    run_id = case when c.workflow_version_id is null then c.run_id end   -- another run
  where c.contender_id = dead.subject_id and c.status in ('failed', 'timed_out');
  update battles.judges g set status = 'pending', error = null where g.judge_id = dead.subject_id and g.status = 'failed';
  update battles.analyses a set status = 'pending', error = null, finished_at = null where a.analysis_id = dead.subject_id and a.status = 'failed';
  perform battles.record_event(battle.battle_id, 'job.redriven', jsonb_build_object('dead_letter_id', dead_letter_id));
  return 'redriven';
end $$;
comment on function battles.fn_redrive_dead_letter is
  'An operator calls it. redriven; already_redriven; not_found; webhook_disabled or webhook_gone for a delivery that nobody waits for; battle_held while an operator holds the battle, or battle_<status> when it has gone on without this contender and nothing can change; of a workflow''s node, which is run again with all after it, run_<status> when its run has not failed, run_is_child when another run began it, run_gone.';
revoke execute on function battles.fn_redrive_dead_letter from public, anon, authenticated, service_role;
grant execute on function battles.fn_redrive_dead_letter to service_role;

-- A judging stands for answers that are paid for, and votes that are given: it is worth more attempts than one answer.
insert into execution.job_kinds (kind, wake_function, max_attempts, fair, lock_owner, settle_owner) values
  ('battle_job', 'dispatch-jobs', 3, true, 'battles.lock_job_owners', 'battles.settle_buried_job'),
  ('async_execution', 'poll-async-executions', 3, true, 'battles.lock_job_owners', 'battles.settle_buried_job'),
  ('bridge_execution', null, 3, true, 'battles.lock_job_owners', 'battles.settle_buried_job'),  -- no function reaches the bridge
  ('battle_judging', 'ai-judge-battle', 6, true, 'battles.lock_job_owners', 'battles.settle_buried_job'),
  ('battle_analysis', 'ai-judge-battle', 3, true, 'battles.lock_job_owners', 'battles.settle_buried_job');
insert into execution.queues (kind) values ('battle_job'), ('async_execution'), ('bridge_execution'), ('battle_judging'), ('battle_analysis');
