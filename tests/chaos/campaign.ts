import { setTimeout as delay } from 'node:timers/promises'
import { createDice, type Dice } from './dice.ts'
import { faults as everyFault, type Fault } from './faults.ts'
import { type Findings, findings } from './findings.ts'
import { findingsOfFlows, openFlows } from './flows.ts'
import { type BattleKind, battleKinds } from './kinds.ts'
import { type Strike, strike } from './recovery.ts'
import { findingsOfRuns, type PromisedRun, startRuns } from './runs.ts'
import { type Stage, startStage, type User } from './stage.ts'
import { teamsHad } from './teams.ts'

export interface CampaignOptions {
  seed: string
  /** Battles to play at least. */
  battles: number
  /** How long things break at least. */
  minutes: number
  /** Battles published and not over. */
  inFlight?: number
  /** Of each of the two workflow runs that go on beside the battles; 0: no runs. */
  runNodes?: number
  /** Clients who run workflows, one run after the other, beside the battles. */
  flows?: number
  /** Without such clients: runs of each kind of team, beside the battles. */
  teams?: number
  /** How much of all provider calls fails. */
  faultRate?: number
  /** See StageOptions. */
  leaseMs?: number
  providerTimeoutMs?: number
  faults?: readonly Fault[]
  /** At most so many of them. */
  mostFaults?: number
  /** Between two faults, in milliseconds. */
  everyMs?: readonly [least: number, most: number]
  /** What else goes on while things break, until it is told that they do no more. */
  beside?(stage: Stage, goesOn: () => boolean): Promise<unknown>
  onProgress?(line: string): void
}

/** A battle that a client was promised. */
export interface Promised {
  battleId: string
  kind: string
  key: string
  cancelled: boolean
}

export interface CampaignReport extends Findings {
  seed: string
  promised: Promised[]
  runs: PromisedRun[]
  byRunStatus: Record<string, number>
  /** Teams by why they ended, or by how they stand; and the turns that were had in all. */
  byTeamEnd: Record<string, number>
  turns: number
  strikes: Strike[]
  seconds: number
}

/** How long the last battles may take once nothing breaks any more. */
const patienceMs = 90_000
const unfinished = `status not in ('draft', 'closed', 'void', 'cancelled')`

/**
 * Plays battles while everything breaks, then lets everything be well, waits for what is left, and says what it found. What happens is drawn
 * from the seed; when it happens is the machine's.
 */
export async function campaign(options: CampaignOptions): Promise<CampaignReport> {
  const {
    seed,
    battles,
    minutes,
    inFlight = 12,
    runNodes = 500,
    flows = 0,
    teams = 0,
    faultRate = 0.2,
    faults = everyFault,
    mostFaults = Number.POSITIVE_INFINITY,
    everyMs = [800, 2500],
    beside = async () => undefined,
    onProgress = () => undefined,
  } = options
  const began = performance.now()
  const { leaseMs, providerTimeoutMs } = options
  const stage = await startStage({ seed, faultRate, ...(leaseMs && { leaseMs }), ...(providerTimeoutMs && { providerTimeoutMs }) })
  const promised: Promised[] = []
  const strikes: Strike[] = []
  const company: Promise<unknown>[] = []
  let playing = true
  try {
    const runs = runNodes > 0 ? await startRuns(stage, createDice(`${seed} runs`), runNodes) : []
    const startFlows = await openFlows(stage, { seed, lanes: flows, teams, inFlight, goesOn: () => playing })
    const breakUntil = performance.now() + minutes * 60_000
    const drawn = createDice(`${seed} kinds`)
    const bag = battleKinds.flatMap((kind) => Array.from({ length: kind.weight }, () => kind))
    const nextKind = drawn.deal(bag)

    async function lane(nth: number): Promise<void> {
      const dice = createDice(`${seed} lane ${nth}`)
      while (promised.length < battles || performance.now() < breakUntil) {
        const user = stage.users[nth % stage.users.length]!
        const battle = await play(stage, nextKind(), `${seed}-${nth}-${promised.length}`, user, dice)
        promised.push(battle)
        const kind = battleKinds.find(({ name }) => name === battle.kind)!
        company.push(...(kind.accompany ? [kind.accompany(battle.battleId, user, stage, dice).catch(() => undefined)] : []))
        if (dice.chance(0.1)) {
          await delay(dice.between(0, 800))
          const { status } = await stage.request(user, `/battles/${battle.battleId}/cancel`)
          battle.cancelled = status === 200
        }
        await room(stage, inFlight)
      }
    }

    const lanes = Promise.all(Array.from({ length: 4 }, (_, nth) => lane(nth))).finally(() => {
      playing = false
    })
    const watching: Promise<void>[] = []
    const dice = createDice(`${seed} faults`)
    const nextFault = dice.deal(faults)
    const breaking = (async () => {
      while (playing && watching.length < mostFaults) {
        await delay(dice.between(...everyMs))
        if (!playing) return
        const fault = nextFault()
        const { recovered } = await strike(fault, stage, dice, (each) => strikes.push(each))
        watching.push(recovered)
        onProgress(`${promised.length} battles, ${strikes.length} faults: ${fault.name}`)
      }
    })()
    const operating = operate(stage, createDice(`${seed} operator`), () => playing)
    const [promisedFlows] = await Promise.all([startFlows(), lanes, breaking, operating, beside(stage, () => playing)])
    runs.push(...promisedFlows.runs)

    // Everything is well again, and whatever is left comes to its end.
    stage.wires.recover()
    stage.audience.recover()
    await letGo(stage)
    await settled(stage)
    await Promise.race([Promise.all(company), delay(patienceMs)])
    await Promise.all(watching)
    await settled(stage) // what the last of them did has come to its end, too
    const found = await findings(stage, promised)
    for (const { kind, what } of [...(await findingsOfRuns(stage, runs)), ...(await findingsOfFlows(stage, promisedFlows))])
      found[kind].push(what)
    const statuses = await stage.sql<{ status: string; n: string }>(
      'select status, count(*) as n from lenses.workflow_runs group by 1 order by 1',
    )
    const byRunStatus = Object.fromEntries(statuses.map(({ status, n }) => [status, Number(n)]))
    const had = await teamsHad(stage.sql)
    return { seed, promised, runs, byRunStatus, ...had, strikes, seconds: (performance.now() - began) / 1000, ...found }
  } finally {
    await stage.stop()
  }
}

async function play(stage: Stage, kind: BattleKind, key: string, user: User, dice: Dice): Promise<Promised> {
  const body = { ...kind.request(dice), publish: true }
  const made = await stage.request(user, '/battles', { body, headers: { 'idempotency-key': key } })
  const { battle_id } = made.body as { battle_id?: string }
  if (!battle_id) throw new Error(`a battle of kind ${kind.name} was refused with ${made.status}: ${JSON.stringify(made.body)}`)
  return { battleId: battle_id, kind: kind.name, key, cancelled: false }
}

/** Waits until fewer battles than that are under way. */
async function room({ sql }: Stage, inFlight: number): Promise<void> {
  for (;;) {
    const [row] = await sql<{ n: string }>(`select count(*) as n from battles.battles where ${unfinished}`)
    if (Number(row!.n) < inFlight) return
    await delay(50)
  }
}

/** What operators do at random: stop a battle and let it go on, send dead letters back, switch a provider off for a while. */
async function operate({ sql }: Stage, dice: Dice, goesOn: () => boolean): Promise<void> {
  while (goesOn()) {
    await delay(dice.between(100, 700))
    const act = dice.pick(['hold', 'hold', 'redrive', 'switch'])
    if (act === 'hold') {
      const [battle] = await sql<{ battle_id: string }>(
        `select battle_id from battles.battles where ${unfinished} and held_at is null order by random() limit 1`,
      )
      if (!battle) continue
      await sql(`select battles.fn_battles_hold($1, 'chaos')`, [battle.battle_id])
      await delay(dice.between(50, 1200))
      await sql('select battles.fn_battles_release($1)', [battle.battle_id])
    } else if (act === 'redrive') {
      await sql(
        `select battles.fn_redrive_dead_letter(dead_letter_id) from execution.dead_letters where redriven_at is null order by random() limit 2`,
      )
    } else {
      const provider = dice.pick(['sparring', 'compatible'])
      await sql(`select execution.fn_operator_switch('provider', $1, true, 'chaos')`, [provider])
      await delay(dice.between(50, 800))
      await sql(`select execution.fn_operator_switch('provider', $1, false)`, [provider])
    }
  }
}

async function letGo({ sql }: Stage): Promise<void> {
  await sql(`select lenses.disable_trigger(trigger_id, 'owner') from lenses.workflow_triggers where kind = 'schedule' and enabled`)
  await sql('select battles.fn_battles_release(battle_id) from battles.battles where held_at is not null')
  await sql('select execution.fn_operator_switch(scope, name, false) from execution.switches')
}

async function settled({ sql }: Stage): Promise<void> {
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline; await delay(200)) {
    // What waits for minutes, as a webhook's next attempt does, waits no longer.
    await sql(
      'update execution.later set run_after = now() where ctid = any (array(select ctid from execution.later for update skip locked))',
    )
    const [row] = await sql<{ n: string }>(
      `select (select count(*) from battles.battles where ${unfinished}) + (select count(*) from lenses.workflow_runs where finished_at is null) + (select count(*) from execution.jobs where state in ('active', 'held')) as n`,
    )
    if (Number(row!.n) === 0) return
  }
}
