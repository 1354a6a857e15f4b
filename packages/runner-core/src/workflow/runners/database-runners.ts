import type { NodeRunners } from '../node-step.ts'
import { supabaseQueryRunner } from '../tools/rpc.ts'
import { battleCreate, battleExecute, judgeBattle, leaderboardUpdate, scoreAggregator, voteCollector } from './battle-nodes.ts'
import { loopMap, subWorkflow } from './child-nodes.ts'
import { aggregateNode, mergeNode, outputParser, promptTemplate, setVariables } from './data-nodes.ts'
import { errorCatch, ifCondition, stopReturn, switchNode } from './logic-nodes.ts'
import { approvalNode, externalWait, waitNode } from './wait-nodes.ts'

/** Nodes that need the database alone: job kind `workflow_node`. */
export const databaseRunners: NodeRunners = {
  if_condition: ifCondition,
  switch: switchNode,
  merge: mergeNode,
  aggregate: aggregateNode,
  loop_map: loopMap,
  sub_workflow: subWorkflow,
  wait: waitNode,
  approval: approvalNode,
  external_wait: externalWait,
  error_catch: errorCatch,
  stop_return: stopReturn,
  prompt_template: promptTemplate,
  output_parser: outputParser,
  set_variables: setVariables,
  battle_create: battleCreate,
  battle_execute: battleExecute,
  judge_battle: judgeBattle,
  vote_collector: voteCollector,
  score_aggregator: scoreAggregator,
  leaderboard_update: leaderboardUpdate,
  supabase_query: supabaseQueryRunner,
}
