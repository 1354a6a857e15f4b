import { expect, test } from 'vitest'
import { createAgonClient } from './index.ts'

test('every method asks its own route, as its user', async () => {
  const asked: string[] = []
  const fetch = async (request: Request) => {
    asked.push(`${request.method} ${request.url.replace('https://project.test/functions/v1/api/', '')} ${await request.text()}`.trim())
    expect(request.headers.get('authorization')).toBe('Bearer token')
    return Response.json({})
  }
  const { triggers } = createAgonClient({ url: 'https://project.test', publishableKey: 'k', accessToken: () => 'token', fetch })
  await triggers.create({ workflow_id: 'w', kind: 'manual' })
  await triggers.list()
  await triggers.list({ workflow_id: 'w' })
  await triggers.get('t')
  await triggers.update('t', { enabled: false })
  await triggers.remove('t')
  await triggers.fire('t', { topic: 'tides' })
  await triggers.rotateSecret('t')
  await triggers.firings('t', { limit: 5, cursor: 9 })
  await triggers.preview({ cron_expr: '0 9 * * *' })
  expect(asked).toEqual([
    'POST triggers {"workflow_id":"w","kind":"manual"}',
    'GET triggers',
    'GET triggers?workflow_id=w',
    'GET triggers/t',
    'PATCH triggers/t {"enabled":false}',
    'DELETE triggers/t',
    'POST triggers/t/fire {"inputs":{"topic":"tides"}}',
    'POST triggers/t/rotate-secret',
    'GET triggers/t/firings?limit=5&cursor=9',
    'POST triggers/preview {"cron_expr":"0 9 * * *"}',
  ])
})
