import { asyncStep } from './async-step.ts'
import { battleStep } from './battle-step.ts'
import type { Line } from './dispatcher.ts'
import { judgingStep } from './judging-step.ts'
import type { AsyncJob, BattleJob, JudgingJob, WebhookDelivery } from './ports.ts'
import { webhookStep } from './webhook-step.ts'

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

export const webhookDeliveries: Line<WebhookDelivery> = {
  kind: 'webhook_delivery',
  claim: (store, driver, most) => store.claimWebhookDeliveries(driver, most),
  step: webhookStep,
}
