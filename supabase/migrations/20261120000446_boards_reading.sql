-- What api shows of the boards: a slice of them, the sums behind a choice of pairs, and how far each judge can be trusted.

create function ratings.fn_board(source ratings.source, kind text, category text default null, window_days smallint default null, style boolean default false)
returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  board ratings.boards;
  grown timestamptz;
begin
  select b.* into board from ratings.boards b
  where b.source = fn_board.source and b.kind = fn_board.kind and b.category is not distinct from fn_board.category
    and b.window_days is not distinct from fn_board.window_days and b.style = fn_board.style;
  if not found and exists (
    select from ratings.pair_sums p
    where p.source = fn_board.source and p.kind = fn_board.kind and (fn_board.category is null or p.category = fn_board.category)) then
    insert into ratings.boards (source, kind, category, window_days, style, version, stale_since)
    values (source, kind, category, window_days, style, 1, now()) on conflict do nothing returning * into board;
  elsif board.read_at < now() - interval '1 hour' then
    update ratings.boards b set read_at = now() where b.board_id = board.board_id;
  end if;
  select min(c.changed_at) into grown from ratings.changes c   -- since the last look of fn_refresh_due
  where c.source = fn_board.source and c.kind = fn_board.kind and (fn_board.category is null or c.category = fn_board.category);
  return jsonb_build_object(
    'source', source, 'kind', kind, 'category', category, 'window_days', window_days, 'style', style,
    'since', board.since, 'computed_at', board.computed_at, 'stale_since', coalesce(board.stale_since, grown),
    'comparisons', coalesce(board.comparisons, 0), 'clusters', coalesce(board.clusters, 0), 'cluster_ratio', board.cluster_ratio,
    'penalty', board.penalty, 'coefficients', board.coefficients,
    'rows', coalesce((
      select jsonb_agg(x.row || jsonb_build_object('model', coalesce(r.model_key, x.row ->> 'competitor'), 'identity', coalesce(r.identity, ''),
        'simulated', coalesce(r.simulated, false)) order by x.nth)
      from jsonb_array_elements(board.rows) with ordinality x (row, nth)
      left join battles.ratings r on r.competitor = x.row ->> 'competitor' and fn_board.source <> 'imported'), '[]'));
end $$;
comment on function ratings.fn_board is
  'The board of a slice as it was last computed. A slice that has comparisons and no board yet gets one: it is computed by the next refresh, and until then has no rows and no computed_at.';
revoke execute on function ratings.fn_board from public, anon, authenticated, service_role;
grant execute on function ratings.fn_board to service_role;

create function ratings.fn_pair_sums(source ratings.source, kind text, category text default null, named text[] default '{}', most integer default 300) returns jsonb
language sql stable security definer set search_path = '' as $$
  with known as (
    select p.a, p.b, p.outcome, sum(p.weight) as weight from ratings.pair_sums p
    where p.source = fn_pair_sums.source and p.kind = fn_pair_sums.kind and (fn_pair_sums.category is null or p.category = fn_pair_sums.category)
    group by 1, 2, 3 having sum(p.weight) > 0
  ), players as (
    select x.competitor from known k cross join lateral (values (k.a), (k.b)) x (competitor)
    group by 1 order by x.competitor = any (fn_pair_sums.named) desc, sum(k.weight) desc, 1 limit fn_pair_sums.most
  )
  select coalesce(jsonb_agg(jsonb_build_object('a', k.a, 'b', k.b, 'outcome', k.outcome, 'weight', k.weight) order by k.a, k.b, k.outcome), '[]')
  from known k where k.a in (select p.competitor from players p) and k.b in (select p.competitor from players p)
$$;
comment on function ratings.fn_pair_sums is
  'The log added up by pair: of the named competitors and of those who have played most, `most` in all.';
revoke execute on function ratings.fn_pair_sums from public, anon, authenticated, service_role;
grant execute on function ratings.fn_pair_sums to service_role;

create function ratings.fn_judges(kind text default null, since date default null) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(x) order by x.battles desc, x.judge), '[]')
  from (
    select j.judge_model_key as judge, count(*) as battles, sum(j.verdicts) as verdicts, sum(j.abstained) as abstained, sum(j.pairs) as pairs,
      sum(j.consistent) as consistent, sum(j.tied) as tied, sum(j.decided) as decided, sum(j.first_preferred) as first_preferred,
      sum(j.unreadable) as unreadable, sum(j.cost_usd) as cost_usd,
      sum(j.crowd) as crowd, sum(j.crowd_agreed) as crowd_agreed, sum(j.crowd_decided) as crowd_decided, sum(j.crowd_decided_agreed) as crowd_decided_agreed
    from ratings.judgings j
    where (fn_judges.kind is null or j.kind = fn_judges.kind)
      and (fn_judges.since is null or j.closed_at >= fn_judges.since::timestamp at time zone 'utc')
    group by 1) x
$$;
comment on function ratings.fn_judges is 'The judges of closed battles, in counts: what api makes the page of judge quality of.';
revoke execute on function ratings.fn_judges from public, anon, authenticated, service_role;
grant execute on function ratings.fn_judges to service_role;
