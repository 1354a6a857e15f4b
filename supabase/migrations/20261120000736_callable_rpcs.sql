-- supabase_query: functions of the project's own database that workflows may call. An operator names each; it is called with the rights of the
-- run's owner, as if they had called it themselves: role authenticated, their id in the claims, so grants and row level security decide.

create table lenses.callable_rpcs (
  schema_name text not null check (schema_name !~ '^(pg_|information_schema$)'
    and schema_name not in ('auth', 'storage', 'vault', 'net', 'cron', 'battles', 'content', 'execution', 'lensers', 'lenses', 'ratings', 'webhooks')),
  function_name text not null,
  max_rows integer not null default 100 check (max_rows between 1 and 1000),
  writes boolean not null default false,
  note text not null default '' check (char_length(note) <= 500),
  created_at timestamptz not null default now(),
  primary key (schema_name, function_name)
);
comment on table lenses.callable_rpcs is
  'What nodes supabase_query may call: an operator fills it. Not overloaded, with named parameters, and with execute granted to authenticated. writes false: it runs read only. A retried node calls it again.';
alter table lenses.callable_rpcs enable row level security;
revoke all on lenses.callable_rpcs from public, anon, authenticated, service_role;
grant select on lenses.callable_rpcs to service_role;

-- With the caller's rights, and so nobody's but the service's: PostgreSQL lets no function change the role that runs with its owner's. PostgREST
-- takes the timeout for the whole call.
create function lenses.fn_call_allowed(owner_id uuid, name text, params jsonb default '{}') returns jsonb
language plpgsql security invoker set search_path = '' set statement_timeout = '10s' as $$
#variable_conflict use_variable
declare
  allowed lenses.callable_rpcs;
  found_in pg_catalog.pg_proc[];
  inputs text[];
  types text[];
  required integer;
  wrong text;
  answer jsonb;
  role_before text := current_setting('role');
  claims_before text := coalesce(current_setting('request.jwt.claims', true), '');
begin
  select r.* into allowed from lenses.callable_rpcs r
  where r.schema_name = split_part(name, '.', 1) and r.function_name = substr(name, strpos(name, '.') + 1);
  if allowed.schema_name is null then
    return jsonb_build_object('error', jsonb_build_object('code', 'rpc_not_allowed', 'message', format('%s is not among the functions workflows may call', left(name, 130))));
  end if;
  found_in := array(select p from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = allowed.schema_name and p.proname = allowed.function_name and p.prokind = 'f');
  if cardinality(found_in) <> 1 then
    return jsonb_build_object('error', jsonb_build_object('code', 'rpc_not_allowed', 'message',
      format('%s is allowed, and there are %s functions of that name', name, cardinality(found_in))));
  end if;
  select array_agg(coalesce(a.name, '') order by a.position), array_agg(pg_catalog.format_type(a.type, null) order by a.position),
    count(*) - (found_in[1]).pronargdefaults
  into inputs, types, required
  from (select u.name, u.type, u.position from unnest(
      coalesce((found_in[1]).proallargtypes, (found_in[1]).proargtypes::oid[]), (found_in[1]).proargnames, (found_in[1]).proargmodes)
    with ordinality u (type, name, mode, position) where u.type is not null and coalesce(u.mode, 'i') in ('i', 'b', 'v')) a;
  inputs := coalesce(inputs, '{}');
  wrong := case
    when '' = any (inputs) then 'it has a parameter without a name'
    when jsonb_typeof(params) <> 'object' then 'params is not an object'
    else coalesce(
      (select format('it has no parameter %s', k) from jsonb_object_keys(params) k where k <> all (inputs) order by 1 limit 1),
      (select format('it needs the parameter %s', i.name) from unnest(inputs[:required]) with ordinality i (name, position)
       where not params ? i.name order by i.position limit 1)) end;
  if wrong is not null then
    return jsonb_build_object('error', jsonb_build_object('code', 'rpc_failed', 'message', format('%s: %s', name, wrong)));
  end if;
  begin
    perform set_config('request.jwt.claims', jsonb_build_object('sub', owner_id, 'role', 'authenticated')::text, true);
    if not allowed.writes then
      set local transaction_read_only = on;
    end if;
    set local role authenticated;
    execute format('select coalesce(jsonb_agg(r.value), ''[]'') from (select to_jsonb(f) as value from %s %I.%I(%s) f limit %s) r',
      (select case when count(*) = 0 then '' else format('jsonb_to_record($1) p (%s) cross join lateral',
          string_agg(format('%I %s', i.name, types[i.position]), ', ')) end
       from unnest(inputs) with ordinality i (name, position) where params ? i.name),
      allowed.schema_name, allowed.function_name,
      (select coalesce(string_agg(format('%I => p.%I', i.name, i.name), ', '), '') from unnest(inputs) i (name) where params ? i.name),
      allowed.max_rows + 1)
    into answer using params;
    perform set_config('role', role_before, true), set_config('request.jwt.claims', claims_before, true);
  exception when others then
    -- What was set in here is undone with everything else.
    return jsonb_build_object('error', jsonb_build_object(
      'code', case when sqlstate = '42501' then 'rpc_not_allowed' else 'rpc_failed' end, 'message', left(format('%s: %s (%s)', name, sqlerrm, sqlstate), 500)));
  end;
  if pg_catalog.octet_length(answer::text) > 200000 then
    return jsonb_build_object('error', jsonb_build_object('code', 'rpc_failed', 'message', format('%s returned more than 200,000 bytes', name)));
  end if;
  return jsonb_build_object('rows', case when jsonb_array_length(answer) > allowed.max_rows then answer - allowed.max_rows else answer end,
    'truncated', jsonb_array_length(answer) > allowed.max_rows);
end $$;
comment on function lenses.fn_call_allowed is
  'A driver calls it for a node supabase_query: calls a function of lenses.callable_rpcs as the owner of the run. {rows, truncated}, or {error: {code, message}}: rpc_not_allowed, rpc_failed.';
revoke execute on function lenses.fn_call_allowed from public, anon, authenticated, service_role;
grant execute on function lenses.fn_call_allowed to service_role;
