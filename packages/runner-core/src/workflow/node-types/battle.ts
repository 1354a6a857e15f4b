import { z } from 'zod'
import { handicapSchema } from '../../models/handicap.ts'
import { closed } from '../closed-object.ts'
import { choice, DAY_MS, idOrTemplate, modelKey, type NodeType, nodeType, optional, template } from './node-type.ts'

const family = 'battle'
const battleId = idOrTemplate.optional().describe('Without it, the battle that the input battle brings')
const battle = optional('json', 'What battle_create made: an object with battle_id')
const aliases = { id: 'battle_id' }

const judge = closed({ model: modelKey.optional(), weight: z.number().min(0).max(999).optional(), byok_key_id: z.uuid().optional() })
const criterion = closed({
  title: z.string().min(1).max(200),
  description: z.string().max(2000).optional(),
  weight: z.number().positive().max(100).optional(),
})

export const battleTypes: NodeType[] = [
  nodeType({
    type: 'battle_create',
    family,
    summary: 'Creates a battle, and publishes it unless automation_mode is manual.',
    keys: {
      title: template(200),
      task_prompt: template().describe('The task'),
      contenders: z
        .array(
          closed({
            model: modelKey.optional(),
            human: closed({ user_id: z.uuid().optional(), identity: z.string().min(1).max(80).optional() }).optional(),
            workflow: z.literal(true).optional(),
            node: z.string().min(1).max(63).optional(),
            workflow_id: z.uuid().optional(),
            workflow_version_id: z.uuid().optional(),
            inputs: z.record(z.string(), z.unknown()).optional(),
            byok_keys: z.record(z.string().max(100), z.uuid()).optional(),
            identity: z.string().min(1).max(80).optional(),
            system_prompt: z.string().min(1).max(8000).optional(),
            byok_key_id: z.uuid().optional(),
          }),
        )
        .min(2)
        .max(26)
        .optional()
        .describe(
          '2 to 26. Without them, the input contenders. {"workflow": true} leaves a slot to a contender_run of this run, {"node": "<id>"} to that one; {"workflow_id": "…", "inputs": {…}} lets a run of another workflow answer',
        ),
      battle_type: choice('ai_vs_ai', 'human_vs_ai', 'human_vs_human', 'workflow_battle', 'coding', 'qa').optional(),
      scoring_mode: choice('ai_judge', 'community', 'hybrid').default('ai_judge'),
      judges: z.array(judge).min(1).max(9).optional().describe('1 to 9. One without a model is the default for text'),
      rubric: z.array(criterion).min(1).max(20).optional(),
      reference_answer: template().optional(),
      category: z.string().min(1).max(80).optional(),
      automation_mode: choice('manual', 'semi_auto', 'full_auto')
        .default('manual')
        .describe('manual: a draft. semi_auto: published, its results are shown when the owner says so. full_auto: published, results too'),
      voting_duration_hours: z.number().min(0).max(720).optional(),
      voter_eligibility: choice('anyone', 'confirmed_email').default('anyone'),
      handicap: handicapSchema.optional(),
      max_tokens: z.int().min(1).max(1_000_000).default(4096),
      temperature: z.number().min(0).max(2).optional(),
      budget_usd: z.number().min(0).max(1_000_000).optional(),
    },
    aliases: { judging_mode: 'scoring_mode', handicap_config: 'handicap' },
    parameters: { contenders: optional('array', 'The contenders, as config names them'), input: optional('any', 'For the templates') },
    sideEffects: true,
    templates: ['title', 'task_prompt', 'reference_answer'],
  }),
  nodeType({
    type: 'battle_execute',
    family,
    summary:
      'Collects what the contender_run nodes before it made, by slot, whatever became of them. A slot left to this run that none has taken gets no answer.',
    keys: {
      battle_id: battleId,
      timeout_ms: z
        .int()
        .min(1)
        .max(DAY_MS)
        .default(60_000)
        .describe('How long the contender_run nodes before it have, together, from when the first of them may run'),
      parallel: z.boolean().default(true).describe('false: they run one after the other'),
      task_prompt: template().optional().describe('Instead of the battle’s own; also the text of what it emits'),
    },
    aliases,
    parameters: { battle, input: optional('any', 'What the contenders made') },
    ports: ['results'],
    join: 'all_settled',
    templates: ['battle_id', 'task_prompt'],
  }),
  nodeType({
    type: 'contender_run',
    family,
    summary: 'Lets one model answer, as one slot of a battle; where battle_create leaves the slot to this run, that is its submission.',
    keys: {
      slot: z.string().regex(/^[A-Z]$/, 'expected a letter from A to Z'),
      model_key: modelKey.optional(),
      prompt: template().optional().describe('The task. Without it, the input prompt, else the task of the battle'),
      system_prompt: z.string().max(32_000).optional(),
      personality_note: z.string().max(2000).optional().describe('How it is to speak; a part of its system prompt'),
      battle_id: battleId,
      contender_id: idOrTemplate.optional(),
      max_tokens: z.int().min(1).max(1_000_000).default(4096),
      temperature: z.number().min(0).max(2).optional(),
    },
    parameters: { prompt: optional('string', 'The task'), battle, input: optional('any', 'For the templates') },
    jobKind: 'lens_run',
    modelKind: 'text',
    lens: 'optional',
    templates: ['prompt', 'battle_id', 'contender_id'],
    promptKey: 'prompt',
    timeoutMs: 300_000,
  }),
  nodeType({
    type: 'judge_battle',
    family,
    summary: 'Waits until the judges of a battle have given their verdicts.',
    keys: {
      battle_id: battleId,
      model_key: modelKey.optional().describe('For older documents: the judges are those of the battle'),
      criteria: z.array(criterion).min(1).max(20).optional(),
      max_score_per_criterion: z.int().min(1).max(100).default(10),
    },
    aliases,
    parameters: { battle, results: optional('json', 'What battle_execute collected'), input: optional('any', 'The same') },
    templates: ['battle_id'],
    timeoutMs: DAY_MS,
  }),
  nodeType({
    type: 'vote_collector',
    family,
    summary: 'Waits until a battle has enough votes, or its vote is over, and reads the tally.',
    keys: {
      battle_id: battleId,
      quorum: z.int().min(0).max(1_000_000).default(0).describe('So many votes are enough; 0: as many as come until the vote is over'),
    },
    aliases,
    parameters: { battle, input: optional('any', 'The same') },
    templates: ['battle_id'],
    timeoutMs: 7 * DAY_MS,
  }),
  nodeType({
    type: 'score_aggregator',
    family,
    summary: 'Finalises a battle: scores, winner, ratings; once, however often it is asked.',
    keys: { battle_id: battleId },
    aliases,
    parameters: { battle, input: optional('any', 'The same') },
    sideEffects: true,
    templates: ['battle_id'],
  }),
  nodeType({
    type: 'leaderboard_update',
    family,
    summary: 'Rates the contenders of a closed battle, if that has not been done, and reads where they stand.',
    keys: { battle_id: battleId },
    aliases,
    parameters: { battle, input: optional('any', 'The same') },
    sideEffects: true,
    templates: ['battle_id'],
  }),
]
