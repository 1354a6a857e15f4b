-- Contenders that are workflows: a run of a pinned version answers, begun by the job of the contender, which waits for its end without a lease.
--
-- The run is nobody's child: it is the battle's owner's, and is shown and cancelled like any other. Its end rings the job, which reads what it
-- came to. A battle that does not wait any more has its run ended by an errand, because a battle never locks a run.
--
-- Lock order: root run -> battle -> lease -> job.

create function battles.workflow_patience() returns interval
language sql stable set search_path = '' as $$ select coalesce(nullif(current_setting('agon.workflow_patience', true), '')::interval, '6 hours') $$;
comment on function battles.workflow_patience is
  'How long a workflow may wait and run where its battle has no time budget: six hours, or the database setting agon.workflow_patience.';
revoke execute on function battles.workflow_patience from public, anon, authenticated, service_role;

create function battles.stop_run(contender battles.contenders) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if (contender).workflow_version_id is not null and exists (
      select from lenses.workflow_runs r where r.run_id = (contender).run_id and r.finished_at is null) then
    perform execution.enqueue(execution.queue_for('workflow_contender'), array[jsonb_build_object('cancel_run', (contender).run_id)]);
  end if;
end $$;
comment on function battles.stop_run is 'Nobody waits for the run of a contender any more: an errand ends it. The caller holds the battle''s row lock, and must not lock a run.';
revoke execute on function battles.stop_run from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- which may contend

create function lenses.makes(version_id uuid, output_node_id text) returns text
language sql stable security definer set search_path = '' as $$
  select coalesce((
    select case when n.node_type in ('text_to_image', 'image_to_image', 'image_upscale') or n.lens ->> 'kind' = 'image' then 'image'
      when n.node_type = 'text_to_video' or n.lens ->> 'kind' = 'video' then 'video' when n.node_type in ('text_to_speech', 'image_to_audio') then 'audio' end
    from lenses.workflow_nodes n
    where n.version_id = makes.version_id and case when makes.output_node_id is not null then n.node_id = makes.output_node_id
      else not exists (select from lenses.workflow_edges e where e.version_id = n.version_id and e.source_node_id = n.node_id)
        and 1 = (select count(*) from lenses.workflow_nodes x where x.version_id = n.version_id
          and not exists (select from lenses.workflow_edges e where e.version_id = x.version_id and e.source_node_id = x.node_id)) end), 'text')
$$;
comment on function lenses.makes is 'What a version comes to, by the node it ends with: image, video, audio, else text.';
revoke execute on function lenses.makes from public, anon, authenticated, service_role;

create function lenses.version_simulated(version_id uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  with recursive begun (version_id) as (
    select version_simulated.version_id
    union
    select b.id::uuid from begun v join lenses.workflow_nodes n on n.version_id = v.version_id
    cross join lateral (
      select x.value from jsonb_each_text(coalesce(n.config -> 'version_ids', '{}')) x union all select n.config ->> 'version_id') b (id)
    where b.id is not null)
  select exists (select from begun v join lenses.workflow_nodes n on n.version_id = v.version_id where n.simulated)
$$;
comment on function lenses.version_simulated is 'Whether a run of this version may ask a simulated model: its own nodes may, or those of what it may begin.';
revoke execute on function lenses.version_simulated from public, anon, authenticated, service_role;

create function lenses.run_simulated(root_run_id uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from lenses.workflow_runs r
    join lenses.workflow_node_results x on x.run_id = r.run_id and x.status = 'completed'
    join lenses.workflow_nodes n on n.version_id = r.version_id and n.node_id = x.node_id and n.simulated
    where r.run_id = run_simulated.root_run_id or r.root_run_id = run_simulated.root_run_id and r.parent_run_id is not null)
$$;
comment on function lenses.run_simulated is 'Whether a simulated model answered anywhere in this run and what it began.';
revoke execute on function lenses.run_simulated from public, anon, authenticated, service_role;

create function lenses.answer_simulated(result_id uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  with recursive behind (run_id, node_id, whole) as (
    select x.run_id, x.node_id, true from lenses.workflow_node_results x where x.result_id = answer_simulated.result_id
    union
    select s.run_id, s.node_id, s.whole from behind b join lenses.workflow_runs r on r.run_id = b.run_id
    cross join lateral (
      select b.run_id, e.source_node_id as node_id, true as whole
      from lenses.workflow_edges e join lenses.workflow_node_results x on x.run_id = b.run_id and x.node_id = e.source_node_id
      where e.version_id = r.version_id and e.target_node_id = b.node_id and e.source_port <> '@settled' and lenses.edge_outcome(e, x) = 'taken'
      union all
      -- What led to the node that began this run; the other runs that it began did not.
      select r.parent_run_id, r.parent_node_id, false where r.parent_run_id is not null) s
  ), begun (run_id) as (
    select c.run_id from behind b join lenses.workflow_runs c on b.whole and c.parent_run_id = b.run_id and c.parent_node_id = b.node_id
    union all
    select c.run_id from begun g join lenses.workflow_runs c on c.parent_run_id = g.run_id
  ), made (run_id, node_id) as (
    select b.run_id, b.node_id from behind b
    union
    select g.run_id, x.node_id from begun g join lenses.workflow_node_results x on x.run_id = g.run_id)
  select exists (
    select from made m join lenses.workflow_node_results x on x.run_id = m.run_id and x.node_id = m.node_id
    join lenses.workflow_runs r on r.run_id = m.run_id
    join lenses.workflow_nodes n on n.version_id = r.version_id and n.node_id = m.node_id and n.simulated
    where x.status = 'completed' or x.result_id = answer_simulated.result_id)
$$;
comment on function lenses.answer_simulated is
  'Whether a simulated model made what this node came to, or anything that led to it. Nodes beside it in its run, which may answer for other slots, do not count.';
revoke execute on function lenses.answer_simulated from public, anon, authenticated, service_role;

create function lenses.contending_version(owner_id uuid, wanted jsonb) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  version lenses.workflow_versions;
begin
  if wanted ->> 'version_id' is not null then
    version := lenses.runnable_version(owner_id, jsonb_build_object('version_id', wanted -> 'version_id'));
  else
    select v.* into version from lenses.workflow_versions v join lenses.workflows w on w.workflow_id = v.workflow_id
    where v.workflow_id = (wanted ->> 'workflow_id')::uuid and w.archived_at is null and (w.owner_id = contending_version.owner_id or w.visibility = 'public')
      and v.published_at is not null
    order by v.number desc limit 1;
    if version.version_id is null and exists (
        select from lenses.workflows w where w.workflow_id = (wanted ->> 'workflow_id')::uuid and w.archived_at is null and w.owner_id = contending_version.owner_id) then
      return jsonb_build_object('refused', 'workflow_unpublished');
    end if;
  end if;
  if version.workflow_id is null then
    return jsonb_build_object('refused', 'not_found');
  end if;
  return jsonb_build_object('version_id', version.version_id, 'workflow_id', version.workflow_id, 'inputs', coalesce(version.document -> 'inputs', '{}'),
    'missing', array(select c from unnest(version.capabilities) c where not execution.has_capability(c)),
    'makes', lenses.makes(version.version_id, version.output_node_id),
    'simulated', lenses.version_simulated(version.version_id));
end $$;
comment on function lenses.contending_version is 'fn_contending_versions, for one.';
revoke execute on function lenses.contending_version from public, anon, authenticated, service_role;

create function lenses.fn_contending_versions(owner_id uuid, wanted jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(lenses.contending_version(fn_contending_versions.owner_id, w.value) order by w.ordinality), '[]')
  from jsonb_array_elements(fn_contending_versions.wanted) with ordinality w
$$;
comment on function lenses.fn_contending_versions is
  'api and drivers call it before a battle is made: the versions that {version_id} or {workflow_id} (its published version) stand for, in their order, for this person: {version_id, workflow_id, inputs (as it declares them), missing (capabilities that no worker has), makes, simulated (whether it may be)}, or {refused: not_found | workflow_unpublished}.';
revoke execute on function lenses.fn_contending_versions from public, anon, authenticated, service_role;
grant execute on function lenses.fn_contending_versions to service_role;

-- ---------------------------------------------------------------- what drivers call

create function battles.fn_worker_claim_workflow_contender(driver text, most integer default 1) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  claimed execution.claimed_job[] := array(select j from execution.fn_worker_claim_jobs('workflow_contender', driver, most) j);   -- see fn_worker_claim_battle_job
  jobs jsonb;
begin
  select jsonb_agg(jsonb_build_object(
    'lease_token', j.lease_token, 'job_id', j.job_id, 'attempts', j.attempts, 'reclaims', j.reclaims, 'max_attempts', j.max_attempts, 'in_lane', false)
    || case when j.payload ? 'cancel_run' then jsonb_build_object('cancels', true, 'run_id', j.payload -> 'cancel_run')
      else jsonb_build_object('cancels', false, 'deadline_ms', ceil(extract(epoch from j.deadline_at - clock_timestamp()) * 1000)::bigint,
        'battle_id', b.battle_id, 'contender_id', c.contender_id, 'slot', c.slot, 'task_prompt', b.task_prompt, 'inputs', b.inputs, 'makes', c.model_kind,
        'run_inputs', c.workflow_inputs,
        'takes', (select array_agg(l) from unnest('{prompt,task}'::text[]) l where v.document -> 'inputs' ? l),
        'run', case when r.run_id is not null then jsonb_build_object('run_id', r.run_id, 'status', r.status, 'output', r.output, 'error', r.error,
          'duration_ms', ceil(extract(epoch from r.finished_at - r.started_at) * 1000)::bigint)
          || (select jsonb_build_object('cost_usd', sum(n.cost_usd), 'input_tokens', sum(n.input_tokens), 'output_tokens', sum(n.output_tokens))
            from lenses.workflow_runs x join lenses.workflow_node_results n on n.run_id = x.run_id where x.root_run_id = r.run_id) end) end order by j.position)
  into jobs
  from unnest(claimed) j
  left join battles.contenders c on c.contender_id = j.subject_id
  left join battles.battles b on b.battle_id = c.battle_id
  left join lenses.workflow_versions v on v.version_id = c.workflow_version_id
  left join lenses.workflow_runs r on r.run_id = c.run_id
  where c.contender_id is not null or j.payload ? 'cancel_run';
  return execution.claim_document('workflow_contender', jobs);
end $$;
comment on function battles.fn_worker_claim_workflow_contender is
  'Drivers call it for up to `most` contenders that are workflows: to begin the run of one (run null), to look at it, or, where cancels is true, to end a run that nobody waits for. takes: the inputs of the workflow that are the battle''s task.';
revoke execute on function battles.fn_worker_claim_workflow_contender from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_claim_workflow_contender to service_role;

create function battles.held_contender(job_id bigint, lease_token bigint) returns battles.contenders
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  contender battles.contenders;
begin
  perform battles.lock_job_owners(array[job_id]);
  select c.* into contender from execution.leases l
  join execution.jobs j on j.job_id = held_contender.job_id
  join battles.contenders c on c.contender_id = j.subject_id and c.status = 'pending'
  where l.lease_token = held_contender.lease_token and j.job_id = any (l.job_ids) and j.state = 'active'
  for update of l;
  return contender;
end $$;
comment on function battles.held_contender is 'The contender whose job this lease holds, with its battle and the lease locked; null when the lease was lost.';
revoke execute on function battles.held_contender from public, anon, authenticated, service_role;

create function battles.park_for_run(job_id bigint, lease_token bigint, run_id uuid) returns boolean
language sql security definer set search_path = '' as $$
  select execution.park_job(j.job_id, park_for_run.lease_token, j.queue_id,
    case when r.finished_at is not null then 0 else battles.until_deadline(2147483647, j.deadline_at) end)
  from execution.jobs j left join lenses.workflow_runs r on r.run_id = park_for_run.run_id
  where j.job_id = park_for_run.job_id
$$;
comment on function battles.park_for_run is 'The job waits for the end of its run, which rings it, or for its deadline. The caller holds the run''s lock, or has just made it.';
revoke execute on function battles.park_for_run from public, anon, authenticated, service_role;

create function battles.fn_worker_begin_contender_run(job_id bigint, lease_token bigint, inputs jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  job execution.jobs;
  contender battles.contenders;
  battle battles.battles;
  begun jsonb;
begin
  select j.* into job from execution.jobs j where j.job_id = fn_worker_begin_contender_run.job_id;
  select c.* into contender from battles.contenders c where c.contender_id = job.subject_id;
  select b.* into battle from battles.battles b where b.battle_id = contender.battle_id;
  if not found or contender.run_id is not null then
    return jsonb_build_object('outcome', 'lost');  -- another driver has begun it
  end if;
  begin
    -- The run first, as the lock order has it. Nobody else can know it before this commits; where the lease was lost, it never was.
    begun := lenses.fn_start_workflow_run(battle.owner_id, jsonb_build_object('version_id', contender.workflow_version_id, 'inputs', inputs, 'single', false,
      'byok_keys', contender.byok_keys, 'trigger_mode', 'contender', 'contender_id', contender.contender_id, 'caller_job_id', job_id, 'deadline_at', job.deadline_at, 'priority', battle.priority)
      || case when battle.budget_usd is not null then jsonb_build_object('spender_id', battle.battle_id, 'budget_usd', battle.budget_usd) else '{}' end);
    if begun ? 'refused' then
      return begun;
    end if;
    contender := battles.held_contender(job_id, lease_token);
    if contender.contender_id is null or contender.run_id is not null then
      raise exception using errcode = 'AG001';
    end if;
    update battles.contenders c set run_id = (begun ->> 'run_id')::uuid where c.contender_id = contender.contender_id;
    perform battles.park_for_run(job_id, lease_token, (begun ->> 'run_id')::uuid);
  exception when sqlstate 'AG001' then
    return jsonb_build_object('outcome', 'lost');
  end;
  return jsonb_build_object('outcome', 'begun', 'run_id', begun -> 'run_id');
end $$;
comment on function battles.fn_worker_begin_contender_run is
  'Drivers call it with the inputs of the run that is to answer: it begins, for the battle''s owner, within the battle''s budget and the contender''s deadline, and the job waits for its end, in one transaction. {outcome: begun, run_id}; {outcome: lost}: the lease was lost, or it has begun already; {refused}: as fn_start_workflow_run. The last two changed nothing.';
revoke execute on function battles.fn_worker_begin_contender_run from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_begin_contender_run to service_role;

create function battles.fn_worker_await_contender_run(job_id bigint, lease_token bigint) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  run uuid := (select c.run_id from execution.jobs j join battles.contenders c on c.contender_id = j.subject_id where j.job_id = fn_worker_await_contender_run.job_id);
  contender battles.contenders;
begin
  perform lenses.lock_root(run);                   -- its end either was before, and is seen, or comes after, and rings
  contender := battles.held_contender(job_id, lease_token);
  return contender.contender_id is not null and battles.park_for_run(job_id, lease_token, contender.run_id);
end $$;
comment on function battles.fn_worker_await_contender_run is 'Drivers call it when the run of a contender goes on: the job waits for it. False: the lease was lost, nothing changed.';
revoke execute on function battles.fn_worker_await_contender_run from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_await_contender_run to service_role;

create function battles.fn_worker_cancel_contender_run(job_id bigint, lease_token bigint) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  run uuid := (select (j.payload ->> 'cancel_run')::uuid from execution.jobs j where j.job_id = fn_worker_cancel_contender_run.job_id);
begin
  perform lenses.lock_root(run);
  if run is null or not execution.close_job(job_id, lease_token, 'completed') then
    return false;
  end if;
  perform lenses.close_run(r.run_id, 'cancelled', jsonb_build_object('code', 'cancelled', 'message', 'The battle it was to answer in does not wait for it any more'))
  from lenses.workflow_runs r where r.run_id = run and r.finished_at is null;
  return true;
end $$;
comment on function battles.fn_worker_cancel_contender_run is 'Drivers call it for the errand of a run that nobody waits for: it ends, with all it began. False: the lease was lost, or the job is no such errand; nothing changed.';
revoke execute on function battles.fn_worker_cancel_contender_run from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_cancel_contender_run to service_role;

-- ---------------------------------------------------------------- a battle that is held

create function lenses.put_down_held(claimed execution.claimed_job[]) returns execution.claimed_job[]
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  held bigint[] := array(
    select j.job_id from unnest(claimed) j join lenses.workflow_node_results n on n.result_id = j.subject_id
    join lenses.workflow_runs r on r.run_id = n.run_id where battles.holds(r.root_run_id));
begin
  if held = '{}' then
    return claimed;
  end if;
  -- A claim locks no run and waits for nobody, so a release may not see what is put down in this very moment: that comes back by itself.
  perform execution.release(j.lease_token, array_agg(j.job_id)) from unnest(claimed) j where j.job_id = any (held) group by j.lease_token;
  insert into execution.later (run_after, job_id, queue_id, priority, owner_id)
  select clock_timestamp() + interval '1 minute', j.job_id, j.queue_id, j.priority, r.owner_id
  from execution.jobs j join lenses.workflow_node_results n on n.result_id = j.subject_id join lenses.workflow_runs r on r.run_id = n.run_id
  where j.job_id = any (held) order by j.job_id;
  return array(select j from unnest(claimed) j where not j.job_id = any (held));
end $$;
comment on function lenses.put_down_held is
  'A claim of nodes calls it while any battle is held: those of runs that answer in one are put down for a minute, with nothing counted, and the rest is returned. So nothing of them begins or is tried again, wherever it came from: a parent that ended, a backoff, a lost lease.';
revoke execute on function lenses.put_down_held from public, anon, authenticated, service_role;

create function lenses.release_runs(root_run_ids uuid[], held_for interval) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  tree uuid[] := array(
    select r.run_id from lenses.workflow_runs r
    where (r.run_id = any (root_run_ids) or r.root_run_id = any (root_run_ids) and r.parent_run_id is not null) and r.finished_at is null);
  job_ids bigint[] := array(
    select n.job_id from lenses.workflow_node_results n where n.run_id = any (tree) and n.finished_at is null and n.job_id is not null order by n.job_id);
begin
  update lenses.workflow_runs r set deadline_at = r.deadline_at + held_for where r.run_id = any (tree) and r.deadline_at is not null;
  update lenses.workflow_node_results n set deadline_at = n.deadline_at + held_for
  where n.run_id = any (tree) and n.finished_at is null and n.deadline_at is not null;
  update execution.jobs j set deadline_at = j.deadline_at + held_for where j.job_id = any (job_ids) and j.deadline_at is not null;
  update execution.async_tasks t set deadline_at = t.deadline_at + held_for where t.job_id = any (job_ids) and t.state = 'open';
  -- A delay is no deadline: its time has passed for everybody.
  update lenses.workflow_waits w set begun_at = w.begun_at + held_for, expires_at = w.expires_at + held_for
  where w.run_id = any (tree) and w.ended_at is null and not (w.waits_for = 'delay' and w.state ? 'for_ms');
  perform execution.ring_job(w.job_id) from execution.later w where w.job_id = any (job_ids) and w.owner_id is not null;   -- those that were put down
end $$;
comment on function lenses.release_runs is
  'Runs that were held with their battle go on: what was put down is ready, and every deadline of theirs is later by the time they were held. The caller holds the locks of their roots.';
revoke execute on function lenses.release_runs from public, anon, authenticated, service_role;

-- It starts a run and reads what it came to: the run has attempts of its own.
insert into execution.job_kinds (kind, wake_function, max_attempts, fair, lock_owner, settle_owner) values
  ('workflow_contender', 'run-workflows', 3, true, 'battles.lock_job_owners', 'battles.settle_buried_job');
insert into execution.queues (kind) values ('workflow_contender');
