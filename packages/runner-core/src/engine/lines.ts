import type { AnalysisJob, AsyncJob, BattleJob, JudgingJob, WebhookDelivery, WorkflowContenderJob } from '../ports/index.ts'
import { analysisStep } from '../steps/analysis-step.ts'
import { asyncStep } from '../steps/async-step.ts'
import { battleStep } from '../steps/battle-step.ts'
import { judgingStep } from '../steps/judging-step.ts'
import { webhookStep } from '../steps/webhook-step.ts'
import { workflowContenderStep } from '../steps/workflow-contender-step.ts'
import type { Line } from './dispatcher.ts'

/** What jobs are for, and the step each takes. A driver drains any of them. */
export const battleJobs: Line<BattleJob> = {
  kind: 'battle_job',
  claim: (store, driver, most) => store.claimBattleJobs(driver, most),
  step: battleStep,
}

export const asyncExecutions: Line<AsyncJob> = {
  kind: 'async_execution',
  claim: (store, driver, most) => store.claimAsyncExecutions(driver, most),
  step: asyncStep,
}

export const battleJudgings: Line<JudgingJob> = {
  kind: 'battle_judging',
  claim: (store, driver, most) => store.claimBattleJudgings(driver, most),
  step: judgingStep,
}

export const battleAnalyses: Line<AnalysisJob> = {
  kind: 'battle_analysis',
  claim: (store, driver, most) => store.claimBattleAnalyses(driver, most),
  step: analysisStep,
}

export const webhookDeliveries: Line<WebhookDelivery> = {
  kind: 'webhook_delivery',
  claim: (store, driver, most) => store.claimWebhookDeliveries(driver, most),
  step: webhookStep,
}

export const workflowContenders: Line<WorkflowContenderJob> = {
  kind: 'workflow_contender',
  claim: (store, driver, most) => store.claimWorkflowContenders(driver, most),
  step: workflowContenderStep,
}
