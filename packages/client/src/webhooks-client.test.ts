import { expect, test } from 'vitest'
import { createAgonClient } from './index.ts'

test('every method asks its own route, as its user', async () => {
  const asked: string[] = []
  const fetch = async (request: Request) => {
    asked.push(`${request.method} ${request.url.replace('https://project.test/functions/v1/api/', '')} ${await request.text()}`.trim())
    expect(request.headers.get('authorization')).toBe('Bearer token')
    return Response.json({})
  }
  const { webhooks } = createAgonClient({ url: 'https://project.test', publishableKey: 'k', accessToken: () => 'token', fetch })
  await webhooks.create({ url: 'https://x.example', event_types: ['*'] })
  await webhooks.list()
  await webhooks.get('w')
  await webhooks.update('w', { status: 'disabled' })
  await webhooks.remove('w')
  await webhooks.test('w')
  await webhooks.rotateSecret('w')
  await webhooks.deliveries('w', { status: 'dead', cursor: '2026-11-20T08:00:00.1+00:00_d' })
  await webhooks.redrive('w')
  await webhooks.redrive('w', 'd')
  expect(asked).toEqual([
    'POST webhooks {"url":"https://x.example","event_types":["*"]}',
    'GET webhooks',
    'GET webhooks/w',
    'PATCH webhooks/w {"status":"disabled"}',
    'DELETE webhooks/w',
    'POST webhooks/w/test',
    'POST webhooks/w/rotate-secret',
    'GET webhooks/w/deliveries?status=dead&cursor=2026-11-20T08%3A00%3A00.1%2B00%3A00_d',
    'POST webhooks/w/redrive',
    'POST webhooks/w/deliveries/d/redrive',
  ])
})
