import { asyncExecutions, battleAnalyses, battleJobs as battleJobLine, battleJudgings, workflowContenders } from '@agon/runner-core'
import { bridgeExecutions, delegatingBattleJobs } from '@agon/runner-core/bridge-step'
import { battleKeyframes } from '@agon/runner-core/keyframes-step'
import { ffmpegCapability } from '../film-tools.ts'
import type { SubWorker } from './sub-worker.ts'

/** What a worker with an execution bridge announces, so that what was delegated is known to be somebody's. */
const bridgeCapability = 'execution_bridge'

export const battleJobs: SubWorker = {
  name: 'battle-jobs',
  does: 'lets contenders answer, workflows among them, asks providers for the tasks they keep, judges, and analyses',
  lines: ({ tools, frames, bridge, wake }) => [
    ...(bridge ? [delegatingBattleJobs({ ...bridge, parked: wake }), bridgeExecutions({ ...bridge, parked: wake })] : [battleJobLine]),
    asyncExecutions,
    battleJudgings,
    battleAnalyses,
    workflowContenders,
    ...(tools ? [battleKeyframes(frames, tools)] : []),
  ],
  capabilities: ({ tools, bridge, configuration }) => ({
    ...(tools && { [ffmpegCapability]: {} }),
    ...(bridge && { [bridgeCapability]: { models: configuration.AGON_BRIDGE_MODELS.globs } }),
  }),
}
