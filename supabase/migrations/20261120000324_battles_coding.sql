-- Coding battles: contenders are command backends that a worker runs, each in a git worktree of its own. The database holds names and
-- never a command line: what a name means stands in the configuration of the worker that announced it.

create function battles.coding_patience() returns interval
language sql stable set search_path = '' as $$ select coalesce(nullif(current_setting('agon.coding_patience', true), '')::interval, '6 hours') $$;
comment on function battles.coding_patience is
  'How long a command may wait and work where its battle has no time budget: six hours, or the database setting agon.coding_patience.';
revoke execute on function battles.coding_patience from public, anon, authenticated, service_role;

create function battles.backend_offer(contender jsonb, battle jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select c.details from execution.capabilities c
  where c.capability = 'coding:' || (backend_offer.contender ->> 'command') and c.seen_at > now() - interval '10 minutes'
    and c.details -> 'repositories' -> (backend_offer.battle #>> '{repository,source}') @> coalesce(nullif(backend_offer.battle -> 'checks', 'null'), '[]')
  order by c.seen_at desc, c.driver limit 1
$$;
comment on function battles.backend_offer is
  'What the worker that can run this contender said of its backend, {lane, simulated, repositories: {name: [checks]}}: the one heard of last that has the backend, the repository and every check. Null: there is none.';
revoke execute on function battles.backend_offer from public, anon, authenticated, service_role;

create function battles.backend_refusal(battle jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('refused', 'capability_missing', 'path', case when o.backends is null then '/contenders/' || n.ordinality - 1 || '/command'
      when o.sources is null then '/repository/source' else '/checks' end,
    'message', case
      when o.backends is null then format('No worker that was heard of in the last 10 minutes has the backend %s%s', n.value ->> 'command',
        coalesce('; there are ' || (select string_agg(distinct substr(c.capability, 8), ', ' order by substr(c.capability, 8)) from execution.capabilities c
          where starts_with(c.capability, 'coding:') and c.seen_at > now() - interval '10 minutes'), ''))
      when o.sources is null then format('No worker with the backend %s has the repository %s; it has %s', n.value ->> 'command', battle #>> '{repository,source}', o.known)
      else format('No worker with the backend %s and the repository %s has all of these checks', n.value ->> 'command', battle #>> '{repository,source}') end)
  from jsonb_array_elements(battle -> 'contenders') with ordinality n
  cross join lateral (
    select nullif(count(*), 0) as backends,
      nullif(count(*) filter (where c.details -> 'repositories' ? (battle #>> '{repository,source}')), 0) as sources,
      string_agg((select string_agg(k, ', ' order by k) from jsonb_object_keys(c.details -> 'repositories') k), ', ') as known
    from execution.capabilities c
    where c.capability = 'coding:' || (n.value ->> 'command') and c.seen_at > now() - interval '10 minutes') o
  where n.value ->> 'command' is not null and battles.backend_offer(n.value, battle) is null
  order by n.ordinality limit 1
$$;
comment on function battles.backend_refusal is 'Why a coding battle cannot be fought here: no live worker has a backend, or not with this repository and these checks. {refused, path, message}, or null.';
revoke execute on function battles.backend_refusal from public, anon, authenticated, service_role;

-- A lane of this machine takes one at a time, over the whole fleet; what runs elsewhere is bounded by the slots of its workers. The queue is
-- one a backend and repository, because a worker takes only what it can run.
create function battles.backend_row(contender jsonb, battle jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select case when contender ->> 'command' is null then '{}' else (
    select jsonb_build_object('model_key', 'command:' || (contender ->> 'command') || coalesce('/' || (contender ->> 'model'), ''), 'model_kind', 'code',
      'provider', 'command', 'system_prompt', null, 'concurrency_key', case when o.offer ->> 'lane' like 'local:%' then o.offer ->> 'lane' end,
      'concurrency_limit', case when o.offer ->> 'lane' like 'local:%' then 1 end, 'simulated', coalesce((o.offer ->> 'simulated')::boolean, false),
      'limit_key', 'coding:' || (contender ->> 'command') || ':' || (battle #>> '{repository,source}'))
    from (values (battles.backend_offer(contender, battle))) o (offer)) end
$$;
comment on function battles.backend_row is 'The columns of a contender that a command has, of what its worker announced; empty for any other.';
revoke execute on function battles.backend_row from public, anon, authenticated, service_role;

create function battles.checks_share(work jsonb) returns numeric
language sql immutable set search_path = '' as $$
  select round(coalesce(sum((c ->> 'weight')::numeric) filter (where (c ->> 'passed')::boolean), 0) / nullif(sum((c ->> 'weight')::numeric), 0), 6)
  from jsonb_array_elements(case when jsonb_typeof(work -> 'checks') = 'array' then work -> 'checks' else '[]' end) c
$$;
comment on function battles.checks_share is 'The weighted share of the checks of a piece of work that passed, 0 to 1; null without any that weighs.';
revoke execute on function battles.checks_share from public, anon, authenticated, service_role;

create function battles.shown_text(submission battles.submissions) returns text
language sql stable set search_path = '' as $$
  select case when (submission).work is null then (submission).content_text else
    coalesce((submission).content_text, '') || E'\n\n--- what it changed (git diff) ---\n' ||
    case when coalesce((submission).diff, '') = '' then '(nothing)' when char_length((submission).diff) > 100000
      then left((submission).diff, 100000) || E'\n(cut here: the diff is longer)' else (submission).diff end ||
    coalesce(E'\n\n--- checks of the task''s owner ---\n' || (
      select string_agg((c.value ->> 'name') || ': ' || case when (c.value ->> 'passed')::boolean then 'passed' else 'failed' end, E'\n' order by c.ordinality)
      from jsonb_array_elements((submission).work -> 'checks') with ordinality c), '') end
$$;
comment on function battles.shown_text is 'An answer as a judge reads it: of a command, what it said, what it changed, and which checks passed. All of it is fenced as the answer''s data.';
revoke execute on function battles.shown_text from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- what workers call

create function battles.fn_worker_claim_coding_job(driver text, most integer default 1) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  mine text[] := array(
    select c.capability || ':' || r.name from execution.capabilities c cross join lateral jsonb_object_keys(c.details -> 'repositories') r (name)
    where c.driver = fn_worker_claim_coding_job.driver and starts_with(c.capability, 'coding:') order by 1);
  claimed execution.claimed_job[] := array(
    select j from execution.fn_worker_step(0, '{}', 'coding_job', driver, case when mine = '{}' then 0 else most end, only_keys => mine) j);
  jobs jsonb;
begin
  -- A command begins anew, or has ended: what was shown of it before is no text to go on from.
  delete from execution.checkpoints p where p.job_id = any (array(select j.job_id from unnest(claimed) j));
  select jsonb_agg(jsonb_build_object(
    'lease_token', j.lease_token, 'job_id', j.job_id, 'attempts', j.attempts, 'reclaims', j.reclaims, 'max_attempts', j.max_attempts,
    'in_lane', c.concurrency_key is not null, 'deadline_ms', ceil(extract(epoch from j.deadline_at - clock_timestamp()) * 1000)::bigint,
    'battle_id', b.battle_id, 'contender_id', c.contender_id, 'slot', c.slot, 'identity', c.identity, 'model_key', c.model_key,
    'task_prompt', b.task_prompt, 'inputs', b.inputs, 'title', b.title, 'created_at', b.created_at,
    'repository', b.repository, 'checks', b.checks) order by j.position)
  into jobs
  from unnest(claimed) j
  join battles.contenders c on c.contender_id = j.subject_id
  join battles.battles b on b.battle_id = c.battle_id;
  return execution.claim_document('coding_job', jobs);
end $$;
comment on function battles.fn_worker_claim_coding_job is
  'Workers call it for up to `most` commands to run: of the backends and repositories that they announced under the same name, and of no others. Each job carries the lease token that every later write must name.';
revoke execute on function battles.fn_worker_claim_coding_job from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_claim_coding_job to service_role;

create function battles.fn_worker_pin_commit(job_id bigint, lease_token bigint, commit_id text) returns text
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  pinned text;
begin
  perform battles.lock_job_owners(array[job_id]);
  update battles.battles b set repository = case when b.repository ? 'commit' then b.repository else b.repository || jsonb_build_object('commit', commit_id) end
  from execution.leases l, execution.jobs j, battles.contenders c
  where l.lease_token = fn_worker_pin_commit.lease_token and j.job_id = fn_worker_pin_commit.job_id and j.job_id = any (l.job_ids) and j.state = 'active'
    and c.contender_id = j.subject_id and b.battle_id = c.battle_id
  returning b.repository ->> 'commit' into pinned;
  return pinned;
end $$;
comment on function battles.fn_worker_pin_commit is
  'Workers call it with what they resolved the ref of a battle to. The commit every contender of it begins at, which is the first that was said; null: the lease was lost, nothing changed.';
revoke execute on function battles.fn_worker_pin_commit from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_pin_commit to service_role;

create function battles.fn_worker_coding_results(battle_ids uuid[]) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  return (select coalesce(jsonb_agg(jsonb_build_object('battle_id', b.battle_id, 'title', b.title, 'task_prompt', b.task_prompt, 'status', b.status, 'repository', b.repository,
    'checks', b.checks, 'scoring_mode', b.scoring_mode, 'outcome', b.outcome, 'created_at', b.created_at, 'finished_at', b.finished_at,
    'winner_slot', (select c.slot from battles.contenders c where c.contender_id = b.winner_contender_id),
    'contenders', (
      select jsonb_agg(jsonb_build_object('contender_id', c.contender_id, 'slot', c.slot, 'identity', c.identity, 'model_key', c.model_key, 'simulated', c.simulated,
        'status', c.status, 'error', c.error, 'lane', coalesce(c.concurrency_key, 'cloud'), 'duration_ms', s.latency_ms, 'output_tokens', s.output_tokens,
        'tokens_per_second', s.work -> 'tokens_per_second', 'checks', coalesce(s.work -> 'checks', '[]'), 'checks_share', f.checks_share, 'judge_mean', f.judge_mean,
        'score', f.score) order by c.slot)
      from battles.contenders c
      left join battles.submissions s on s.contender_id = c.contender_id and s.is_final
      left join lateral battles.fn_battle_scores(b.battle_id) f on f.contender_id = c.contender_id
      where c.battle_id = b.battle_id)) order by b.battle_id), '[]')
  from battles.battles b where b.battle_id = any (fn_worker_coding_results.battle_ids) and b.battle_type = 'coding');
end $$;
comment on function battles.fn_worker_coding_results is
  'Workers call it for battles whose results folders they keep: how each stands, for its manifest. A battle that was deleted is left out.';
revoke execute on function battles.fn_worker_coding_results from public, anon, authenticated, service_role;
grant execute on function battles.fn_worker_coding_results to service_role;

create function battles.give_up_coding() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  next uuid;
  overdue bigint;
  given_up integer := 0;
begin
  for next in
    select b.battle_id from battles.battles b
    where b.battle_type = 'coding' and b.status = 'executing' and b.held_at is null
    order by b.battle_id limit 100 for update skip locked
  loop
    for overdue in
      select j.job_id from battles.contenders c join execution.jobs j on j.subject_id = c.contender_id
      where c.battle_id = next and c.status = 'pending' and j.state = 'active' and j.deadline_at <= now()
        and not exists (select from execution.leases l where j.job_id = any (l.job_ids))
      order by j.job_id
    loop
      begin
        perform execution.bury(overdue, jsonb_build_object('code', 'deadline_exceeded', 'message', 'No worker that has its backend took this contender in time.'));
        given_up := given_up + 1;
      exception when others then
        raise warning 'Agon could not give up the coding job %: %', overdue, sqlerrm;
      end;
    end loop;
  end loop;
  return given_up;
end $$;
comment on function battles.give_up_coding is
  'Part of fn_auto_finalize_battles: commands that nobody runs in time are dead-lettered, so that a battle whose worker is gone ends all the same. One that is in hand is left to its lease. Returns how many.';
revoke execute on function battles.give_up_coding from public, anon, authenticated, service_role;

-- No function is woken: none can run a program. What a command did is paid for, and it may have done it already: two attempts in all. It begins anew
-- where its worker was killed, so what it showed is no progress.
insert into execution.job_kinds (kind, wake_function, lease_ms, max_attempts, fair, resumes, lock_owner, settle_owner) values
  ('coding_job', null, 15000, 2, true, false, 'battles.lock_job_owners', 'battles.settle_buried_job');
insert into execution.queues (kind) values ('coding_job');
