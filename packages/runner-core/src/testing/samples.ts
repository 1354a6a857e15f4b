import type { StepWorld } from '../engine/step.ts'
import type { stepError } from '../errors.ts'
import type {
  Answer,
  BattleJob,
  JudgingJob,
  NodeJob,
  ParentResult,
  Provider,
  Providers,
  TaskJob,
  TextRequest,
  WebhookDelivery,
} from '../ports/index.ts'
import { fail, ok } from '../result.ts'
import { envelopeOf } from '../workflow/envelope.ts'
import { fakeStore } from './fake-store.ts'
import { virtualClock } from './virtual-clock.ts'

export const battleJob = (overrides: Partial<BattleJob> = {}): BattleJob => ({
  leaseToken: 1,
  jobId: 1,
  attempts: 0,
  maxAttempts: 3,
  reclaims: 0,
  inLane: false,
  limitKey: 'sparring',
  battleId: '00000000-0000-4000-8000-000000000001',
  contenderId: 'contender-a',
  slot: 'A',
  modelKey: 'sparring:quill',
  systemPrompt: null,
  taskPrompt: 'Name a colour.',
  inputs: null,
  maxTokens: 100,
  temperature: null,
  handicap: {},
  deadlineMs: null,
  checkpoint: null,
  ...overrides,
})

export const taskJob = (overrides: Partial<TaskJob> = {}): TaskJob => ({
  leaseToken: 1,
  jobId: 1,
  attempts: 0,
  maxAttempts: 3,
  reclaims: 0,
  inLane: false,
  limitKey: 'fal',
  cancels: false,
  battleId: '00000000-0000-4000-8000-000000000001',
  contenderId: 'contender-a',
  slot: 'A',
  modelKey: 'fal:veo-3.1',
  taskPrompt: 'A wave.',
  inputs: null,
  maxTokens: 100,
  handicap: {},
  deadlineMs: null,
  task: null,
  endedTasks: 0,
  ...overrides,
})

export const textAnswer = (slot: string, contentText: string): Answer => ({
  contenderId: `contender-${slot.toLowerCase()}`,
  slot,
  contentText,
  modality: 'text',
  contentUrl: null,
  mimeType: null,
  transcript: null,
  keyframes: null,
})

export const judgingJob = (overrides: Partial<JudgingJob> = {}): JudgingJob => ({
  leaseToken: 1,
  jobId: 7,
  attempts: 0,
  maxAttempts: 3,
  reclaims: 0,
  inLane: false,
  limitKey: 'sparring',
  battleId: '00000000-0000-4000-8000-000000000001',
  judgeId: '00000000-0000-4000-8000-0000000000aa',
  seat: 1,
  judgeModelKey: 'sparring:arbiter',
  mode: 'listwise',
  taskPrompt: 'Name a colour.',
  inputs: null,
  rubric: null,
  generateRubric: false,
  referenceAnswer: null,
  answers: [textAnswer('A', 'Ultramarine.'), textAnswer('B', 'Beige.')],
  recorded: [],
  autoAnalyse: false,
  unreadableVerdicts: 0,
  ...overrides,
})

export const webhookDelivery = (overrides: Partial<WebhookDelivery> = {}): WebhookDelivery => ({
  leaseToken: 1,
  jobId: 11,
  attempts: 0,
  maxAttempts: 8,
  reclaims: 0,
  inLane: false,
  deliveryId: '00000000-0000-4000-8000-00000000000d',
  subscriptionId: '00000000-0000-4000-8000-00000000000e',
  ownerId: '00000000-0000-4000-8000-00000000000f',
  enabled: true,
  url: 'https://receiver.example/hook',
  sealedSecrets: ['sealed'],
  body: '{"type":"battle.closed"}',
  ...overrides,
})

/** A provider that answers with what `reply` returns: a text, or an error. */
export function scriptedProvider(reply: (request: TextRequest, nth: number) => string | ReturnType<typeof stepError> | Promise<string>): {
  providers: Providers
  requests: TextRequest[]
} {
  const requests: TextRequest[] = []
  const provider: Provider = {
    async generateText(request) {
      requests.push(request)
      const answer = await reply(request, requests.length)
      return typeof answer === 'string'
        ? ok({ text: answer, finishReason: 'stop', wireModel: request.wireModel, inputTokens: 3, outputTokens: 2 })
        : fail(answer)
    },
  }
  return { providers: () => ok(provider), requests }
}

export function testWorld(overrides: Partial<StepWorld> & { store?: ReturnType<typeof fakeStore> } = {}) {
  const clock = virtualClock()
  const store = overrides.store ?? fakeStore()
  const { providers } = scriptedProvider(() => 'Blue.')
  return { clock, store, world: { store, providers, clock, random: () => 0.5, log: () => undefined, ...overrides } satisfies StepWorld }
}

export const bounds = { timeoutMs: 45_000, signal: new AbortController().signal }

export const nodeJob = (overrides: Partial<NodeJob> = {}): NodeJob => ({
  leaseToken: 1,
  jobId: 21,
  attempts: 0,
  maxAttempts: 1,
  reclaims: 0,
  inLane: false,
  limitKey: null,
  cancels: false,
  kind: 'workflow_node',
  runId: '00000000-0000-4000-8000-0000000000c1',
  rootRunId: '00000000-0000-4000-8000-0000000000c1',
  workflowId: '00000000-0000-4000-8000-0000000000c2',
  depth: 0,
  dryRun: false,
  ownerId: '00000000-0000-4000-8000-0000000000c3',
  nodeId: 'node',
  nodeType: 'prompt_template',
  label: 'Node',
  config: {},
  lens: null,
  modelKey: null,
  runInputs: {},
  variables: {},
  parents: {},
  edges: [],
  wait: null,
  children: [],
  deadlineMs: null,
  checkpoint: null,
  task: null,
  endedTasks: 0,
  doneBefore: 0,
  ...overrides,
})

/** A node whose parents made these values, in this order: each comes under its label, from a node called so, or from one with an id of its own. */
export function fedBy(
  values: Record<string, unknown>,
  parents: Record<string, Partial<ParentResult>> = {},
): Pick<NodeJob, 'parents' | 'edges'> {
  const made = Object.entries(values).map(([label, value]): [string, ParentResult] => [
    `from_${label}`,
    { label, nodeType: 'prompt_template', status: 'completed', envelope: envelopeOf(value), error: null },
  ])
  const others = Object.entries(parents).map(([id, parent]): [string, ParentResult] => [
    id,
    { label: id, nodeType: 'prompt_template', status: 'completed', envelope: null, error: null, ...parent },
  ])
  return {
    parents: Object.fromEntries([...made, ...others]),
    edges: [...made, ...others].map(([source, parent], ordinal) => ({
      ordinal,
      source,
      sourcePort: 'output',
      sourceOutputKey: parent.envelope?.artifact_kind === 'json' ? 'data' : 'output',
      targetParamLabel: source.startsWith('from_') ? source.slice(5) : 'input',
      mergeStrategy: null,
      outcome: parent.status === 'completed' ? 'taken' : 'failed',
    })),
  }
}
