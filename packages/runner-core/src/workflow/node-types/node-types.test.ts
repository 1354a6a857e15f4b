import { describe, expect, it } from 'vitest'
import { snakeKeys } from '../closed-object.ts'
import { commonKeyNames, nodeTypeList, nodeTypes } from './index.ts'

const issue = [
  ...['battle_create', 'battle_execute', 'contender_run', 'judge_battle', 'vote_collector', 'score_aggregator', 'leaderboard_update'],
  ...['text_to_image', 'text_to_speech', 'text_to_video', 'image_to_image', 'speech_to_text', 'image_to_audio', 'image_upscale'],
  ...['media_convert', 'lens', 'prompt_template', 'output_parser', 'if_condition', 'switch', 'merge', 'aggregate', 'loop_map'],
  ...['set_variables', 'code', 'http_request', 'webhook_sender', 'email_send', 'slack_notify', 'discord_notify', 'object_storage_upload'],
  ...[
    'object_storage_download',
    'supabase_query',
    'sub_workflow',
    'wait',
    'approval',
    'external_wait',
    'error_catch',
    'stop_return',
    'team_run',
  ],
]

const parse = (type: string, config: Record<string, unknown>) => {
  const known = nodeTypes.get(type)!
  return known.config.safeParse(snakeKeys(known.config, config, known.aliases))
}

describe('the registry of node types', () => {
  it('has every type that was asked for, once', () => {
    expect(nodeTypeList.map(({ type }) => type).sort()).toEqual(issue.sort())
  })

  it.each(nodeTypeList.map((each) => [each.type, each] as const))('%s reads the keys that it says', (_, each) => {
    const keys = Object.keys(each.config.shape)
    expect(keys).toEqual(expect.arrayContaining(commonKeyNames))
    for (const key of [...each.templates, ...each.expressions, ...Object.values(each.aliases)]) expect(keys).toContain(key)
    for (const alias of Object.keys(each.aliases)) expect(keys).not.toContain(alias)
    for (const key of keys) expect(key).toMatch(/^[a-z][a-z0-9_]*$/)
    expect(each.modelKind(undefined) === undefined || keys.includes('model_key')).toBe(true)
    expect(each.ports({}, undefined)).not.toContain('error')
  })

  it('gives every node the defaults of the semantics', () => {
    expect(parse('prompt_template', { template: 'x' }).data).toMatchObject({
      retry: { attempts: 1, backoff_ms: 500, max_backoff_ms: 8000, retry_on: ['timeout', 'provider_error', 'rate_limit'] },
      timeout_ms: 60_000,
      on_parent_failure: 'skip',
      merge: 'last_write_wins',
      moderation: 'off',
      param_overrides: {},
    })
  })

  it('reads the example of the battle_execute page as it stands', () => {
    const config = {
      battleId: 'a1b2c3d4-e5f6-7890-abcd-ef1234567890',
      timeoutMs: 90000,
      parallel: true,
      taskPrompt: 'Write a haiku about the ocean.',
    }
    expect(parse('battle_execute', config).data).toMatchObject({
      battle_id: config.battleId,
      timeout_ms: 90_000,
      parallel: true,
      task_prompt: config.taskPrompt,
    })
    expect(parse('battle_execute', {}).data).toMatchObject({ timeout_ms: 60_000, parallel: true })
    expect(nodeTypes.get('battle_execute')!.join({})).toBe('all_settled')
  })

  it('reads older spellings, deep inside too, and leaves what is data alone', () => {
    expect(
      parse('if_condition', { inputPath: 'score', operator: 'at_least', value: 7, onParentFailure: 'propagate', retry: { backoffMs: 1 } })
        .data,
    ).toMatchObject({
      path: 'score',
      on_parent_failure: 'propagate',
      retry: { attempts: 1, backoff_ms: 1 },
    })
    expect(parse('http_request', { url: 'https://a.example', headers: { xApiKey: 'k' }, body: { camelCase: 1 } }).data).toMatchObject({
      headers: { xApiKey: 'k' },
      body: { camelCase: 1 },
    })
  })

  it('names an unknown key, and the one that was meant', () => {
    const { error } = parse('prompt_template', { template: 'x', timeout: 5, trimOutputs: true })
    expect(error!.issues.map(({ message }) => message).join()).toContain('unknown key trimOutputs. Did you mean trim_output?')
    expect(parse('wait', { duration_ms: 1, durationMs: 2 }).success).toBe(false)
  })
})
