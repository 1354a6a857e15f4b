import { fileURLToPath } from 'node:url'
import { type AgonClient, createAgonClient } from '@agon/client'
import { type Platform, startPlatform } from '@agon/local-platform'
import { LLMock } from '@copilotkit/aimock'
import { beginningAs } from '../support/clusters.ts'
import { vicunaFixtures } from './fixtures.ts'
import { type ProviderCall, providerCalls } from './provider-calls.ts'
import type { Vicuna80 } from './vicuna80.ts'

/** The whole system, with recorded models behind it, and a signed-in user before it. */
export interface Stage {
  agon: AgonClient
  /** Every call the models have received, in order. */
  calls(): ProviderCall[]
  stop(): Promise<void>
}

/** Starts a platform of its own, on free ports, which leaves nothing behind. */
export async function startStage(data: Vicuna80): Promise<Stage> {
  const models = new LLMock({ port: 0, journalMaxEntries: 0, logLevel: 'silent' })
  models.addFixtures(vicunaFixtures(data))
  await models.start()
  let platform: Platform | undefined
  const stop = async () => {
    await platform?.stop()
    await models.stop()
  }
  try {
    platform = await startPlatform({
      projectDir: fileURLToPath(new URL('../..', import.meta.url)),
      temporary: true,
      ...beginningAs('platform'),
      functionEnv: {
        // One user fights them all, faster than any user writes.
        AGON_WRITES_PER_MINUTE: '0',
        SPARRING_BASE_URL: `${models.url}/v1`,
      },
      vault: { project_url: ({ url }) => url, agon_worker_key: ({ secretKeys }) => secretKeys.worker! },
    })
    const accessToken = await signUp(platform)
    const agon = createAgonClient({ url: platform.url, publishableKey: platform.publishableKey, accessToken: () => accessToken })
    return { agon, calls: () => providerCalls(models.getRequests()), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function signUp({ url, publishableKey }: Platform): Promise<string> {
  const response = await fetch(`${url}/auth/v1/signup`, {
    method: 'POST',
    headers: { apikey: publishableKey, 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'replay@example.test', password: 'a password for one run' }),
  })
  const { access_token: token } = (await response.json()) as { access_token?: string }
  if (!token) throw new Error(`signing up answered ${response.status} without a session`)
  return token
}
