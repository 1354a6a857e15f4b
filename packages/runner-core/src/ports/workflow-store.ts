import type { StepError } from '../errors.ts'
import type { Result } from '../result.ts'
import type { Claim } from './jobs.ts'
import type { ProviderTask } from './providers.ts'
import type { FailureRecord, TextProgress } from './store.ts'
import type { NodeCancelJob, NodeJob, NodeNote, NodeResult, WaitRequest } from './workflow-jobs.ts'

type Stored<T> = Promise<Result<T, StepError>>

/** A node's job as the database fences it. `kind` says by which door its end is told. */
export interface NodeLease {
  kind: string
  jobId: number
  leaseToken: number
}

/** What a node needs to know of a battle: never more than its owner may see. */
export interface BattleView {
  battleId: string
  status: string
  isOwner: boolean
  outcome: string | null
  winnerSlot: string | null
  votingEndsAt: string | null
  taskPrompt: string
  /** The whole document, as the API shows it to the owner. */
  document: Record<string, unknown>
}

export interface BattleScore {
  slot: string
  contenderId: string
  judgeMean: number | null
  verdicts: number
  votes: number
  voteShare: number | null
  score: number | null
}

/** A version that may contend, as the database says; or why it may not. */
export type ContendingVersion =
  | { refused: 'not_found' | 'workflow_unpublished' }
  | {
      version_id: string
      workflow_id: string
      /** As the workflow declares them. */
      inputs: Record<string, unknown>
      /** Capabilities that nobody who was heard of lately has. */
      missing: string[]
      makes: string
      simulated: boolean
    }

/** What drivers of workflow nodes ask of the database. Every `boolean` is false when the lease was lost, and then nothing changed. */
export interface WorkflowStore {
  claimWorkflowNodes(kind: string, driver: string, most: number): Stored<Claim<NodeJob | NodeCancelJob>>
  completeWorkflowNode(lease: NodeLease, result: NodeResult, notes: NodeNote[]): Stored<boolean>
  /** Several of one tree of runs in one transaction: the jobs that were recorded. An error records none. */
  completeWorkflowNodes(ends: { lease: NodeLease; result: NodeResult; notes: NodeNote[] }[]): Stored<number[]>
  /** As completeWorkflowNode, and where exactly one node of the kind may run by that, a claim of one. */
  completeWorkflowNodeAndGoOn(
    lease: NodeLease,
    result: NodeResult,
    notes: NodeNote[],
    driver: string,
  ): Stored<{ recorded: boolean; next: Claim<NodeJob | NodeCancelJob> }>
  /** backoffMs null: the node ends. */
  failWorkflowNode(lease: NodeLease, error: StepError, backoffMs: number | null, notes: NodeNote[]): Stored<FailureRecord>
  /** The node waits without a lease. Children begin in the same transaction. */
  suspendWorkflowNode(lease: NodeLease, wait: WaitRequest, notes: NodeNote[]): Stored<boolean>
  /** The provider has the task: the node waits without a lease. */
  openNodeTask(lease: NodeLease, task: ProviderTask & { pollAfterMs: number }): Stored<boolean>
  /** The task still runs. */
  reparkNodeTask(lease: NodeLease, pollAfterMs: number, progress?: number): Stored<boolean>
  /** Shows a text in progress and keeps its checkpoint. yields: hands the node to the next driver, too. */
  checkpointNode(lease: NodeLease, progress: TextProgress, yields: boolean): Stored<boolean>

  /** A draft for this owner; the battle of before where the key is known. A refusal is an error that says what to change. */
  createBattleFor(ownerId: string, battle: Record<string, unknown>): Stored<{ battleId: string }>
  /** The same, for a battle that leaves slots to the run it is made in. Errors: `lease_lost` too. */
  createBattleInRun(lease: NodeLease, battle: Record<string, unknown>): Stored<{ battleId: string }>
  /**
   * The slot is this node's from now on, and ends with it. slot null: the battle leaves none to a workflow. Errors: `slot_unknown`,
   * `slot_taken`, `battle_state`, `not_found`, `forbidden`, `lease_lost`.
   */
  takeSlot(lease: NodeLease, battleId: string, slot: string): Stored<{ slot: string | null; taskPrompt: string }>
  /** Slots that are left to the run and that no node has taken get no answer. How many; null: the lease was lost. */
  endOpenSlots(lease: NodeLease, battleId: string): Stored<number | null>
  /** The versions that workflows are to contend with, in their order. */
  contendingVersions(ownerId: string, wanted: readonly { version_id?: string; workflow_id?: string }[]): Stored<ContendingVersion[]>
  publishBattleFor(battleId: string, ownerId: string): Stored<string>
  /** Null: there is none, or it is another's draft. */
  battleFor(battleId: string, ownerId: string): Stored<BattleView | null>
  battleScores(battleId: string): Stored<BattleScore[]>
  /** True: rated now. False: it was rated before, or is not to be. */
  rateBattle(battleId: string): Stored<boolean>
}
