-- Foundation: the schemas, the extensions Agon drives itself with, and who may look in.
--
-- Hosted Supabase has pg_cron, pg_net and Vault as extensions; the local platform serves the same schemas without them.
-- Each is created where it is available, so that this file runs unchanged on both and on a plain PostgreSQL.

do $$
begin
  if exists (select from pg_catalog.pg_available_extensions where name = 'pg_cron') then
    create extension if not exists pg_cron;
  end if;
  if exists (select from pg_catalog.pg_available_extensions where name = 'pg_net') then
    create schema if not exists extensions;
    create extension if not exists pg_net with schema extensions;
  end if;
  if exists (select from pg_catalog.pg_available_extensions where name = 'supabase_vault') then
    create extension if not exists supabase_vault cascade;
  end if;
end $$;

create schema execution;
comment on schema execution is 'The step engine: one queue, its leases, its dead letters. Nothing here knows what a job is for.';

create schema battles;
comment on schema battles is 'Battles: contenders, submissions, verdicts, events and ratings. A battle job or a judging is a job of the execution schema.';

-- Reading goes through row level security, writing through functions: no role is ever granted insert, update or delete on a table.
grant usage on schema execution to service_role;
grant usage on schema battles to anon, authenticated, service_role;
