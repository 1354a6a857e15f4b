-- After the verdict: what an owner thinks of it, and what a model makes of the answers. Neither changes how the battle ended.

create function battles.fn_battles_override_winner(battle_id uuid, author_id uuid, winner_slot text, note text) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
  winner_id uuid;
begin
  select b.* into battle from battles.battles b
  where b.battle_id = fn_battles_override_winner.battle_id and b.owner_id = fn_battles_override_winner.author_id for update;
  if not found then
    return 'not_found';
  end if;
  if battle.status <> 'closed' then
    return 'battle_' || battle.status;
  end if;
  if winner_slot is not null then
    select c.contender_id into winner_id from battles.contenders c
    where c.battle_id = battle.battle_id and c.slot = winner_slot and c.status = 'submitted';
    if not found then
      return 'unknown_slot';
    end if;
  end if;
  insert into battles.winner_overrides (battle_id, author_id, winner_contender_id, note) values (battle_id, author_id, winner_id, note);
  perform battles.record_event(battle_id, 'winner.overridden', jsonb_build_object('slot', winner_slot, 'note', note));
  return 'overridden';
end $$;
comment on function battles.fn_battles_override_winner is
  'api calls it for the owner of a closed battle: who should have won (null: nobody), and why. overridden; not_found (also for a stranger), unknown_slot (no such contender, or it gave no answer) or battle_<status> changed nothing. The outcome, the ratings and the statistics of judges stay as they are.';
revoke execute on function battles.fn_battles_override_winner from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_override_winner to service_role;

-- ---------------------------------------------------------------- analyses

create function battles.plan_analysis(battle battles.battles) returns void
language sql security definer set search_path = '' as $$
  insert into battles.analyses (battle_id, kind, model_key, provider, concurrency_key, concurrency_limit, limit_key, funding_source, byok_key_id,
    cost_estimate_usd, simulated)
  select g.battle_id, 'digest_judge', g.model_key, g.provider, g.concurrency_key, g.concurrency_limit, g.limit_key, g.funding_source, g.byok_key_id,
    g.cost_estimate_usd, g.simulated
  from battles.judges g where g.battle_id = (battle).battle_id and g.status <> 'recused' order by g.seat limit 1
$$;
comment on function battles.plan_analysis is
  'Notes that a battle which analyses itself is due for it, by its first judge. Without a job: whoever finalises may hold ratings, under which no share is locked; fn_battles_start_analyses makes the job.';
revoke execute on function battles.plan_analysis from public, anon, authenticated, service_role;

create function battles.start_analysis(analysis battles.analyses, battle battles.battles) returns void
language sql security definer set search_path = '' as $$
  update battles.analyses a set status = 'pending' where a.analysis_id = (analysis).analysis_id;
  select execution.enqueue(
    execution.queue_for('battle_analysis', (analysis).concurrency_key, (analysis).concurrency_limit, (analysis).limit_key, (analysis).provider),
    array['{}'::jsonb], (analysis).analysis_id, (battle).priority, owner_id => (battle).owner_id);
$$;
comment on function battles.start_analysis is 'Gives an analysis its job. The caller holds the battle''s row lock.';
revoke execute on function battles.start_analysis from public, anon, authenticated, service_role;

create function battles.fn_battles_start_analyses() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  battle battles.battles;
  analysis battles.analyses;
  started integer := 0;
begin
  for battle in
    select b.* from battles.battles b where b.battle_id in (select a.battle_id from battles.analyses a where a.status = 'due') and b.held_at is null
    order by b.battle_id limit 100 for update skip locked
  loop
    for analysis in select a.* from battles.analyses a where a.battle_id = battle.battle_id and a.status = 'due' order by a.created_at loop
      perform battles.start_analysis(analysis, battle);
      started := started + 1;
    end loop;
  end loop;
  return started;
end $$;
comment on function battles.fn_battles_start_analyses is
  'On a schedule, and called by drivers that finalised a battle: gives the analyses that are due their jobs. Returns how many.';
revoke execute on function battles.fn_battles_start_analyses from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_start_analyses to service_role;

create function battles.fn_battles_analyse(battle_id uuid, owner_id uuid, analysis jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
  made battles.analyses;
  refusal jsonb;
begin
  select b.* into battle from battles.battles b
  where b.battle_id = fn_battles_analyse.battle_id and b.owner_id = fn_battles_analyse.owner_id for update;
  if not found then
    return jsonb_build_object('refused', 'not_found');
  end if;
  if battle.status <> 'closed' then
    return jsonb_build_object('refused', 'battle_state', 'status', battle.status);
  end if;
  if battle.held_at is not null then
    return jsonb_build_object('refused', 'held');
  end if;
  if (select count(*) from battles.analyses a where a.battle_id = battle.battle_id) >= 20 then
    return jsonb_build_object('refused', 'analysis_limit');
  end if;
  refusal := battles.call_refusal(owner_id, analysis, battle.budget_usd is not null);
  if refusal is not null then
    return refusal;
  end if;
  insert into battles.analyses (battle_id, kind, model_key, provider, concurrency_key, concurrency_limit, limit_key, funding_source, byok_key_id,
    cost_estimate_usd, simulated, requested_by)
  values (battle_id, analysis ->> 'kind', analysis ->> 'model_key', analysis ->> 'provider', analysis ->> 'concurrency_key',
    (analysis ->> 'concurrency_limit')::integer, analysis ->> 'limit_key', (analysis ->> 'funding_source')::battles.funding_source,
    (analysis ->> 'byok_key_id')::uuid, (analysis ->> 'cost_estimate_usd')::numeric, coalesce((analysis ->> 'simulated')::boolean, false), owner_id)
  returning * into made;
  perform battles.record_event(battle_id, 'analysis.requested', jsonb_build_object('analysis_id', made.analysis_id, 'kind', made.kind));
  perform battles.start_analysis(made, battle);
  return jsonb_build_object('analysis_id', made.analysis_id);
end $$;
comment on function battles.fn_battles_analyse is
  'api calls it for the owner of a closed battle: a model is to analyse or cross-examine it. {analysis_id}; {refused: not_found (also for a stranger) | battle_state, with status | held | analysis_limit (20 in a battle) | byok_key_not_found | byok_key_expired | byok_key_revoked | price_unknown} changed nothing; of the last four, path and message say where and why.';
revoke execute on function battles.fn_battles_analyse from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_analyse to service_role;

-- ---------------------------------------------------------------- what drivers call

create function battles.fn_worker_claim_battle_analysis(driver text, most integer default 1) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  claimed execution.claimed_job[] := array(select j from execution.fn_worker_claim_jobs('battle_analysis', driver, most) j);   -- see fn_worker_claim_battle_job
  jobs jsonb;
  budgeted lensers.priced_job[];
begin
  select jsonb_agg(jsonb_build_object(
    'lease_token', j.lease_token, 'job_id', j.job_id, 'attempts', j.attempts, 'reclaims', j.reclaims, 'max_attempts', j.max_attempts,
    'in_lane', exists (select from execution.lanes l where l.concurrency_key = a.concurrency_key), 'limit_key', a.limit_key,
    'battle_id', b.battle_id, 'analysis_id', a.analysis_id, 'kind', a.kind, 'model_key', a.model_key,
    'task_prompt', b.task_prompt, 'inputs', b.inputs, 'rubric', b.rubric, 'reference_answer', b.reference_answer,
    'outcome', b.outcome, 'winner_slot', (select c.slot from battles.contenders c where c.contender_id = b.winner_contender_id),
    'answers', battles.answers_to_judge(b.battle_id),
    'verdicts', coalesce((select jsonb_agg(jsonb_build_object('slot_order', v.slot_order, 'outcome', v.outcome, 'reasoning', left(v.reasoning, 4000),
        'winner_slot', (select c.slot from battles.contenders c where c.contender_id = v.winner_contender_id),
        'scores', (select jsonb_object_agg(c.slot, x.score) from battles.verdict_scores x join battles.contenders c on c.contender_id = x.contender_id
          where x.verdict_id = v.verdict_id)) order by v.verdict_id)
      from (select * from battles.verdicts y where y.battle_id = b.battle_id order by y.verdict_id limit 12) v), '[]'),
    'calls', coalesce((select jsonb_object_agg(k.stage, k.raw_text) from battles.analysis_calls k where k.analysis_id = a.analysis_id), '{}'))
    || case when a.byok_key_id is null then '{}' else lensers.byok_for_claim(a.byok_key_id, b.owner_id, a.provider) end order by j.position),
    array_agg((j.job_id, b.owner_id, b.battle_id, b.budget_usd, battles.call_estimate(a.funding_source, a.cost_estimate_usd),
      coalesce(a.funding_source = 'platform_credit', false))::lensers.priced_job order by j.position)
      filter (where b.budget_usd is not null
        or a.funding_source = 'platform_credit' and exists (select from lensers.budgets x where x.owner_id = b.owner_id))
  into jobs, budgeted
  from unnest(claimed) j
  join battles.analyses a on a.analysis_id = j.subject_id
  join battles.battles b on b.battle_id = a.battle_id;
  if budgeted is not null then
    jobs := lensers.fund_claimed(jobs, budgeted);
  end if;
  return execution.claim_document('battle_analysis', jobs);
end $$;
comment on function battles.fn_worker_claim_battle_analysis is
  'Drivers call it for up to `most` analyses to make. calls: what each stage that is already paid for answered; those must not be asked again. refused: as in fn_worker_claim_battle_job.';
revoke execute on function battles.fn_worker_claim_battle_analysis from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_claim_battle_analysis to service_role;

create function battles.fn_worker_record_analysis_call(job_id bigint, lease_token bigint, call jsonb) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  analysis_id uuid;
begin
  perform battles.lock_job_owners(array[job_id]);
  select j.subject_id into analysis_id from execution.leases l join execution.jobs j on j.job_id = fn_worker_record_analysis_call.job_id
  where l.lease_token = fn_worker_record_analysis_call.lease_token and j.job_id = any (l.job_ids) and j.state = 'active'
  for update of l;
  if not found then
    return 'lost';
  end if;
  insert into battles.analysis_calls (analysis_id, stage, system_prompt, prompt, raw_text, parameters, input_tokens, output_tokens, cost_usd, latency_ms)
  values (analysis_id, call ->> 'stage', call ->> 'system_prompt', call ->> 'prompt', call ->> 'raw_text', coalesce(call -> 'parameters', '{}'),
    (call ->> 'input_tokens')::integer, (call ->> 'output_tokens')::integer, (call ->> 'cost_usd')::numeric, (call ->> 'latency_ms')::integer)
  on conflict do nothing;
  if not found then
    return 'already_recorded';
  end if;
  perform lensers.charge(job_id, (call ->> 'cost_usd')::numeric);
  return 'recorded';
end $$;
comment on function battles.fn_worker_record_analysis_call is
  'Drivers call it the moment a call of an analysis returns. recorded, already_recorded (nothing changed) or lost (nothing changed).';
revoke execute on function battles.fn_worker_record_analysis_call from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_record_analysis_call to service_role;

create function battles.fn_worker_complete_battle_analysis(job_id bigint, lease_token bigint, result jsonb) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  analysis battles.analyses;
begin
  perform battles.lock_job_owners(array[job_id]);
  if not execution.close_job(job_id, lease_token, 'completed') then
    return false;
  end if;
  perform lensers.settle(job_id, 0);               -- each call was charged as it was recorded
  update battles.analyses a set status = 'completed', result = fn_worker_complete_battle_analysis.result, finished_at = now()
  from execution.jobs j where j.job_id = fn_worker_complete_battle_analysis.job_id and a.analysis_id = j.subject_id
  returning a.* into strict analysis;
  perform battles.record_event(analysis.battle_id, 'analysis.completed', jsonb_build_object('analysis_id', analysis.analysis_id, 'kind', analysis.kind));
  return true;
end $$;
comment on function battles.fn_worker_complete_battle_analysis is 'Drivers call it with what all calls of an analysis came to. False: the lease was lost, nothing changed.';
revoke execute on function battles.fn_worker_complete_battle_analysis from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_complete_battle_analysis to service_role;
