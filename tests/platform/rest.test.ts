import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Platform, startPlatform } from '../../packages/local-platform/src/index.ts'
import { fixture, until } from './support.ts'

const supabaseCli = fileURLToPath(new URL('../../node_modules/.bin/supabase', import.meta.url))
let platform: Platform
let database: pg.Client
let service: SupabaseClient<never, 'shop'>
let anon: SupabaseClient<never, 'shop'>

// biome-ignore lint/suspicious/noExplicitAny: the fixture has no generated types
type Untyped = any
const client = (key: string): Untyped =>
  createClient(platform.url, key, { db: { schema: 'shop' as never }, auth: { persistSession: false } })

/** Every grant of every schema a project owns, as one text per object. */
async function grants(): Promise<string[]> {
  const { rows } = await database.query(`
    select format('schema %s %s', nspname, nspacl) as line from pg_namespace where nspname in ('public', 'shop', 'net', 'cron', 'vault')
    union all
    select format('relation %s %s', c.oid::regclass, relacl) from pg_class c join pg_namespace n on n.oid = relnamespace
      where nspname in ('public', 'shop', 'auth', 'net', 'cron', 'vault') and relkind in ('r', 'v', 'S')
    union all
    select format('function %s %s', p.oid::regprocedure, proacl) from pg_proc p join pg_namespace n on n.oid = pronamespace
      where nspname in ('public', 'shop', 'auth', 'net', 'cron', 'vault')
    union all
    select format('default %s %s %s %s', defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype, defaclacl) from pg_default_acl
    order by 1`)
  return rows.map((row) => row.line)
}

let grantsBeforeAnyRequest: string[]

beforeAll(async () => {
  platform = await startPlatform({ projectDir: fixture('basic'), temporary: true, secretKeyNames: ['default', 'worker'] })
  database = new pg.Client(platform.dbUrl)
  await database.connect()
  grantsBeforeAnyRequest = await grants()
  service = client(platform.secretKeys.worker!)
  anon = client(platform.publishableKey)
})

afterAll(async () => {
  await database?.end()
  await platform?.stop()
})

describe('keys', () => {
  it('lets every named secret key act as service_role', async () => {
    for (const name of ['default', 'worker']) {
      const { data } = await client(platform.secretKeys[name]!).rpc('who')
      expect(data).toMatchObject({ role: 'service_role', jwt_role: 'service_role' })
    }
  })

  it('lets the publishable key act as anon', async () => {
    const { data } = await (anon as Untyped).rpc('who')
    expect(data).toEqual({ role: 'anon', uid: null, jwt_role: 'anon' })
  })

  it('refuses an unknown key, and no key', async () => {
    const unknown = await fetch(`${platform.url}/rest/v1/ledger`, { headers: { apikey: 'sb_secret_unknown', 'accept-profile': 'shop' } })
    expect(unknown.status).toBe(401)
    const none = await fetch(`${platform.url}/rest/v1/ledger`, { headers: { 'accept-profile': 'shop' } })
    expect(none.status).toBe(401)
  })

  it('exposes the schemas of config.toml and no other', async () => {
    const { error } = await (service as Untyped).schema('vault').from('secrets').select()
    expect(error).toMatchObject({ code: 'PGRST106' })
  })
})

describe('grants', () => {
  it('are those of the migrations: nothing is granted when requests arrive', async () => {
    await (service as Untyped).from('ledger').select()
    await (anon as Untyped).from('ledger').select()
    await (anon as Untyped).from('baskets').select()
    expect(await grants()).toEqual(grantsBeforeAnyRequest)
    expect(grantsBeforeAnyRequest.find((line) => line.startsWith('relation shop.ledger '))).not.toContain('anon')
  })

  it('refuse anon a table that was not granted, with 42501 and 401', async () => {
    const { error, status } = await (anon as Untyped).from('ledger').select()
    expect(status).toBe(401)
    expect(error).toMatchObject({ code: '42501', message: 'permission denied for table ledger' })
  })

  it('refuse anon a function that was revoked, and let service_role call it', async () => {
    const refused = await (anon as Untyped).rpc('secret_number')
    expect(refused).toMatchObject({ status: 401, error: { code: '42501' } })
    expect((await (service as Untyped).rpc('secret_number')).data).toBe(7)
  })

  it('do not reach tables made later: new tables are not exposed by themselves', async () => {
    await database.query('create table public.later (id int)')
    try {
      const answer = await until('the schema change is seen', async () => {
        const response = await client(platform.secretKeys.default!).schema('public').from('later').select()
        return response.error?.code === 'PGRST205' ? undefined : response
      })
      expect(answer).toMatchObject({ status: 403, error: { code: '42501' } })
    } finally {
      await database.query('drop table public.later')
    }
  })
})

describe('JSON', () => {
  const values = {
    nested: { a: { b: [1, 'x'] } },
    text: 'plain',
    'text that looks like JSON': '{"a":1}',
    array: [true, { a: null }],
    number: 5.5,
    truth: false,
  }

  it.each(Object.entries(values))('arrives in a function as it was sent: %s', async (_name, value) => {
    const { data, error } = await (service as Untyped).rpc('describe', { value })
    expect(error).toBeNull()
    const kind = Array.isArray(value) ? 'array' : typeof value
    expect(data).toEqual({ type: kind, value })
  })

  it('arrives as SQL null when it is null', async () => {
    expect((await (service as Untyped).rpc('describe', { value: null })).data).toEqual({ type: null, value: null })
  })

  it('goes together with arrays, defaults and big numbers, and comes back as PostgREST writes it', async () => {
    const { data } = await (service as Untyped).rpc('describe_many', { texts: ['a', 'b,"c'], value: { x: 1 }, big: 4503599627370497 })
    expect(data).toEqual([{ texts: ['a', 'b,"c'], kind: 'object', big: 4503599627370497, at: '2026-01-02T03:04:05.678901+00:00' }])
    expect((await (service as Untyped).rpc('describe_many', { texts: [] })).data[0]).toMatchObject({ texts: [], kind: 'null', big: 0 })
  })

  it('is stored in a column as it was sent', async () => {
    for (const note of Object.values(values)) {
      const { data, error } = await (service as Untyped).from('ledger').insert({ amount: 1, note }).select('id, note').single()
      expect(error).toBeNull()
      expect(data.note).toEqual(note)
      const { rows } = await database.query('select jsonb_typeof(note) as kind, note from shop.ledger where id = $1', [data.id])
      expect(rows[0]).toEqual({ kind: Array.isArray(note) ? 'array' : typeof note, note })
    }
    const changed = await (service as Untyped).from('ledger').insert({ amount: 77, note: null }).select('id').single()
    await (service as Untyped)
      .from('ledger')
      .update({ note: ['{"b":2}'] })
      .eq('id', changed.data.id)
    expect((await (service as Untyped).from('ledger').select('note').eq('id', changed.data.id).single()).data).toEqual({
      note: ['{"b":2}'],
    })
  })

  it('has bigint as numbers', async () => {
    expect((await (service as Untyped).rpc('big')).data).toBe(9007199254740991)
    const { data } = await (service as Untyped).from('ledger').select('id, amount').limit(1).single()
    expect(typeof data.id).toBe('number')
    expect(typeof data.amount).toBe('number')
  })

  it('is nothing at all for a void function', async () => {
    expect(await (service as Untyped).rpc('nothing')).toMatchObject({ status: 204, data: null, error: null })
  })
})

describe('errors', () => {
  it('have the status a function chose with errcode PT409', async () => {
    expect(await (service as Untyped).rpc('conflict')).toMatchObject({
      status: 409,
      error: { code: 'PT409', message: 'already there', hint: 'choose another' },
    })
  })

  it('say that there is no such function', async () => {
    expect(await (service as Untyped).rpc('no_such_function')).toMatchObject({ status: 404, error: { code: 'PGRST202' } })
  })
})

describe('users', () => {
  it('sign up, are confirmed at once, and sign in', async () => {
    const user = client(platform.publishableKey)
    const signedUp = await user.auth.signUp({ email: 'ada@example.test', password: 'a-long-password' })
    expect(signedUp.error).toBeNull()
    expect(signedUp.data.session?.access_token).toBeTypeOf('string')
    const signedIn = await user.auth.signInWithPassword({ email: 'ada@example.test', password: 'a-long-password' })
    expect(signedIn.data.user?.email).toBe('ada@example.test')
    expect((await user.auth.getUser()).data.user?.id).toBe(signedIn.data.user?.id)
    const refreshed = await user.auth.refreshSession()
    expect(refreshed.data.session?.user.id).toBe(signedIn.data.user?.id)
  })

  it('hold tokens that anyone can verify with the published keys', async () => {
    const user = client(platform.publishableKey)
    const { data } = await user.auth.signUp({ email: 'ben@example.test', password: 'a-long-password' })
    const remote = createRemoteJWKSet(new URL(`${platform.url}/auth/v1/.well-known/jwks.json`))
    const { payload, protectedHeader } = await jwtVerify(data.session.access_token, remote, { issuer: `${platform.url}/auth/v1` })
    expect(protectedHeader.alg).toBe('ES256')
    expect(payload).toMatchObject({ sub: data.user.id, role: 'authenticated', aud: 'authenticated' })
    expect(platform.jwks.keys).toHaveLength(1)
    expect(JSON.stringify(platform.jwks)).not.toContain('"d":')
  })

  it('see their own rows and nobody else’s', async () => {
    const [cleo, dora] = [client(platform.publishableKey), client(platform.publishableKey)]
    await cleo.auth.signUp({ email: 'cleo@example.test', password: 'a-long-password' })
    await dora.auth.signUp({ email: 'dora@example.test', password: 'a-long-password' })
    const inserted = await cleo
      .from('baskets')
      .insert({ content: { eggs: 2 } })
      .select()
      .single()
    expect(inserted.error).toBeNull()
    expect((await cleo.from('baskets').select()).data).toHaveLength(1)
    expect((await dora.from('baskets').select()).data).toEqual([])
    expect((await cleo.rpc('who')).data).toMatchObject({ role: 'authenticated', uid: inserted.data.owner_id })
  })

  it('are refused with 403 what they were not granted', async () => {
    const user = client(platform.publishableKey)
    await user.auth.signUp({ email: 'edda@example.test', password: 'a-long-password' })
    expect(await user.from('ledger').select()).toMatchObject({ status: 403, error: { code: '42501' } })
  })

  it('cannot bring a token of their own making', async () => {
    const forged = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${Buffer.from('{"role":"service_role"}').toString('base64url')}.x`
    const response = await fetch(`${platform.url}/rest/v1/ledger`, {
      headers: { apikey: platform.publishableKey, authorization: `Bearer ${forged}`, 'accept-profile': 'shop' },
    })
    expect(response.status).toBe(401)
  })
})

describe('storage', () => {
  it('keeps what is uploaded and gives it back', async () => {
    const storage = client(platform.secretKeys.default!).storage
    expect((await storage.createBucket('pictures', { public: true })).error).toBeNull()
    const bytes = new Uint8Array([1, 2, 3, 250])
    expect((await storage.from('pictures').upload('a/b.png', bytes, { contentType: 'image/png' })).error).toBeNull()
    const { data } = await storage.from('pictures').download('a/b.png')
    expect(new Uint8Array(await data.arrayBuffer())).toEqual(bytes)
    const open = await fetch(storage.from('pictures').getPublicUrl('a/b.png').data.publicUrl)
    expect(open.headers.get('content-type')).toBe('image/png')
    expect((await open.arrayBuffer()).byteLength).toBe(4)
    expect((await storage.from('pictures').remove(['a/b.png'])).error).toBeNull()
  })

  it('has the buckets of config.toml, with their limits', async () => {
    const bucket = client(platform.secretKeys.default!).storage.from('artifacts')
    expect((await bucket.upload('x.json', '{}', { contentType: 'application/json' })).error).toBeNull()
    expect((await bucket.upload('x.exe', 'no', { contentType: 'application/x-msdownload' })).error?.message).toMatch(/mime type/)
    const { data } = await bucket.createSignedUrl('x.json', 60)
    expect(await (await fetch(data.signedUrl)).text()).toBe('{}')
    expect((await bucket.upload('z.json', new Blob(['{}'], { type: 'application/json' }))).error).toBeNull()
    const upload = await bucket.createSignedUploadUrl('y.json')
    const anyone = client(platform.publishableKey).storage.from('artifacts')
    const sent = await anyone.uploadToSignedUrl('y.json', upload.data.token, new Blob(['{"y":1}'], { type: 'application/json' }))
    expect(sent.error).toBeNull()
    const { data: signed } = await bucket.createSignedUrl('y.json', 60)
    expect(await (await fetch(signed.signedUrl)).text()).toBe('{"y":1}')
  })

  it('lets a user reach only what a policy grants', async () => {
    await database.query(`create policy own_folder on storage.objects for all to authenticated
      using (bucket_id = 'artifacts' and (storage.foldername(name))[1] = (select auth.uid())::text)`)
    const user = client(platform.publishableKey)
    const { data } = await user.auth.signUp({ email: 'hal@example.test', password: 'a-long-password' })
    const bucket = user.storage.from('artifacts')
    expect((await bucket.upload(`${data.user.id}/mine.json`, '{}', { contentType: 'application/json' })).error).toBeNull()
    expect((await bucket.upload('theirs/not.json', '{}', { contentType: 'application/json' })).error?.message).toMatch(/row-level security/)
    expect((await client(platform.publishableKey).storage.from('artifacts').download(`${data.user.id}/mine.json`)).error).toBeTruthy()
  })
})

describe('the migration history', () => {
  it('reads as the Supabase CLI writes it', async () => {
    const { rows } = await database.query('select version, name, statements from supabase_migrations.schema_migrations')
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({ version: '20260101000000', name: 'shop' })
    expect(rows[0].statements[2]).toBe('create schema shop')
  })

  it('agrees with the Supabase CLI, which finds nothing left to push', () => {
    const cli = (...args: string[]) => {
      const { stdout, stderr } = spawnSync(supabaseCli, [...args, `--remote=${platform.dbUrl}`, '--workdir', fixture('basic')], {
        encoding: 'utf8',
        env: { ...process.env, PLATFORM_TEST_FUNCTION_VALUE: 'set' },
      })
      return stdout + stderr
    }
    expect(cli('migration', 'list')).toMatch(/`20260101000000` \| `20260101000000`/)
    expect(cli('db', 'push', '--skip-vault', '--yes')).toContain('Remote database is up to date')
  })

  it('comes with the seed of a fresh database', async () => {
    const { rows } = await database.query(`select count(*)::int as n from shop.ledger where note = '{"seed": true}'`)
    expect(rows[0].n).toBe(1)
    expect((await database.query('select path from supabase_migrations.seed_files')).rows).toEqual([{ path: 'supabase/seed.sql' }])
  })
})
