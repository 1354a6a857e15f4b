import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { asRole, useDatabase, value } from '../../support/database.ts'

const database = useDatabase()
const ada = '11111111-1111-4111-8111-111111111111'
const bob = '22222222-2222-4222-8222-222222222222'

interface Answer {
  rows?: unknown[]
  truncated?: boolean
  error?: { code: string; message: string }
}

beforeAll(async () => {
  await database.sql.query(
    `
    create schema shop;
    grant usage on schema shop to authenticated;
    create table shop.orders (order_id integer primary key, owner_id uuid not null, total numeric not null);
    alter table shop.orders enable row level security;
    create policy own on shop.orders to authenticated using (owner_id = (current_setting('request.jwt.claims', true)::jsonb ->> 'sub')::uuid) with check (true);
    grant select, insert on shop.orders to authenticated;
    create function shop.my_orders(at_least numeric default 0, tags text[] default '{}') returns setof shop.orders language sql stable as
      'select * from shop.orders where total >= at_least order by order_id';
    create function shop.whoami() returns text language sql stable as
      $$select current_user || ' ' || (current_setting('request.jwt.claims', true)::jsonb ->> 'sub')$$;
    create function shop.echo(a text, b jsonb, c integer[], d timestamptz default null) returns jsonb language sql immutable as 'select jsonb_build_object(''a'', a, ''b'', b, ''c'', c, ''d'', d)';
    create function shop.order_now(order_id integer) returns void language sql as
      $$insert into shop.orders values (order_id, (current_setting('request.jwt.claims', true)::jsonb ->> 'sub')::uuid, 1)$$;
    create function shop.closed() returns integer language sql as 'select 1';
    revoke execute on function shop.closed from public;
    create function shop.twice(a integer) returns integer language sql as 'select 1';
    create function shop.twice(a text) returns integer language sql as 'select 1';
    create function shop.unnamed(integer) returns integer language sql as 'select $1';
    create function shop.fails() returns integer language sql as 'select 1/0';
    create function shop.forever() returns void language sql as 'select pg_sleep(30)';
    create function shop.much() returns setof text language sql as $$select repeat('x', 10000) from generate_series(1, 100)$$;
    create function shop."Odd ""name"(x integer default 1) returns integer language sql as 'select 7';
  `,
  )
})
afterAll(() => database.sql.query('drop schema shop cascade'))
beforeEach(async () => {
  await database.sql.query('truncate shop.orders')
  await database.sql.query(
    `insert into shop.orders select n, case when n % 2 = 0 then $1::uuid else $2::uuid end, n from generate_series(1, 10) n`,
    [ada, bob],
  )
})

const allow = (name: string, more: { max_rows?: number; writes?: boolean } = {}) =>
  database.sql.query(`insert into lenses.callable_rpcs (schema_name, function_name, max_rows, writes) values ('shop', $1, $2, $3)`, [
    name,
    more.max_rows ?? 100,
    more.writes ?? false,
  ])
/** As PostgREST calls it: as service_role, in a transaction of its own. */
async function call(name: string, params: unknown = {}, owner = ada): Promise<Answer> {
  await asRole(database.sql, 'service_role')
  try {
    return await value<Answer>(database.sql, 'select lenses.fn_call_allowed($1, $2, $3)', [owner, name, JSON.stringify(params)])
  } finally {
    await asRole(database.sql, 'postgres')
  }
}

test('what an operator allowed is called as the owner of the run: row level security shows them their own, and nobody else’s', async () => {
  await allow('my_orders')
  await allow('whoami')
  expect(await call('shop.whoami')).toEqual({ rows: [`authenticated ${ada}`], truncated: false })
  expect((await call('shop.my_orders')).rows).toEqual([2, 4, 6, 8, 10].map((n) => ({ order_id: n, owner_id: ada, total: n })))
  expect((await call('shop.my_orders', { at_least: 8 })).rows).toHaveLength(2)
  expect((await call('shop.my_orders', {}, bob)).rows).toHaveLength(5)
})

test('everything else is not', async () => {
  for (const name of [
    'shop.my_orders',
    'shop.nothing',
    'my_orders',
    'public.x',
    '',
    'lenses.fn_call_allowed',
    'pg_catalog.pg_sleep',
    `shop.x'; drop table shop.orders; --`,
  ])
    expect(await call(name), name).toMatchObject({ error: { code: 'rpc_not_allowed' } })
  for (const schema of ['pg_catalog', 'lenses', 'auth', 'execution', 'information_schema'])
    await expect(
      database.sql.query(`insert into lenses.callable_rpcs (schema_name, function_name) values ($1, 'x')`, [schema]),
    ).rejects.toThrow(/check/)
})

test('no row of the list opens what authenticated may not execute', async () => {
  await allow('closed')
  expect(await call('shop.closed')).toMatchObject({
    error: { code: 'rpc_not_allowed', message: expect.stringContaining('permission denied') },
  })
})

test('parameters have their types, and one that is wrong or missing is named', async () => {
  await allow('echo')
  expect(await call('shop.echo', { a: `'; drop`, b: { deep: [1, null] }, c: [1, 2], d: '2026-01-02T03:04:05Z' })).toMatchObject({
    rows: [{ a: `'; drop`, b: { deep: [1, null] }, c: [1, 2], d: expect.stringContaining('2026-01-02') }],
  })
  expect(await call('shop.echo', { a: null, b: null, c: null })).toMatchObject({ rows: [{ a: null, b: null, c: null }] })
  for (const [params, said] of [
    [{ b: 1, c: [] }, 'needs the parameter a'],
    [{ a: '', b: 1, c: [], evil: 1 }, 'has no parameter evil'],
    [{ a: '', b: 1, c: 'x' }, 'array'],
    [{ a: '', b: 1, c: ['x'] }, 'integer'],
    [[], 'not an object'],
  ] as const)
    expect(await call('shop.echo', params), said).toMatchObject({ error: { code: 'rpc_failed', message: expect.stringContaining(said) } })
})

test('rows are cut at what the operator said, and told to be', async () => {
  await allow('my_orders', { max_rows: 2 })
  expect(await call('shop.my_orders')).toMatchObject({ rows: [{ order_id: 2 }, { order_id: 4 }], truncated: true })
  await database.sql.query('update lenses.callable_rpcs set max_rows = 5')
  expect(await call('shop.my_orders')).toMatchObject({ truncated: false })
  await allow('much')
  expect(await call('shop.much')).toMatchObject({ error: { code: 'rpc_failed', message: expect.stringContaining('200,000 bytes') } })
})

test('a function writes where the operator said that it may, and nowhere else', async () => {
  await allow('order_now')
  expect(await call('shop.order_now', { order_id: 100 })).toMatchObject({
    error: { code: 'rpc_failed', message: expect.stringContaining('read-only') },
  })
  await database.sql.query('update lenses.callable_rpcs set writes = true')
  expect(await call('shop.order_now', { order_id: 100 })).toMatchObject({ truncated: false })
  expect(await value(database.sql, 'select owner_id from shop.orders where order_id = 100')).toBe(ada)
})

test('what fails is told; what is ambiguous or has no names is not called', async () => {
  for (const name of ['fails', 'twice', 'unnamed']) await allow(name)
  await allow('Odd "name')
  expect(await call('shop.fails')).toEqual({ error: { code: 'rpc_failed', message: 'shop.fails: division by zero (22012)' } })
  expect(await call('shop.twice', { a: 1 })).toMatchObject({
    error: { code: 'rpc_not_allowed', message: expect.stringContaining('2 functions') },
  })
  expect(await call('shop.unnamed')).toMatchObject({ error: { code: 'rpc_failed', message: expect.stringContaining('without a name') } })
  expect(await call('shop.Odd "name')).toEqual({ rows: [7], truncated: false })
})

test('the caller has its own rights again afterwards, whether it went well or not', async () => {
  await allow('whoami')
  await allow('fails')
  await database.sql.query('begin')
  await asRole(database.sql, 'service_role')
  for (const name of ['shop.whoami', 'shop.fails']) {
    await value(database.sql, 'select lenses.fn_call_allowed($1, $2)', [ada, name])
    expect(await value(database.sql, `select current_user || ' ' || coalesce(current_setting('request.jwt.claims', true), '')`)).toBe(
      'service_role ',
    )
  }
  await database.sql.query('rollback')
})

test('applications cannot call it, nor read what is allowed', async () => {
  for (const role of ['anon', 'authenticated'] as const) {
    await asRole(database.sql, role, ada)
    await expect(database.sql.query(`select lenses.fn_call_allowed($1, 'shop.whoami')`, [bob])).rejects.toThrow(/permission denied/)
    await expect(database.sql.query('select * from lenses.callable_rpcs')).rejects.toThrow(/permission denied/)
    await asRole(database.sql, 'postgres')
  }
})

test('its time is bounded as PostgREST bounds it: by what stands at the function', async () => {
  expect(await value(database.sql, `select proconfig::text from pg_proc where proname = 'fn_call_allowed'`)).toContain(
    'statement_timeout=10s',
  )
})
