-- The key is a file in the data directory, readable by the server alone: it is in no table and in no dump.
create schema if not exists vault;
create or replace function vault._key() returns text language sql stable security definer set search_path = '' as $$
  select pg_catalog.pg_read_file('platform-vault.key')
$$;
