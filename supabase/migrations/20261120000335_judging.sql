-- What drivers call of judges: a claim that carries what is already paid for, each call recorded when it returns, and what all calls of
-- all judges come to. The combination is that of runner-core/judge/combine.ts, and a test holds the two to each other.

create function battles.answers_to_judge(battle_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('contender_id', c.contender_id, 'slot', c.slot, 'content_text', battles.shown_text(s),
    'output_modality', s.output_modality, 'content_url', s.content_url, 'mime_type', s.mime_type, 'transcript', s.transcript, 'keyframes', s.keyframes) order by c.slot), '[]')
  from battles.submissions s join battles.contenders c on c.contender_id = s.contender_id
  where s.battle_id = answers_to_judge.battle_id and s.is_final and c.status = 'submitted'
$$;
comment on function battles.answers_to_judge is 'The answers of a battle as a judge or an analyst may see them: by slot, without a name or a model.';
revoke execute on function battles.answers_to_judge from public, anon, authenticated, service_role;

create function battles.fn_worker_claim_battle_judging(driver text, most integer default 1) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  claimed execution.claimed_job[] := array(select j from execution.fn_worker_claim_jobs('battle_judging', driver, most) j);   -- see fn_worker_claim_battle_job
  jobs jsonb;
  budgeted lensers.priced_job[];
begin
  select jsonb_agg(jsonb_build_object(
    'lease_token', j.lease_token, 'job_id', j.job_id, 'attempts', j.attempts, 'reclaims', j.reclaims, 'max_attempts', j.max_attempts,
    'in_lane', exists (select from execution.lanes l where l.concurrency_key = g.concurrency_key), 'limit_key', g.limit_key,
    'battle_id', b.battle_id, 'judge_id', g.judge_id, 'seat', g.seat, 'judge_model_key', g.model_key, 'judge_mode', b.judge_mode,
    'task_prompt', b.task_prompt, 'inputs', b.inputs, 'rubric', b.rubric, 'generate_rubric', b.generate_rubric and b.rubric is null,
    'reference_answer', b.reference_answer, 'auto_analyse', b.auto_analyse,
    'answers', battles.answers_to_judge(b.battle_id),
    'unreadable_verdicts', (select count(*) from battles.events e
      where e.battle_id = b.battle_id and e.type = 'judging.retried' and e.data -> 'seat' = to_jsonb(g.seat) and e.data #>> '{error,code}' = 'verdict_unparseable'),
    'recorded', coalesce((select jsonb_agg(jsonb_build_object('part', v.part, 'presentation', v.presentation) order by v.verdict_id)
      from battles.verdicts v where v.judge_id = g.judge_id), '[]'))
    || case when g.byok_key_id is null then '{}' else lensers.byok_for_claim(g.byok_key_id, b.owner_id, g.provider) end order by j.position),
    array_agg((j.job_id, b.owner_id, b.battle_id, b.budget_usd, battles.call_estimate(g.funding_source, g.cost_estimate_usd),
      coalesce(g.funding_source = 'platform_credit', false))::lensers.priced_job order by j.position)
      filter (where b.budget_usd is not null
        or g.funding_source = 'platform_credit' and exists (select from lensers.budgets x where x.owner_id = b.owner_id))
  into jobs, budgeted
  from unnest(claimed) j
  join battles.judges g on g.judge_id = j.subject_id
  join battles.battles b on b.battle_id = g.battle_id;
  if budgeted is not null then
    jobs := lensers.fund_claimed(jobs, budgeted);
  end if;
  return execution.claim_document('battle_judging', jobs);
end $$;
comment on function battles.fn_worker_claim_battle_judging is
  'Drivers call it for up to `most` judges to ask. Answers carry slots, never names or models; the calls in recorded are already paid for and must not be made again. refused: as in fn_worker_claim_battle_job.';
revoke execute on function battles.fn_worker_claim_battle_judging from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_claim_battle_judging to service_role;

create function battles.held_judge(job_id bigint, lease_token bigint) returns battles.judges
language sql security definer set search_path = '' as $$
  select g from execution.leases l
  join execution.jobs j on j.job_id = held_judge.job_id
  join battles.judges g on g.judge_id = j.subject_id
  where l.lease_token = held_judge.lease_token and j.job_id = any (l.job_ids) and j.state = 'active'
  for update of l
$$;
comment on function battles.held_judge is 'The judge whose job this lease holds, with the lease locked; null when it was lost. The caller holds the battle''s row lock.';
revoke execute on function battles.held_judge from public, anon, authenticated, service_role;

create function battles.calls_of_judge(battle_id uuid) returns integer
language sql stable security definer set search_path = '' as $$
  select case b.judge_mode when 'pairwise' then c.answers * (c.answers - 1) when 'rubric' then 2 * greatest(coalesce(jsonb_array_length(b.rubric), 1), 1) else 2 end
  from battles.battles b
  cross join lateral (select greatest(count(*), 2)::integer as answers from battles.contenders x where x.battle_id = b.battle_id and x.status = 'submitted') c
  where b.battle_id = calls_of_judge.battle_id
$$;
comment on function battles.calls_of_judge is 'How many calls each judge of a battle makes: both orders of every part.';
revoke execute on function battles.calls_of_judge from public, anon, authenticated, service_role;

create function battles.fn_worker_record_verdict(job_id bigint, lease_token bigint, verdict jsonb) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  judge battles.judges;
  recorded bigint;
begin
  perform battles.lock_job_owners(array[job_id]);
  judge := battles.held_judge(job_id, lease_token);
  if judge.judge_id is null then
    return 'lost';
  end if;
  if exists (
    select from (
      select s.value ->> 'contender_id' as named from jsonb_array_elements(verdict -> 'scores') s
      union all select verdict ->> 'winner_contender_id' where verdict ->> 'winner_contender_id' is not null) n
    where not exists (select from battles.contenders c where c.battle_id = judge.battle_id and c.contender_id = n.named::uuid)) then
    raise exception 'a verdict names a contender of another battle' using errcode = 'check_violation';
  end if;
  insert into battles.verdicts (battle_id, judge_id, judge_model_key, part, presentation, slot_order, outcome, winner_contender_id, reasoning, weight, system_prompt,
    prompt, raw_text, parameters, input_tokens, output_tokens, cost_usd, latency_ms)
  values (judge.battle_id, judge.judge_id, judge.model_key, coalesce(verdict ->> 'part', 'all'), (verdict ->> 'presentation')::smallint, verdict ->> 'slot_order',
    verdict ->> 'outcome', (verdict ->> 'winner_contender_id')::uuid, coalesce(verdict ->> 'reasoning', ''), coalesce((verdict ->> 'weight')::numeric, 1),
    verdict ->> 'system_prompt', verdict ->> 'prompt', verdict ->> 'raw_text', coalesce(verdict -> 'parameters', '{}'), (verdict ->> 'input_tokens')::integer,
    (verdict ->> 'output_tokens')::integer, (verdict ->> 'cost_usd')::numeric, (verdict ->> 'latency_ms')::integer)
  on conflict do nothing
  returning verdict_id into recorded;
  if recorded is null then
    return 'already_recorded';
  end if;
  -- The estimate is for all its calls.
  perform lensers.charge(job_id, coalesce((verdict ->> 'cost_usd')::numeric, judge.cost_estimate_usd / battles.calls_of_judge(judge.battle_id)));
  insert into battles.verdict_scores (verdict_id, contender_id, score, place)
  select recorded, (s.value ->> 'contender_id')::uuid, (s.value ->> 'score')::numeric, (s.value ->> 'place')::smallint
  from jsonb_array_elements(verdict -> 'scores') s;
  perform battles.record_event(judge.battle_id, 'verdict.recorded', jsonb_build_object('seat', judge.seat, 'part', coalesce(verdict ->> 'part', 'all'),
    'presentation', verdict -> 'presentation', 'slot_order', verdict -> 'slot_order', 'outcome', verdict -> 'outcome'));
  return 'recorded';
end $$;
comment on function battles.fn_worker_record_verdict is
  'Drivers call it the moment a judge call returns, so that what is paid for is kept whatever happens next. recorded, already_recorded (nothing changed) or lost (nothing changed).';
revoke execute on function battles.fn_worker_record_verdict from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_record_verdict to service_role;

create function battles.fn_worker_record_rubric(job_id bigint, lease_token bigint, rubric jsonb, generated_by jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  judge battles.judges;
  battle battles.battles;
begin
  perform battles.lock_job_owners(array[job_id]);
  judge := battles.held_judge(job_id, lease_token);
  if judge.judge_id is null then
    return null;
  end if;
  perform lensers.charge(job_id, (generated_by ->> 'cost_usd')::numeric);
  insert into battles.rubric_calls (judge_id, battle_id, system_prompt, prompt, raw_text, parameters, input_tokens, output_tokens, cost_usd, latency_ms)
  values (judge.judge_id, judge.battle_id, coalesce(generated_by ->> 'system_prompt', ''), coalesce(generated_by ->> 'prompt', ''), coalesce(generated_by ->> 'raw_text', ''),
    coalesce(generated_by -> 'parameters', '{}'), (generated_by ->> 'input_tokens')::integer, (generated_by ->> 'output_tokens')::integer,
    (generated_by ->> 'cost_usd')::numeric, (generated_by ->> 'latency_ms')::integer)
  on conflict do nothing;
  update battles.battles b set rubric = fn_worker_record_rubric.rubric where b.battle_id = judge.battle_id and b.rubric is null and b.generate_rubric;
  if found then
    perform battles.record_event(judge.battle_id, 'rubric.generated', jsonb_build_object('seat', judge.seat, 'rubric', rubric) || jsonb_strip_nulls(jsonb_build_object(
      'input_tokens', generated_by -> 'input_tokens', 'output_tokens', generated_by -> 'output_tokens', 'cost_usd', generated_by -> 'cost_usd')));
  end if;
  select b.* into battle from battles.battles b where b.battle_id = judge.battle_id;
  perform battles.start_judging(battle);           -- the others have waited for it
  return battle.rubric;
end $$;
comment on function battles.fn_worker_record_rubric is
  'Drivers call it with a rubric that a judge wrote for a battle that asked for one, and the call it was written in. Returns the rubric the battle has now: the first to arrive stays, and the other judges begin. Null: the lease was lost, nothing changed.';
revoke execute on function battles.fn_worker_record_rubric from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_record_rubric to service_role;

create function battles.fn_worker_record_transcript(
  job_id bigint, lease_token bigint, contender_id uuid, transcript text, cost_usd numeric default null, on_platform boolean default true
) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  judge battles.judges;
begin
  perform battles.lock_job_owners(array[job_id]);
  judge := battles.held_judge(job_id, lease_token);
  if judge.judge_id is null then
    return false;
  end if;
  update battles.submissions s set transcript = fn_worker_record_transcript.transcript
  where s.contender_id = fn_worker_record_transcript.contender_id and s.battle_id = judge.battle_id and s.transcript is null;
  perform lensers.charge_on(job_id, b.owner_id, b.battle_id, on_platform, cost_usd, b.budget_usd is not null) from battles.battles b where b.battle_id = judge.battle_id;
  return true;
end $$;
comment on function battles.fn_worker_record_transcript is
  'Drivers call it with what is said in a recording, before a judge reads it, and with what that cost and whether the platform''s key paid. The first to arrive stays; each was paid for. False: the lease was lost, nothing changed.';
revoke execute on function battles.fn_worker_record_transcript from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_record_transcript to service_role;

create function battles.fn_worker_yield_battle_job(job_id bigint, lease_token bigint) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  perform battles.lock_job_owners(array[job_id]);
  return execution.yield_job(job_id, lease_token);
end $$;
comment on function battles.fn_worker_yield_battle_job is
  'Drivers call it when their slice is spent and a judging or an analysis has calls left: the next driver goes on at once, no attempt is counted, and what is recorded stays. False: the lease was lost, nothing changed.';
revoke execute on function battles.fn_worker_yield_battle_job from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_yield_battle_job to service_role;

-- ---------------------------------------------------------------- what the judges decided

create function battles.judge_decisions(battle_id uuid)
returns table (judge_id uuid, weight numeric, contender_id uuid, opponent_id uuid, decision text)
language sql stable security definer set search_path = '' as $$
  with whole as (
    select v.*, count(*) over (partition by v.judge_id, v.part) as orders
    from battles.verdicts v where v.battle_id = judge_decisions.battle_id and v.outcome <> 'abstain'
  ), leanings as (
    select w.judge_id, a.contender_id, b.contender_id as opponent_id, w.presentation,
      sign(case when battle.judge_mode = 'rubric' then sum(w.weight * (a.score - b.score)) else sum(b.place - a.place) end) as lean,
      bool_and(w.outcome = 'both_bad') as bad
    from whole w
    join battles.battles battle on battle.battle_id = w.battle_id
    join battles.verdict_scores a on a.verdict_id = w.verdict_id
    join battles.verdict_scores b on b.verdict_id = w.verdict_id and b.contender_id > a.contender_id
    where w.orders = 2
    group by 1, 2, 3, 4, battle.judge_mode
  )
  select l.judge_id, g.weight, l.contender_id, l.opponent_id,
    case when count(distinct l.lean) > 1 then 'inconsistent' when min(l.lean) > 0 then 'first' when min(l.lean) < 0 then 'second'
      when bool_and(l.bad) then 'both_bad' when bool_or(l.bad) then 'inconsistent' else 'tie' end
  from leanings l join battles.judges g on g.judge_id = l.judge_id
  group by l.judge_id, g.weight, l.contender_id, l.opponent_id
$$;
comment on function battles.judge_decisions is
  'What each judge decided of each pair (contender_id < opponent_id): what both of its orders say. first, second, tie, both_bad, or inconsistent. A part counts when both its orders could be read; the criteria of a rubric are added up by weight within each order.';
revoke execute on function battles.judge_decisions from public, anon, authenticated, service_role;

create function battles.panel_decisions(battle_id uuid) returns table (contender_id uuid, opponent_id uuid, decision text)
language sql stable security definer set search_path = '' as $$
  select p.contender_id, p.opponent_id,
    case when p.a > p.b and p.a > p.tie + p.bad then 'first' when p.b > p.a and p.b > p.tie + p.bad then 'second'
      when p.tie + p.bad > 0 and p.tie + p.bad >= greatest(p.a, p.b) then case when p.bad > p.tie then 'both_bad' else 'tie' end
      else 'inconsistent' end
  from (
    select d.contender_id, d.opponent_id, sum(d.weight * (d.decision = 'first')::integer) as a, sum(d.weight * (d.decision = 'second')::integer) as b,
      sum(d.weight * (d.decision = 'tie')::integer) as tie, sum(d.weight * (d.decision = 'both_bad')::integer) as bad
    from battles.judge_decisions(panel_decisions.battle_id) d where d.weight > 0
    group by 1, 2) p
$$;
comment on function battles.panel_decisions is
  'What the judges of a battle decided of each pair, by the weight of those who decided it: a side wins with more weight than the other and than those who saw none ahead; sides that balance are inconsistent.';
revoke execute on function battles.panel_decisions from public, anon, authenticated, service_role;

create function battles.panel_outcome(battle_id uuid, out outcome text, out winner_id uuid)
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  decided integer;
  all_bad boolean;
  undecided boolean;
  unbeaten integer;
begin
  select count(*), bool_and(p.decision = 'both_bad') into decided, all_bad from battles.panel_decisions(battle_id) p;
  if decided = 0 then
    outcome := 'abstain';
    return;
  end if;
  with pairs as materialized (
    select p.* from battles.panel_decisions(panel_outcome.battle_id) p
  ), contenders as (
    select c.contender_id from battles.contenders c where c.battle_id = panel_outcome.battle_id and c.status = 'submitted'
  ), results as (
    select a.contender_id,
      case when p.contender_id = a.contender_id then p.decision when p.decision = 'first' then 'second' when p.decision = 'second' then 'first' else p.decision end as result
    from contenders a join contenders b on b.contender_id <> a.contender_id
    left join pairs p on (p.contender_id, p.opponent_id) in ((a.contender_id, b.contender_id), (b.contender_id, a.contender_id))
  ), standings as (
    select r.contender_id, bool_and(coalesce(r.result = 'first', false)) as beats_all, not bool_or(coalesce(r.result = 'second', false)) as is_unbeaten,
      bool_or(r.result is null or r.result = 'inconsistent') as unsure
    from results r group by 1
  )
  select (array_agg(s.contender_id) filter (where s.beats_all))[1], count(*) filter (where s.is_unbeaten), bool_or(s.unsure) filter (where s.is_unbeaten)
  into winner_id, unbeaten, undecided from standings s;
  outcome := case when winner_id is not null then 'winner' when all_bad then 'both_bad' when unbeaten > 0 and not undecided then 'tie' else 'inconsistent' end;
end $$;
comment on function battles.panel_outcome is
  'How a battle stands by its judges: who beats every other wins; else both_bad (of every pair), tie (those whom nobody beats were called level), inconsistent, or abstain (no pair was decided).';
revoke execute on function battles.panel_outcome from public, anon, authenticated, service_role;

create function battles.judging_grace() returns interval
language sql stable set search_path = '' as $$ select coalesce(nullif(current_setting('agon.judging_grace', true), '')::interval, '15 minutes') $$;
comment on function battles.judging_grace is
  'How long a battle whose judging was given up stays in scoring, so that an operator can redrive it: 15 minutes, or the database setting agon.judging_grace.';
revoke execute on function battles.judging_grace from public, anon, authenticated, service_role;

create function battles.judging_state(battle_id uuid) returns text
language sql stable security definer set search_path = '' as $$
  select case
    when battles.frames_pending(judging_state.battle_id) then 'judging'
    when exists (
      select from battles.judges g join execution.jobs j on j.subject_id = g.judge_id
      where g.battle_id = judging_state.battle_id and g.status = 'pending' and j.state in ('active', 'held')) then 'judging'
    when exists (
      select from battles.judges g join execution.jobs j on j.subject_id = g.judge_id
      where g.battle_id = judging_state.battle_id and g.status = 'failed' and j.finished_at > now() - battles.judging_grace())
      and not exists (
        select from battles.verdicts v where v.battle_id = judging_state.battle_id group by v.judge_id, v.part having count(*) = 2) then 'failed'
    else 'done'
  end
$$;
comment on function battles.judging_state is
  'judging while a judge has a job, or a film has still to be taken apart for the judges; failed while nothing was judged in both orders and a judging that was given up may be redriven (battles.judging_grace()); else done.';
revoke execute on function battles.judging_state from public, anon, authenticated, service_role;

create function battles.fn_worker_complete_battle_judging(job_id bigint, lease_token bigint) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  perform battles.lock_job_owners(array[job_id]);
  if not execution.close_job(job_id, lease_token, 'completed') then
    return false;
  end if;
  perform lensers.settle(job_id, 0);               -- each call was charged as it was recorded
  update battles.judges g
  set status = case when exists (select from battles.judge_decisions(g.battle_id) d where d.judge_id = g.judge_id) then 'judged' else 'abstained' end
  from execution.jobs j where j.job_id = fn_worker_complete_battle_judging.job_id and g.judge_id = j.subject_id;
  return true;
end $$;
comment on function battles.fn_worker_complete_battle_judging is
  'Drivers call it when every call of a judge is recorded, then ask for fn_battles_finalize in a transaction of its own. False: the lease was lost.';
revoke execute on function battles.fn_worker_complete_battle_judging from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_complete_battle_judging to service_role;
