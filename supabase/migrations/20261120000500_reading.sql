-- Reading: one document per battle, a page of battles, the leaderboard; and row level security for those who query tables.

create function battles.battle_summary(battle battles.battles, viewer_id uuid) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'battle_id', (battle).battle_id, 'status', (battle).status, 'battle_type', (battle).battle_type, 'category', (battle).category, 'title', (battle).title,
    'scoring_mode', (battle).scoring_mode, 'blind', h.names, 'results_published', (battle).results_published_at is not null,
    'outcome', case when not h.results then (battle).outcome end, 'judge_outcome', case when not h.results then (battle).judge_outcome end,
    'winner_slot', case when not h.results then (select c.slot from battles.contenders c where c.contender_id = (battle).winner_contender_id) end,
    'judge', (select jsonb_build_object('model', g.model_key, 'simulated', g.simulated) from battles.judges g where g.battle_id = (battle).battle_id order by g.seat limit 1),
    'judges', (select coalesce(jsonb_agg(jsonb_build_object('seat', g.seat, 'model', g.model_key, 'simulated', g.simulated, 'weight', g.weight) order by g.seat), '[]')
      from battles.judges g where g.battle_id = (battle).battle_id),
    'override', case when not h.results then (
      select jsonb_build_object('winner_slot', (select c.slot from battles.contenders c where c.contender_id = o.winner_contender_id), 'note', o.note,
        'author_id', o.author_id, 'created_at', o.created_at)
      from battles.winner_overrides o where o.battle_id = (battle).battle_id order by o.override_id desc limit 1) end,
    -- Blind, a stand-in is not told from its opponents, and still nobody takes the battle for a real one.
    'contenders', (select jsonb_agg(jsonb_build_object(
        'slot', c.slot, 'contender_type', case when not h.names then c.contender_type end, 'model', case when not h.names then c.model_key end,
        'identity', case when h.names then '' else c.identity end, 'simulated', case when h.names then c.any_simulated else c.simulated end,
        'in_browser', case when h.names then c.any_in_browser else battles.in_browser(c.funding_source) end, 'status', c.status) order by c.slot)
      from (select x.*, bool_or(x.simulated) over () as any_simulated, bool_or(battles.in_browser(x.funding_source)) over () as any_in_browser
        from battles.contenders x where x.battle_id = (battle).battle_id) c),
    'promote_at', (battle).promote_at, 'pending_promotion', (battle).status = 'draft' and (battle).promote_at is not null,
    'submissions_end_at', (battle).submissions_end_at, 'voting_window_ms', (battle).voting_window_ms, 'voting_ends_at', (battle).voting_ends_at,
    'created_at', (battle).created_at, 'published_at', (battle).published_at, 'finished_at', (battle).finished_at)
  from (select battles.hides_names(battle, viewer_id) as names, battles.hides_results(battle, viewer_id) as results) h
$$;
comment on function battles.battle_summary is 'What a list shows a viewer of a battle.';
revoke execute on function battles.battle_summary from public, anon, authenticated, service_role;

create function battles.contender_document(battle battles.battles, viewer_id uuid) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_agg(
    jsonb_build_object('slot', c.slot, 'contender_id', c.contender_id, 'status', c.status, 'yours', coalesce(c.user_id = viewer_id, false),
      'system_prompt', case when (battle).owner_id = viewer_id then c.system_prompt end,
      'funding', case when (battle).owner_id = viewer_id and c.funding_source is not null then jsonb_build_object(
        'source', c.funding_source, 'byok_key_id', c.byok_key_id, 'cost_estimate_usd', c.cost_estimate_usd) end)
    || case when h.names then
      -- Blind: what was answered, and nothing of who did, or how.
      jsonb_build_object('contender_type', null, 'model', null, 'identity', '', 'simulated', c.any_simulated, 'in_browser', c.any_in_browser, 'open_seat', false, 'job', null, 'workflow', null,
        'error', case when c.error is not null then jsonb_build_object('code', c.error -> 'code', 'message', '') end)
    else
      jsonb_build_object('contender_type', c.contender_type, 'model', c.model_key, 'identity', c.identity, 'simulated', c.simulated, 'in_browser', battles.in_browser(c.funding_source),
        'open_seat', c.contender_type = 'human' and c.user_id is null and c.status = 'pending', 'error', c.error,
        'workflow', case when (battle).owner_id = viewer_id and c.contender_type = 'workflow' then battles.workflow_shown(c.contender_id) end,
        'job', (select jsonb_build_object('job_id', j.job_id, 'status', j.status, 'attempts', j.attempts, 'reclaims', j.reclaims,
            'max_attempts', j.max_attempts, 'error', j.error) from execution.job_status j where j.subject_id = c.contender_id))
    end
    || jsonb_build_object(
      -- A draft is its writer's; an answer is everybody's once nobody can copy it.
      'submission', case when s.submission_id is not null
          and (c.user_id = viewer_id or not h.answers and (s.is_final or c.contender_type <> 'human')) then
        jsonb_build_object('content_text', s.content_text, 'content_url', s.content_url, 'mime_type', s.mime_type, 'output_modality', s.output_modality,
          'keyframes', s.keyframes, 'is_final', s.is_final, 'diff', s.diff)
        || case when h.names then
          jsonb_build_object('artifact_id', null, 'wire_model', null, 'finish_reason', null, 'input_tokens', null, 'output_tokens', null, 'cost_usd', null, 'latency_ms', null, 'work', null)
        else
          jsonb_build_object('artifact_id', s.artifact_id, 'wire_model', s.wire_model, 'finish_reason', s.finish_reason, 'input_tokens', s.input_tokens,
            'output_tokens', s.output_tokens, 'cost_usd', s.cost_usd, 'latency_ms', s.latency_ms, 'work', s.work)
        end
      end,
      'judge_mean', case when not h.results then f.judge_mean end,
      'votes', case when (battle).status = 'closed' and not h.results then f.votes end,
      'vote_weight', case when (battle).status = 'closed' and not h.results then f.vote_weight end,
      'vote_share', case when (battle).status = 'closed' and not h.results then f.vote_share end,
      'checks_share', case when (battle).status = 'closed' and not h.results then f.checks_share end,
      'score', case when (battle).status = 'closed' and not h.results then f.score end,
      'rating', case when e.contender_id is not null and not h.results then jsonb_build_object('before', e.rating_before, 'after', e.rating_after) end)
    order by c.slot)
  from (
    select battles.hides_names(battle, viewer_id) as names, battles.hides_answers(battle, viewer_id) as answers, battles.hides_results(battle, viewer_id) as results
  ) h
  cross join (select x.*, bool_or(x.simulated) over () as any_simulated, bool_or(battles.in_browser(x.funding_source)) over () as any_in_browser
    from battles.contenders x where x.battle_id = (battle).battle_id) c
  left join battles.fn_battle_scores((battle).battle_id) f on f.contender_id = c.contender_id
  left join battles.submissions s on s.contender_id = c.contender_id
  left join battles.elo_changes e on e.battle_id = (battle).battle_id and e.contender_id = c.contender_id
$$;
comment on function battles.contender_document is 'The contenders of a battle and their answers, as this viewer may see them now.';
revoke execute on function battles.contender_document from public, anon, authenticated, service_role;

create function battles.judging_of(judge_id uuid) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('job_id', j.job_id, 'status', j.status, 'attempts', j.attempts, 'reclaims', j.reclaims, 'max_attempts', j.max_attempts, 'error', j.error)
  from execution.job_status j where j.kind = 'battle_judging' and j.subject_id = judging_of.judge_id
$$;
comment on function battles.judging_of is 'How the job of a judge stands; null while it has none.';
revoke execute on function battles.judging_of from public, anon, authenticated, service_role;

create function battles.fn_battles_get(battle_id uuid, viewer_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select battles.battle_summary(b, viewer_id) || jsonb_build_object(
    'task_prompt', b.task_prompt, 'inputs', case when b.owner_id = viewer_id then b.inputs end, 'max_tokens', b.max_tokens, 'temperature', b.temperature, 'handicap', b.handicap,
    'budget', case when b.owner_id = viewer_id and b.budget_usd is not null then jsonb_build_object('limit_usd', b.budget_usd) || lensers.spending_of(b.battle_id) end,
    'judge_funding', case when b.owner_id = viewer_id and g.funding_source is not null then jsonb_build_object(
      'source', g.funding_source, 'byok_key_id', g.byok_key_id, 'cost_estimate_usd', g.cost_estimate_usd) end,
    'rubric', b.rubric, 'reference_answer', case when b.owner_id = viewer_id then b.reference_answer end,
    'voter_eligibility', b.voter_eligibility, 'min_account_age_ms', b.min_account_age_ms, 'vote_weighting', b.vote_weighting,
    'invited_voters', case when b.owner_id = viewer_id and b.voter_eligibility = 'invited' then (
      select coalesce(jsonb_agg(i.user_id order by i.user_id), '[]') from battles.voter_invitations i where i.battle_id = b.battle_id) end,
    'priority', b.priority, 'submission_window_ms', b.submission_window_ms, 'held', b.held_at is not null,
    'hold_reason', case when b.owner_id = viewer_id then b.hold_reason end,
    'contenders', battles.contender_document(b, viewer_id),
    'your_slot', (select c.slot from battles.contenders c where c.battle_id = b.battle_id and c.user_id = viewer_id),
    'your_vote', (select v.choice from battles.votes v where v.battle_id = b.battle_id and v.voter_id = viewer_id),
    -- Nobody votes with the crowd: what others chose is shown when it cannot be joined any more.
    'votes', case when b.status = 'closed' and b.voting_window_ms > 0 and not battles.hides_results(b, viewer_id) then (
      select jsonb_build_object('given', count(*), 'held', count(*) filter (where v.status = 'held'), 'rejected', count(*) filter (where v.status = 'rejected'),
        'tie', count(*) filter (where v.choice = 'tie' and v.status = 'counted'), 'both_bad', count(*) filter (where v.choice = 'both_bad' and v.status = 'counted'),
        'weight', coalesce(sum(v.weight) filter (where v.status = 'counted'), 0))
      from battles.votes v where v.battle_id = b.battle_id) end,
    'judge_mode', b.judge_mode, 'allow_own_family', b.allow_own_family, 'auto_analyse', b.auto_analyse, 'repository', b.repository, 'checks', b.checks,
    'judging', case when not battles.hides_results(b, viewer_id) then battles.judging_of(g.judge_id) end,
    -- Blind, a recusal would tell whose family contends.
    'judges', (select coalesce(jsonb_agg(jsonb_build_object('seat', x.seat, 'model', x.model_key, 'simulated', x.simulated, 'weight', x.weight)
        || case when battles.hides_results(b, viewer_id) or battles.hides_names(b, viewer_id) then jsonb_build_object('status', null, 'error', null, 'job', null)
          else jsonb_build_object('status', x.status, 'error', x.error, 'job', battles.judging_of(x.judge_id)) end
        || jsonb_build_object('funding', case when b.owner_id = viewer_id and x.funding_source is not null then jsonb_build_object(
          'source', x.funding_source, 'byok_key_id', x.byok_key_id, 'cost_estimate_usd', x.cost_estimate_usd) end) order by x.seat), '[]')
      from battles.judges x where x.battle_id = b.battle_id),
    'verdicts', coalesce((
      select jsonb_agg(jsonb_build_object(
        'judge_seat', x.seat, 'judge_model', v.judge_model_key, 'part', v.part, 'weight', v.weight, 'presentation', v.presentation, 'slot_order', v.slot_order, 'outcome', v.outcome,
        'winner_slot', (select c.slot from battles.contenders c where c.contender_id = v.winner_contender_id), 'reasoning', v.reasoning,
        'scores', (select jsonb_object_agg(c.slot, s.score) from battles.verdict_scores s join battles.contenders c on c.contender_id = s.contender_id
          where s.verdict_id = v.verdict_id),
        'system_prompt', v.system_prompt, 'prompt', case when b.owner_id = viewer_id then v.prompt end, 'raw_text', v.raw_text, 'input_tokens', v.input_tokens, 'output_tokens', v.output_tokens,
        'cost_usd', v.cost_usd, 'latency_ms', v.latency_ms) order by x.seat, v.part, v.presentation)
      from battles.verdicts v join battles.judges x on x.judge_id = v.judge_id
      where v.battle_id = b.battle_id and not battles.hides_results(b, viewer_id)), '[]'),
    'rubric_call', (
      select jsonb_build_object('judge_seat', x.seat, 'judge_model', x.model_key, 'system_prompt', k.system_prompt, 'prompt', case when b.owner_id = viewer_id then k.prompt end,
        'raw_text', k.raw_text, 'input_tokens', k.input_tokens, 'output_tokens', k.output_tokens, 'cost_usd', k.cost_usd, 'latency_ms', k.latency_ms)
      from battles.rubric_calls k join battles.judges x on x.judge_id = k.judge_id
      where k.battle_id = b.battle_id and not battles.hides_results(b, viewer_id) order by k.created_at, x.seat limit 1),
    'events', (select coalesce(jsonb_agg(x.shown order by x.event_id), '[]') from (
        select e.event_id, battles.public_event(e, b, viewer_id) as shown from battles.events e where e.battle_id = b.battle_id) x
      where x.shown is not null))
  from battles.battles b
  left join lateral (select x.* from battles.judges x where x.battle_id = b.battle_id order by x.seat limit 1) g on true
  where b.battle_id = fn_battles_get.battle_id and (b.status <> 'draft' or b.owner_id = fn_battles_get.viewer_id)
$$;
comment on function battles.fn_battles_get is
  'A battle, whole, as api shows it to a viewer (null: anybody); null when there is none or it is another''s draft. Inputs, reference answer, personas, the prompts made of them, and who pays for what are shown to the owner alone; names in a blind battle, answers while people contend, and results that are kept are held back as 20261120000450 says.';
revoke execute on function battles.fn_battles_get from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_get to service_role;

create function battles.fn_battles_analyses(battle_id uuid, viewer_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce((
    select jsonb_agg(jsonb_build_object(
      'analysis_id', a.analysis_id, 'kind', a.kind, 'model', a.model_key, 'simulated', a.simulated,
      'status', case a.status when 'due' then 'pending' else a.status end, 'result', a.result, 'error', a.error, 'automatic', a.requested_by is null,
      'cost_usd', (select sum(k.cost_usd) from battles.analysis_calls k where k.analysis_id = a.analysis_id),
      'calls', coalesce((select jsonb_agg(jsonb_build_object('stage', k.stage, 'system_prompt', k.system_prompt,
          'prompt', case when b.owner_id = viewer_id then k.prompt end, 'raw_text', k.raw_text, 'input_tokens', k.input_tokens, 'output_tokens', k.output_tokens,
          'cost_usd', k.cost_usd, 'latency_ms', k.latency_ms) order by k.created_at, k.stage)
        from battles.analysis_calls k where k.analysis_id = a.analysis_id), '[]'),
      'created_at', a.created_at, 'finished_at', a.finished_at) order by a.created_at, a.analysis_id)
    from battles.analyses a where a.battle_id = b.battle_id and not battles.hides_results(b, fn_battles_analyses.viewer_id)), '[]')
  from battles.battles b
  where b.battle_id = fn_battles_analyses.battle_id and (b.status <> 'draft' or b.owner_id = fn_battles_analyses.viewer_id)
$$;
comment on function battles.fn_battles_analyses is
  'What models made of a battle, oldest first, as this viewer (null: anybody) may see it; null when there is no such battle or it is another''s draft. Prompts are shown to the owner alone.';
revoke execute on function battles.fn_battles_analyses from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_analyses to service_role;

create function battles.fn_battles_list(
  viewer_id uuid, mine boolean default false, status text default null, most integer default 20, cursor text default null, battle_type text default null,
  model text default null, created_after timestamptz default null, created_before timestamptz default null
) returns jsonb
language sql stable security definer set search_path = '' as $$
  with page as (
    select b as battle, b.created_at::text || '_' || b.battle_id as cursor, row_number() over (order by b.created_at desc, b.battle_id desc) as nth
    from battles.battles b
    where (b.status <> 'draft' or b.owner_id = fn_battles_list.viewer_id)
      and (not fn_battles_list.mine or b.owner_id = fn_battles_list.viewer_id)
      and (fn_battles_list.status is null or b.status::text = fn_battles_list.status)
      and (fn_battles_list.battle_type is null or b.battle_type::text = fn_battles_list.battle_type)
      and (fn_battles_list.created_after is null or b.created_at > fn_battles_list.created_after)
      and (fn_battles_list.created_before is null or b.created_at < fn_battles_list.created_before)
      -- A filter must not tell what a blind battle hides.
      and (fn_battles_list.model is null or (
        not battles.hides_names(b, fn_battles_list.viewer_id)
        and exists (select from battles.contenders c where c.battle_id = b.battle_id and c.model_key = fn_battles_list.model)))
      and (fn_battles_list.cursor is null or (b.created_at, b.battle_id) <
        (split_part(fn_battles_list.cursor, '_', 1)::timestamptz, split_part(fn_battles_list.cursor, '_', 2)::uuid))
    order by b.created_at desc, b.battle_id desc limit fn_battles_list.most + 1
  )
  select jsonb_build_object(
    'battles', coalesce(jsonb_agg(battles.battle_summary(p.battle, fn_battles_list.viewer_id) order by p.nth) filter (where p.nth <= fn_battles_list.most), '[]'),
    'next_cursor', max(p.cursor) filter (where p.nth = fn_battles_list.most and (select max(x.nth) from page x) > fn_battles_list.most))
  from page p
$$;
comment on function battles.fn_battles_list is
  'A page of battles, newest first: public ones and the viewer''s own, as the filters say; model finds no battle that is still blind to the viewer. next_cursor is null on the last page.';
revoke execute on function battles.fn_battles_list from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_list to service_role;

create function battles.fn_leaderboard(most integer default 50, cursor text default null) returns jsonb
language sql stable security definer set search_path = '' as $$
  with page as (
    select r.*, row_number() over (order by r.rank, r.competitor) as nth
    from (select x.*, rank() over (order by x.rating desc) from battles.ratings x where x.games > 0) r
    where fn_leaderboard.cursor is null
      or r.rating < split_part(fn_leaderboard.cursor, '_', 1)::double precision
      or (r.rating = split_part(fn_leaderboard.cursor, '_', 1)::double precision
        and r.competitor > substr(fn_leaderboard.cursor, strpos(fn_leaderboard.cursor, '_') + 1))
    order by r.rank, r.competitor limit fn_leaderboard.most + 1
  )
  select jsonb_build_object(
    'leaderboard', coalesce(jsonb_agg(jsonb_build_object('rank', p.rank, 'competitor', p.competitor, 'model', p.model_key, 'identity', p.identity,
      'simulated', p.simulated, 'rating', p.rating, 'games', p.games, 'wins', p.wins, 'losses', p.losses, 'draws', p.draws) order by p.nth)
      filter (where p.nth <= fn_leaderboard.most), '[]'),
    'next_cursor', max(p.rating || '_' || p.competitor) filter (where p.nth = fn_leaderboard.most and (select max(x.nth) from page x) > fn_leaderboard.most))
  from page p
$$;
comment on function battles.fn_leaderboard is
  'A page of the competitors by Elo rating, best first; equal ratings share a rank. next_cursor is null on the last page.';
revoke execute on function battles.fn_leaderboard from public, anon, authenticated, service_role;
grant execute on function battles.fn_leaderboard to service_role;

create view battles.battle_execution_jobs with (security_invoker = true) as
select j.job_id, c.battle_id, c.contender_id, c.slot, c.model_key, j.status, j.driver, j.claimed_at, j.expires_at, j.run_after, j.attempts, j.reclaims,
  j.max_attempts, j.error, j.created_at, j.finished_at
from execution.job_status j join battles.contenders c on c.contender_id = j.subject_id;
comment on view battles.battle_execution_jobs is 'Battle jobs by the names operators know: queued, claimed, running, completed, failed. For reading; the rows are in execution.';

create view battles.battle_execution_dead_letters with (security_invoker = true) as
select d.dead_letter_id, d.job_id, d.kind, coalesce(c.battle_id, g.battle_id, a.battle_id, s.battle_id) as battle_id, c.contender_id, c.slot, d.error_code, d.error_message,
  d.attempts, d.reclaims, d.payload, d.created_at, d.redriven_at
from execution.dead_letters d left join battles.contenders c on c.contender_id = d.subject_id
left join battles.judges g on g.judge_id = d.subject_id
left join battles.analyses a on a.analysis_id = d.subject_id
left join battles.submissions s on s.submission_id = d.subject_id
where exists (select from execution.job_kinds k where k.kind = d.kind and k.lock_owner = 'battles.lock_job_owners');
comment on view battles.battle_execution_dead_letters is 'Battle jobs, judgings, analyses and films that were given up, and why; one without a battle is a provider that could not be told of a cancelled task.';

-- ---------------------------------------------------------------- who may look

alter table battles.battles enable row level security;
alter table battles.contenders enable row level security;
alter table battles.submissions enable row level security;
alter table battles.judges enable row level security;
alter table battles.judge_weights enable row level security;
alter table battles.rubric_calls enable row level security;
alter table battles.winner_overrides enable row level security;
alter table battles.analyses enable row level security;
alter table battles.analysis_calls enable row level security;
alter table battles.verdicts enable row level security;
alter table battles.verdict_scores enable row level security;
alter table battles.events enable row level security;
alter table battles.votes enable row level security;
alter table battles.vote_events enable row level security;
alter table battles.vote_settings enable row level security;
alter table battles.voter_invitations enable row level security;
alter table battles.ratings enable row level security;
alter table battles.elo_battle_log enable row level security;
alter table battles.elo_changes enable row level security;
revoke all on all tables in schema battles from public, anon, authenticated, service_role;
revoke all on all sequences in schema battles from public, anon, authenticated, service_role;

grant select on all tables in schema battles to service_role;
-- The applications' own reads: what is public is public to anyone with a key, a draft to its owner. The columns that name a
-- caller (owner, idempotency key) stay with the functions, and so do votes. A policy shows a row or hides it whole: contenders and
-- answers of a blind battle, and a battle whose results are kept, are read through the api until there is nothing more to hide;
-- the log, whose lines hold more than they may show, always.
grant select (battle_id, status, battle_type, category, title, task_prompt, max_tokens, temperature, handicap, scoring_mode, outcome, judge_outcome, winner_contender_id,
  judge_mode, created_at, published_at, submissions_end_at, voting_window_ms, voting_ends_at, finished_at) on battles.battles to anon, authenticated;
grant select (contender_id, battle_id, slot, contender_type, status, model_key, model_kind, identity, simulated, settled_at) on battles.contenders to anon, authenticated;
grant select on battles.submissions, battles.ratings, battles.elo_changes to anon, authenticated;

create policy battles_visible on battles.battles for select to anon, authenticated
  using (owner_id = (select auth.uid()) or (status <> 'draft' and (auto_publish_results or status <> 'closed' or results_published_at is not null)));
-- Not status and error: in a blind battle a recusal would tell whose family contends.
grant select (judge_id, battle_id, seat, model_key, weight, simulated) on battles.judges to anon, authenticated;
create policy judges_visible on battles.judges for select to anon, authenticated
  using (exists (select from battles.battles b where b.battle_id = judges.battle_id));
create policy contenders_visible on battles.contenders for select to anon, authenticated
  using (exists (select from battles.battles b where b.battle_id = contenders.battle_id
    and (b.voting_window_ms = 0 or b.status in ('closed', 'cancelled', 'void'))));
create policy submissions_visible on battles.submissions for select to anon, authenticated
  using (exists (select from battles.battles b where b.battle_id = submissions.battle_id
    and (b.voting_window_ms = 0 or b.status in ('closed', 'cancelled', 'void'))
    and (b.battle_type not in ('human_vs_ai', 'human_vs_human') or (submissions.is_final and b.status not in ('draft', 'published', 'executing')))));
create policy ratings_visible on battles.ratings for select to anon, authenticated using (games > 0);
create policy elo_changes_visible on battles.elo_changes for select to anon, authenticated
  using (exists (select from battles.battles b where b.battle_id = elo_changes.battle_id));
