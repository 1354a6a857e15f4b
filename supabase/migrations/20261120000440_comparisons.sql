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
  'The log, append-only: two competitors, who was preferred, by whom, and what it belongs to. weight: how many judges or votes said so. cluster: the prompt, by its hash, because comparisons of one prompt are not independent. A row with corrects changes the weight of another (a vote was held or released after the battle had closed). style: the difference in style, of imported rows; of ours it is in answer_styles. People are no competitors, and neither is what a browser answered.';

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
    case v.choice when x.slot then 'a' when y.slot then 'b' else v.choice end::ratings.outcome, count(*)::numeric   -- not their weight: see the comment
  from battles.votes v
  join battles.contenders x on x.battle_id = v.battle_id and x.status = 'submitted'
  join battles.contenders y on y.battle_id = v.battle_id and y.status = 'submitted' and y.slot > x.slot
  where v.battle_id = crowd_comparisons.battle_id and v.status = 'counted' and v.choice in (x.slot, y.slot, 'tie', 'both_bad')
  group by 1, 2, 3;
end $$;
comment on function battles.crowd_comparisons is
  'What the votes on a closed battle say of each pair, for the log of comparisons: a vote for a contender prefers it to every other and says nothing of the rest; tie and both_bad say it of all. Votes that are held or rejected do not count, and every other counts for one, whatever it weighs in its battle: boards have one unit, and weights that come of other battles would make comparisons depend on each other.';
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
    join battles.contenders x on x.contender_id = s.contender_a and battles.is_rated(x)
    join battles.contenders y on y.contender_id = s.contender_b and battles.is_rated(y)
    cross join lateral (
      select battles.competitor_of(x) as one, battles.competitor_of(y) as other) c
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
