-- Boards: the log of who was preferred to whom, and the leaderboards made of it.
--
--   a battle closes -> ratings.comparisons (append-only, once) -> ratings.changes -> a refresh job a board -> ratings.boards
--
-- The log is written in the transaction that closes a battle, and what it costs there is a few appends: boards are made later, by a
-- job, however many battles closed meanwhile. What a battle is worth to the log is said by two functions, battles.judge_comparisons
-- and battles.crowd_comparisons, and by nothing else: ratings.log_battle writes the difference between what they say now and what
-- the log says, so calling it again changes nothing, and calling it after a held vote was released corrects the log.

create schema ratings;
comment on schema ratings is 'Comparisons, the boards made of them, and how far the judges can be trusted. Elo, which moves with each battle, is in battles.';
grant usage on schema ratings to service_role;

create type ratings.source as enum ('judge', 'crowd', 'imported');
create type ratings.outcome as enum ('a', 'b', 'tie', 'both_bad');
comment on type ratings.source is 'Who compared: judges, voters, or somebody elsewhere whose file an operator imported. Each is a board of its own.';
comment on type ratings.outcome is 'Who was preferred. both_bad is a tie for the ratings, and told apart in the record.';

create table ratings.comparisons (
  comparison_id bigint generated always as identity primary key,
  battle_id uuid references battles.battles (battle_id),
  source ratings.source not null,
  kind text not null,
  category text,
  a text not null,
  b text not null,
  contender_a uuid,
  contender_b uuid,
  outcome ratings.outcome not null,
  weight numeric(12, 3) not null check (weight <> 0),
  cluster text not null,
  style double precision[],
  closed_at timestamptz not null,
  corrects bigint references ratings.comparisons (comparison_id),
  import_id text,
  line integer,
  check (a <> b),
  check ((source = 'imported') = (battle_id is null) and (source = 'imported') = (import_id is not null)),
  check (corrects is not null or weight > 0)
);
create unique index comparisons_once on ratings.comparisons (battle_id, source, contender_a, contender_b, outcome) where corrects is null and import_id is null;
create unique index comparisons_imported_once on ratings.comparisons (import_id, line, a, b) where import_id is not null;
create index comparisons_slice on ratings.comparisons (source, kind, comparison_id) where corrects is null;
create index comparisons_corrections on ratings.comparisons (corrects) where corrects is not null;
comment on table ratings.comparisons is
  'The log, append-only: two competitors, who was preferred, by whom, and what it belongs to. weight: how many judges or votes said so. cluster: the prompt, by its hash, because comparisons of one prompt are not independent. A row with corrects changes the weight of another (a vote was held or released after the battle had closed). style: the difference in style, of imported rows; of ours it is in answer_styles. People are no competitors.';

create table ratings.changes (
  change_id bigint generated always as identity primary key,
  source ratings.source not null,
  kind text not null,
  category text,
  changed_at timestamptz not null default now()
);
comment on table ratings.changes is 'What was added to the log since the boards were last looked at: appended by each battle that closes, so that none waits for another; taken by ratings.fn_refresh_due.';

create table ratings.pair_sums (
  pair_sum_id bigint generated always as identity primary key,
  source ratings.source not null,
  kind text not null,
  category text,
  a text not null,
  b text not null,
  outcome ratings.outcome not null,
  weight numeric(15, 3) not null,
  constraint pair_sums_key unique nulls not distinct (source, kind, category, a, b, outcome)
);
comment on table ratings.pair_sums is 'The log added up by pair, kept as it grows: what is enough to say which pair to compare next. Rows of weight 0 are what corrections took back.';

create table ratings.answer_styles (
  contender_id uuid primary key references battles.contenders (contender_id) on delete cascade,
  length integer,
  headers integer,
  lists integer,
  bold integer,
  check (num_nulls(length, headers, lists, bold) in (0, 4))
);
create index answer_styles_uncounted on ratings.answer_styles (contender_id) where length is null;
comment on table ratings.answer_styles is 'What of a compared text answer is style. Made without numbers when its battle is logged; the next refresh counts them, because SQL reads no markdown.';

create table ratings.boards (
  board_id uuid primary key default gen_random_uuid(),
  source ratings.source not null,
  kind text not null,
  category text,
  window_days smallint check (window_days in (7, 30)),
  style boolean not null default false,
  version bigint not null default 0,
  stale_since timestamptz,
  large boolean not null default false,
  job_id bigint,
  failed_at timestamptz,
  read_at timestamptz not null default now(),
  computed_at timestamptz,
  since date,
  comparisons integer not null default 0,
  clusters integer not null default 0,
  cluster_ratio double precision,
  penalty double precision,
  coefficients jsonb,
  rows jsonb not null default '[]',
  check (not style or kind = 'text')
);
create unique index boards_slice on ratings.boards (source, kind, category, window_days, style) nulls not distinct;
create index boards_stale on ratings.boards (stale_since) where stale_since is not null;
comment on table ratings.boards is
  'Boards as they were last computed, one a slice: whose comparisons, of which kind and category (null: all), since when, at equal style or not. stale_since: the log has grown since then. large: more comparisons than an edge function may read, so a worker computes it. since: the day it begins at, for a window.';

create table ratings.judgings (
  battle_id uuid not null references battles.battles (battle_id) on delete cascade,
  judge_model_key text not null,
  kind text not null,
  category text,
  closed_at timestamptz not null,
  pairs integer not null,
  consistent integer not null,
  tied integer not null,
  decided integer not null,
  first_preferred integer not null,
  unreadable integer not null,
  verdicts integer not null,
  abstained integer not null,
  cost_usd numeric(12, 6),
  crowd numeric(12, 3) not null default 0,
  crowd_agreed numeric(12, 3) not null default 0,
  crowd_decided numeric(12, 3) not null default 0,
  crowd_decided_agreed numeric(12, 3) not null default 0,
  primary key (battle_id, judge_model_key)
);
create index judgings_judge on ratings.judgings (judge_model_key, closed_at);
comment on table ratings.judgings is
  'How one judge did in one battle, pair by pair: whether it said the same in both orders (consistent, of which tied), how often a side was preferred (decided) and was the one shown first, what could not be read; and how its decisions and the votes on the same pairs agree, with ties as a choice and among decisions alone. Overrides by people are in none of it.';

-- ---------------------------------------------------------------- what a battle is worth to the log

create function battles.judge_pairs(battle_id uuid)
returns table (judge_model_key text, contender_a uuid, contender_b uuid, a_first text, b_first text)
language plpgsql stable security definer set search_path = '' as $$   -- not sql: every close passes here, and plpgsql keeps its plans
#variable_conflict use_column
begin
  return query
  with said as (
    select v.judge_model_key, x.contender_id as a, y.contender_id as b, position(x.slot in v.slot_order) < position(y.slot in v.slot_order) as a_shown_first,
      -- By criterion the weighted scores of one order are added up, as battles.judge_decisions does.
      case when bool_or(v.outcome = 'abstain') then null
        else sign(case when battle.judge_mode = 'rubric' then sum(v.weight * (p.score - q.score)) else sum(q.place - p.place) end) end as lean
    from battles.verdicts v
    join battles.battles battle on battle.battle_id = v.battle_id
    join battles.contenders x on x.battle_id = v.battle_id and position(x.slot in v.slot_order) > 0
    join battles.contenders y on y.battle_id = v.battle_id and position(y.slot in v.slot_order) > 0 and y.slot > x.slot
    left join battles.verdict_scores p on p.verdict_id = v.verdict_id and p.contender_id = x.contender_id
    left join battles.verdict_scores q on q.verdict_id = v.verdict_id and q.contender_id = y.contender_id
    where v.battle_id = judge_pairs.battle_id
    group by 1, 2, 3, 4, battle.judge_mode
  )
  select s.judge_model_key, s.a, s.b,
    max(case s.lean when 1 then 'a' when -1 then 'b' when 0 then 'tie' end) filter (where s.a_shown_first),
    max(case s.lean when 1 then 'a' when -1 then 'b' when 0 then 'tie' end) filter (where not s.a_shown_first)
  from said s group by s.judge_model_key, s.a, s.b;
end $$;
comment on function battles.judge_pairs is
  'What each judge of a battle said of each pair of its contenders, asked with a shown first and with b shown first: a, b or tie; null where it abstained or was not asked.';
revoke execute on function battles.judge_pairs from public, anon, authenticated, service_role;

create function battles.judge_comparisons(battle_id uuid)
returns table (contender_a uuid, contender_b uuid, outcome ratings.outcome, weight numeric)
language plpgsql stable security definer set search_path = '' as $$   -- not sql: every close passes here, and plpgsql keeps its plans
#variable_conflict use_column
begin
  return query
  select p.contender_id, p.opponent_id,
    case p.decision when 'first' then 'a' when 'second' then 'b' when 'both_bad' then 'both_bad' else 'tie' end::ratings.outcome, 1::numeric
  from battles.panel_decisions(judge_comparisons.battle_id) p;
end $$;
comment on function battles.judge_comparisons is
  'What the judges of a closed battle decided of each pair, for the log of comparisons: once a pair, as battles.panel_decisions says; a panel that is split, or flips with the order, decided nothing, which is a tie.';
revoke execute on function battles.judge_comparisons from public, anon, authenticated, service_role;

create function battles.crowd_comparisons(battle_id uuid)
returns table (contender_a uuid, contender_b uuid, outcome ratings.outcome, weight numeric)
language plpgsql stable security definer set search_path = '' as $$   -- not sql: every close passes here, and plpgsql keeps its plans
#variable_conflict use_column
begin
  return query
  select x.contender_id, y.contender_id,
    case v.choice when x.slot then 'a' when y.slot then 'b' else v.choice end::ratings.outcome, sum(v.weight)
  from battles.votes v
  join battles.contenders x on x.battle_id = v.battle_id and x.status = 'submitted'
  join battles.contenders y on y.battle_id = v.battle_id and y.status = 'submitted' and y.slot > x.slot
  where v.battle_id = crowd_comparisons.battle_id and v.status = 'counted' and v.choice in (x.slot, y.slot, 'tie', 'both_bad')
  group by 1, 2, 3;
end $$;
comment on function battles.crowd_comparisons is
  'What the votes on a closed battle say of each pair, for the log of comparisons: a vote for a contender prefers it to every other and says nothing of the rest; tie and both_bad say it of all. Votes that are held or rejected do not count.';
revoke execute on function battles.crowd_comparisons from public, anon, authenticated, service_role;

create function ratings.cluster_of(task_prompt text, inputs jsonb) returns text
language sql immutable set search_path = '' as $$
  select encode(substring(sha256(convert_to(btrim(regexp_replace(task_prompt, '\s+', ' ', 'g')) || coalesce(chr(31) || inputs::text, ''), 'utf8')) for 16), 'hex')
$$;
comment on function ratings.cluster_of is 'What battles of one prompt share, whatever their white space: half of its SHA-256. Inputs make another prompt of a template.';
revoke execute on function ratings.cluster_of from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- the log

create function ratings.log_judgings(battle battles.battles, kind text) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  with asked as materialized (
    select p.* from battles.judge_pairs((battle).battle_id) p
  )
  insert into ratings.judgings as j (battle_id, judge_model_key, kind, category, closed_at, pairs, consistent, tied, decided, first_preferred, unreadable,
    verdicts, abstained, cost_usd, crowd, crowd_agreed, crowd_decided, crowd_decided_agreed)
  select (battle).battle_id, v.judge_model_key, kind, (battle).category, (battle).finished_at, s.pairs, s.consistent, s.tied, s.decided, s.first_preferred,
    s.unreadable, v.verdicts, v.abstained, v.cost_usd, coalesce(c.crowd, 0), coalesce(c.agreed, 0), coalesce(c.decided, 0), coalesce(c.decided_agreed, 0)
  from (
    select x.judge_model_key, count(*) as verdicts, count(*) filter (where x.outcome = 'abstain') as abstained, sum(x.cost_usd) as cost_usd
    from battles.verdicts x where x.battle_id = (battle).battle_id group by 1
  ) v
  join (
    select p.judge_model_key, count(*) as pairs, count(*) filter (where p.a_first = p.b_first) as consistent,
      count(*) filter (where p.a_first = 'tie' and p.b_first = 'tie') as tied,
      count(*) filter (where p.a_first <> 'tie') + count(*) filter (where p.b_first <> 'tie') as decided,
      count(*) filter (where p.a_first = 'a') + count(*) filter (where p.b_first = 'b') as first_preferred,
      count(*) filter (where p.a_first is null) + count(*) filter (where p.b_first is null) as unreadable
    from asked p group by 1
  ) s on s.judge_model_key = v.judge_model_key
  left join (
    select t.judge_model_key, sum(t.weight) as crowd, sum(t.weight) filter (where t.said = t.voted) as agreed,
      sum(t.weight) filter (where t.said <> 'tie' and t.voted <> 'tie') as decided,
      sum(t.weight) filter (where t.said <> 'tie' and t.said = t.voted) as decided_agreed
    from (
      select p.judge_model_key, case when p.a_first = p.b_first then p.a_first else 'tie' end as said,
        case when w.outcome = 'both_bad' then 'tie' else w.outcome::text end as voted, w.weight
      from asked p
      join battles.crowd_comparisons((battle).battle_id) w on w.contender_a = p.contender_a and w.contender_b = p.contender_b
      where p.a_first is not null and p.b_first is not null) t
    group by 1
  ) c on c.judge_model_key = v.judge_model_key
  on conflict on constraint judgings_pkey do update set crowd = excluded.crowd, crowd_agreed = excluded.crowd_agreed,
    crowd_decided = excluded.crowd_decided, crowd_decided_agreed = excluded.crowd_decided_agreed
  where (j.crowd, j.crowd_agreed, j.crowd_decided, j.crowd_decided_agreed)
    is distinct from (excluded.crowd, excluded.crowd_agreed, excluded.crowd_decided, excluded.crowd_decided_agreed);
end $$;
comment on function ratings.log_judgings is 'Notes how each judge of a closed battle did. The caller holds the battle''s row lock.';
revoke execute on function ratings.log_judgings from public, anon, authenticated, service_role;

create function ratings.log_battle(battle_id uuid) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  battle battles.battles;
  logged integer;
begin
  select b.* into battle from battles.battles b where b.battle_id = log_battle.battle_id for update;
  if not found or battle.status <> 'closed' or battle.results_published_at is null then
    return 0;                                      -- a board says nothing of results that are kept: they enter when they are published
  end if;
  perform ratings.log_judgings(battle, coalesce((select min(c.model_kind) from battles.contenders c where c.battle_id = log_battle.battle_id and c.model_kind is not null), 'text'));
  if not exists (select from battles.judge_comparisons(battle_id)) and not exists (select from battles.crowd_comparisons(battle_id))
    and not exists (select from ratings.comparisons c where c.battle_id = log_battle.battle_id) then
    return 0;                                      -- nobody is named who was not compared
  end if;
  perform battles.lock_ratings(array[battle_id]);    -- whoever adds to the sums of a pair holds both its ratings: no other order of locks is needed
  with said as (
    select 'judge'::ratings.source as source, j.* from battles.judge_comparisons(battle_id) j
    union all
    select 'crowd', c.* from battles.crowd_comparisons(battle_id) c
  ), named as (
    select s.source, case when coalesce(x.model_kind, 'text') = coalesce(y.model_kind, 'text') then coalesce(x.model_kind, 'text') else 'mixed' end as kind, n.*, s.weight,
      case when n.turned and s.outcome in ('a', 'b') then case s.outcome when 'a' then 'b' else 'a' end::ratings.outcome else s.outcome end as outcome
    from said s
    join battles.contenders x on x.contender_id = s.contender_a and x.model_key is not null
    join battles.contenders y on y.contender_id = s.contender_b and y.model_key is not null
    cross join lateral (
      select battles.competitor(x.model_key, x.identity) as one, battles.competitor(y.model_key, y.identity) as other) c
    cross join lateral (
      select c.one collate "C" > c.other as turned,
        case when c.one collate "C" > c.other then c.other else c.one end as a, case when c.one collate "C" > c.other then c.one else c.other end as b,
        case when c.one collate "C" > c.other then s.contender_b else s.contender_a end as contender_a,
        case when c.one collate "C" > c.other then s.contender_a else s.contender_b end as contender_b) n
  ), before as (
    select l.source, l.contender_a, l.contender_b, l.outcome, min(l.kind) as kind, min(l.a) as a, min(l.b) as b, sum(l.weight) as weight,
      min(l.comparison_id) filter (where l.corrects is null) as comparison_id
    from ratings.comparisons l where l.battle_id = log_battle.battle_id group by 1, 2, 3, 4
  ), added as (
    insert into ratings.comparisons (battle_id, source, kind, category, a, b, contender_a, contender_b, outcome, weight, cluster, closed_at, corrects)
    select battle_id, coalesce(n.source, o.source), coalesce(n.kind, o.kind), battle.category, coalesce(n.a, o.a), coalesce(n.b, o.b),
      coalesce(n.contender_a, o.contender_a), coalesce(n.contender_b, o.contender_b), coalesce(n.outcome, o.outcome),
      coalesce(n.weight, 0) - coalesce(o.weight, 0), ratings.cluster_of(battle.task_prompt, battle.inputs), battle.finished_at, o.comparison_id
    from named n
    full join before o on o.source = n.source and o.contender_a = n.contender_a and o.contender_b = n.contender_b and o.outcome = n.outcome
    where coalesce(n.weight, 0) <> coalesce(o.weight, 0)
    order by coalesce(n.source, o.source), coalesce(n.a, o.a), coalesce(n.b, o.b), coalesce(n.outcome, o.outcome)
    returning source, kind, category, a, b, contender_a, contender_b, outcome, weight
  ), summed as (
    insert into ratings.pair_sums as p (source, kind, category, a, b, outcome, weight)
    select d.source, d.kind, d.category, d.a, d.b, d.outcome, d.weight from added d order by 1, 2, 3, 4, 5, 6
    on conflict on constraint pair_sums_key do update set weight = p.weight + excluded.weight
    returning p.source
  ), noted as (
    insert into ratings.changes (source, kind, category) select distinct d.source, d.kind, d.category from added d returning change_id
  ), styled as (
    insert into ratings.answer_styles (contender_id)
    select distinct unnest(array[d.contender_a, d.contender_b]) from added d where d.kind = 'text' on conflict do nothing returning contender_id
  )
  select (select count(*) from summed) into logged from (select count(*) from noted) n, (select count(*) from styled) s;
  return logged;
end $$;
comment on function ratings.log_battle is
  'Writes what a closed battle is worth to the log, in the transaction that closes it (or publishes its results, when they were kept); called again, it writes what has changed since (a vote that was held or released) and nothing else. Returns how many rows were written.';
revoke execute on function ratings.log_battle from public, anon, authenticated, service_role;
grant execute on function ratings.log_battle to service_role;

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
  delete from ratings.pair_sums;
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

-- ---------------------------------------------------------------- reading

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

-- ---------------------------------------------------------------- who may look

alter table ratings.comparisons enable row level security;
alter table ratings.changes enable row level security;
alter table ratings.pair_sums enable row level security;
alter table ratings.answer_styles enable row level security;
alter table ratings.boards enable row level security;
alter table ratings.judgings enable row level security;
revoke all on all tables in schema ratings from public, anon, authenticated, service_role;
revoke all on all sequences in schema ratings from public, anon, authenticated, service_role;
grant select on all tables in schema ratings to service_role;
