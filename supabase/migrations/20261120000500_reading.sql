-- Reading: one document per battle, a page of battles, the leaderboard; and row level security for those who query tables.

create function battles.battle_summary(battle battles.battles) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'battle_id', (battle).battle_id, 'status', (battle).status, 'battle_type', (battle).battle_type, 'title', (battle).title,
    'outcome', (battle).outcome, 'judge_outcome', (battle).judge_outcome,
    'winner_slot', (select c.slot from battles.contenders c where c.contender_id = (battle).winner_contender_id),
    'judge', jsonb_build_object('model', (battle).judge_model_key, 'simulated', (battle).judge_simulated),
    'contenders', (select jsonb_agg(jsonb_build_object('slot', c.slot, 'model', c.model_key, 'identity', c.identity, 'simulated', c.simulated, 'status', c.status) order by c.slot)
      from battles.contenders c where c.battle_id = (battle).battle_id),
    'created_at', (battle).created_at, 'published_at', (battle).published_at, 'finished_at', (battle).finished_at)
$$;
comment on function battles.battle_summary is 'What a list shows of a battle.';
revoke execute on function battles.battle_summary from public, anon, authenticated, service_role;

create function battles.fn_battles_get(battle_id uuid, viewer_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select battles.battle_summary(b) || jsonb_build_object(
    'task_prompt', b.task_prompt, 'inputs', case when b.owner_id = viewer_id then b.inputs end, 'max_tokens', b.max_tokens, 'temperature', b.temperature, 'handicap', b.handicap,
    'budget', case when b.owner_id = viewer_id and b.budget_usd is not null then jsonb_build_object('limit_usd', b.budget_usd) || lensers.battle_spending(b.battle_id) end,
    'judge_funding', case when b.owner_id = viewer_id and b.judge_funding_source is not null then jsonb_build_object(
      'source', b.judge_funding_source, 'byok_key_id', b.judge_byok_key_id, 'cost_estimate_usd', b.judge_cost_estimate_usd) end,
    'rubric', b.rubric, 'reference_answer', case when b.owner_id = viewer_id then b.reference_answer end,
    'contenders', (
      select jsonb_agg(jsonb_build_object(
        'slot', c.slot, 'contender_id', c.contender_id, 'model', c.model_key, 'identity', c.identity, 'system_prompt', case when b.owner_id = viewer_id then c.system_prompt end,
        'simulated', c.simulated, 'status', c.status, 'error', c.error,
        'funding', case when b.owner_id = viewer_id and c.funding_source is not null then jsonb_build_object(
          'source', c.funding_source, 'byok_key_id', c.byok_key_id, 'cost_estimate_usd', c.cost_estimate_usd) end,
        'job', (select jsonb_build_object('job_id', j.job_id, 'status', j.status, 'attempts', j.attempts, 'reclaims', j.reclaims,
            'max_attempts', j.max_attempts, 'error', j.error) from execution.job_status j
          where j.kind in ('battle_job', 'async_execution') and j.subject_id = c.contender_id),
        'submission', case when s.submission_id is not null then jsonb_build_object(
          'content_text', s.content_text, 'content_url', s.content_url, 'mime_type', s.mime_type, 'output_modality', s.output_modality,
          'is_final', s.is_final, 'wire_model', s.wire_model, 'finish_reason', s.finish_reason, 'input_tokens', s.input_tokens,
          'output_tokens', s.output_tokens, 'cost_usd', s.cost_usd, 'latency_ms', s.latency_ms) end,
        'judge_mean', (select f.judge_mean from battles.fn_battle_scores(b.battle_id) f where f.contender_id = c.contender_id),
        'rating', case when e.contender_id is not null then jsonb_build_object('before', e.rating_before, 'after', e.rating_after) end) order by c.slot)
      from battles.contenders c
      left join battles.submissions s on s.contender_id = c.contender_id
      left join battles.elo_changes e on e.battle_id = b.battle_id and e.contender_id = c.contender_id
      where c.battle_id = b.battle_id),
    'judging', (select jsonb_build_object('job_id', j.job_id, 'status', j.status, 'attempts', j.attempts, 'reclaims', j.reclaims,
        'max_attempts', j.max_attempts, 'error', j.error) from execution.job_status j where j.kind = 'battle_judging' and j.subject_id = b.battle_id),
    'verdicts', coalesce((
      select jsonb_agg(jsonb_build_object(
        'judge_model', v.judge_model_key, 'presentation', v.presentation, 'slot_order', v.slot_order, 'outcome', v.outcome,
        'winner_slot', (select c.slot from battles.contenders c where c.contender_id = v.winner_contender_id), 'reasoning', v.reasoning,
        'scores', (select jsonb_object_agg(c.slot, s.score) from battles.verdict_scores s join battles.contenders c on c.contender_id = s.contender_id
          where s.verdict_id = v.verdict_id),
        'system_prompt', v.system_prompt, 'prompt', case when b.owner_id = viewer_id then v.prompt end, 'raw_text', v.raw_text, 'input_tokens', v.input_tokens, 'output_tokens', v.output_tokens,
        'cost_usd', v.cost_usd, 'latency_ms', v.latency_ms) order by v.presentation)
      from battles.verdicts v where v.battle_id = b.battle_id), '[]'),
    'events', (select coalesce(jsonb_agg(jsonb_build_object('event_id', e.event_id, 'type', e.type, 'data', e.data, 'created_at', e.created_at) order by e.event_id), '[]')
      from battles.events e where e.battle_id = b.battle_id))
  from battles.battles b
  where b.battle_id = fn_battles_get.battle_id and (b.status <> 'draft' or b.owner_id = fn_battles_get.viewer_id)
$$;
comment on function battles.fn_battles_get is 'A battle, whole, as api shows it; null when there is none or it is another''s draft. Inputs, reference answer, personas, the prompts made of them, and who pays for what are shown to the owner alone.';
revoke execute on function battles.fn_battles_get from public, anon, authenticated, service_role;
grant execute on function battles.fn_battles_get to service_role;

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
    'battles', coalesce(jsonb_agg(battles.battle_summary(p.battle) order by p.nth) filter (where p.nth <= fn_battles_list.most), '[]'),
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
from execution.job_status j join battles.contenders c on c.contender_id = j.subject_id
where j.kind in ('battle_job', 'async_execution');
comment on view battles.battle_execution_jobs is 'Battle jobs by the names operators know: queued, claimed, running, completed, failed. For reading; the rows are in execution.';

create view battles.battle_execution_dead_letters with (security_invoker = true) as
select d.dead_letter_id, d.job_id, d.kind, coalesce(c.battle_id, d.subject_id) as battle_id, c.contender_id, c.slot, d.error_code, d.error_message,
  d.attempts, d.reclaims, d.payload, d.created_at, d.redriven_at
from execution.dead_letters d left join battles.contenders c on c.contender_id = d.subject_id
where d.kind in ('battle_job', 'async_execution', 'battle_judging');
comment on view battles.battle_execution_dead_letters is 'Battle jobs and judgings that were given up, and why.';

-- ---------------------------------------------------------------- who may look

alter table battles.battles enable row level security;
alter table battles.contenders enable row level security;
alter table battles.submissions enable row level security;
alter table battles.verdicts enable row level security;
alter table battles.verdict_scores enable row level security;
alter table battles.events enable row level security;
alter table battles.ratings enable row level security;
alter table battles.elo_battle_log enable row level security;
alter table battles.elo_changes enable row level security;
revoke all on all tables in schema battles from public, anon, authenticated, service_role;
revoke all on all sequences in schema battles from public, anon, authenticated, service_role;

grant select on all tables in schema battles to service_role;
-- The applications' own reads: what is public is public to anyone with a key, a draft to its owner. The columns that name a
-- caller (owner, idempotency key) stay with the functions.
grant select (battle_id, status, battle_type, title, task_prompt, max_tokens, temperature, handicap, outcome, judge_outcome, winner_contender_id,
  judge_model_key, judge_simulated, created_at, published_at, voting_ends_at, finished_at) on battles.battles to anon, authenticated;
grant select (contender_id, battle_id, slot, contender_type, status, model_key, model_kind, identity, simulated, settled_at) on battles.contenders to anon, authenticated;
grant select on battles.submissions, battles.events, battles.ratings, battles.elo_changes to anon, authenticated;

create policy battles_visible on battles.battles for select to anon, authenticated
  using (status <> 'draft' or owner_id = (select auth.uid()));
create policy contenders_visible on battles.contenders for select to anon, authenticated
  using (exists (select from battles.battles b where b.battle_id = contenders.battle_id));
create policy submissions_visible on battles.submissions for select to anon, authenticated
  using (exists (select from battles.battles b where b.battle_id = submissions.battle_id));
create policy events_visible on battles.events for select to anon, authenticated
  using (exists (select from battles.battles b where b.battle_id = events.battle_id));
create policy ratings_visible on battles.ratings for select to anon, authenticated using (games > 0);
create policy elo_changes_visible on battles.elo_changes for select to anon, authenticated
  using (exists (select from battles.battles b where b.battle_id = elo_changes.battle_id));
