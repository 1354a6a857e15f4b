-- Who pays: users' own provider keys, sealed, and what may be spent.
--
-- A key arrives sealed (AES-256-GCM, by api) and leaves sealed, in the claim of a job that names it; only a driver can open it. No
-- role reads the sealed column, and no function that reads keys for people returns it.
--
-- A budget is a limit over what calls may cost: of an owner, over what is paid with the platform's keys; of a spender, which is
-- a battle or a root run (their budget_usd), over all its calls, whoever's key pays. The claim sets the estimate of a call aside before it is made,
-- and the end of the job settles it to what the call cost. A job that does not fit is handed out refused, and no call is made.
--
-- Lock order: lease -> job -> owners' budgets in id order -> spenders' budgets (an advisory lock each) in id order -> reservation. The claim
-- alone takes budgets. Settling writes the job's own reservation, and the next claim counts it; so whoever ends jobs of many owners in
-- one transaction, in whatever order, waits for nobody here.

create schema lensers;
comment on schema lensers is 'People who make battles and lenses: their provider keys, sealed, and what may be spent for them.';
grant usage on schema lensers to service_role;

-- ---------------------------------------------------------------- keys

create table lensers.byok_api_keys (
  key_id uuid primary key,
  owner_id uuid not null,
  provider text not null check (provider ~ '^[a-z][a-z0-9-]{0,62}$'),
  label text not null default '' check (char_length(label) <= 80),
  sealed text check (sealed ~ '^v1\.[A-Za-z][A-Za-z0-9_-]{0,31}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$' and char_length(sealed) <= 4096),
  sealed_by text generated always as (split_part(sealed, '.', 2)) stored,
  hint text not null check (char_length(hint) <= 8),
  created_at timestamptz not null default now(),
  rotated_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  check ((sealed is null) = (revoked_at is not null))
);
create index byok_api_keys_owner on lensers.byok_api_keys (owner_id, created_at desc);
create index byok_api_keys_sealed_by on lensers.byok_api_keys (sealed_by) where sealed is not null;
comment on table lensers.byok_api_keys is
  'Users'' own provider keys. sealed: the key, which only functions and workers with the master key sealed_by can open; erased when the key is revoked, while the row stays for history. hint: its last characters. key_id is made by api, because it is sealed with the key.';

create function lensers.byok_document(key lensers.byok_api_keys) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'key_id', (key).key_id, 'provider', (key).provider, 'label', (key).label, 'hint', (key).hint,
    'status', case when (key).revoked_at is not null then 'revoked' when (key).expires_at <= now() then 'expired' else 'active' end,
    'created_at', (key).created_at, 'rotated_at', (key).rotated_at, 'expires_at', (key).expires_at, 'revoked_at', (key).revoked_at,
    'last_used_at', (key).last_used_at)
$$;
comment on function lensers.byok_document is 'What is shown of a key: everything but the key.';
revoke execute on function lensers.byok_document from public, anon, authenticated, service_role;

create function lensers.fn_byok_add(
  key_id uuid, owner_id uuid, provider text, sealed text, hint text, label text default '', expires_at timestamptz default null
) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  made lensers.byok_api_keys;
begin
  perform pg_advisory_xact_lock(hashtextextended('agon.byok/' || owner_id, 0));
  if (select count(*) from lensers.byok_api_keys k where k.owner_id = fn_byok_add.owner_id and k.revoked_at is null) >= 50 then
    return jsonb_build_object('refused', 'byok_key_limit');
  end if;
  insert into lensers.byok_api_keys (key_id, owner_id, provider, label, sealed, hint, expires_at)
  values (key_id, owner_id, provider, label, sealed, hint, expires_at) returning * into made;
  return lensers.byok_document(made);
end $$;
comment on function lensers.fn_byok_add is
  'api calls it for the owner with a key it has sealed. The key as it is shown; {refused: byok_key_limit} when the owner has 50 that are not revoked.';
revoke execute on function lensers.fn_byok_add from public, anon, authenticated, service_role;
grant execute on function lensers.fn_byok_add to service_role;

create function lensers.fn_byok_get(owner_id uuid, key_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select lensers.byok_document(k) from lensers.byok_api_keys k where k.key_id = fn_byok_get.key_id and k.owner_id = fn_byok_get.owner_id
$$;
comment on function lensers.fn_byok_get is 'api calls it for the owner: one key as it is shown; null when the owner has none of that id.';
revoke execute on function lensers.fn_byok_get from public, anon, authenticated, service_role;
grant execute on function lensers.fn_byok_get to service_role;

create function lensers.fn_byok_list(owner_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(lensers.byok_document(k) order by k.created_at desc, k.key_id), '[]')
  from lensers.byok_api_keys k where k.owner_id = fn_byok_list.owner_id
$$;
comment on function lensers.fn_byok_list is 'api calls it for the owner: their keys as they are shown, newest first, revoked ones included.';
revoke execute on function lensers.fn_byok_list from public, anon, authenticated, service_role;
grant execute on function lensers.fn_byok_list to service_role;

create function lensers.fn_byok_rotate(owner_id uuid, key_id uuid, sealed text, hint text, expires_at timestamptz default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  key lensers.byok_api_keys;
begin
  update lensers.byok_api_keys k set sealed = fn_byok_rotate.sealed, hint = fn_byok_rotate.hint, expires_at = fn_byok_rotate.expires_at, rotated_at = now()
  where k.key_id = fn_byok_rotate.key_id and k.owner_id = fn_byok_rotate.owner_id and k.revoked_at is null
  returning k.* into key;
  if found then
    return lensers.byok_document(key);
  end if;
  return jsonb_build_object('refused', case
    when exists (select from lensers.byok_api_keys k where k.key_id = fn_byok_rotate.key_id and k.owner_id = fn_byok_rotate.owner_id)
    then 'byok_key_revoked' else 'byok_key_not_found' end);
end $$;
comment on function lensers.fn_byok_rotate is
  'api calls it for the owner with a new secret for a key, and when that expires: battles that name the key go on with it. The key as it is shown; {refused: byok_key_revoked | byok_key_not_found} changes nothing.';
revoke execute on function lensers.fn_byok_rotate from public, anon, authenticated, service_role;
grant execute on function lensers.fn_byok_rotate to service_role;

create function lensers.fn_byok_revoke(owner_id uuid, key_id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  update lensers.byok_api_keys k set sealed = null, revoked_at = now()
  where k.key_id = fn_byok_revoke.key_id and k.owner_id = fn_byok_revoke.owner_id and k.revoked_at is null;
  return lensers.fn_byok_get(owner_id, key_id);
end $$;
comment on function lensers.fn_byok_revoke is
  'api calls it for the owner: the sealed content is erased, the row stays, and no call begins with the key any more. The key as it is shown, also when it was revoked before; null when the owner has none of that id.';
revoke execute on function lensers.fn_byok_revoke from public, anon, authenticated, service_role;
grant execute on function lensers.fn_byok_revoke to service_role;

create function lensers.byok_refusal(key lensers.byok_api_keys, owner_id uuid, provider text) returns jsonb
language sql stable set search_path = '' as $$
  select case
    when (key).key_id is null or (key).owner_id is distinct from byok_refusal.owner_id
      then jsonb_build_object('code', 'byok_key_not_found', 'message', 'The battle names a provider key that its owner does not have')
    when (key).provider is distinct from byok_refusal.provider
      then jsonb_build_object('code', 'byok_key_not_found', 'message', format('The provider key is one of %s, not of %s', (key).provider, byok_refusal.provider))
    when (key).revoked_at is not null then jsonb_build_object('code', 'byok_key_revoked', 'message', 'The provider key was revoked by its owner')
    when (key).expires_at <= now() then jsonb_build_object('code', 'byok_key_expired', 'message', 'The provider key has expired') end
$$;
comment on function lensers.byok_refusal is 'Why this owner cannot call this provider with a key now, as {code, message}; null when they can.';
revoke execute on function lensers.byok_refusal from public, anon, authenticated, service_role;

create function lensers.byok_keys_refusal(owner_id uuid, byok_keys jsonb, path text default '') returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('refused', r.refusal ->> 'code', 'message', r.refusal ->> 'message', 'path', byok_keys_refusal.path || '/byok_keys/' || r.provider)
  from (
    select k.key as provider, lensers.byok_refusal(x, byok_keys_refusal.owner_id, k.key) as refusal
    from jsonb_each_text(coalesce(nullif(byok_keys_refusal.byok_keys, 'null'), '{}')) k left join lensers.byok_api_keys x on x.key_id = k.value::uuid) r
  where r.refusal is not null order by r.provider limit 1
$$;
comment on function lensers.byok_keys_refusal is 'Why this owner cannot let a run be paid for by {provider: key_id}: {refused, path, message} of the first that cannot, or null.';
revoke execute on function lensers.byok_keys_refusal from public, anon, authenticated, service_role;

create function lensers.byok_for_claim(key_id uuid, owner_id uuid, provider text) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  key lensers.byok_api_keys;
  refusal jsonb;
begin
  select k.* into key from lensers.byok_api_keys k where k.key_id = byok_for_claim.key_id;
  refusal := lensers.byok_refusal(key, owner_id, provider);
  if refusal is not null then
    return jsonb_build_object('refused', refusal);
  end if;
  -- Once a minute is enough to know whether a key is in use, and a row that somebody else is writing has just been told.
  if coalesce(key.last_used_at, '-infinity') < now() - interval '1 minute' then
    update lensers.byok_api_keys k set last_used_at = now() where k.key_id = (
      select x.key_id from lensers.byok_api_keys x where x.key_id = byok_for_claim.key_id for update skip locked);
  end if;
  return jsonb_build_object('byok', jsonb_build_object('key_id', key_id, 'owner_id', owner_id, 'provider', provider, 'sealed', key.sealed));
end $$;
comment on function lensers.byok_for_claim is
  'A claim calls it for a job that names a key: {byok: {…, sealed}} for the driver to open, or {refused: {code, message}}. Ownership, provider, expiry and revocation are checked here, at every claim; a job whose key fails never runs on another.';
revoke execute on function lensers.byok_for_claim from public, anon, authenticated, service_role;

create function lensers.fn_byok_to_reseal(master_key_id text, most integer default 100, after_key_id uuid default null) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('key_id', k.key_id, 'owner_id', k.owner_id, 'provider', k.provider, 'sealed', k.sealed) order by k.key_id), '[]')
  from (
    select x.* from lensers.byok_api_keys x where x.sealed is not null and x.sealed_by <> fn_byok_to_reseal.master_key_id
      and (fn_byok_to_reseal.after_key_id is null or x.key_id > fn_byok_to_reseal.after_key_id)
    order by x.key_id limit fn_byok_to_reseal.most) k
$$;
comment on function lensers.fn_byok_to_reseal is
  'An operator who changes the master key calls it (agon keys reseal): up to `most` keys that another master key than this one sealed, still sealed, by id from after_key_id on.';
revoke execute on function lensers.fn_byok_to_reseal from public, anon, authenticated, service_role;
grant execute on function lensers.fn_byok_to_reseal to service_role;

create function lensers.fn_byok_resealed(key_id uuid, sealed_before text, sealed text) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  update lensers.byok_api_keys k set sealed = fn_byok_resealed.sealed where k.key_id = fn_byok_resealed.key_id and k.sealed = sealed_before;
  return found;
end $$;
comment on function lensers.fn_byok_resealed is
  'Puts a key sealed anew in the place of the same key. False: it was rotated or revoked meanwhile, and nothing changed.';
revoke execute on function lensers.fn_byok_resealed from public, anon, authenticated, service_role;
grant execute on function lensers.fn_byok_resealed to service_role;

-- ---------------------------------------------------------------- budgets

create table lensers.budgets (
  owner_id uuid primary key,
  limit_usd numeric(14, 6) not null check (limit_usd >= 0),
  period text not null check (period in ('day', 'month', 'total')),
  spent_usd numeric(14, 6) not null default 0 check (spent_usd >= 0),
  period_started_at timestamptz not null
);
comment on table lensers.budgets is
  'What calls on the platform''s keys may cost for an owner, in a day or month (UTC) or in all; an owner without a row has no limit. spent_usd: what has been counted in this period; fn_budgets_get adds what has not been counted yet.';

create table lensers.reservations (
  reservation_id bigint generated always as identity primary key,
  job_id bigint not null,
  owner_id uuid not null,
  spender_id uuid not null,
  on_platform boolean not null,
  amount_usd numeric(14, 6) not null check (amount_usd >= 0),
  spent_usd numeric(14, 6) not null default 0 check (spent_usd >= 0),
  created_at timestamptz not null default now(),
  under_way boolean not null default true,
  settled_at timestamptz,
  counted boolean not null default false,
  check (settled_at is not null or not counted)
);
create unique index reservations_open on lensers.reservations (job_id) where settled_at is null;
create index reservations_uncounted on lensers.reservations (owner_id) where on_platform and not counted;
create index reservations_spender on lensers.reservations (spender_id);
create index reservations_settled on lensers.reservations (settled_at) where settled_at is not null;
comment on table lensers.reservations is
  'What is set aside for a job under a budget, from its claim until it ends, and what it then cost: one open row a job, and one more for each redrive. spender_id: the battle, or the root run, whose budget it draws on. amount_usd: what the call under way may cost. spent_usd: what calls of the job did cost. under_way: a driver was handed the job and has not come back with an outcome. on_platform: it draws on the owner''s budget too. counted: it stands in lensers.budgets.spent_usd.';

create type lensers.priced_job as (job_id bigint, owner_id uuid, spender_id uuid, spender_limit_usd numeric, amount_usd numeric, on_platform boolean);

create function lensers.period_start(period text, started_at timestamptz) returns timestamptz
language sql stable set search_path = '' as $$
  select case period_start.period when 'total' then period_start.started_at else date_trunc(period_start.period, now(), 'UTC') end
$$;
comment on function lensers.period_start is 'When the current period of a budget began.';
revoke execute on function lensers.period_start from public, anon, authenticated, service_role;

create function lensers.count_settled(owner_id uuid) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  update lensers.budgets g set spent_usd = 0, period_started_at = lensers.period_start(g.period, g.period_started_at)
  where g.owner_id = count_settled.owner_id and g.period_started_at < lensers.period_start(g.period, g.period_started_at);
  with settled as (
    update lensers.reservations r set counted = true
    where r.owner_id = count_settled.owner_id and r.on_platform and not r.counted and r.settled_at is not null
    returning r.spent_usd, r.settled_at
  )
  update lensers.budgets g set spent_usd = g.spent_usd + s.spent_usd
  from (select sum(x.spent_usd) as spent_usd from settled x join lensers.budgets b on b.owner_id = count_settled.owner_id and x.settled_at >= b.period_started_at) s
  where g.owner_id = count_settled.owner_id and s.spent_usd > 0;
end $$;
comment on function lensers.count_settled is
  'Begins a new period when one is due, and adds what has been settled since the last count. The caller holds the budget''s row lock.';
revoke execute on function lensers.count_settled from public, anon, authenticated, service_role;

create function lensers.reserve(wanted lensers.priced_job[]) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  job lensers.priced_job;
  budget lensers.budgets;
  spender_id uuid;
  needed numeric;
  held numeric;
  refusals jsonb := jsonb '{}';
  -- Held until the claim commits: a cancel that comes now waits, and then finds the reservation to settle. One that was first has the
  -- row, and its job is let go: it gets no reservation that nobody would settle.
  ours bigint[] := array(
    select j.job_id from execution.jobs j where j.job_id in (select w.job_id from unnest(wanted) w) and j.state = 'active'
    order by j.job_id for share skip locked);
begin
  perform from lensers.budgets g where g.owner_id in (select w.owner_id from unnest(wanted) w where w.on_platform) order by g.owner_id for update;
  for spender_id in select distinct w.spender_id from unnest(wanted) w where w.spender_limit_usd is not null order by 1 loop
    perform pg_advisory_xact_lock(hashtextextended('agon.budget/' || spender_id, 0));
  end loop;
  perform lensers.count_settled(g.owner_id) from lensers.budgets g where g.owner_id in (select w.owner_id from unnest(wanted) w where w.on_platform);

  foreach job in array wanted loop
    if not job.job_id = any (ours) then
      refusals := refusals || jsonb_build_object(job.job_id::text, jsonb_build_object('code', 'lease_lost', 'message', 'The job is being cancelled'));
      continue;
    end if;
    if job.amount_usd is null then
      refusals := refusals || jsonb_build_object(job.job_id::text, jsonb_build_object('code', 'price_unknown',
        'message', 'A budget is set, and the registry has no price for this model'));
      continue;
    end if;
    continue when job.amount_usd = 0;
    -- A retry or a reclaimed job keeps what was set aside for it, and has to fit again: the limit may be another by now.
    -- Its row is held from here on, so that it is not settled between being left out of what others hold and being counted here.
    select r.amount_usd into needed from lensers.reservations r where r.job_id = job.job_id and r.settled_at is null for update;
    needed := coalesce(needed, job.amount_usd);
    if job.spender_limit_usd is not null then
      select coalesce(sum(r.spent_usd + case when r.settled_at is null and r.job_id <> job.job_id then r.amount_usd else 0 end), 0) into held
      from lensers.reservations r where r.spender_id = job.spender_id;
      if held + needed > job.spender_limit_usd then
        refusals := refusals || jsonb_build_object(job.job_id::text, jsonb_build_object('code', 'budget_spent',
          'message', 'What is left of its budget does not cover what this call may cost'));
        continue;
      end if;
    end if;
    if job.on_platform then
      select g.* into budget from lensers.budgets g where g.owner_id = job.owner_id;
      if found then
        select coalesce(sum(r.spent_usd + case when r.settled_at is null and r.job_id <> job.job_id then r.amount_usd else 0 end), 0) into held
        from lensers.reservations r where r.owner_id = job.owner_id and r.on_platform and not r.counted;
        if budget.spent_usd + held + needed > budget.limit_usd then
          refusals := refusals || jsonb_build_object(job.job_id::text, jsonb_build_object('code', 'budget_spent',
            'message', 'What is left of the owner''s budget does not cover what this call may cost'));
          continue;
        end if;
      end if;
    end if;
    insert into lensers.reservations (job_id, owner_id, spender_id, on_platform, amount_usd)
    values (job.job_id, job.owner_id, job.spender_id, job.on_platform, job.amount_usd)
    on conflict (job_id) where settled_at is null do update set under_way = true;
  end loop;
  return refusals;
end $$;
comment on function lensers.reserve is
  'Sets aside what these jobs may cost, in their order, and returns why the others cannot: {"<job_id>": {code, message}} with budget_spent, price_unknown, or lease_lost for one that is being cancelled. Each draws on its spender''s budget where spender_limit_usd is given, and on its owner''s where on_platform. Messages tell no amounts: an error of a contender is public.';
revoke execute on function lensers.reserve from public, anon, authenticated, service_role;

create function lensers.fund_claimed(jobs jsonb, budgeted lensers.priced_job[]) returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  refused_already bigint[] := array(select (j.value ->> 'job_id')::bigint from jsonb_array_elements(jobs) j where j.value ? 'refused');
  refusals jsonb := lensers.reserve(array(select w from unnest(budgeted) w where not w.job_id = any (refused_already)));
begin
  if refusals = '{}' then
    return jobs;
  end if;
  return (
    select jsonb_agg(
      case when refusals ? (j.value ->> 'job_id') then (j.value - 'byok') || jsonb_build_object('refused', refusals -> (j.value ->> 'job_id')) else j.value end
      order by j.ordinality)
    from jsonb_array_elements(jobs) with ordinality j);
end $$;
comment on function lensers.fund_claimed is
  'The last part of every claim of paid jobs, called when some of them are under a budget: sets aside what they may cost, and marks those that do not fit as refused: {code, message}. The driver ends such a job with that error and makes no call. A poll of a task that a provider already has is no new call: its claim leaves it out.';
revoke execute on function lensers.fund_claimed from public, anon, authenticated, service_role;

create function lensers.charge(job_id bigint, cost_usd numeric) returns void
language sql security definer set search_path = '' as $$
  update lensers.reservations r set spent_usd = r.spent_usd + charge.cost_usd, amount_usd = greatest(r.amount_usd - charge.cost_usd, 0)
  where r.job_id = charge.job_id and r.settled_at is null and charge.cost_usd > 0
$$;
comment on function lensers.charge is 'Counts one of the calls that a job''s reservation is for, as soon as it is recorded, while the job goes on.';
revoke execute on function lensers.charge from public, anon, authenticated, service_role;

create function lensers.charge_on(job_id bigint, owner_id uuid, spender_id uuid, on_platform boolean, cost_usd numeric, limited boolean) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  if coalesce(cost_usd, 0) <= 0 then
    return;
  elsif not on_platform or exists (select from lensers.reservations r where r.job_id = charge_on.job_id and r.settled_at is null and r.on_platform) then
    perform lensers.charge(job_id, cost_usd);
  elsif limited or exists (select from lensers.budgets g where g.owner_id = charge_on.owner_id) then
    update lensers.reservations r set amount_usd = greatest(r.amount_usd - cost_usd, 0) where r.job_id = charge_on.job_id and r.settled_at is null;
    insert into lensers.reservations (job_id, owner_id, spender_id, on_platform, amount_usd, spent_usd, settled_at)
    values (job_id, owner_id, spender_id, true, 0, cost_usd, clock_timestamp());
  end if;
end $$;
comment on function lensers.charge_on is
  'lensers.charge for a call whose payer may be another than the job''s: what the platform''s key paid for a job on the owner''s own key, or on this machine, is counted as spent beside what the job has set aside. limited: its spender has a budget.';
revoke execute on function lensers.charge_on from public, anon, authenticated, service_role;

create function lensers.attempt_failed(job_id bigint, cost_usd numeric) returns void
language sql security definer set search_path = '' as $$
  update lensers.reservations r set spent_usd = r.spent_usd + greatest(coalesce(attempt_failed.cost_usd, 0), 0), under_way = false
  where r.job_id = attempt_failed.job_id and r.settled_at is null
$$;
comment on function lensers.attempt_failed is 'Counts what a failed attempt cost all the same. What is set aside stays for the next attempt.';
revoke execute on function lensers.attempt_failed from public, anon, authenticated, service_role;

create function lensers.settle(job_id bigint, cost_usd numeric) returns boolean
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  update lensers.reservations r set spent_usd = r.spent_usd + greatest(coalesce(cost_usd, r.amount_usd), 0), settled_at = clock_timestamp()
  where r.job_id = settle.job_id and r.settled_at is null;
  return found;
end $$;
comment on function lensers.settle is
  'Every path that ends a job calls it with what the last call cost; null when nobody can tell, and then what was set aside counts as spent. True the first time; false when nothing was set aside, or it is settled.';
revoke execute on function lensers.settle from public, anon, authenticated, service_role;

create function lensers.settle_cancelled(job_ids bigint[]) returns void
language sql security definer set search_path = '' as $$
  update lensers.reservations r set settled_at = clock_timestamp(), spent_usd = r.spent_usd + case when r.under_way then r.amount_usd else 0 end
  where r.job_id = any (settle_cancelled.job_ids) and r.settled_at is null
$$;
comment on function lensers.settle_cancelled is
  'Whoever cancels jobs calls it after execution.cancel_jobs. A call under way is cut off, and nobody can tell what the provider asks for it: what was set aside counts as spent.';
revoke execute on function lensers.settle_cancelled from public, anon, authenticated, service_role;

create function lensers.fn_budgets_get(owner_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'owner_id', g.owner_id, 'limit_usd', g.limit_usd, 'period', g.period, 'period_started_at', p.started_at,
    'period_ends_at', case g.period when 'day' then p.started_at + interval '1 day'
      when 'month' then date_trunc('month', p.started_at at time zone 'UTC' + interval '1 month') at time zone 'UTC' end,
    'spent_usd', p.spent_usd, 'reserved_usd', p.reserved_usd, 'left_usd', greatest(g.limit_usd - p.spent_usd - p.reserved_usd, 0))
  from lensers.budgets g
  cross join lateral (select lensers.period_start(g.period, g.period_started_at) as started_at) s
  cross join lateral (
    select s.started_at, case when g.period_started_at >= s.started_at then g.spent_usd else 0 end
      + coalesce(sum(r.spent_usd) filter (where r.settled_at is null or r.settled_at >= s.started_at), 0) as spent_usd,
      coalesce(sum(r.amount_usd) filter (where r.settled_at is null), 0) as reserved_usd
    from lensers.reservations r where r.owner_id = g.owner_id and r.on_platform and not r.counted) p
  where g.owner_id = fn_budgets_get.owner_id
$$;
comment on function lensers.fn_budgets_get is
  'api calls it: the owner''s budget, what is spent and set aside of it in this period, and what is left; null when there is none, and nothing is limited.';
revoke execute on function lensers.fn_budgets_get from public, anon, authenticated, service_role;
grant execute on function lensers.fn_budgets_get to service_role;

create function lensers.fn_budgets_set(owner_id uuid, limit_usd numeric, period text default 'month') returns jsonb
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
begin
  if limit_usd is null then
    delete from lensers.budgets g where g.owner_id = fn_budgets_set.owner_id;
    return null;
  end if;
  insert into lensers.budgets as g (owner_id, limit_usd, period, period_started_at)
  values (owner_id, limit_usd, period, lensers.period_start(period, now()))
  on conflict on constraint budgets_pkey do update set limit_usd = excluded.limit_usd, period = excluded.period,
    period_started_at = case when g.period = excluded.period then g.period_started_at else excluded.period_started_at end,
    spent_usd = case when g.period = excluded.period then g.spent_usd else 0 end;
  return lensers.fn_budgets_get(owner_id);
end $$;
comment on function lensers.fn_budgets_set is
  'An operator calls it, through api: limits what an owner may spend in a period, or with null lifts the limit. What is spent stays counted unless the period is another one. The budget as fn_budgets_get shows it.';
revoke execute on function lensers.fn_budgets_set from public, anon, authenticated, service_role;
grant execute on function lensers.fn_budgets_set to service_role;

create function lensers.spending_of(spender_id uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('spent_usd', coalesce(sum(r.spent_usd), 0), 'reserved_usd', coalesce(sum(r.amount_usd) filter (where r.settled_at is null), 0))
  from lensers.reservations r where r.spender_id = spending_of.spender_id
$$;
comment on function lensers.spending_of is 'What has been spent and is set aside for a battle, or for a root run and all its tree.';
revoke execute on function lensers.spending_of from public, anon, authenticated, service_role;

create function lensers.forget_reservations(keep interval, most integer) returns integer
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_variable
declare
  forgotten integer;
begin
  -- Two months at least: longer than any period but 'total', whose budget has to have counted it. What a battle or a run that is
  -- not final has spent is part of its budget.
  delete from lensers.reservations r where r.reservation_id = any (array(
    select x.reservation_id from lensers.reservations x
    where x.settled_at < now() - greatest(keep, interval '62 days')
      and (x.counted or not x.on_platform or not exists (select from lensers.budgets g where g.owner_id = x.owner_id and g.period = 'total'))
      and not exists (select from battles.battles b where b.battle_id = x.spender_id and b.status not in ('closed', 'cancelled', 'void'))
      and not exists (select from lenses.workflow_runs w where w.run_id = x.spender_id and w.finished_at is null)
    order by x.settled_at limit most for update skip locked));
  get diagnostics forgotten = row_count;
  return forgotten;
end $$;
comment on function lensers.forget_reservations is 'A step of housekeeping: removes reservations of final battles and runs that were settled two months ago, or longer ago than keep, at most `most`; returns how many.';
revoke execute on function lensers.forget_reservations from public, anon, authenticated, service_role;

-- ---------------------------------------------------------------- who may look

alter table lensers.byok_api_keys enable row level security;
alter table lensers.budgets enable row level security;
alter table lensers.reservations enable row level security;
revoke all on all tables in schema lensers from public, anon, authenticated, service_role;
revoke all on all sequences in schema lensers from public, anon, authenticated, service_role;
-- The sealed column is read by functions alone.
grant select (key_id, owner_id, provider, label, sealed_by, hint, created_at, rotated_at, expires_at, revoked_at, last_used_at)
  on lensers.byok_api_keys to service_role;
grant select on lensers.budgets, lensers.reservations to service_role;
