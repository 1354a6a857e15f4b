-- A battle's own steps: created, published, cancelled by its owner; settled when its contenders are.

-- ---------------------------------------------------------------- create, publish, cancel

create function battles.type_of(people bigint, commands bigint, workflows bigint, contenders integer, wanted text) returns battles.battle_type
language sql immutable set search_path = '' as $$
  select case
    when commands = contenders then case when coalesce(wanted, 'coding') = 'coding' then 'coding' end
    when commands > 0 then null
    when workflows > 0 then case when coalesce(wanted, 'workflow_battle') = 'workflow_battle' then 'workflow_battle' end
    when coalesce(wanted, made) = made then made
    when wanted = 'qa' and people = 0 then 'qa'
  end::battles.battle_type
  from (values (case people when 0 then 'ai_vs_ai' when contenders then 'human_vs_human' else 'human_vs_ai' end)) t (made)
$$;
comment on function battles.type_of is
  'What a battle of so many people, commands and workflows among its contenders is: of workflows, beside whom else, a workflow_battle; null when that is not what was wanted, or commands are to contend beside others.';
revoke execute on function battles.type_of from public, anon, authenticated, service_role;

create function battles.call_refusal(owner_id uuid, model jsonb, limited boolean, path text default '') returns jsonb
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  key lensers.byok_api_keys;
  refusal jsonb;
begin
  if model ->> 'byok_key_id' is not null then
    select k.* into key from lensers.byok_api_keys k where k.key_id = (model ->> 'byok_key_id')::uuid;
    refusal := lensers.byok_refusal(key, owner_id, model ->> 'provider');
    if refusal is not null then
      return jsonb_build_object('refused', refusal ->> 'code', 'path', path || '/byok_key_id', 'message', refusal ->> 'message');
    end if;
  end if;
  if model ->> 'cost_estimate_usd' is null and (limited and model ->> 'funding_source' in ('platform_credit', 'user_byok_cloud', 'user_byok_local')
      or model ->> 'funding_source' = 'platform_credit' and exists (select from lensers.budgets g where g.owner_id = call_refusal.owner_id)) then
    return jsonb_build_object('refused', 'price_unknown', 'path', path || '/model', 'message', 'The registry has no price for this model, and a budget is set');
  end if;
  return null;
end $$;
comment on function battles.call_refusal is
  'Why calls to a model cannot be paid for: a key that is not the owner''s, or has ended, or no price under a budget (limited: of the battle). {refused, path, message}, or null.';
revoke execute on function battles.call_refusal from public, anon, authenticated, service_role;

create function battles.funding_refusal(owner_id uuid, battle jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select r.refusal from (
    select 0 as room, c.ordinality, battles.call_refusal(funding_refusal.owner_id, c.value, battle ->> 'budget_usd' is not null, '/contenders/' || c.ordinality - 1) as refusal
    from jsonb_array_elements(battle -> 'contenders') with ordinality c
    union all
    select 0, c.ordinality, lensers.byok_keys_refusal(funding_refusal.owner_id, c.value #> '{workflow,byok_keys}', '/contenders/' || c.ordinality - 1)
    from jsonb_array_elements(battle -> 'contenders') with ordinality c
    union all
    select 1, 0, battles.call_refusal(funding_refusal.owner_id, battle -> 'judge', battle ->> 'budget_usd' is not null, '/judge')
    union all
    select 1, j.ordinality, battles.call_refusal(funding_refusal.owner_id, j.value, battle ->> 'budget_usd' is not null, '/judges/' || j.ordinality - 1)
    from jsonb_array_elements(case when jsonb_typeof(battle -> 'judges') = 'array' then battle -> 'judges' else '[]' end) with ordinality j) r
  where r.refusal is not null order by r.room, r.ordinality limit 1
$$;
comment on function battles.funding_refusal is
  'Why a battle cannot be paid for as it is asked for: a key that is not the owner''s, or has ended, or a model without a price under a budget. {refused, path, message}, or null.';
revoke execute on function battles.funding_refusal from public, anon, authenticated, service_role;

create function battles.capability_refusal(battle jsonb, judges jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('refused', 'capability_missing', 'path', case when battle ->> 'judge' is null then '/judges/0' else '/judge' end,
    'message', 'Films are judged by pictures that a worker with ffmpeg takes out of them, and none was heard of in the last 10 minutes')
  where exists (select from jsonb_array_elements(capability_refusal.judges) j where nullif(j -> 'recused', 'null') is null)
    and exists (select from jsonb_array_elements(battle -> 'contenders') c where c ->> 'model_kind' = 'video')
    and not execution.has_capability('ffmpeg')
$$;
comment on function battles.capability_refusal is 'Why a battle cannot be judged here: its films have to be taken apart, and nobody can. {refused, path, message}, or null.';
revoke execute on function battles.capability_refusal from public, anon, authenticated, service_role;

create function battles.fn_battles_create(owner_id uuid, battle jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  made battles.battles;
  known battles.battles;
  contender jsonb;
  nth integer := 0;
  count integer := coalesce(jsonb_array_length(battle -> 'contenders'), 0);
  people bigint;
  commands bigint;
  workflows bigint;
  kind battles.battle_type;
  judges jsonb := battles.with_learned_weights(owner_id,
    coalesce(nullif(battle -> 'judges', 'null'), case when nullif(battle -> 'judge', 'null') is null then '[]' else jsonb_build_array(battle -> 'judge') end));
  refusal jsonb;
begin
  if count not between 2 and 26 then
    return jsonb_build_object('refused', 'contender_count', 'count', count);
  end if;
  select count(*) filter (where c ->> 'model_key' is null and c ->> 'command' is null and c -> 'workflow' is null), count(*) filter (where c ->> 'command' is not null),
    count(*) filter (where c -> 'workflow' is not null) into people, commands, workflows
  from jsonb_array_elements(battle -> 'contenders') c;
  kind := battles.type_of(people, commands, workflows, count, battle ->> 'battle_type');
  if kind is null then
    return jsonb_build_object('refused', 'battle_type', 'battle_type', battle ->> 'battle_type');
  end if;
  if jsonb_array_length(judges) > 9 or (jsonb_array_length(judges) > 0) <> (coalesce(battle ->> 'scoring_mode', 'ai_judge') not in ('community', 'checks')) then
    return jsonb_build_object('refused', 'judge_count', 'count', jsonb_array_length(judges));
  end if;
  if jsonb_array_length(judges) > 0 and not exists (select from jsonb_array_elements(judges) j where nullif(j -> 'recused', 'null') is null) then
    return jsonb_build_object('refused', 'judge_recused', 'message', judges #>> '{0,recused,message}');
  end if;
  if battle ->> 'voter_eligibility' in ('confirmed_email', 'account_age') and to_regclass('auth.users') is null then
    return jsonb_build_object('refused', 'accounts_unknown', 'voter_eligibility', battle ->> 'voter_eligibility');
  end if;
  -- By themselves these may change, and a repeated request is not refused for that.
  refusal := coalesce(battles.capability_refusal(battle, judges), battles.backend_refusal(battle), battles.weight_refusal(judges), battles.funding_refusal(owner_id, battle));
  if refusal is not null and not exists (
    select from battles.battles b where b.owner_id = fn_battles_create.owner_id and b.idempotency_key = battle ->> 'idempotency_key') then
    return refusal;
  end if;
  insert into battles.battles (owner_id, battle_type, category, title, task_prompt, inputs, max_tokens, temperature, handicap, rubric, reference_answer,
    scoring_mode, priority, voting_window_ms, voter_eligibility, min_account_age_ms, vote_weighting, submission_window_ms, promote_at, auto_publish_results, budget_usd,
    judge_mode, allow_own_family, generate_rubric, auto_analyse, repository, checks, run_id, idempotency_key, request_hash)
  values (owner_id, kind, battle ->> 'category', battle ->> 'title', battle ->> 'task_prompt',
    nullif(battle -> 'inputs', 'null'), coalesce((battle ->> 'max_tokens')::integer, 4096), (battle ->> 'temperature')::numeric,
    coalesce(nullif(battle -> 'handicap', 'null'), '{}'), nullif(battle -> 'rubric', 'null'), battle ->> 'reference_answer',
    coalesce((battle ->> 'scoring_mode')::battles.scoring_mode, 'ai_judge'), coalesce((battle ->> 'priority')::smallint, 0),
    coalesce((battle ->> 'voting_window_ms')::bigint, 0), coalesce(battle ->> 'voter_eligibility', 'anyone'), (battle ->> 'min_account_age_ms')::bigint, coalesce(battle ->> 'vote_weighting', 'equal'),
    case when people > 0 then coalesce((battle ->> 'submission_window_ms')::bigint, 86400000) end,
    (battle ->> 'promote_at')::timestamptz, coalesce((battle ->> 'auto_publish_results')::boolean, true), (battle ->> 'budget_usd')::numeric,
    coalesce((battle ->> 'judge_mode')::battles.judge_mode, case when count > 8 then 'pairwise' else 'listwise' end::battles.judge_mode),
    coalesce((battle ->> 'allow_own_family')::boolean, false), coalesce((battle ->> 'generate_rubric')::boolean, false),
    coalesce((battle ->> 'auto_analyse')::boolean, false),
    nullif(battle -> 'repository', 'null'), array(select jsonb_array_elements_text(coalesce(nullif(battle -> 'checks', 'null'), '[]'))),
    case when exists (select from jsonb_array_elements(battle -> 'contenders') c where c -> 'workflow' is not null and c #>> '{workflow,version_id}' is null)
      then (battle #>> '{run,root_run_id}')::uuid end,
    battle ->> 'idempotency_key', battle ->> 'request_hash')
  on conflict do nothing
  returning * into made;
  if not found then
    select b.* into strict known from battles.battles b where b.owner_id = fn_battles_create.owner_id and b.idempotency_key = battle ->> 'idempotency_key';
    if known.request_hash is distinct from battle ->> 'request_hash' then
      return jsonb_build_object('refused', 'idempotency_conflict', 'battle_id', known.battle_id);
    end if;
    return jsonb_build_object('battle_id', known.battle_id, 'created', false);
  end if;
  for contender in select value || battles.backend_row(value, battle) || battles.workflow_row(value, battle, chr(64 + ordinality::integer)) || battles.local_row(value, owner_id) from jsonb_array_elements(battle -> 'contenders') with ordinality loop
    insert into battles.contenders (battle_id, slot, contender_type, model_key, model_kind, provider, user_id, identity, system_prompt,
      concurrency_key, concurrency_limit, limit_key, funding_source, byok_key_id, cost_estimate_usd, simulated, run_id, node_id, workflow_version_id, workflow_inputs,
      byok_keys)
    values (made.battle_id, chr(65 + nth),
      case when contender -> 'workflow' is not null then 'workflow' when contender ->> 'command' is not null then 'command' when contender ->> 'model_key' is null then 'human' when contender ->> 'system_prompt' is null then 'ai_model' else 'ai_agent' end::battles.contender_type,
      contender ->> 'model_key', contender ->> 'model_kind', contender ->> 'provider', (contender ->> 'user_id')::uuid,
      coalesce(contender ->> 'identity', ''), contender ->> 'system_prompt', contender ->> 'concurrency_key',
      (contender ->> 'concurrency_limit')::integer, contender ->> 'limit_key', (contender ->> 'funding_source')::battles.funding_source,
      (contender ->> 'byok_key_id')::uuid, (contender ->> 'cost_estimate_usd')::numeric, coalesce((contender ->> 'simulated')::boolean, false),
      (contender ->> 'run_id')::uuid, contender ->> 'node_id', (contender ->> 'workflow_version_id')::uuid, nullif(contender -> 'workflow_inputs', 'null'),
      coalesce(contender -> 'byok_keys', '{}'));
    nth := nth + 1;
  end loop;
  insert into battles.judges (battle_id, seat, model_key, provider, concurrency_key, concurrency_limit, limit_key, funding_source, byok_key_id, cost_estimate_usd,
    weight, simulated, status, error)
  select made.battle_id, j.ordinality, j.value ->> 'model_key', j.value ->> 'provider', j.value ->> 'concurrency_key', (j.value ->> 'concurrency_limit')::integer,
    j.value ->> 'limit_key', (j.value ->> 'funding_source')::battles.funding_source, (j.value ->> 'byok_key_id')::uuid, (j.value ->> 'cost_estimate_usd')::numeric,
    coalesce((j.value ->> 'weight')::numeric, 1), coalesce((j.value ->> 'simulated')::boolean, false),
    case when nullif(j.value -> 'recused', 'null') is null then 'pending' else 'recused' end, nullif(j.value -> 'recused', 'null')
  from jsonb_array_elements(judges) with ordinality j;
  insert into battles.voter_invitations (battle_id, user_id)
  select distinct made.battle_id, i.user_id::uuid from jsonb_array_elements_text(coalesce(nullif(battle -> 'invited_voters', 'null'), '[]')) i (user_id);
  perform battles.record_event(made.battle_id, 'battle.draft');
  perform battles.record_event(made.battle_id, 'judge.recused', jsonb_build_object('seat', j.seat, 'error', j.error))
  from battles.judges j where j.battle_id = made.battle_id and j.status = 'recused' order by j.seat;
  return jsonb_build_object('battle_id', made.battle_id, 'created', true);
end $$;
comment on function battles.fn_battles_create is
  'api calls it for an authenticated owner with a validated battle. {battle_id, created}; created is false when the idempotency key is known. {refused: contender_count | battle_type | accounts_unknown (a project without auth.users cannot ask about its voters) | capability_missing (films are judged, and no worker has ffmpeg; or no worker has a backend, its repository and checks) | judge_count | judge_recused (each judge is) | idempotency_conflict | judge_weight_unlearned | judges_weightless | byok_key_not_found | byok_key_expired | byok_key_revoked | price_unknown} changes nothing; of the last six, path and message say where and why. Judges come as judges, or one as judge, each with a weight or "learned" (battles.judge_weights); one with recused: {code, message} takes its seat and is not asked. A contender with command names a coding backend of a worker; one with workflow is answered by one ({version_id, workflow_id, inputs, makes, simulated}, as lenses.fn_contending_versions says, and byok_keys {provider: key_id} that pay for its run), or by the run that makes the battle (fn_worker_create_battle); one without any of these and without a model_key is a person: user_id, or null for an open seat. People have 24 hours to submit unless submission_window_ms says otherwise.';
revoke execute on function battles.fn_battles_create from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_create to service_role;

create function battles.publish(battle battles.battles, patient boolean default true) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  contender battles.contenders;
  delay interval;
  budget interval;
begin
  perform battles.transition((battle).battle_id, 'published');
  perform battles.transition((battle).battle_id, 'executing');
  -- A delay is a not-before, never a sleep; a time budget is the job's deadline.
  delay := make_interval(secs => coalesce(((battle).handicap ->> 'injected_delay_ms')::numeric, 0)::double precision / 1000);
  budget := make_interval(secs => ((battle).handicap ->> 'time_budget_ms')::double precision / 1000);
  for contender in
    select c.* from battles.contenders c where c.battle_id = (battle).battle_id and c.status = 'pending' and c.contender_type <> 'human'
      and not (c.contender_type = 'workflow' and c.workflow_version_id is null)   -- its run answers
    order by coalesce(c.funding_source = 'user_byok_local', false), c.contender_type = 'workflow', c.model_kind = 'text', c.slot   -- by kind of job: shares are locked in the order of their kinds
  loop
    perform execution.enqueue(
      execution.queue_for(case when contender.contender_type = 'command' then 'coding_job' when contender.contender_type = 'workflow' then 'workflow_contender' when contender.funding_source = 'user_byok_local' then 'local_execution' when contender.model_kind is distinct from 'text' and contender.model_kind is not null then 'async_execution' else 'battle_job' end,
        contender.concurrency_key, contender.concurrency_limit, contender.limit_key, contender.provider),
      array['{}'::jsonb], contender.contender_id, (battle).priority, run_after => case when delay > interval '0' then now() + delay end,
      deadline_at => now() + delay + case when contender.contender_type = 'command' then coalesce(budget, battles.coding_patience())
        when contender.contender_type = 'workflow' then coalesce(budget, battles.workflow_patience()) when contender.funding_source = 'user_byok_local' then coalesce(budget, battles.local_patience()) else budget end, owner_id => (battle).owner_id, patient => patient);
  end loop;
  perform battles.settle((battle).battle_id);      -- the run that was to answer may have ended while it was a draft
end $$;
comment on function battles.publish is
  'Starts a draft: every AI contender gets its job (text in battle_job, all else in async_execution), every command its own (coding_job), every workflow that answers by a run of its own one that starts it (workflow_contender), and every contender that a page of the owner answers (local_execution); people their deadline. patient: see execution.take_turn. The caller holds the battle''s row lock and has seen that it is a draft.';
revoke execute on function battles.publish from public, anon, authenticated, service_role;

create function battles.fn_battles_publish(battle_id uuid, owner_id uuid) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
begin
  select b.* into battle from battles.battles b where b.battle_id = fn_battles_publish.battle_id and b.owner_id = fn_battles_publish.owner_id for update;
  if not found then
    return 'not_found';
  end if;
  if battle.status <> 'draft' then
    return case when battle.status = 'cancelled' then 'cancelled' else 'already_published' end;
  end if;
  perform battles.publish(battle);
  return 'published';
end $$;
comment on function battles.fn_battles_publish is
  'api calls it for the owner: the battle starts and every AI contender gets its job, in one transaction. published, already_published, cancelled or not_found (also for a stranger); only published changed anything.';
revoke execute on function battles.fn_battles_publish from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_publish to service_role;

create function battles.fn_battles_cancel(battle_id uuid, owner_id uuid) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
begin
  select b.* into battle from battles.battles b where b.battle_id = fn_battles_cancel.battle_id and b.owner_id = fn_battles_cancel.owner_id for update;
  if not found then
    return 'not_found';
  end if;
  if battle.status in ('closed', 'void', 'cancelled') then
    return 'already_' || battle.status;
  end if;
  update battles.contenders c set status = 'cancelled', settled_at = now() where c.battle_id = fn_battles_cancel.battle_id and c.status = 'pending';
  perform execution.cancel_jobs(battles.job_ids(battle_id));
  perform lensers.settle_cancelled(battles.job_ids(battle_id));
  perform battles.stop_run(c) from battles.contenders c where c.battle_id = fn_battles_cancel.battle_id;
  perform battles.transition(battle_id, 'cancelled');
  return 'cancelled';
end $$;
comment on function battles.fn_battles_cancel is
  'api calls it for the owner. Unfinished contenders and their jobs end; a driver in mid-call learns it from its next heartbeat. cancelled, already_closed, already_void, already_cancelled or not_found.';
revoke execute on function battles.fn_battles_cancel from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_cancel to service_role;

create function battles.job_ids(battle_id uuid) returns bigint[]
language sql stable security definer set search_path = '' as $$
  select array(
    select j.job_id from execution.jobs j
    where j.subject_id in (
      select c.contender_id from battles.contenders c where c.battle_id = job_ids.battle_id
      union all select g.judge_id from battles.judges g where g.battle_id = job_ids.battle_id
      union all select a.analysis_id from battles.analyses a where a.battle_id = job_ids.battle_id
      union all select s.submission_id from battles.submissions s where s.battle_id = job_ids.battle_id
      union all select job_ids.battle_id)
    order by j.job_id)
$$;
comment on function battles.job_ids is 'Every job of a battle: its contenders'', its judges'', its analyses'', its films'', and the scan of its votes.';
revoke execute on function battles.job_ids from public, anon, authenticated, service_role;

create function battles.fn_battles_hold(battle_id uuid, reason text) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
begin
  select b.* into battle from battles.battles b where b.battle_id = fn_battles_hold.battle_id for update;
  if not found then
    return 'not_found';
  end if;
  if battle.held_at is not null then
    return 'already_held';
  end if;
  if battle.status in ('draft', 'closed', 'void', 'cancelled') then
    return 'already_' || battle.status;
  end if;
  update battles.battles b set held_at = now(), hold_reason = left(reason, 500) where b.battle_id = fn_battles_hold.battle_id;
  perform execution.hold_jobs(battles.job_ids(battle_id));
  perform battles.record_event(battle_id, 'battle.held', jsonb_build_object('reason', left(reason, 500)));
  return 'held';
end $$;
comment on function battles.fn_battles_hold is
  'An operator calls it: the kill switch of one battle. Its jobs stop where they are, calls in flight are aborted, nothing is counted against them, and no deadline of it passes until fn_battles_release. Runs that answer in it begin no node meanwhile (battles.holds); a step of theirs in hand ends as it will. held, already_held, already_draft (it has not begun), already_closed, already_void, already_cancelled or not_found.';
revoke execute on function battles.fn_battles_hold from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_hold to service_role;

create function battles.fn_battles_release(battle_id uuid) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
  held_for interval;
  roots uuid[] := battles.contending_runs(battle_id);
begin
  perform from lenses.workflow_runs r where r.run_id = any (roots) order by r.run_id for update;
  select b.* into battle from battles.battles b where b.battle_id = fn_battles_release.battle_id for update;
  if not found then
    return 'not_found';
  end if;
  -- No run begins to contend in a held battle: where one has, the battle was not held when this call came.
  if battle.held_at is null or not battles.contending_runs(battle_id) <@ roots then
    return 'not_held';
  end if;
  held_for := now() - battle.held_at;
  update battles.battles b set held_at = null, hold_reason = null, submissions_end_at = b.submissions_end_at + held_for,
    voting_ends_at = case when b.status = 'voting' then b.voting_ends_at + held_for else b.voting_ends_at end
  where b.battle_id = fn_battles_release.battle_id;
  perform execution.release_jobs(battles.job_ids(battle_id), held_for);
  perform lenses.release_runs(roots, held_for);
  perform battles.record_event(battle_id, 'battle.released');
  perform battles.settle(battle_id);               -- the last contender may have settled meanwhile
  return 'released';
end $$;
comment on function battles.fn_battles_release is
  'An operator calls it: a held battle goes on, and the runs that answer in it, with all deadlines moved by the time it was held. released, not_held or not_found.';
revoke execute on function battles.fn_battles_release from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_release to service_role;

-- ---------------------------------------------------------------- settle

create function battles.start_judging(battle battles.battles) returns void
language plpgsql security definer set search_path = '' as $$
declare
  judge battles.judges;
begin
  if battles.frames_pending((battle).battle_id) then
    return;                                        -- who settles the last of them comes back here
  end if;
  for judge in
    select g.* from battles.judges g
    where g.battle_id = (battle).battle_id and g.status = 'pending' and not exists (select from execution.jobs j where j.subject_id = g.judge_id)
    order by g.seat
    limit case when (battle).generate_rubric and (battle).rubric is null then 1 end
  loop
    perform execution.enqueue(
      execution.queue_for('battle_judging', judge.concurrency_key, judge.concurrency_limit, judge.limit_key, judge.provider),
      array['{}'::jsonb], judge.judge_id, (battle).priority, owner_id => (battle).owner_id);
  end loop;
end $$;
comment on function battles.start_judging is 'Enqueues a job for each judge of a battle that is being scored and has none yet; while a rubric has still to be written, for the first of them alone, and while a film waits for its pictures, for none. The caller holds the battle''s row lock.';
revoke execute on function battles.start_judging from public, anon, authenticated, service_role;

create function battles.begin_scoring(battle battles.battles, ended_by text) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  perform battles.transition((battle).battle_id, 'scoring', jsonb_build_object('ended_by', ended_by));
  perform battles.start_vote_scan((battle).battle_id);
  if (battle).scoring_mode not in ('community', 'checks') then
    perform battles.start_judging(battle);
  end if;
end $$;
comment on function battles.begin_scoring is
  'Ends the voting of a battle (ended_by: window, owner) and asks its judge, when it has one; without one the caller or the schedule finalises. The caller holds the battle''s row lock and has seen that it is voting.';
revoke execute on function battles.begin_scoring from public, anon, authenticated, service_role;

create function battles.settle(battle_id uuid) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
  valid uuid[];
  window_ms bigint;
begin
  select b.* into battle from battles.battles b where b.battle_id = settle.battle_id for update;
  if battle.status <> 'executing' or battle.held_at is not null or exists (select from battles.contenders c where c.battle_id = settle.battle_id and c.status = 'pending') then
    return;
  end if;
  select coalesce(array_agg(s.contender_id), '{}') into valid from battles.submissions s
  join battles.contenders c on c.contender_id = s.contender_id
  where s.battle_id = settle.battle_id and s.is_final and c.status = 'submitted';
  if cardinality(valid) = 0 then
    perform battles.transition(battle_id, 'void', jsonb_build_object('reason', 'no contender submitted an answer'));
    return;
  end if;
  -- Without a vote, or with nothing to choose from, the window is zero: voting is passed through, and the log shows it.
  window_ms := case when cardinality(valid) = 1 then 0 else battle.voting_window_ms end;
  perform battles.transition(battle_id, 'voting', jsonb_build_object('window_ms', window_ms));
  if cardinality(valid) = 1 then
    perform battles.transition(battle_id, 'scoring');
    perform battles.cancel_keyframes(battle_id);   -- nobody will look
    perform battles.transition(battle_id, 'closed', jsonb_build_object('outcome', 'walkover', 'winner_contender_id', valid[1]));
  elsif window_ms = 0 then
    perform battles.begin_scoring(battle, 'window');
  end if;
end $$;
comment on function battles.settle is
  'Re-evaluates a battle when a contender has settled: waits while one is pending; none valid is void, one a walkover (it wins, no rating moves), two or more are voted on for the battle''s window and then scored.';
revoke execute on function battles.settle from public, anon, authenticated, service_role;

create function battles.battle_of(subject_id uuid) returns uuid
language sql stable security definer set search_path = '' as $$
  select coalesce(
    (select c.battle_id from battles.contenders c where c.contender_id = battle_of.subject_id),
    (select g.battle_id from battles.judges g where g.judge_id = battle_of.subject_id),
    (select a.battle_id from battles.analyses a where a.analysis_id = battle_of.subject_id),
    (select b.battle_id from battles.battles b where b.battle_id = battle_of.subject_id),
    (select s.battle_id from battles.submissions s where s.submission_id = battle_of.subject_id))
$$;
comment on function battles.battle_of is 'The battle of what a job is for: a contender, a judge, an analysis, the battle itself, or an answer. Null for anything else.';
revoke execute on function battles.battle_of from public, anon, authenticated, service_role;

create function battles.lock_job_owners(job_ids bigint[]) returns void
language sql security definer set search_path = '' as $$
  select b.battle_id from battles.battles b
  where b.battle_id in (select battles.battle_of(j.subject_id) from execution.jobs j where j.job_id = any (lock_job_owners.job_ids))
  order by b.battle_id for update of b
$$;
comment on function battles.lock_job_owners is 'lock_owner of every job that belongs to a battle.';
revoke execute on function battles.lock_job_owners from public, anon, authenticated, service_role;

create function battles.settle_buried_job(job_id bigint, error jsonb) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  contender battles.contenders;
  judge battles.judges;
  battle battles.battles;
  analysis battles.analyses;
begin
  -- A driver that vanished may have been in a call, and nobody can tell what it cost.
  perform lensers.settle(job_id, case when error ->> 'code' <> 'lease_lost' then coalesce((error ->> 'cost_usd')::numeric, 0) end);
  update battles.contenders c
  set status = case when error ->> 'code' in ('deadline_exceeded', 'local_driver_missing') then 'timed_out' else 'failed' end::battles.contender_status,
    error = settle_buried_job.error, settled_at = now()
  from execution.jobs j
  where j.job_id = settle_buried_job.job_id and c.contender_id = j.subject_id and c.status = 'pending'
  returning c.* into contender;
  if found then
    perform battles.stop_run(contender);
    perform battles.record_event(contender.battle_id, 'contender.' || contender.status, jsonb_build_object('slot', contender.slot, 'error', error));
    perform battles.settle(contender.battle_id);
    return;
  end if;
  -- The battle stays in scoring: an operator may redrive the judging until battles.judging_grace() is over. Then the schedule
  -- closes it with what there is.
  update battles.judges g set status = 'failed', error = settle_buried_job.error
  from execution.jobs j where j.job_id = settle_buried_job.job_id and g.judge_id = j.subject_id and g.status = 'pending'
  returning g.* into judge;
  if found then
    perform battles.record_event(judge.battle_id, 'judging.failed', jsonb_build_object('seat', judge.seat, 'error', error));
    select b.* into battle from battles.battles b where b.battle_id = judge.battle_id;
    if battle.status = 'scoring' and battle.generate_rubric and battle.rubric is null then
      perform battles.start_judging(battle);       -- the next judge writes the rubric that this one owed
    end if;
    return;
  end if;
  update battles.analyses a set status = 'failed', error = settle_buried_job.error, finished_at = now()
  from execution.jobs j where j.job_id = settle_buried_job.job_id and a.analysis_id = j.subject_id and a.status = 'pending'
  returning a.* into analysis;
  if found then
    perform battles.record_event(analysis.battle_id, 'analysis.failed', jsonb_build_object('analysis_id', analysis.analysis_id, 'kind', analysis.kind, 'error', error));
  end if;                                          -- else its battle was deleted
end $$;
comment on function battles.settle_buried_job is
  'settle_owner of all three kinds: a contender fails (or timed out) and its battle is re-evaluated; a judging that is given up leaves its battle to an operator''s redrive for a while, then to the schedule; an analysis fails alone.';
revoke execute on function battles.settle_buried_job from public, anon, authenticated, service_role;
