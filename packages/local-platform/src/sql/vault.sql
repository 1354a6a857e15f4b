-- Supabase Vault, as far as a project sees it. Secrets are encrypted with pgcrypto under a key that is not in any table:
-- a dump of the database, a copy of the table or a backup does not contain them. Who can run functions as the owner can read them,
-- exactly as with the real Vault.
create schema if not exists vault;
revoke all on schema vault from public;

create table if not exists vault.secrets (
  id uuid primary key default gen_random_uuid(),
  name text,
  description text not null default '',
  secret text not null,
  key_id uuid,
  nonce bytea,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index if not exists secrets_name_idx on vault.secrets (name) where name is not null;

create or replace function vault._encrypt(value text) returns text language sql volatile set search_path = '' as $$
  select encode(extensions.pgp_sym_encrypt(value, vault._key(), 'cipher-algo=aes256, s2k-mode=1'), 'base64')
$$;
create or replace function vault._decrypt(value text) returns text language sql stable set search_path = '' as $$
  select extensions.pgp_sym_decrypt(decode(value, 'base64'), vault._key())
$$;

create or replace view vault.decrypted_secrets as
  select id, name, description, secret, vault._decrypt(secret) as decrypted_secret, key_id, nonce, created_at, updated_at
  from vault.secrets;

create or replace function vault.create_secret(
  new_secret text, new_name text default null, new_description text default '', new_key_id uuid default null
) returns uuid language sql security definer set search_path = '' as $$
  insert into vault.secrets (secret, name, description)
  values (vault._encrypt(new_secret), new_name, coalesce(new_description, ''))
  returning id
$$;

create or replace function vault.update_secret(
  secret_id uuid, new_secret text default null, new_name text default null, new_description text default null, new_key_id uuid default null
) returns void language sql security definer set search_path = '' as $$
  update vault.secrets set
    secret = coalesce(vault._encrypt(new_secret), secret),
    name = coalesce(new_name, name),
    description = coalesce(new_description, description),
    updated_at = now()
  where id = secret_id
$$;

revoke all on all functions in schema vault from public;
grant usage on schema vault to service_role;
grant select, delete on vault.secrets, vault.decrypted_secrets to service_role;
grant execute on function vault.create_secret, vault.update_secret, vault._decrypt, vault._key to service_role;
comment on schema vault is 'Stands in for supabase_vault.';
