-- pg_net 0.20, as far as a project sees it. The platform's sender takes rows from the queue after they are committed.
create schema if not exists net;
revoke all on schema net from public;

create unlogged table if not exists net.http_request_queue (
  id bigserial primary key,
  method text not null,
  url text not null,
  headers jsonb,
  body bytea,
  timeout_milliseconds integer not null
);

create unlogged table if not exists net._http_response (
  id bigint,
  status_code integer,
  content_type text,
  headers jsonb,
  content text,
  timed_out boolean,
  error_msg text,
  created timestamptz not null default now()
);
create index if not exists _http_response_created_idx on net._http_response (created);

-- A notification is delivered at commit and never on rollback: exactly when the row becomes visible to the sender.
create or replace function net.wake()
returns trigger language plpgsql set search_path = '' as $$
begin
  notify platform_net;
  return null;
end $$;
drop trigger if exists request_queued on net.http_request_queue;
create trigger request_queued after insert on net.http_request_queue for each statement execute function net.wake();

create or replace function net._urlencode_string(string character varying)
returns text language sql immutable strict set search_path = '' as $$
  select coalesce(string_agg(
    case
      when ascii(letter) = 0 then ''
      when letter ~ '[A-Za-z0-9_.~-]' then letter
      else (select string_agg('%' || upper(lpad(to_hex(get_byte(encoded, byte)), 2, '0')), '' order by byte)
            from generate_series(0, length(encoded) - 1) as byte)
    end, '' order by position), '')
  from regexp_split_to_table(string, '') with ordinality as letters (letter, position),
       lateral convert_to(letter, 'UTF8') as encoded
$$;

create or replace function net._url_with_params(url text, params jsonb)
returns text language sql immutable set search_path = '' as $$
  select url || coalesce(
    case when position('?' in url) > 0 then '&' else '?' end
      || (select string_agg(net._urlencode_string(key) || '=' || net._urlencode_string(value), '&') from jsonb_each_text(params)), '')
$$;

create or replace function net.http_get(
  url text, params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000
) returns bigint language sql set search_path = '' as $$
  insert into net.http_request_queue (method, url, headers, timeout_milliseconds)
  values ('GET', net._url_with_params($1, $2), $3, $4)
  returning id
$$;

create or replace function net.http_post(
  url text, body jsonb default '{}', params jsonb default '{}', headers jsonb default '{"Content-Type": "application/json"}',
  timeout_milliseconds integer default 5000
) returns bigint language plpgsql set search_path = '' as $$
declare
  request_id bigint;
  content_type text := (select value from jsonb_each_text(http_post.headers) where lower(key) = 'content-type' limit 1);
begin
  if content_type is null then
    http_post.headers := coalesce(http_post.headers, '{}') || '{"Content-Type": "application/json"}';
  elsif content_type not like 'application/json%' then
    raise exception 'Content-Type header must be "application/json"';
  end if;
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values (
    'POST', net._url_with_params(http_post.url, http_post.params), http_post.headers,
    convert_to(http_post.body::text, 'UTF8'), http_post.timeout_milliseconds
  )
  returning id into request_id;
  return request_id;
end $$;

create or replace function net.http_delete(
  url text, params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000, body jsonb default null
) returns bigint language sql set search_path = '' as $$
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values ('DELETE', net._url_with_params($1, $2), $3, convert_to($5::text, 'UTF8'), $4)
  returning id
$$;

-- Headers in the queue carry keys: unlike the extension's own grants, nobody but the owner and service_role reaches the schema.
revoke all on all functions in schema net from public;
revoke all on all tables in schema net from public, anon, authenticated;
grant usage on schema net to service_role;
grant all on all tables in schema net to service_role;
grant all on all sequences in schema net to service_role;
grant execute on all functions in schema net to service_role;
comment on schema net is 'Stands in for pg_net 0.20: the platform sends what is queued, after commit, at most once.';
