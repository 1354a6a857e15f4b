-- On a database that is not ours there is no file to keep a key in. The key lies in a table only its owner reads: this hides secrets from
-- other roles and from a copy of vault.secrets, not from a dump of the whole database.
create schema if not exists vault;
create table if not exists vault._platform_key (only_row boolean primary key default true check (only_row), key text not null);
insert into vault._platform_key (key) values (gen_random_uuid()::text || gen_random_uuid()::text) on conflict do nothing;
create or replace function vault._key() returns text language sql stable security definer set search_path = '' as $$
  select key from vault._platform_key
$$;
