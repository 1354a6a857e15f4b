import { handicapSchema } from '@agon/runner-core/handicap'
import { z } from 'zod'
import { codingFields, codingRules, command } from './battles/coding-requests.ts'
import { judgeFields, judgeRules } from './battles/judge-requests.ts'
import { crowdFields, crowdRules, human } from './battles/people-requests.ts'
import { category } from './boards/board-requests.ts'
import { battleBudget, byokKey, byokKeys } from './funding/funding-requests.ts'
import { fundingSource, localRules } from './local/local-requests.ts'

/** What callers send: every request is parsed by these, and the OpenAPI document describes it by them. */

const modelKey = z.string().min(1).max(200).meta({ example: 'openai:gpt-5-mini', description: 'provider:model; GET /models lists them' })

export const createBattle = z
  .strictObject({
    prompt: z
      .string()
      .trim()
      .min(1)
      .max(32_000)
      .meta({ description: 'The task, at most 32,000 characters', example: 'Write a haiku about the ocean.' }),
    category: category.optional().meta({ description: 'What the task is about: boards can be read by it', example: 'poetry' }),
    title: z.string().trim().min(1).max(200).optional().meta({ description: 'Default: the first line of the prompt' }),
    inputs: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'When given, the prompt is a Liquid template rendered with them; otherwise it is sent as it is' }),
    contenders: z
      .array(
        z.strictObject({
          model: modelKey.optional(),
          command: command.optional(),
          human: human.optional(),
          workflow_id: z.uuid().optional().meta({ description: 'A workflow answers: its published version, as it is now' }),
          workflow_version_id: z.uuid().optional().meta({ description: 'The same, by a version' }),
          inputs: z
            .record(z.string(), z.unknown())
            .optional()
            .meta({ description: 'Of a workflow: what else it is given. Its inputs prompt and task, those it has, are the task' }),
          byok_keys: byokKeys.optional().meta({ description: 'Of a workflow: keys of yours that pay for its run, by provider' }),
          identity: z
            .string()
            .trim()
            .min(1)
            .max(80)
            .optional()
            .meta({ description: 'A persona of the model: rated apart, never shown to the judge' }),
          system_prompt: z.string().min(1).max(8000).optional(),
          byok_key_id: byokKey,
          funding_source: fundingSource,
        }),
      )
      .min(2)
      .max(26),
    ...judgeFields,
    ...crowdFields,
    ...codingFields,
    reference_answer: z.string().min(1).max(32_000).optional(),
    max_tokens: z.number().int().min(1).max(1_000_000).default(4096),
    temperature: z.number().min(0).max(2).optional(),
    handicap: handicapSchema.optional(),
    budget_usd: battleBudget,
    publish: z.boolean().default(false).meta({ description: 'Publish at once: the contenders start to answer' }),
  })
  .superRefine((body, context) => {
    const tell = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    crowdRules(body, tell)
    judgeRules(body, tell)
    codingRules(body, tell)
    localRules(body, tell)
  })
  .meta({ id: 'CreateBattle' })

export const idempotencyKey = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'The same key and body again return the first battle; another body is refused' }),
})

/** For an act, whose effect is the same however often it is done. */
export const repeatKey = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Says that this may be a repeat: when the battle is there already, the answer is 200 and not 409' }),
})

export const battleStatus = z.enum(['draft', 'published', 'executing', 'voting', 'scoring', 'closed', 'cancelled', 'void'])

export const battleId = z.object({ battle_id: z.uuid() })

export const listQuery = z.strictObject({
  status: battleStatus.optional(),
  battle_type: z.enum(['ai_vs_ai', 'human_vs_ai', 'human_vs_human', 'workflow_battle', 'coding', 'qa']).optional(),
  model: modelKey.optional().meta({ description: 'With this model among the contenders; a battle that is still blind is not found by it' }),
  created_after: z.iso.datetime({ offset: true }).optional(),
  created_before: z.iso.datetime({ offset: true }).optional(),
  mine: z.enum(['true', 'false']).default('false').meta({ description: 'Only the caller’s own battles, drafts included' }),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z
    .string()
    .regex(/^\S+ ?\S+_[0-9a-f-]{36}$/, 'use next_cursor of the previous page')
    .optional(),
})

export const eventsQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0).meta({ description: 'cursor of the page before; 0 begins at the beginning' }),
  limit: z.coerce.number().int().min(1).max(200).default(200),
})
