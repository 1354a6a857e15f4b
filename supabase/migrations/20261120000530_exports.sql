-- Exports: what an evaluator takes away, a page at a time, in an order that a reader can go on from. Battles are closed and their
-- results published; nobody's id, key or sealed input is in them. Pages are cut by keys, so that an export of any length is read in
-- constant memory and a broken one is gone on with.

create index battles_closed on battles.battles (finished_at, battle_id) where status = 'closed';

create function battles.exported(every boolean, after text, most integer) returns setof battles.battles
language sql stable security definer set search_path = '' as $$
  select b.* from battles.battles b
  where b.status = 'closed' and (exported.every or b.results_published_at is not null)
    and (exported.after is null or (b.finished_at, b.battle_id) > (split_part(exported.after, '_', 1)::timestamptz, split_part(exported.after, '_', 2)::uuid))
  order by b.finished_at, b.battle_id limit exported.most
$$;
comment on function battles.exported is 'A page of the battles that an export has, oldest first; every: those, too, whose results their owner has not published.';
revoke execute on function battles.exported from public, anon, authenticated, service_role;

create function battles.page(lines jsonb, battle battles.battles, whole boolean) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('rows', coalesce(lines, '[]'), 'next', case when whole then (battle).finished_at::text || '_' || (battle).battle_id end)
$$;
comment on function battles.page is 'A page of an export: its rows, and where the next page begins, null on the last.';
revoke execute on function battles.page from public, anon, authenticated, service_role;

create function battles.fn_export_battles(every boolean default false, after text default null, most integer default 200) returns jsonb
language sql stable security definer set search_path = '' as $$
  with page as materialized (select b, row_number() over (order by b.finished_at, b.battle_id) as nth from battles.exported(fn_export_battles.every, fn_export_battles.after, fn_export_battles.most) b)
  select battles.page(
    jsonb_agg(jsonb_build_object(
      'battle_id', (p.b).battle_id, 'title', (p.b).title, 'battle_type', (p.b).battle_type, 'category', (p.b).category, 'scoring_mode', (p.b).scoring_mode,
      'prompt', (p.b).task_prompt, 'question_id', ratings.cluster_of((p.b).task_prompt, (p.b).inputs), 'outcome', (p.b).outcome, 'judge_outcome', (p.b).judge_outcome,
      'winner_slot', (select c.slot from battles.contenders c where c.contender_id = (p.b).winner_contender_id),
      'contenders', (select jsonb_agg(jsonb_build_object('slot', c.slot, 'contender_type', c.contender_type, 'model', c.model_key,
          'identity', case when c.contender_type = 'human' then '' else c.identity end, 'kind', c.model_kind, 'simulated', c.simulated, 'in_browser', battles.in_browser(c.funding_source), 'status', c.status,
          'rating_before', e.rating_before, 'rating_after', e.rating_after) order by c.slot)
        from battles.contenders c left join battles.elo_changes e on e.contender_id = c.contender_id and e.battle_id = c.battle_id
        where c.battle_id = (p.b).battle_id),
      'published_at', (p.b).published_at, 'finished_at', (p.b).finished_at) order by p.nth),
    (select x.b from page x order by x.nth desc limit 1), count(*) = fn_export_battles.most)
  from page p
$$;
comment on function battles.fn_export_battles is 'api calls it for an export of battles: a page in the order in which they closed.';
revoke execute on function battles.fn_export_battles from public, anon, authenticated, service_role;
grant execute on function battles.fn_export_battles to service_role;

create function battles.fn_export_answers(every boolean default false, after text default null, most integer default 50) returns jsonb
language sql stable security definer set search_path = '' as $$
  with page as materialized (select b, row_number() over (order by b.finished_at, b.battle_id) as nth from battles.exported(fn_export_answers.every, fn_export_answers.after, fn_export_answers.most) b)
  select battles.page(
    (select jsonb_agg(jsonb_build_object(
      'battle_id', c.battle_id, 'slot', c.slot, 'model', c.model_key, 'identity', case when c.contender_type = 'human' then '' else c.identity end,
      'contender_type', c.contender_type, 'simulated', c.simulated, 'in_browser', battles.in_browser(c.funding_source), 'status', c.status, 'output_modality', s.output_modality, 'content_text', s.content_text,
      'content_url', s.content_url, 'mime_type', s.mime_type, 'wire_model', s.wire_model, 'finish_reason', s.finish_reason, 'input_tokens', s.input_tokens,
      'output_tokens', s.output_tokens, 'cost_usd', s.cost_usd, 'latency_ms', s.latency_ms) order by p.nth, c.slot)
     from page p join battles.contenders c on c.battle_id = (p.b).battle_id join battles.submissions s on s.contender_id = c.contender_id and s.is_final),
    (select x.b from page x order by x.nth desc limit 1), (select count(*) from page) = fn_export_answers.most)
$$;
comment on function battles.fn_export_answers is 'api calls it for an export of answers: a page of so many battles, every final answer of each.';
revoke execute on function battles.fn_export_answers from public, anon, authenticated, service_role;
grant execute on function battles.fn_export_answers to service_role;

create function battles.fn_export_votes(salt text, every boolean default false, after text default null, most integer default 50) returns jsonb
language sql stable security definer set search_path = '' as $$
  with page as materialized (select b, row_number() over (order by b.finished_at, b.battle_id) as nth from battles.exported(fn_export_votes.every, fn_export_votes.after, fn_export_votes.most) b)
  select battles.page(
    (select jsonb_agg(x.line order by x.nth, x.line ->> 'voter') from (
      select p.nth, jsonb_build_object('battle_id', v.battle_id,
        'voter', encode(substring(sha256(convert_to(fn_export_votes.salt || v.voter_id, 'utf8')) for 12), 'hex'),
        'choice', v.choice, 'weight', v.weight, 'counted', v.status = 'counted', 'voted_on', (v.updated_at at time zone 'utc')::date) as line
      from page p join battles.votes v on v.battle_id = (p.b).battle_id) x),
    (select x.b from page x order by x.nth desc limit 1), (select count(*) from page) = fn_export_votes.most)
$$;
comment on function battles.fn_export_votes is
  'api calls it for an export of votes: a page of so many battles, every vote on each. Voters are told apart within one export, by a hash with its salt, and not between two; when they voted is told by the day.';
revoke execute on function battles.fn_export_votes from public, anon, authenticated, service_role;
grant execute on function battles.fn_export_votes to service_role;

create function battles.fn_export_verdicts(every boolean default false, after text default null, most integer default 50) returns jsonb
language sql stable security definer set search_path = '' as $$
  with page as materialized (select b, row_number() over (order by b.finished_at, b.battle_id) as nth from battles.exported(fn_export_verdicts.every, fn_export_verdicts.after, fn_export_verdicts.most) b)
  select battles.page(
    (select jsonb_agg(jsonb_build_object(
      'battle_id', v.battle_id, 'judge_model', v.judge_model_key, 'part', v.part, 'presentation', v.presentation, 'slot_order', v.slot_order, 'outcome', v.outcome,
      'winner_slot', (select c.slot from battles.contenders c where c.contender_id = v.winner_contender_id),
      'scores', (select jsonb_object_agg(c.slot, jsonb_build_object('score', s.score, 'place', s.place)) from battles.verdict_scores s
        join battles.contenders c on c.contender_id = s.contender_id where s.verdict_id = v.verdict_id),
      'reasoning', v.reasoning, 'raw_text', v.raw_text, 'system_prompt', v.system_prompt, 'prompt', case when fn_export_verdicts.every then v.prompt end,
      'parameters', v.parameters, 'weight', v.weight, 'input_tokens', v.input_tokens, 'output_tokens', v.output_tokens, 'cost_usd', v.cost_usd,
      'latency_ms', v.latency_ms, 'created_at', v.created_at) order by p.nth, v.verdict_id)
     from page p join battles.verdicts v on v.battle_id = (p.b).battle_id),
    (select x.b from page x order by x.nth desc limit 1), (select count(*) from page) = fn_export_verdicts.most)
$$;
comment on function battles.fn_export_verdicts is
  'api calls it for an export of verdicts: a page of so many battles, every verdict on each. The prompt a judge was shown is the operator''s alone: inputs and reference answers are in it.';
revoke execute on function battles.fn_export_verdicts from public, anon, authenticated, service_role;
grant execute on function battles.fn_export_verdicts to service_role;

create function ratings.fn_export_comparisons(
  source ratings.source, kind text, category text default null, since date default null, after text default null, most integer default 5000
) returns jsonb
language sql stable security definer set search_path = '' as $$
  with page as materialized (
    select s.* from ratings.standing(fn_export_comparisons.source, fn_export_comparisons.kind, fn_export_comparisons.category, fn_export_comparisons.since,
      coalesce(fn_export_comparisons.after::bigint, 0), fn_export_comparisons.most) s
  )
  select jsonb_build_object(
    'rows', coalesce(jsonb_agg(jsonb_build_object(
      'battle_id', p.battle_id, 'question_id', p.cluster, 'model_a', p.a, 'model_b', p.b,
      'winner', case p.outcome when 'a' then 'model_a' when 'b' then 'model_b' else p.outcome::text end, 'weight', p.weight,
      'source', fn_export_comparisons.source, 'kind', fn_export_comparisons.kind, 'category', p.category, 'style', p.style, 'closed_at', p.closed_at)
      order by p.comparison_id) filter (where p.weight > 0), '[]'),
    'next', case when count(*) = fn_export_comparisons.most then max(p.comparison_id)::text end)
  from page p
$$;
comment on function ratings.fn_export_comparisons is
  'api calls it for an export of the log: a page of a slice as it stands, in the columns that agon rate and other tools read.';
revoke execute on function ratings.fn_export_comparisons from public, anon, authenticated, service_role;
grant execute on function ratings.fn_export_comparisons to service_role;
