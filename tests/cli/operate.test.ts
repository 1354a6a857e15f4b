import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Arena, simpleProvider, startArena } from '../support/arena.ts'
import { agon } from './support.ts'

// What whoever runs a project does at 3 a.m., as processes of their own against a project that stands.

const nowhere = ['--url', 'http://127.0.0.1:9']
const someId = '11111111-1111-4111-8111-111111111111'

test.each([
  ['a project without its secret key', ['status', ...nowhere], 'Give --secret-key, or set AGON_SECRET_KEY'],
  ['a URL that is none', ['status', '--url', 'nowhere'], 'expected the URL of a Supabase project'],
  ['a redrive of nothing in particular', ['dlq', 'redrive', ...nowhere, '--secret-key', 'k'], 'Give an id from agon dlq list, a filter'],
  ['a time that is none', ['dlq', 'list', '--since', 'yesterday'], 'Expected how long ago'],
  ['a battle that is none', ['hold', 'mine'], 'Expected the id of a battle'],
  ['a position that is none', ['switch', 'maybe'], 'Allowed choices are off, on'],
  ['a kind that is none', ['dlq', 'list', '--kind', 'jobs'], 'Allowed choices are battle_job'],
])('%s is refused with what to do, and exit code 2', async (_, args, remedy) => {
  const { code, out, err } = await agon(args)
  expect(err).toContain(remedy)
  expect(out).toBe('')
  expect(code).toBe(2)
})

describe('on a project', () => {
  let arena: Arena
  let environment: Record<string, string>
  beforeAll(async () => {
    arena = await startArena()
    simpleProvider(arena.provider)
    arena.provider.on({ model: 'refused' }, () => ({ error: { message: 'no \u001b[31msuch key', type: 'x' }, status: 401 }))
    environment = { AGON_URL: arena.platform.url, AGON_SECRET_KEY: arena.platform.secretKeys.default! }
  })
  afterAll(() => arena.stop())
  const run = (...args: string[]) => agon(args, environment)

  test('an outage: switched off, looked at, listed, held, switched on, sent back', async () => {
    expect(await run('switch', 'off', 'sparring-anthropic', '--reason', 'their outage')).toMatchObject({
      code: 0,
      out: 'sparring-anthropic: off\n',
    })
    const id = await arena.create({ contenders: [{ model: 'sparring:refused' }, { model: 'sparring-anthropic:ember' }] })
    await arena.until(id, (battle) => battle.contenders[0]!.status === 'failed')

    const status = await run('status')
    expect(status.out).toMatch(/kind +ready +oldest +later/)
    expect(status.out).toMatch(/battle_job +1 +\d+ s +0 +0 +0 +0 +0 +0 +1/)
    expect(status.out).toContain('no worker lives')
    expect(status.out).not.toContain('nobody takes')
    expect(status.out).toMatch(/off: sparring-anthropic, for \d+ s \(their outage\)/)
    expect(status.out).toMatch(/given up: 1 × battle_job, provider_auth/)

    const list = await run('dlq', 'list', '--battle', id, '--since', '1h')
    expect(list.out).toMatch(new RegExp(`\\d+ +\\d+ s +battle_job +${id} +A +sparring:refused +provider_auth`))
    expect(list.out).not.toContain('\u001b[31msuch')
    const letters = JSON.parse((await run('dlq', 'list', '--json')).out)
    expect(letters).toMatchObject([{ battle_id: id, redrivable: true }])

    expect((await run('hold', id, '--reason', 'a look')).out).toBe(`${id}: held\n`)
    expect((await run('hold', id)).out).toBe(`${id}: already held\n`)
    expect((await run('release', id)).out).toBe(`${id}: released\n`)
    expect((await run('dlq', 'redrive', String(letters[0].dead_letter_id))).out).toMatch(/1 {2}redriven/)
    await arena.until(id, (battle) => battle.contenders[0]!.status === 'failed')
    expect((await run('switch', 'on', 'sparring-anthropic')).out).toBe('sparring-anthropic: on\n')
    await arena.settled(id)

    const late = await run('dlq', 'redrive', '--code', 'provider_auth')
    expect(late).toMatchObject({ code: 0, out: '1  left: the battle is closed and has gone on without them\n' })
    expect(JSON.parse((await run('dlq', 'redrive', '--kind', 'battle_judging', '--json')).out)).toEqual({ outcomes: {} })
    expect((await run('status', '--json')).out).toContain('"switches":[]')
  })

  test('the status names what each worker can do, and the jobs that nobody takes', async () => {
    const ask = (text: string, values: unknown[]) => arena.database.query(text, values)
    await ask(`select execution.enqueue(execution.queue_for('battle_keyframes'), array['{}'::jsonb])`, [])
    const films = { kinds: ['battle_job', 'battle_keyframes'], capabilities: ['ffmpeg'], slots: 50, running: 3 }
    const beat = (metadata: object) =>
      ask(`select execution.fn_worker_upsert_heartbeat('films', 'agon-worker', $1)`, [JSON.stringify(metadata)])
    await beat({ ...films, state: 'draining' })
    const alone = await run('status')
    expect(alone.out).toMatch(/nobody takes: battle_keyframes, 1 ready for \d+ s; no worker that lives takes it: it needs ffmpeg/)
    expect(alone.out).toMatch(/films +draining +3\/50 +ffmpeg \(battle_keyframes\)/)
    await beat(films)
    const able = await run('status')
    expect(able.out).toMatch(/films +healthy/)
    expect(able.out).not.toContain('nobody takes')
    await ask(`update execution.worker_heartbeats set state = 'stopped'`, [])
    await ask(
      `select execution.cancel_jobs(array_agg(job_id)) from execution.jobs join execution.queues using (queue_id) where kind = 'battle_keyframes'`,
      [],
    )
  })

  test('what is not there, and who may not, is told with the code', async () => {
    const missing = await run('release', someId)
    expect([missing.code, missing.err]).toEqual([2, expect.stringContaining(`There is no battle ${someId}`)])
    const refused = await agon(['status'], { ...environment, AGON_SECRET_KEY: arena.platform.publishableKey })
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('send one of its secret keys')])
    expect(refused.err).not.toContain(arena.platform.publishableKey)
  })
})
