import { expect, test } from 'vitest'
import { createAgonClient } from './index.ts'

test('every method asks its own route, as its user', async () => {
  const asked: string[] = []
  const fetch = async (request: Request) => {
    asked.push(`${request.method} ${request.url.replace('https://project.test/functions/v1/api/', '')} ${await request.text()}`)
    expect(request.headers.get('authorization')).toBe('Bearer token')
    return Response.json({})
  }
  const { localExecutions, localNodes } = createAgonClient({
    url: 'https://project.test',
    publishableKey: 'k',
    accessToken: () => 'token',
    fetch,
  })
  const held = { job_id: 7, lease_token: 3 }
  const output = {
    content_text: 'x',
    wire_model: 'm',
    finish_reason: 'stop' as const,
    input_tokens: null,
    output_tokens: 1,
    cost_usd: null,
    latency_ms: 2,
  }
  await localExecutions.claim({ providers: ['openai'], driver: 'mine', most: 2 })
  await localExecutions.heartbeat(held)
  await localExecutions.complete(held, output)
  await localExecutions.fail(held, { code: 'provider_timeout', message: 'no' }, 500)
  await localExecutions.giveBack(held)
  const result = {
    envelope: { kind: 'text', artifact_kind: 'text' as const, output: 'x' },
    ports: ['output'],
    wire_model: 'm',
    input_tokens: null,
    output_tokens: 1,
    cost_usd: null,
    latency_ms: 2,
  }
  await localNodes.claim({ providers: ['openai'], driver: 'mine', most: 2 })
  await localNodes.heartbeat(held)
  await localNodes.complete(held, result)
  await localNodes.fail(held, { code: 'provider_timeout', message: 'no' }, null)
  await localNodes.giveBack(held)
  expect(asked).toEqual([
    'POST local-executions/claim {"providers":["openai"],"driver":"mine","most":2}',
    'POST local-executions/7/heartbeat {"lease_token":3}',
    `POST local-executions/7/complete {"lease_token":3,"output":${JSON.stringify(output)}}`,
    'POST local-executions/7/fail {"lease_token":3,"error":{"code":"provider_timeout","message":"no"},"backoff_ms":500}',
    'POST local-executions/7/give-back {"lease_token":3}',
    'POST local-nodes/claim {"providers":["openai"],"driver":"mine","most":2}',
    'POST local-nodes/7/heartbeat {"lease_token":3}',
    `POST local-nodes/7/complete {"lease_token":3,"result":${JSON.stringify(result)}}`,
    'POST local-nodes/7/fail {"lease_token":3,"error":{"code":"provider_timeout","message":"no"},"backoff_ms":null}',
    'POST local-nodes/7/give-back {"lease_token":3}',
  ])
})
