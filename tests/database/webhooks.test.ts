import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  answerAll,
  cancel,
  claim,
  createBattle,
  deadLetter,
  expireLease,
  finalize,
  judge,
  makeDue,
  publish,
  requeue,
  startBattle,
  startJudging,
  sweep,
} from '../support/battles.ts'
import { asRole, rows, untilWaiting, useDatabase, value } from '../support/database.ts'
import {
  claimDeliveries,
  createWebhook,
  createWebhookDocument,
  deliver,
  deliveriesOf,
  failDelivery,
  pingWebhook,
  redrive,
  removeWebhook,
  updateWebhook,
  type Webhook,
  webhookOf,
} from '../support/webhooks.ts'

const database = useDatabase()
const owner = '11111111-1111-4111-8111-111111111111'
const stranger = '22222222-2222-4222-8222-222222222222'

describe('an event of a battle', () => {
  test('becomes one delivery for every enabled webhook of its owner that asks for its type, and for nobody else', async () => {
    const { sql } = database
    const all = await createWebhook(sql, owner)
    const closing = await createWebhook(sql, owner, ['battle.closed'])
    const family = await createWebhook(sql, owner, ['contender.*'])
    const other = await createWebhook(sql, owner, ['battle', 'contender', 'closed'])
    const disabled = await createWebhook(sql, owner)
    await updateWebhook(sql, disabled, { status: 'disabled' })
    const foreign = await createWebhook(sql, stranger)
    const battle = await startJudging(sql, { ownerId: owner })
    await judge(sql, [
      ['A', 'B'],
      ['A', 'B'],
    ])
    await finalize(sql, battle)

    const types = async (webhook: Webhook) => (await deliveriesOf(sql, webhook)).map(({ type }) => type)
    const log = (await rows<{ type: string }>(sql, 'select type from battles.events order by event_id')).map(({ type }) => type)
    expect(log).toContain('battle.closed')
    expect(await types(all)).toEqual(log)
    expect(await types(closing)).toEqual(['battle.closed'])
    expect(await types(family)).toEqual(['contender.submitted', 'contender.submitted'])
    for (const none of [other, disabled, foreign]) expect(await types(none)).toEqual([])
  })

  test('is told with its id, its battle and its time, so that a receiver can put events in order', async () => {
    const { sql } = database
    const webhook = await createWebhook(sql, owner)
    const battle = await createBattle(sql, { ownerId: owner })
    const [event] = await rows<{ event_id: number; created_at: Date }>(sql, 'select event_id, created_at from battles.events')
    const [delivery] = await deliveriesOf(sql, webhook)
    expect(delivery!.payload).toEqual({
      type: 'battle.draft',
      timestamp: event!.created_at.toISOString(),
      data: { battle_id: battle.battleId, event_id: event!.event_id },
    })
  })

  test('is told without a prompt, an answer, a model, a name, or what a provider wrote', async () => {
    const { sql } = database
    await createWebhook(sql, owner)
    await startBattle(sql, {
      ownerId: owner,
      contenders: [{ model_key: 'secret-model', identity: 'secret-name', system_prompt: 'secret-prompt' }, { model_key: 'secret-model' }],
      with: { task_prompt: 'secret-task', title: 'secret-title' },
    })
    const [first, second] = await claim(sql, 2)
    await requeue(sql, first!, 0, { code: 'provider_rate_limited', message: 'secret-words of the provider' })
    await deadLetter(sql, second!, { code: 'provider_auth', message: 'secret-key is wrong' })
    await makeDue(sql)
    await answerAll(sql)
    await sql.query(
      `insert into battles.events (battle_id, type, data) select battle_id, 'contender.tomorrow', '{"slot": "A", "text": "secret-answer", "model": "secret-model"}' from battles.battles`,
    )
    const payloads = (await rows<{ payload: string }>(sql, 'select payload::text from webhooks.deliveries')).map(({ payload }) => payload)
    expect(payloads.length).toBeGreaterThan(6)
    expect(payloads.filter((payload) => payload.includes('secret'))).toEqual([])
    expect(payloads.find((payload) => payload.includes('"contender.failed"'))).toContain('"error_code": "provider_auth"')
  })

  test('of votes that were decided or weighed tells how many, and not whose or for whom', async () => {
    const { sql } = database
    const webhook = await createWebhook(sql, owner, ['votes.*'])
    const battle = await createBattle(sql, { ownerId: owner })
    await sql.query(
      `select battles.record_event($1, 'votes.recounted', '{"votes": 2, "decision": "released", "voter_id": "secret"}'),
         battles.record_event($1, 'votes.weighed', '{"voters": 9, "compared": 4, "lowered": 1, "tally": {"A": 9}}')`,
      [battle.battleId],
    )
    expect((await deliveriesOf(sql, webhook)).map(({ payload }) => (payload as { data: object }).data)).toEqual(
      expect.arrayContaining([
        { battle_id: battle.battleId, event_id: expect.any(Number), votes: 2, decision: 'released' },
        { battle_id: battle.battleId, event_id: expect.any(Number), voters: 9, compared: 4, lowered: 1 },
      ]),
    )
  })

  test('of text that grows is for the stream alone', async () => {
    const { sql } = database
    const webhook = await createWebhook(sql, owner)
    const battle = await createBattle(sql, { ownerId: owner })
    await value(sql, `select battles.record_event($1, 'contender.delta', '{"slot": "A", "text": "so far", "offset": 0}')`, [
      battle.battleId,
    ])
    expect((await deliveriesOf(sql, webhook)).map(({ type }) => type)).toEqual(['battle.draft'])
  })

  test('that is rolled back is told to nobody', async () => {
    const { sql } = database
    const webhook = await createWebhook(sql, owner)
    await sql.query('begin')
    await createBattle(sql, { ownerId: owner })
    await sql.query('rollback')
    expect([await deliveriesOf(sql, webhook), await claimDeliveries(sql)]).toEqual([[], []])
  })

  test('costs an owner without webhooks a probe of an index, however many webhooks others have', async () => {
    const { sql } = database
    await sql.query(
      `insert into webhooks.subscriptions (subscription_id, owner_id, url, event_types, sealed_secret)
       select gen_random_uuid(), gen_random_uuid(), 'https://x.example/', '{*}', 's' from generate_series(1, 20000)`,
    )
    await sql.query('analyze webhooks.subscriptions')
    const plan = JSON.stringify(
      await rows(
        sql,
        `explain (format json) select s.* from webhooks.subscriptions s where s.owner_id = '${owner}' and s.status = 'enabled' and s.event_types && array['battle.draft', 'battle.*', '*']`,
      ),
    )
    expect(plan).toContain('subscriptions_owner')
    expect(plan).not.toContain('Seq Scan')
  })

  test('is written by the service, who may not read the secrets it is signed with', async () => {
    const { sql } = database
    await createWebhook(sql, owner)
    await asRole(sql, 'service_role')
    await createBattle(sql, { ownerId: owner })
    expect(await claimDeliveries(sql)).toHaveLength(1)
    await expect(sql.query('select sealed_secret from webhooks.subscriptions')).rejects.toMatchObject({ code: '42501' })
    await asRole(sql, 'postgres')
  })
})

describe('a delivery', () => {
  /** One webhook and one delivery to it. */
  async function stage() {
    const webhook = await createWebhook(database.sql, owner, ['battle.draft'])
    await createBattle(database.sql, { ownerId: owner })
    return webhook
  }

  test('is claimed with its body and what signs it, by one of two drivers', async () => {
    const webhook = await stage()
    const [other] = await database.connectMany(1)
    const claims = await Promise.all([claimDeliveries(database.sql), claimDeliveries(other!)])
    const [job, ...more] = claims.flat()
    expect(more).toEqual([])
    expect(job).toMatchObject({
      attempts: 0,
      max_attempts: 8,
      subscription_id: webhook.webhookId,
      owner_id: owner,
      enabled: true,
      url: 'https://receiver.example/hook',
      sealed_secrets: ['v1.k.iv.sealed'],
    })
    expect(JSON.parse(job!.body)).toMatchObject({ type: 'battle.draft' })
  })

  test('that was accepted is done, once', async () => {
    const webhook = await stage()
    const [job] = await claimDeliveries(database.sql)
    expect(await deliver(database.sql, job!)).toBe(true)
    expect(await deliver(database.sql, job!)).toBe(false)
    expect(await failDelivery(database.sql, job!, 0)).toBe('lost')
    expect(await deliveriesOf(database.sql, webhook)).toMatchObject([{ status: 'delivered' }])
    expect(await claimDeliveries(database.sql)).toEqual([])
  })

  test('whose driver died between claim and record is made again, under the same id', async () => {
    await stage()
    const [dying] = await claimDeliveries(database.sql)
    await expireLease(database.sql, dying!.lease_token)
    await sweep(database.sql)
    const [heir] = await claimDeliveries(database.sql)
    expect(heir).toMatchObject({ delivery_id: dying!.delivery_id, body: dying!.body, reclaims: 1, attempts: 0 })
    expect(await deliver(database.sql, dying!)).toBe(false)
    expect(await deliver(database.sql, heir!)).toBe(true)
  })

  test('is tried eight times, with its last attempts in the log, and then is dead', async () => {
    const webhook = await stage()
    for (let attempt = 1; attempt <= 8; attempt++) {
      const [job] = await claimDeliveries(database.sql)
      expect(job!.attempts).toBe(attempt - 1)
      expect(await failDelivery(database.sql, job!, 1000, 'webhook_rejected', 500 + attempt)).toBe(
        attempt < 8 ? 'requeued' : 'dead_lettered',
      )
      await makeDue(database.sql)
    }
    expect(await claimDeliveries(database.sql)).toEqual([])
    expect(await deliveriesOf(database.sql, webhook)).toMatchObject([{ status: 'dead' }])
    const page = await value<{
      deliveries: { response_status: number; attempts: { response_status: number; error: { code: string } }[] }[]
    }>(database.sql, 'select webhooks.fn_webhooks_deliveries($1, $2)', [webhook.webhookId, owner])
    expect(page.deliveries[0]!.response_status).toBe(508)
    expect(page.deliveries[0]!.attempts.map((attempt) => [attempt.response_status, attempt.error.code])).toEqual(
      Array.from({ length: 8 }, (_, nth) => [501 + nth, 'webhook_rejected']),
    )
    expect(await value(database.sql, 'select count(*) from execution.dead_letters')).toBe(1)
  })

  test('keeps the last twenty attempts of any number', async () => {
    const webhook = await stage()
    for (let round = 0; round < 24; round++) {
      const [job] = await claimDeliveries(database.sql)
      await failDelivery(database.sql, job!, round === 7 || round === 15 ? null : 1, 'webhook_rejected', 400 + round)
      await makeDue(database.sql)
      if (round === 7 || round === 15) await redrive(database.sql, webhook)
    }
    const log = await value<{ response_status: number }[]>(database.sql, 'select attempts_log from webhooks.deliveries')
    expect(log.map((attempt) => attempt.response_status)).toEqual(Array.from({ length: 20 }, (_, nth) => 404 + nth))
  })

  test('is there once an event, whatever writes it twice', async () => {
    const webhook = await stage()
    const add = () =>
      database.sql.query(
        `select webhooks.add_delivery(s, 'battle.draft', '{}', (select max(event_id) from battles.events), null) from webhooks.subscriptions s`,
      )
    await expect(add()).rejects.toMatchObject({ code: '23505' })
    expect(await deliveriesOf(database.sql, webhook)).toHaveLength(1)
  })

  test('of a webhook that was removed meanwhile is dropped, and the driver in mid-call learns it', async () => {
    const webhook = await stage()
    await pingWebhook(database.sql, webhook)
    const [held] = await claimDeliveries(database.sql, 1)
    expect(await removeWebhook(database.sql, webhook)).toBe(true)
    expect(await value(database.sql, 'select execution.fn_worker_heartbeat($1)', [held!.lease_token])).toEqual([])
    expect(await deliver(database.sql, held!)).toBe(false)
    expect(await claimDeliveries(database.sql)).toEqual([])
    expect(await value(database.sql, 'select count(*) from webhooks.deliveries')).toBe(0)
  })

  test('of a webhook that was disabled meanwhile says so, dies without counting against it, and can be redriven', async () => {
    const webhook = await stage()
    await updateWebhook(database.sql, webhook, { status: 'disabled' })
    const [job] = await claimDeliveries(database.sql)
    expect(job!.enabled).toBe(false)
    await failDelivery(database.sql, job!, null, 'webhook_disabled', null)
    expect(await webhookOf(database.sql, webhook)).toMatchObject({ consecutive_failures: 0, disabled_reason: 'owner' })
    expect(await redrive(database.sql, webhook)).toEqual({ refused: 'webhook_disabled' })
    await updateWebhook(database.sql, webhook, { status: 'enabled' })
    expect(await redrive(database.sql, webhook)).toEqual({ redriven: 1 })
    const [again] = await claimDeliveries(database.sql)
    expect(again).toMatchObject({ enabled: true, delivery_id: job!.delivery_id })
  })

  test('does not hold up a battle: events are added while another delivery of the webhook is recorded', async () => {
    await stage()
    const [job] = await claimDeliveries(database.sql)
    const [driver] = await database.connectMany(1)
    await driver!.query('begin')
    await deliver(driver!, job!)
    const made = createBattle(database.sql, { ownerId: owner })
    await untilWaiting(driver!, database.sql, made)
    await made
    await driver!.query('commit')
    expect(await claimDeliveries(database.sql)).toHaveLength(1)
  })

  test('does not fail an event whose webhook is removed at the same moment', async () => {
    const webhook = await stage()
    const [remover] = await database.connectMany(1)
    await remover!.query('begin')
    await removeWebhook(remover!, webhook)
    const made = createBattle(database.sql, { ownerId: owner })
    await untilWaiting(remover!, database.sql, made)
    await remover!.query('commit')
    await made
    expect(await value(database.sql, 'select count(*) from battles.battles')).toBe(2)
    expect(await value(database.sql, 'select count(*) from webhooks.deliveries')).toBe(0)
  })

  test('that is recorded while its webhook is removed is refused, and neither waits for the other forever', async () => {
    const webhook = await stage()
    const [job] = await claimDeliveries(database.sql)
    const [remover] = await database.connectMany(1)
    await remover!.query('begin')
    await removeWebhook(remover!, webhook)
    const delivered = deliver(database.sql, job!)
    await untilWaiting(remover!, database.sql, delivered)
    await remover!.query('commit')
    expect(await delivered).toBe(false)
    expect(await value(database.sql, 'select count(*) from execution.leases')).toBe(0)
  })

  test('is forgotten a month after its end, and not before', async () => {
    const webhook = await stage()
    const [job] = await claimDeliveries(database.sql)
    await deliver(database.sql, job!)
    await pingWebhook(database.sql, webhook)
    const forget = () => value<number>(database.sql, 'select webhooks.forget_deliveries($1, 10000)', ['30 days'])
    expect(await forget()).toBe(0)
    await database.sql.query(
      `update webhooks.deliveries set settled_at = settled_at - interval '31 days', created_at = created_at - interval '31 days'`,
    )
    expect(await forget()).toBe(1)
    expect(await deliveriesOf(database.sql, webhook)).toMatchObject([{ type: 'ping', status: 'pending' }])
  })
})

describe('a webhook', () => {
  /** Deliveries that die, one after the other. */
  async function die(webhook: Webhook, count: number, code = 'webhook_rejected'): Promise<void> {
    for (let nth = 0; nth < count; nth++) {
      await pingWebhook(database.sql, webhook)
      for (const job of await claimDeliveries(database.sql)) await failDelivery(database.sql, job, null, code)
    }
  }

  test('is disabled by the fifth dead delivery in a row, and says so', async () => {
    const webhook = await createWebhook(database.sql, owner)
    await die(webhook, 4)
    expect(await webhookOf(database.sql, webhook)).toMatchObject({ status: 'enabled', consecutive_failures: 4 })
    await die(webhook, 1)
    expect(await webhookOf(database.sql, webhook)).toMatchObject({
      status: 'disabled',
      disabled_reason: 'failing',
      disabled_at: expect.any(String),
      consecutive_failures: 5,
    })
    expect(await pingWebhook(database.sql, webhook)).toEqual({ refused: 'webhook_disabled' })
    await createBattle(database.sql, { ownerId: owner })
    expect(await claimDeliveries(database.sql)).toEqual([])
  })

  test('is forgiven by a delivery that arrives', async () => {
    const webhook = await createWebhook(database.sql, owner)
    await die(webhook, 4)
    await pingWebhook(database.sql, webhook)
    for (const job of await claimDeliveries(database.sql)) await deliver(database.sql, job)
    expect(await webhookOf(database.sql, webhook)).toMatchObject({ consecutive_failures: 0 })
    await die(webhook, 4)
    expect(await webhookOf(database.sql, webhook)).toMatchObject({ status: 'enabled' })
  })

  test('whose receiver is gone is disabled at once; enabled again it begins anew', async () => {
    const webhook = await createWebhook(database.sql, owner)
    await die(webhook, 1, 'webhook_gone')
    expect(await webhookOf(database.sql, webhook)).toMatchObject({ status: 'disabled', disabled_reason: 'gone' })
    expect(await updateWebhook(database.sql, webhook, { status: 'enabled' })).toMatchObject({
      status: 'enabled',
      disabled_reason: null,
      disabled_at: null,
      consecutive_failures: 0,
    })
    expect(await redrive(database.sql, webhook)).toEqual({ redriven: 1 })
  })

  test('that drivers keep dying on is dead too, and its job is reclaimed no more', async () => {
    const webhook = await createWebhook(database.sql, owner)
    await pingWebhook(database.sql, webhook)
    for (let reclaim = 0; reclaim < 3; reclaim++) {
      const [job] = await claimDeliveries(database.sql)
      await expireLease(database.sql, job!.lease_token)
      await sweep(database.sql)
    }
    expect(await deliveriesOf(database.sql, webhook)).toMatchObject([{ status: 'dead' }])
    expect(await webhookOf(database.sql, webhook)).toMatchObject({ consecutive_failures: 0 })
  })

  test('is not blamed for what is the operator’s: a key that no driver has', async () => {
    const webhook = await createWebhook(database.sql, owner)
    await die(webhook, 6, 'sealing_key_missing')
    expect(await webhookOf(database.sql, webhook)).toMatchObject({ status: 'enabled', consecutive_failures: 0 })
  })

  test('that is disabled is told of to the owner’s others, once', async () => {
    const watching = await createWebhook(database.sql, owner, ['webhook.*'])
    await createWebhook(database.sql, stranger, ['*'])
    const webhook = await createWebhook(database.sql, owner, ['battle.*'])
    await die(webhook, 5)
    expect(await deliveriesOf(database.sql, watching)).toMatchObject([
      { type: 'webhook.disabled', payload: { data: { webhook_id: webhook.webhookId, disabled_reason: 'failing' } } },
    ])
    expect(await value(database.sql, `select count(*) from webhooks.deliveries where type = 'webhook.disabled'`)).toBe(1)
  })

  test('is redriven one delivery at a time, or all at once, and only what is dead', async () => {
    const webhook = await createWebhook(database.sql, owner)
    await die(webhook, 3)
    const [one, two] = await deliveriesOf(database.sql, webhook)
    expect(await redrive(database.sql, webhook, one!.delivery_id)).toEqual({ redriven: 1 })
    expect(await redrive(database.sql, webhook, one!.delivery_id)).toEqual({ refused: 'delivery_state' })
    expect(await redrive(database.sql, webhook, randomUUID())).toEqual({ refused: 'not_found' })
    expect(await redrive(database.sql, { ...webhook, ownerId: stranger }, two!.delivery_id)).toEqual({ refused: 'not_found' })
    expect(await redrive(database.sql, webhook)).toEqual({ redriven: 2 })
    expect(await redrive(database.sql, webhook)).toEqual({ redriven: 0 })
    const jobs = await claimDeliveries(database.sql)
    expect(jobs).toHaveLength(3)
    expect(jobs.every(({ attempts }) => attempts === 0)).toBe(true)
  })

  describe('by an operator', () => {
    const letters = () =>
      value<{ dead_letters: { dead_letter_id: number; redrivable: boolean }[] }>(
        database.sql,
        `select battles.fn_dead_letters_list('{"kind": "webhook_delivery"}')`,
      )
    const redriveLetters = (filter: object, client = database.sql) =>
      value<{ outcomes: Record<string, number> }>(client, 'select battles.fn_redrive_dead_letters($1)', [filter]).then(
        ({ outcomes }) => outcomes,
      )
    const redriveLetter = (id: number) => value<string>(database.sql, 'select battles.fn_redrive_dead_letter($1)', [id])
    const ofWebhooks = { kind: 'webhook_delivery' }

    test('is redriven by name and not with the rest: a receiver does not hear of old events because a battle is sent back', async () => {
      const webhook = await createWebhook(database.sql, owner)
      await die(webhook, 3)
      expect(await redriveLetters({})).toEqual({})
      const ids = (await deliveriesOf(database.sql, webhook)).map(({ delivery_id }) => delivery_id).toSorted()
      const [first] = (await letters()).dead_letters
      expect(await redriveLetter(first!.dead_letter_id)).toBe('redriven')
      expect(await redriveLetter(first!.dead_letter_id)).toBe('already_redriven')
      expect(await redriveLetters(ofWebhooks)).toEqual({ redriven: 2 })
      const jobs = await claimDeliveries(database.sql)
      expect(jobs.map(({ delivery_id }) => delivery_id).toSorted()).toEqual(ids)
      expect(jobs.every(({ attempts }) => attempts === 0)).toBe(true)
    })

    test('stays dead while its webhook is disabled, and is gone with it', async () => {
      const webhook = await createWebhook(database.sql, owner)
      await die(webhook, 2)
      expect((await letters()).dead_letters.map(({ redrivable }) => redrivable)).toEqual([true, true])
      await updateWebhook(database.sql, webhook, { status: 'disabled' })
      expect((await letters()).dead_letters.map(({ redrivable }) => redrivable)).toEqual([false, false])
      expect(await redriveLetters(ofWebhooks)).toEqual({ webhook_disabled: 2 })
      await removeWebhook(database.sql, webhook)
      expect(await redriveLetters(ofWebhooks)).toEqual({ webhook_gone: 2 })
      expect(await claimDeliveries(database.sql)).toEqual([])
    })

    test('and by its owner at once is sent once', async () => {
      const webhook = await createWebhook(database.sql, owner)
      await die(webhook, 4)
      const [other] = await database.connectMany(1)
      const [owners, operators] = await Promise.all([redrive(database.sql, webhook), redriveLetters(ofWebhooks, other!)])
      expect(owners.redriven! + (operators.redriven ?? 0)).toBe(4)
      expect(await claimDeliveries(database.sql)).toHaveLength(4)
    })
  })

  test('redriven twice at once sends each delivery once', async () => {
    const webhook = await createWebhook(database.sql, owner)
    await die(webhook, 3)
    const [other] = await database.connectMany(1)
    const outcomes = await Promise.all([redrive(database.sql, webhook), redrive(other!, webhook)])
    expect(outcomes.map(({ redriven }) => redriven).toSorted()).toEqual([0, 3])
    expect(await claimDeliveries(database.sql)).toHaveLength(3)
  })

  test('is redriven even when the housekeeping has forgotten the job', async () => {
    const webhook = await createWebhook(database.sql, owner)
    await die(webhook, 1)
    await database.sql.query('delete from execution.dead_letters; delete from execution.jobs')
    expect(await redrive(database.sql, webhook)).toEqual({ redriven: 1 })
    const [job] = await claimDeliveries(database.sql)
    expect(await deliver(database.sql, job!)).toBe(true)
    expect(await deliveriesOf(database.sql, webhook)).toMatchObject([{ status: 'delivered' }])
  })

  test('rotates its secret: for a day both sign, then the new one alone', async () => {
    const webhook = await createWebhook(database.sql, owner)
    const rotate = (sealed: string) =>
      value(database.sql, 'select webhooks.fn_webhooks_rotate_secret($1, $2, $3)', [webhook.webhookId, owner, sealed])
    const secrets = async () => {
      await pingWebhook(database.sql, webhook)
      const [job] = await claimDeliveries(database.sql)
      return job!.sealed_secrets
    }
    expect(await rotate('second')).toMatchObject({ previous_secret_valid_until: expect.any(String) })
    expect(await secrets()).toEqual(['second', 'v1.k.iv.sealed'])
    await rotate('third')
    expect(await secrets()).toEqual(['third', 'second'])
    await database.sql.query(`update webhooks.subscriptions set previous_valid_until = now() - interval '1 second'`)
    expect(await secrets()).toEqual(['third'])
    expect(await webhookOf(database.sql, webhook)).toMatchObject({ previous_secret_valid_until: null })
  })

  test('is its owner’s: a stranger finds, changes, tests, rotates, reads and removes nothing', async () => {
    const webhook = await createWebhook(database.sql, owner)
    const theirs = { ...webhook, ownerId: stranger }
    expect(await webhookOf(database.sql, theirs)).toBeNull()
    expect(await updateWebhook(database.sql, theirs, { url: 'https://evil.example' })).toBeNull()
    expect(await pingWebhook(database.sql, theirs)).toEqual({ refused: 'not_found' })
    expect(await value(database.sql, `select webhooks.fn_webhooks_rotate_secret($1, $2, 'x')`, [webhook.webhookId, stranger])).toBeNull()
    expect(await value(database.sql, 'select webhooks.fn_webhooks_deliveries($1, $2)', [webhook.webhookId, stranger])).toBeNull()
    expect(await removeWebhook(database.sql, theirs)).toBe(false)
    expect(await value(database.sql, 'select webhooks.fn_webhooks_list($1)', [stranger])).toEqual([])
    expect(await value(database.sql, 'select webhooks.fn_webhooks_list($1)', [owner])).toMatchObject([
      { url: 'https://receiver.example/hook' },
    ])
  })

  test('is shown without its secrets', async () => {
    const webhook = await createWebhook(database.sql, owner)
    expect(JSON.stringify(await webhookOf(database.sql, webhook))).not.toContain('sealed')
  })

  test('is the twentieth at most, also when the last two are made at once', async () => {
    for (let nth = 0; nth < 19; nth++) await createWebhook(database.sql, owner)
    const [first, second] = await database.connectMany(2)
    const made = await Promise.all([first!, second!].map((client) => createWebhookDocument(client, owner)))
    expect(made.filter(({ refused }) => refused === 'webhook_limit')).toHaveLength(1)
    expect((await createWebhookDocument(database.sql, stranger)).refused).toBeUndefined()
  })

  test('pages through its deliveries, newest first, by state', async () => {
    const webhook = await createWebhook(database.sql, owner)
    for (let nth = 0; nth < 5; nth++) await pingWebhook(database.sql, webhook)
    const [job] = await claimDeliveries(database.sql, 1)
    await deliver(database.sql, job!)
    interface Page {
      deliveries: { delivery_id: string; status: string }[]
      next_cursor: string | null
    }
    const page = (cursor: string | null, status: string | null = null) =>
      value<Page>(database.sql, 'select webhooks.fn_webhooks_deliveries($1, $2, $3, 2, $4)', [webhook.webhookId, owner, status, cursor])
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const { deliveries, next_cursor }: Page = await page(cursor)
      seen.push(...deliveries.map(({ delivery_id }) => delivery_id))
      cursor = next_cursor
    } while (cursor !== null)
    expect(new Set(seen).size).toBe(5)
    expect(await page(null, 'delivered')).toMatchObject({ deliveries: [{ status: 'delivered' }], next_cursor: null })
  })
})

describe('the battle it tells of', () => {
  test('goes on whatever becomes of its webhooks, and a cancelled one is told', async () => {
    const { sql } = database
    const webhook = await createWebhook(sql, owner, ['battle.*'])
    const battle = await createBattle(sql, { ownerId: owner })
    await publish(sql, battle)
    await cancel(sql, battle)
    expect((await deliveriesOf(sql, webhook)).map(({ type }) => type)).toEqual([
      'battle.draft',
      'battle.published',
      'battle.executing',
      'battle.cancelled',
    ])
    expect(await claimDeliveries(sql)).toHaveLength(4)
  })

  test('wakes deliver-webhooks, once a transaction', async () => {
    const { sql } = database
    await createWebhook(sql, owner)
    await sql.query(
      `select vault.create_secret('http://platform.test', 'project_url'), vault.create_secret('sb_secret_worker', 'agon_worker_key')`,
    )
    const battle = await createBattle(sql, { ownerId: owner })
    await publish(sql, battle)
    const posts = await rows<{ url: string }>(sql, 'select url from net.http_request_queue order by id')
    expect(posts.map(({ url }) => url.split('/').at(-1))).toEqual(['deliver-webhooks', 'deliver-webhooks', 'dispatch-jobs'])
  })
})
