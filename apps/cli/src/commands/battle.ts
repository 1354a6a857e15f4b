import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { AgonClient, Battle, CreateBattle, Outcome } from '@agon/client'
import { configuredProviders } from '@agon/providers'
import { createStory } from '../battle/progress.ts'
import { battleReport } from '../battle/report.ts'
import { problemError, usageError } from '../cli-error.ts'
import { checkAvailable } from '../contenders/availability.ts'
import { type Contender, defaultJudge, defaultLineup, type Lineup, type Means, mediaLineup } from '../contenders/lineup.ts'
import { findLocalServers } from '../contenders/local-servers.ts'
import { checkContenders, kindOf, type NamedJudge } from '../contenders/named.ts'
import { sentContenders, workflowFiles } from '../contenders/workflows.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { readProviders, runningPlatform } from '../platform/local-platform.ts'
import { remoteOf, type Session } from '../platform/session.ts'
import type { MediaKind } from '../sparring/artists.ts'
import { sparringProviders } from '../sparring/partners.ts'
import { type Context, closeSession, openSession } from './context.ts'

export interface BattleOptions {
  kind?: 'text' | MediaKind
  contender?: Contender[]
  judge?: NamedJudge[]
  judgeMode?: 'listwise' | 'pairwise' | 'rubric'
  /** A file, or auto. */
  rubric?: string
  allowOwnFamily?: true
  autoAnalyse?: true
  title?: string
  maxTokens?: number
  temperature?: number
  scoring?: 'ai_judge' | 'community' | 'hybrid'
  voteWeighting?: 'equal' | 'reliability'
  /** In seconds. */
  votingWindow?: number
  reference?: string
  json?: true
  keep?: true
  url?: string
  publishableKey?: string
  accessToken?: string
}

/** What is fought over when nobody says: short, judgeable, and every model has an opinion. */
export const defaultPrompt =
  'Explain to a homesick lighthouse keeper why the sea is salty, in at most five sentences. End with a line worth painting on the lighthouse door.'

/** Creates a battle, shows it as it happens, and reports how it ended. */
export async function battleCommand(prompt: string, options: BattleOptions, context: Context): Promise<ExitCode> {
  const remote = remoteOf(options, context.variables)
  if (remote && !remote.accessToken) {
    throw usageError(
      'A battle on a remote project belongs to a user.',
      'Give --access-token (a Supabase Auth session), or set AGON_ACCESS_TOKEN.',
    )
  }
  if (prompt.trim() === '') throw usageError('The prompt is empty.', 'npm run battle -- "Write a haiku about the ocean."')
  if (options.contender) checkContenders(options.contender)
  const documents = workflowFiles(options.contender ?? [])
  const reference = options.reference === undefined ? undefined : readReference(options.reference)

  const rubric = options.rubric === undefined ? undefined : readRubric(options.rubric)

  const lineup = await chooseLineup(options, context, remote !== undefined)
  if (!remote) await checkBeforehand(lineup, context)
  if (lineup.note) context.tell(context.err.dim(lineup.note))
  if (!remote) context.tell(context.err.dim('Starting the platform…'))

  const session = await openSession(context, remote, true)
  try {
    if (session.local) {
      // Again: another process may have begun to run the platform meanwhile.
      if (session.local.providers) checkAvailable(lineup, session.local.providers, session.local.hostPid)
      context.tell(context.err.dim(startLine(session)))
    }
    if (context.interrupt.signal.aborted) return exitCodes.cancelled
    const battle = await fight(
      session.agon,
      requestOf(
        prompt,
        options,
        { ...lineup, sent: await sentContenders(lineup.contenders, documents, session.agon) },
        { reference, rubric },
      ),
      context,
      remote ? 500 : 100,
    )
    const stays = remote !== undefined || session.local?.hostPid !== undefined || (options.keep && !context.interrupt.signal.aborted)
    if (options.json) context.print(JSON.stringify(battle))
    else {
      const link = {
        url: session.url,
        publishableKey: session.publishableKey,
        ...(stays ? {} : { note: 'It answers while the platform runs: npm run battle -- --keep.' }),
      }
      context.print(`\n${battleReport(battle, { width: context.width, style: context.out, link })}`)
    }
    if (options.keep && session.local && !session.local.hostPid && !context.interrupt.signal.aborted) {
      context.tell(`\nThe platform runs at ${session.url}. Ctrl-C stops it.`)
      await once(context.interrupt.signal, 'abort')
      return battle.status === 'void' ? exitCodes.failed : exitCodes.done
    }
    if (battle.status === 'cancelled') return exitCodes.cancelled
    return battle.status === 'closed' || battle.status === 'voting' ? exitCodes.done : exitCodes.failed
  } finally {
    await closeSession(context, session)
  }
}

/** Who fights: as named, completed by what this machine can call. */
async function chooseLineup(options: BattleOptions, context: Context, isRemote: boolean): Promise<Lineup> {
  const { contender: contenders, judge: panel, scoring } = options
  const judge = panel?.[0]?.model
  const kind = contenders?.[0] && kindOf(contenders[0])
  if (contenders && options.kind !== undefined && kind !== options.kind)
    throw usageError(`--kind ${options.kind}: ${contenders[0]!.model} makes ${kind}.`, 'Leave --kind out where contenders are named.')
  if (!contenders && options.kind !== undefined && options.kind !== 'text')
    return chooseMediaLineup(options.kind, options, context, isRemote)
  if (contenders && kind !== undefined && kind !== 'text' && !judge) {
    if (scoring !== undefined && scoring !== 'community')
      throw usageError(
        `A battle of ${kind} that is judged needs its judge named.`,
        'Give --judge, or leave --scoring out: then votes decide.',
      )
    return { contenders, note: `A battle of ${kind} is decided by votes: npm run agon -- vote.` }
  }
  if (scoring === 'community') {
    if (judge) throw usageError('A community battle is decided by votes alone.', 'Leave --judge out, or choose --scoring hybrid.')
    if (contenders) return { contenders }
  }
  if (contenders && judge) return { contenders, judge, ...(panel && { panel }) }
  if (isRemote) {
    if (!contenders)
      throw usageError('A battle on a remote project needs its contenders named.', 'Give --contender at least twice, and --judge.')
    throw usageError(
      'A battle on a remote project needs its judge named.',
      'Give --judge openai:gpt-5-mini, or another model that project can call.',
    )
  }
  const means = await findMeans(context)
  if (scoring === 'community') return { contenders: defaultLineup(means).contenders }
  if (contenders) return { contenders, judge: defaultJudge(contenders, means) }
  const lineup = defaultLineup(means)
  return judge ? { ...lineup, judge, ...(panel && { panel }) } : lineup
}

async function chooseMediaLineup(
  kind: MediaKind,
  { judge: panel, scoring }: BattleOptions,
  context: Context,
  isRemote: boolean,
): Promise<Lineup> {
  if (isRemote) throw usageError('A battle on a remote project needs its contenders named.', 'Give --contender at least twice.')
  const lineup = mediaLineup(kind, await findMeans(context))
  const named = panel?.[0]?.model
  if (named !== undefined) return { ...lineup, judge: named, ...(panel && { panel }) }
  const { judge, ...voted } = lineup
  if (scoring === 'community') return voted
  if (scoring !== undefined && judge === undefined)
    throw usageError(
      `A battle of ${kind} that is judged needs its judge named.`,
      'Give --judge, or leave --scoring out: then votes decide.',
    )
  return lineup
}

/** The same check as on the platform, without waiting for it to start. */
export async function checkBeforehand(lineup: Lineup, { home, variables }: Context): Promise<void> {
  const running = await runningPlatform(home)
  checkAvailable(lineup, running?.providers ?? [...configuredProviders(readProviders(variables)), ...sparringProviders], running?.pid)
}

export async function findMeans({ home, variables }: Context): Promise<Means> {
  const [running, servers] = await Promise.all([runningPlatform(home), findLocalServers(variables)])
  const { configured } = readProviders(variables)
  const keyed = Object.values(configured).flatMap(({ id, apiKey }) =>
    apiKey && (!running?.providers || running.providers.includes(id)) ? [id] : [],
  )
  return { keyed, servers }
}

function readReference(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw usageError(`--reference ${path} cannot be read: ${(error as Error).message}.`)
  }
}

/** The API says what is wrong with a criterion; here it has to be JSON. */
function readRubric(path: string): CreateBattle['rubric'] {
  if (path === 'auto') return 'auto'
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as CreateBattle['rubric']
  } catch (error) {
    throw usageError(
      `--rubric ${path} is no JSON file: ${(error as Error).message}.`,
      'It looks like [{"title": "Correct", "weight": 2}]; or give auto.',
    )
  }
}

function requestOf(
  prompt: string,
  options: BattleOptions,
  { sent, judge, panel }: Lineup & { sent: CreateBattle['contenders'] },
  { reference, rubric }: { reference: string | undefined; rubric: CreateBattle['rubric'] },
): CreateBattle {
  const { title, maxTokens, temperature } = options
  return {
    prompt,
    contenders: sent,
    ...(panel && panel.length > 0
      ? { judges: panel.map(({ model, weight = 1 }) => ({ model, weight })) }
      : judge === undefined
        ? { scoring_mode: 'community' as const }
        : { judge: { model: judge } }),
    // A judge that was chosen for want of a better one is told of, and judges.
    allow_own_family: options.allowOwnFamily ?? options.judge === undefined,
    ...(options.judgeMode && { judge_mode: options.judgeMode }),
    ...(rubric !== undefined && { rubric }),
    ...(options.autoAnalyse && { auto_analyse: true }),
    publish: true,
    ...(options.scoring !== undefined && { scoring_mode: options.scoring }),
    ...(options.votingWindow !== undefined && { voting_window_ms: options.votingWindow * 1000 }),
    ...(options.voteWeighting && { vote_weighting: options.voteWeighting }),
    ...(title !== undefined && { title }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(reference !== undefined && { reference_answer: reference }),
  }
}

function startLine({ local, url }: Session): string {
  if (local?.hostPid) return `Using the platform that process ${local.hostPid} runs at ${url}.`
  const total = local?.started?.timings.total
  return `The platform runs at ${url}${total === undefined ? '' : `, started in ${(total / 1000).toFixed(1)} s`}.`
}

const unwrap = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw problemError(outcome.problem)
  return outcome.value
}

/** A vote that takes longer is not waited for. */
const longestWaitMs = 600_000

/** From the creation to the end, telling what happens. An interrupt cancels the battle. */
export async function fight(agon: AgonClient, request: CreateBattle, context: Context, pollMs: number): Promise<Battle> {
  const { signal } = context.interrupt
  const story = createStory(context.err)
  const began = performance.now()
  const clock = () => context.err.dim(`${((performance.now() - began) / 1000).toFixed(1).padStart(5)}s`)
  const tell = (battle: Battle) => {
    for (const line of story.next(battle)) context.tell(`${clock()}  ${line}`)
  }
  // The key makes a repeat of this very request, after an answer that got lost, the same battle.
  const made = unwrap(await agon.createBattle(request, { idempotencyKey: crypto.randomUUID() }))
  tell(made)
  // A battle whose judge gave up stays open for an operator's redrive, and one that is voted on for its window: both longer than
  // anybody waits at a terminal.
  const enough = new AbortController()
  let last = made
  const onChange = (battle: Battle) => {
    tell(battle)
    if (battle.status === 'voting' && last.status !== 'voting')
      context.tell(`Others vote with: npm run agon -- vote ${battle.battle_id} A --as ada; you end it with close-voting.`)
    last = battle
    if (
      battle.status === 'scoring' &&
      battle.judges.length > 0 &&
      battle.judges.every(({ status }) => status === 'failed' || status === 'recused')
    )
      enough.abort()
    if (battle.status === 'voting' && battle.voting_window_ms > longestWaitMs) enough.abort()
  }
  const ended = await agon.waitForBattle(made.battle_id, {
    signal: AbortSignal.any([signal, enough.signal]),
    onChange,
    intervalMs: pollMs,
  })
  if (ended.ok) return ended.value
  if (enough.signal.aborted && !signal.aborted) return last
  if (!signal.aborted) throw problemError(ended.problem)

  const cancelled = await cancel(agon, made.battle_id)
  tell(cancelled)
  context.tell(cancelled.status === 'cancelled' ? `Cancelled battle ${made.battle_id}.` : 'The battle ended before it could be cancelled.')
  return cancelled
}

/**
 * Cancels, once. Ctrl-C in a terminal reaches the functions' processes too, so the first answer may be that they are gone; the platform
 * starts new ones for the next request.
 */
async function cancel(agon: AgonClient, battleId: string): Promise<Battle> {
  for (let tries = 0; ; tries++) {
    const cancelled = await agon.cancelBattle(battleId)
    if (cancelled.ok) return cancelled.value
    const { code, status } = cancelled.problem
    if (code === 'battle_state') return unwrap(await agon.getBattle(battleId))
    if (tries === 3 || (status > 0 && status < 500)) throw problemError(cancelled.problem)
    await delay(300)
  }
}
