import { readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { agon, startAgon, temporaryHome, until } from './support.ts'

const { home, remove } = await temporaryHome({ fresh: true })
afterAll(remove)
const environment = { AGON_HOME: home, AGON_SPARRING_THINKS_MS: '50' }
const slow = { ...environment, AGON_SPARRING_THINKS_MS: '20000' }

test('a battle of the sparring partners, from nothing to a verdict, in one JSON object', async () => {
  const { code, out, err } = await agon(['battle', 'Write a haiku about the ocean.', '--json'], environment)
  expect(err).toBe('')
  expect(code).toBe(0)
  const battle = JSON.parse(out)
  expect(battle).toMatchObject({ status: 'closed', outcome: 'winner', judge: { model: 'sparring:arbiter', simulated: true } })
  expect(battle.contenders).toMatchObject([
    { model: 'sparring:quill', simulated: true, status: 'submitted' },
    { model: 'sparring-anthropic:ember', simulated: true, status: 'submitted' },
  ])
  expect(battle.verdicts.map(({ slot_order }: { slot_order: string }) => slot_order).sort()).toEqual(['AB', 'BA'])
  const moved = battle.contenders.map(({ rating }: { rating: { before: number; after: number } }) => rating.after - rating.before)
  expect(moved.map(Math.abs)).toEqual([16, 16])
})

test('the leaderboard remembers, labels what is simulated, and what is private has mode 0600', async () => {
  const { code, out } = await agon(['leaderboard'], environment)
  expect(code).toBe(0)
  expect(out).toMatch(/1 +sparring.* \(SIMULATED\) +1016 +1 +1 +0 +0/)
  expect(out).toMatch(/2 +sparring.* \(SIMULATED\) +984 +1 +0 +1 +0/)
  const rows = JSON.parse((await agon(['leaderboard', '--json', '--limit', '1'], environment)).out)
  expect(rows).toMatchObject([{ rank: 1, simulated: true, games: 1 }])
  expect(statSync(join(home, 'user.json')).mode & 0o777).toBe(0o600)
})

test('progress is told as it happens: a retry, a failure, a walkover', async () => {
  const { code, out, err } = await agon(['battle', 'Say hello.', '-c', 'sparring:stumbler', '-c', 'sparring:mute'], environment)
  expect(err).toContain('A  sparring:stumbler (SIMULATED): attempt 2/3 after provider_rate_limited')
  expect(err).toContain('B  sparring:mute (SIMULATED) failed: provider_rejected')
  expect(err).toMatch(/A {2}sparring:stumbler \(SIMULATED\) submitted in \d+ ms/)
  expect(out).toContain('A · sparring:stumbler (SIMULATED) wins by walkover')
  expect(code).toBe(0)
})

test('a battle in which nobody answers is void, with exit code 1', async () => {
  const { code, out } = await agon(['battle', 'Say hello.', '-c', 'sparring:mute', '-c', 'sparring:mute as twin'], environment)
  expect(out).toContain('Void: no contender submitted an answer')
  expect(code).toBe(1)
})

test('a judge that gives up does not keep the terminal: the answers are shown, with exit code 1', async () => {
  const { code, out, err } = await agon(['battle', 'Say hello.', '--judge', 'sparring:mute'], environment)
  expect(err).toContain('sparring:mute (SIMULATED) gave up: provider_rejected')
  expect(out).toContain('Not judged: the judge gave up.')
  expect(code).toBe(1)
})

test('the models of a server on this machine fight when no key is set', async () => {
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/models')) return response.end(JSON.stringify({ data: [{ id: 'tiny' }] }))
    response.setHeader('content-type', 'application/json')
    const verdict = JSON.stringify({
      reasoning: 'same',
      scores: [
        { label: 1, score: 5 },
        { label: 2, score: 5 },
      ],
      verdict: 'tie',
    })
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const content = body.includes('impartial judge') ? verdict : 'From the local model.'
      response.end(JSON.stringify({ model: 'tiny', choices: [{ finish_reason: 'stop', message: { role: 'assistant', content } }] }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  const { code, out, err } = await agon(['battle', 'Say hello.'], { ...environment, OLLAMA_BASE_URL: url })
  server.closeAllConnections()
  server.close()
  expect(err).toContain('ollama:tiny is the only local model')
  expect(out).toContain('B  ollama:tiny · thorough')
  expect(out).toContain('Draw: the judge found the best answers equally good.')
  expect(out).not.toContain('SIMULATED')
  expect(code).toBe(0)
})

test('Ctrl-C cancels the battle, says so, and ends with 130', async () => {
  const running = startAgon(['battle', 'Take your time.'], slow)
  await until('the contenders are answering', () => running.err().includes('is answering'))
  running.interrupt()
  const { code, out, err } = await running.ended
  expect(err).toMatch(/Cancelled battle [0-9a-f-]{36}\./)
  expect(out).toContain('Cancelled. No rating moves.')
  expect(code).toBe(130)
})

test('a kept platform serves other processes, and any client with its URL and a user', async () => {
  const keeper = startAgon(['battle', 'Why is the sky blue?', '--keep'], environment)
  await until('the platform is kept', () => keeper.err().includes('Ctrl-C stops it'))
  const { url, publishableKey } = JSON.parse(readFileSync(join(home, 'platform.json'), 'utf8'))
  expect(statSync(join(home, 'platform.json')).mode & 0o777).toBe(0o600)

  // The link of the report answers, with the key it shows.
  const [, key, link] = /curl -H 'apikey: (\S+)' (\S+)/.exec(keeper.out()) ?? []
  const shown = await fetch(link!, { headers: { apikey: key! } })
  expect(await shown.json()).toMatchObject({ status: 'closed', title: 'Why is the sky blue?' })

  const guest = await agon(['battle', 'Name a colour.'], environment)
  expect(guest.err).toContain('Using the platform that process')
  expect(guest.code).toBe(0)

  const user = JSON.parse(readFileSync(join(home, 'user.json'), 'utf8'))
  const session = await fetch(`${url}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { apikey: publishableKey, 'content-type': 'application/json' },
    body: JSON.stringify(user),
  })
  const { access_token } = (await session.json()) as { access_token: string }
  const remote = { AGON_URL: url, AGON_PUBLISHABLE_KEY: publishableKey, AGON_ACCESS_TOKEN: access_token }
  const named = ['-c', 'sparring:quill', '-c', 'sparring-anthropic:ember', '-j', 'sparring:arbiter']
  const elsewhere = await temporaryHome({ fresh: true })
  const far = await agon(['battle', 'Name a bird.', '--json', ...named], { ...remote, AGON_HOME: elsewhere.home })
  elsewhere.remove()
  expect(JSON.parse(far.out)).toMatchObject({ status: 'closed', title: 'Name a bird.' })
  const refused = await agon(['battle', 'x', ...named], { ...remote, AGON_ACCESS_TOKEN: 'nonsense' })
  expect(refused.err).toContain('No valid credential')
  expect(refused.code).toBe(1)

  keeper.interrupt()
  expect((await keeper.ended).code).toBe(0)
})

test('the doctor finds nothing broken, and says what is missing', async () => {
  const { code, out } = await agon(['doctor', '--json'], environment)
  const { ok, checks } = JSON.parse(out)
  expect(checks.filter(({ state }: { state: string }) => state === 'failed')).toEqual([])
  expect({ ok, code }).toEqual({ ok: true, code: 0 })
  const named = Object.fromEntries(checks.map((check: { name: string }) => [check.name, check]))
  for (const name of ['node', 'platform', 'auth', 'database', 'migrations', 'cron', 'net', 'vault', 'function api', 'worker key'])
    expect(named[name], name).toMatchObject({ state: 'ok' })
  expect(named.openai).toMatchObject({ state: 'missing', remedy: expect.stringContaining('OPENAI_API_KEY') })
})
