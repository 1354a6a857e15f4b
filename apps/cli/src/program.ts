import { Command, InvalidArgumentError, Option } from 'commander'
import { type BattleOptions, battleCommand, defaultPrompt } from './commands/battle.ts'
import { type Context, createContext } from './commands/context.ts'
import { doctorCommand } from './commands/doctor.ts'
import { type ModelsOptions, modelsCommand } from './commands/models.ts'
import {
  cancelCommand,
  closeVotingCommand,
  joinCommand,
  type PersonOptions,
  type SubmitOptions,
  submitCommand,
  voteCommand,
  withdrawCommand,
} from './commands/people.ts'
import { type RateOptions, rateCommand } from './commands/rate.ts'
import { type WatchCommandOptions, watchCommand } from './commands/watch.ts'
import type { Contender } from './contenders/lineup.ts'
import { checkedModel, namedContender } from './contenders/named.ts'
import type { ExitCode } from './exit-codes.ts'
import type { Interrupt } from './interrupt.ts'
import { addRatingCommands } from './ratings-program.ts'
import { homeFolder, readVariables } from './settings.ts'

interface Globals {
  home?: string
  debug?: true
}

const wholeFrom = (least: number, most: number) => (text: string) => {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`)
}

const numberFrom = (least: number, most: number) => (text: string) => {
  const value = Number(text)
  if (text.trim() !== '' && value >= least && value <= most) return value
  throw new InvalidArgumentError(`Expected a number from ${least} to ${most}.`)
}

const another = (text: string, before: Contender[] = []) => [...before, namedContender(text)]

const remoteOptions = (command: Command): Command =>
  command
    .addOption(new Option('--url <url>', 'a remote Supabase project with Agon, instead of the platform on this machine (AGON_URL)'))
    .addOption(new Option('--publishable-key <key>', 'the publishable key of that project (AGON_PUBLISHABLE_KEY)'))

/** A command that a person gives about a battle, as a user of a project. */
const personOptions = (command: Command): Command =>
  remoteOptions(command)
    .option('--access-token <token>', 'the access token of a user of that project (AGON_ACCESS_TOKEN)')
    .option('--as <name>', 'another user of the platform on this machine, made when there is none of that name')
    .option('--json', 'print the battle as JSON')

/** The command line. `done` is told how the command ended. */
export function createProgram(interrupt: Interrupt, done: (code: ExitCode) => void): Command {
  const program = new Command('agon')
    .description('AI battles: contenders answer one task, a judge decides in two orders, ratings move.')
    .option('--home <folder>', 'where the platform on this machine keeps its data (AGON_HOME; default: .agon in the repository)')
    .option('--debug', 'show the log of the platform, and stacks of errors')
    .exitOverride()
    .showHelpAfterError('(npm run agon -- help lists the commands and options)')

  const contextFor = ({ json }: { json?: true }): Context => {
    const { home, debug } = program.opts<Globals>()
    const variables = readVariables()
    return createContext({ home: homeFolder(home, variables), variables, debug: debug ?? false, interrupt, quiet: json ?? false })
  }

  remoteOptions(
    program
      .command('battle')
      .description('let contenders answer a prompt, and a judge decide')
      .argument('[prompt...]', 'the task; without one, a task about the sea')
      .option('-c, --contender <model>', 'provider:model, or "provider:model as identity"; two or more', another)
      .option('-j, --judge <model>', 'who judges', (key: string) => checkedModel(key, '--judge'))
      .option('--title <text>', 'default: the first line of the prompt')
      .option('--max-tokens <n>', 'the longest answer', wholeFrom(1, 1_000_000))
      .option('--temperature <n>', 'from 0 to 2', numberFrom(0, 2))
      .option('--reference <file>', 'a reference answer the judge may see')
      .option('--json', 'print the battle as JSON, and nothing else')
      .option('--keep', 'leave the platform running afterwards, until Ctrl-C'),
  )
    .option('--access-token <token>', 'the access token of a user of that project (AGON_ACCESS_TOKEN)')
    .action(async (words: string[], options: BattleOptions) => {
      done(await battleCommand(words.length > 0 ? words.join(' ') : defaultPrompt, options, contextFor(options)))
    })

  personOptions(program.command('join').description('take an open seat of a battle').argument('<battle>', 'the id of the battle')).action(
    async (battleId: string, options: PersonOptions) => done(await joinCommand(battleId, options, contextFor(options))),
  )

  personOptions(
    program
      .command('submit')
      .description('write or revise your answer in a battle, or hand it in')
      .argument('<battle>', 'the id of the battle')
      .argument('[text...]', 'the answer')
      .option('--file <file>', 'the answer, from a file')
      .option('--final', 'hand it in for good'),
  ).action(async (battleId: string, words: string[], options: SubmitOptions) =>
    done(await submitCommand(battleId, words, options, contextFor(options))),
  )

  personOptions(
    program.command('withdraw').description('withdraw from a battle; your answer is deleted').argument('<battle>', 'the id of the battle'),
  ).action(async (battleId: string, options: PersonOptions) => done(await withdrawCommand(battleId, options, contextFor(options))))

  personOptions(
    program
      .command('vote')
      .description('vote in a battle, or change your vote')
      .argument('<battle>', 'the id of the battle')
      .argument('<choice>', 'a slot, tie or both_bad'),
  ).action(async (battleId: string, choice: string, options: PersonOptions) =>
    done(await voteCommand(battleId, choice, options, contextFor(options))),
  )

  personOptions(
    program.command('close-voting').description('end the voting of your battle now').argument('<battle>', 'the id of the battle'),
  ).action(async (battleId: string, options: PersonOptions) => done(await closeVotingCommand(battleId, options, contextFor(options))))

  personOptions(
    program.command('cancel').description('cancel your battle: calls in flight are aborted').argument('<battle>', 'the id of the battle'),
  ).action(async (battleId: string, options: PersonOptions) => done(await cancelCommand(battleId, options, contextFor(options))))

  remoteOptions(
    program
      .command('watch')
      .description('tell the events of a battle as they happen, until it ends')
      .argument('<battle>', 'the id of the battle')
      .option('--text', 'show the answers as they are written')
      .option('--after <event>', 'begin after this event', wholeFrom(0, Number.MAX_SAFE_INTEGER))
      .option('--json', 'print each event as a line of JSON, and nothing else'),
  )
    .option('--access-token <token>', 'the access token of a user of that project (AGON_ACCESS_TOKEN)')
    .action(async (battleId: string, options: WatchCommandOptions) => done(await watchCommand(battleId, options, contextFor(options))))

  addRatingCommands(program, contextFor, done, remoteOptions)

  remoteOptions(
    program.command('models').description('list the models, and what their providers need').option('--json', 'print JSON'),
  ).action(async (options: ModelsOptions) => done(await modelsCommand(options, contextFor(options))))

  program
    .command('rate')
    .description('make a board of a file of comparisons: Bradley-Terry, 95 % intervals, ranks from them')
    .argument('<file>', '.csv with a header, or .jsonl: model_a, model_b, winner (model_a, model_b, tie, both_bad)')
    .option('--cluster <column>', 'what rows share; default: question_id, prompt_id, battle_id or conversation_id, where there is one')
    .option('--min-games <n>', 'with fewer a competitor is provisional', wholeFrom(1, 1_000_000), 1)
    .addOption(new Option('--both-bad <what>', 'what a comparison is in which both were bad').choices(['tie', 'drop']).default('tie'))
    .option('--style', 'also rate at equal style, from the columns answer_a and answer_b')
    .option('--json', 'print JSON')
    .action(async (file: string, options: RateOptions) => done(await rateCommand(file, options, contextFor(options))))

  program
    .command('doctor')
    .description('show what is configured, reachable and missing')
    .option('--json', 'print JSON')
    .action(async (options: { json?: true }) => done(await doctorCommand(options, contextFor(options))))

  return program
}
