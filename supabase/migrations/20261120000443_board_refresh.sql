-- How boards are made of the log: one job a stale board, however many battles closed meanwhile, and all of it once more from the battles
-- alone.

-- ---------------------------------------------------------------- refresh

insert into execution.job_kinds (kind, wake_function, lock_owner, settle_owner) values
  ('rating_refresh', 'refresh-ratings', 'ratings.lock_boards', 'ratings.settle_buried_refresh'),
  ('rating_refresh_large', null, 'ratings.lock_boards', 'ratings.settle_buried_refresh');
insert into execution.queues (kind) values ('rating_refresh'), ('rating_refresh_large');

create function ratings.lock_boards(job_ids bigint[]) returns void
language sql security definer set search_path = '' as $$
  select from ratings.boards b
  where b.board_id in (select (j.payload ->> 'board_id')::uuid from execution.jobs j where j.job_id = any (lock_boards.job_ids))
  order by b.board_id for update
$$;
comment on function ratings.lock_boards is 'lock_owner of refreshes.';
revoke execute on function ratings.lock_boards from public, anon, authenticated, service_role;

create function ratings.settle_buried_refresh(job_id bigint, error jsonb) returns void
language sql security definer set search_path = '' as $$
  update ratings.boards b set job_id = null, failed_at = now() where b.job_id = settle_buried_refresh.job_id
$$;
comment on function ratings.settle_buried_refresh is 'settle_owner of refreshes: the board stays as it was, says so by its stale_since, and is tried again ten minutes later.';
revoke execute on function ratings.settle_buried_refresh from public, anon, authenticated, service_role;

create function ratings.window_start(window_days smallint) returns date
language sql stable set search_path = '' as $$ select (now() at time zone 'utc')::date - window_start.window_days $$;
comment on function ratings.window_start is 'The day a window begins at, in UTC; null for a board of all time.';
revoke execute on function ratings.window_start from public, anon, authenticated, service_role;

create function ratings.fn_refresh_due() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  change record;
  board ratings.boards;
  queued bigint[];
  asked integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtext('ratings.refresh_due')) then
    return 0;                                      -- one is enough, and two would take the boards in different orders
  end if;
  if not exists (select from ratings.changes) and not exists (
    select from ratings.boards b
    where b.stale_since is not null or (b.window_days is not null and b.computed_at is not null and b.since <> ratings.window_start(b.window_days))) then
    return 0;
  end if;
  perform from ratings.boards b order by b.board_id for update;   -- as lock_boards does
  for change in
    with taken as (
      delete from ratings.changes c where c.ctid = any (array(select x.ctid from ratings.changes x order by x.change_id limit 10000))
      returning c.source, c.kind, c.category, c.changed_at
    )
    select t.source, t.kind, array_agg(distinct t.category) as categories, min(t.changed_at) as changed_at from taken t group by 1, 2 order by 1, 2
  loop
    insert into ratings.boards (source, kind, style)
    select change.source, change.kind, s.style from (values (false), (true)) s (style) where not s.style or change.kind = 'text'
    on conflict do nothing;
    update ratings.boards b set version = b.version + 1, stale_since = coalesce(b.stale_since, change.changed_at)
    where b.source = change.source and b.kind = change.kind and (b.category is null or b.category = any (change.categories));
  end loop;
  update ratings.boards b set version = b.version + 1, stale_since = coalesce(b.stale_since, now()), large = false
  where b.window_days is not null and b.computed_at is not null and b.since is distinct from ratings.window_start(b.window_days)
    and b.stale_since is null;
  for board in
    select b.* from ratings.boards b
    where b.stale_since is not null and (b.failed_at is null or b.failed_at < now() - interval '10 minutes')
      and ((b.category is null and b.window_days is null) or b.read_at > now() - interval '7 days')
      and not exists (select from execution.jobs j where j.job_id = b.job_id and j.state in ('active', 'held'))
    order by b.board_id
  loop
    queued := execution.enqueue(execution.queue_for(case when board.large then 'rating_refresh_large' else 'rating_refresh' end),
      array[jsonb_build_object('board_id', board.board_id)]);
    update ratings.boards b set job_id = queued[1], failed_at = null where b.board_id = board.board_id;
    asked := asked + 1;
  end loop;
  return asked;
end $$;
comment on function ratings.fn_refresh_due is
  'On a schedule, and from a worker''s sweep: marks the boards that the log has outgrown, and asks for one refresh of each that has none under way, however many battles closed. A slice of one category or of a window that nobody has read for a week waits until it is read. Returns how many refreshes it asked for.';
revoke execute on function ratings.fn_refresh_due from public, anon, authenticated, service_role;
grant execute on function ratings.fn_refresh_due to service_role;

create function ratings.fn_worker_claim_refresh(driver text, most integer default 1, large boolean default false) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  job_kind constant text := case when large then 'rating_refresh_large' else 'rating_refresh' end;
  claimed execution.claimed_job[] := array(select j from execution.fn_worker_claim_jobs(job_kind, driver, most) j);   -- see fn_worker_claim_battle_job
  jobs jsonb;
begin
  select jsonb_agg(jsonb_build_object(
    'lease_token', j.lease_token, 'job_id', j.job_id, 'attempts', j.attempts, 'reclaims', j.reclaims, 'max_attempts', j.max_attempts, 'in_lane', false,
    'version', b.version, 'source', b.source, 'kind', b.kind, 'category', b.category, 'since', ratings.window_start(b.window_days), 'style', b.style)
    order by j.position) into jobs
  from unnest(claimed) j join ratings.boards b on b.board_id = (j.payload ->> 'board_id')::uuid;
  return execution.claim_document(job_kind, jobs);
end $$;
comment on function ratings.fn_worker_claim_refresh is
  'Drivers call it for boards to compute: each with its slice, and the version that fn_worker_record_board must name. large: those an edge function has left.';
revoke execute on function ratings.fn_worker_claim_refresh from public, anon, authenticated, service_role;
grant execute on function ratings.fn_worker_claim_refresh to service_role;

create function ratings.standing(source ratings.source, kind text, category text, since date, after bigint, most integer)
returns table (comparison_id bigint, battle_id uuid, category text, a text, b text, outcome ratings.outcome, weight numeric, cluster text,
  style double precision[], closed_at timestamptz, contender_a uuid, contender_b uuid)
language sql stable security definer set search_path = '' as $$
  select c.comparison_id, c.battle_id, c.category, c.a, c.b, c.outcome, c.weight + coalesce(x.weight, 0), c.cluster, coalesce(c.style, d.style), c.closed_at,
    c.contender_a, c.contender_b
  from (
    select y.* from ratings.comparisons y
    where y.source = standing.source and y.kind = standing.kind and y.comparison_id > standing.after and y.corrects is null
      and (standing.category is null or y.category = standing.category)
      and (standing.since is null or y.closed_at >= standing.since::timestamp at time zone 'utc')
    order by y.comparison_id limit standing.most) c
  left join lateral (select sum(z.weight) as weight from ratings.comparisons z where z.corrects = c.comparison_id) x on true
  left join lateral (
    select array[(p.length - q.length)::double precision / (p.length + q.length + 1), (p.headers - q.headers)::double precision / (p.headers + q.headers + 1),
      (p.lists - q.lists)::double precision / (p.lists + q.lists + 1), (p.bold - q.bold)::double precision / (p.bold + q.bold + 1)] as style
    from ratings.answer_styles p join ratings.answer_styles q on q.contender_id = c.contender_b
    where p.contender_id = c.contender_a and p.length is not null and q.length is not null) d on true
  order by c.comparison_id
$$;
comment on function ratings.standing is
  'The log of a slice as it stands, a page after a comparison_id: each comparison once, with its corrections in its weight (0: taken back) and its difference in style (null: not counted yet). The features are those of styleDifference in runner-core.';
revoke execute on function ratings.standing from public, anon, authenticated, service_role;

create function ratings.fn_slice(source ratings.source, kind text, category text default null, since date default null, after bigint default 0, most integer default 20000)
returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'a', coalesce(jsonb_agg(s.a order by s.comparison_id) filter (where s.weight > 0), '[]'),
    'b', coalesce(jsonb_agg(s.b order by s.comparison_id) filter (where s.weight > 0), '[]'),
    'outcome', coalesce(jsonb_agg(s.outcome order by s.comparison_id) filter (where s.weight > 0), '[]'),
    'weight', coalesce(jsonb_agg(s.weight order by s.comparison_id) filter (where s.weight > 0), '[]'),
    'cluster', coalesce(jsonb_agg(s.cluster order by s.comparison_id) filter (where s.weight > 0), '[]'),
    'style', coalesce(jsonb_agg(to_jsonb(s.style) order by s.comparison_id) filter (where s.weight > 0), '[]'),
    'next', case when count(*) = fn_slice.most then max(s.comparison_id) end)
  from ratings.standing(fn_slice.source, fn_slice.kind, fn_slice.category, fn_slice.since, fn_slice.after, fn_slice.most) s
$$;
comment on function ratings.fn_slice is 'The comparisons of a slice, by column, a page at a time: next is null on the last page.';
revoke execute on function ratings.fn_slice from public, anon, authenticated, service_role;
grant execute on function ratings.fn_slice to service_role;

create function ratings.fn_worker_uncounted_answers(most integer default 200) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('contender_id', x.contender_id, 'content_text', coalesce(s.content_text, ''))), '[]')
  from (select t.contender_id from ratings.answer_styles t where t.length is null order by t.contender_id limit fn_worker_uncounted_answers.most) x
  left join battles.submissions s on s.contender_id = x.contender_id
$$;
comment on function ratings.fn_worker_uncounted_answers is 'A refresh at equal style calls it for answers whose style is not counted yet.';
revoke execute on function ratings.fn_worker_uncounted_answers from public, anon, authenticated, service_role;
grant execute on function ratings.fn_worker_uncounted_answers to service_role;

create function ratings.fn_worker_record_styles(styles jsonb) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  counted integer;
begin
  update ratings.answer_styles t set length = x.length, headers = x.headers, lists = x.lists, bold = x.bold
  from jsonb_to_recordset(styles) x (contender_id uuid, length integer, headers integer, lists integer, bold integer)
  where t.contender_id = x.contender_id and t.length is null;
  get diagnostics counted = row_count;
  return counted;
end $$;
comment on function ratings.fn_worker_record_styles is 'Records what fn_worker_uncounted_answers asked for; what is counted already stays. Returns how many.';
revoke execute on function ratings.fn_worker_record_styles from public, anon, authenticated, service_role;
grant execute on function ratings.fn_worker_record_styles to service_role;

create function ratings.fn_worker_record_board(job_id bigint, lease_token bigint, version bigint, board jsonb) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  perform ratings.lock_boards(array[job_id]);
  if not execution.close_job(job_id, lease_token, 'completed') then
    return false;                                  -- the lease was lost: another driver computes this board
  end if;
  update ratings.boards b set
    job_id = null, computed_at = now(), since = (board ->> 'since')::date, comparisons = (board ->> 'comparisons')::integer,
    clusters = (board ->> 'clusters')::integer, cluster_ratio = (board ->> 'cluster_ratio')::double precision, penalty = (board ->> 'penalty')::double precision,
    coefficients = nullif(board -> 'coefficients', 'null'), rows = board -> 'rows',
    stale_since = case when b.version > fn_worker_record_board.version or (board ->> 'unfinished')::boolean then b.stale_since end
  from execution.jobs j
  where j.job_id = fn_worker_record_board.job_id and b.board_id = (j.payload ->> 'board_id')::uuid;
  return found;
end $$;
comment on function ratings.fn_worker_record_board is
  'Drivers call it with the board they computed and the version they were given: the board is fresh, unless the log has grown meanwhile or the driver left something undone (unfinished). False: the lease was lost, nothing changed.';
revoke execute on function ratings.fn_worker_record_board from public, anon, authenticated, service_role;
grant execute on function ratings.fn_worker_record_board to service_role;

create function ratings.fn_worker_leave_board(job_id bigint, lease_token bigint) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  perform ratings.lock_boards(array[job_id]);
  if not execution.close_job(job_id, lease_token, 'completed') then
    return false;
  end if;
  update ratings.boards b set job_id = null, large = true
  from execution.jobs j where j.job_id = fn_worker_leave_board.job_id and b.board_id = (j.payload ->> 'board_id')::uuid;
  return found;
end $$;
comment on function ratings.fn_worker_leave_board is
  'An edge function calls it for a board of more comparisons than it may read: from now on a worker computes it (or agon ratings rebuild), and until then it says since when it is stale. False: the lease was lost.';
revoke execute on function ratings.fn_worker_leave_board from public, anon, authenticated, service_role;
grant execute on function ratings.fn_worker_leave_board to service_role;

create function ratings.fn_worker_fail_refresh(job_id bigint, lease_token bigint, backoff_ms integer, error jsonb) returns text
language sql security definer set search_path = '' as $$
  select execution.fail_attempt(fn_worker_fail_refresh.job_id, fn_worker_fail_refresh.lease_token, fn_worker_fail_refresh.error, fn_worker_fail_refresh.backoff_ms)
$$;
comment on function ratings.fn_worker_fail_refresh is 'Drivers call it after a refresh that failed; backoff_ms null: no attempt can mend it. requeued, dead_lettered or lost.';
revoke execute on function ratings.fn_worker_fail_refresh from public, anon, authenticated, service_role;
grant execute on function ratings.fn_worker_fail_refresh to service_role;

-- ---------------------------------------------------------------- from scratch, and from elsewhere

create function ratings.fn_operator_relog(after uuid default '00000000-0000-0000-0000-000000000000', most integer default 200) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle_ids uuid[];
  next uuid;
  written integer := 0;
begin
  battle_ids := array(
    select b.battle_id from battles.battles b where b.status = 'closed' and b.results_published_at is not null and b.battle_id > after order by b.battle_id limit most for update);
  perform battles.lock_ratings(battle_ids);
  foreach next in array battle_ids loop
    written := written + ratings.log_battle(next);
  end loop;
  return jsonb_build_object('battles', cardinality(battle_ids), 'written', written,
    'next', case when cardinality(battle_ids) = most then battle_ids[most] end);
end $$;
comment on function ratings.fn_operator_relog is
  'agon ratings rebuild calls it, page by page: writes what closed battles are worth and the log does not say yet. On a whole log that is nothing. {battles, written, next}: next is null on the last page.';
revoke execute on function ratings.fn_operator_relog from public, anon, authenticated, service_role;
grant execute on function ratings.fn_operator_relog to service_role;

create function ratings.fn_operator_resum() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  wrong integer;
begin
  perform pg_advisory_xact_lock(hashtext('ratings.refresh_due'));
  -- Whoever logs a battle writes the log first and its sums in the same statement: under this lock the two agree.
  lock table ratings.pair_sums in share row exclusive mode;
  with sums as (
    select c.source, c.kind, c.category, c.a, c.b, c.outcome, sum(c.weight) as weight from ratings.comparisons c group by 1, 2, 3, 4, 5, 6
  )
  select count(*) into wrong
  from sums s full join ratings.pair_sums p on (p.source, p.kind, p.a, p.b, p.outcome) = (s.source, s.kind, s.a, s.b, s.outcome)
    and p.category is not distinct from s.category
  where coalesce(s.weight, 0) <> coalesce(p.weight, 0);
  delete from ratings.pair_sums where true;         -- hosted Supabase refuses a delete without a where
  insert into ratings.pair_sums (source, kind, category, a, b, outcome, weight)
  select c.source, c.kind, c.category, c.a, c.b, c.outcome, sum(c.weight) from ratings.comparisons c group by 1, 2, 3, 4, 5, 6;
  insert into ratings.changes (source, kind, category) select distinct c.source, c.kind, c.category from ratings.comparisons c;
  update ratings.boards b set version = b.version + 1, stale_since = coalesce(b.stale_since, now()), failed_at = null, read_at = now()
  where b.board_id in (select x.board_id from ratings.boards x order by x.board_id for update);   -- as lock_boards does
  return wrong;
end $$;
comment on function ratings.fn_operator_resum is
  'agon ratings rebuild calls it: adds the log up anew, and asks for every board to be computed anew. Returns how many sums had been wrong.';
revoke execute on function ratings.fn_operator_resum from public, anon, authenticated, service_role;
grant execute on function ratings.fn_operator_resum to service_role;

create function ratings.fn_operator_import(import_id text, kind text, comparisons jsonb) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  written integer;
begin
  perform pg_advisory_xact_lock(hashtext('ratings.import'));   -- two imports would take the sums of their pairs in different orders
  with added as (
    insert into ratings.comparisons (source, kind, category, a, b, outcome, weight, cluster, style, closed_at, import_id, line)
    select 'imported', coalesce(x.kind, fn_operator_import.kind), x.category, x.a, x.b, x.outcome, coalesce(x.weight, 1), x.cluster, x.style,
      coalesce(x.closed_at, now()), import_id, x.line
    from jsonb_to_recordset(comparisons) x (line integer, kind text, category text, a text, b text, outcome ratings.outcome, weight numeric, cluster text,
      style double precision[], closed_at timestamptz)
    on conflict do nothing
    returning source, kind, category, a, b, outcome, weight
  ), summed as (
    insert into ratings.pair_sums as p (source, kind, category, a, b, outcome, weight)
    select d.source, d.kind, d.category, d.a, d.b, d.outcome, sum(d.weight) from added d group by 1, 2, 3, 4, 5, 6
    on conflict on constraint pair_sums_key do update set weight = p.weight + excluded.weight
    returning p.source
  ), noted as (
    insert into ratings.changes (source, kind, category) select distinct d.source, d.kind, d.category from added d returning change_id
  )
  select count(*) into written from added, (select count(*) from summed) s, (select count(*) from noted) n;
  return written;
end $$;
comment on function ratings.fn_operator_import is
  'agon import calls it with comparisons made elsewhere: they enter the log as source imported, a board of their own, and touch no other. import_id and line name a row: the same file again adds nothing. Returns how many were added.';
revoke execute on function ratings.fn_operator_import from public, anon, authenticated, service_role;
grant execute on function ratings.fn_operator_import to service_role;
