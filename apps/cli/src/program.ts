import { Command, InvalidArgumentError, Option } from 'commander'
import { usageError } from './cli-error.ts'
import { type BattleOptions, battleCommand, defaultPrompt } from './commands/battle.ts'
import { budgetCommand } from './commands/budget.ts'
import { type CodingBattleOptions, codingBattleCommand } from './commands/coding-battle.ts'
import { type Context, createContext } from './commands/context.ts'
import { doctorCommand } from './commands/doctor.ts'
import {
  addKeyCommand,
  listKeysCommand,
  type OwnerOptions,
  removeKeyCommand,
  rotateKeyCommand,
  type SecretOptions,
} from './commands/keys.ts'
import { type ModelsOptions, modelsCommand } from './commands/models.ts'
import {
  cancelCommand,
  closeVotingCommand,
  type InviteOptions,
  inviteCommand,
  joinCommand,
  type PersonOptions,
  type SubmitOptions,
  submitCommand,
  voteCommand,
  withdrawCommand,
} from './commands/people.ts'
import { type RateOptions, rateCommand } from './commands/rate.ts'
import { type ResealOptions, resealCommand } from './commands/reseal.ts'
import { type WatchCommandOptions, watchCommand } from './commands/watch.ts'
import {
  type AddWebhookOptions,
  addWebhookCommand,
  listWebhooksCommand,
  removeWebhookCommand,
  testWebhookCommand,
  type WebhookOptions,
} from './commands/webhooks.ts'
import type { Contender } from './contenders/lineup.ts'
import { type NamedJudge, namedContender, namedJudge } from './contenders/named.ts'
import type { ExitCode } from './exit-codes.ts'
import type { Interrupt } from './interrupt.ts'
import { addJudgingCommands } from './judging-program.ts'
import { addLensCommands } from './lenses-program.ts'
import { addOperatorCommands } from './operator-program.ts'
import { addRatingCommands } from './ratings-program.ts'
import { homeFolder, readVariables } from './settings.ts'
import { addTeamCommands } from './teams-program.ts'
import { addTriggerCommands } from './triggers-program.ts'
import { addWorkflowCommands } from './workflows-program.ts'

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

const anotherJudge = (text: string, before: NamedJudge[] = []) => [...before, namedJudge(text)]

const anotherWord = (text: string, before: string[] = []) => [...before, text]

const remoteOptions = (command: Command): Command =>
  command
    .addOption(new Option('--url <url>', 'a remote Supabase project with Agon, instead of the platform on this machine (AGON_URL)'))
    .addOption(new Option('--publishable-key <key>', 'the publishable key of that project (AGON_PUBLISHABLE_KEY)'))

/** A command that a person gives about a battle, as a user of a project. */
const personOptions = (command: Command): Command =>
  remoteOptions(command)
    .option('--access-token <token>', 'the access token of a user of that project (AGON_ACCESS_TOKEN)')
    .option('--as <name>', 'another user of the platform on this machine, made when there is none of that name')
    .option('--json', 'print JSON, and nothing else')
/** Commander would quote what stands there too many, and here that is most likely a secret. */
function noSecretIn({ args }: Command): void {
  if (args.length > 1)
    throw usageError(
      'A key is not given as an argument, where others can see it.',
      'It is asked for, or piped in. Take one that was typed there for lost.',
    )
}

/** A command of somebody: they sign in, or show the token of a user of a remote project. */
const ownerOptions = (command: Command): Command =>
  remoteOptions(command)
    .option('--access-token <token>', 'the access token of a user of that project (AGON_ACCESS_TOKEN)')
    .option('--json', 'print JSON')

/** What only a coding battle has is not passed over in silence. */
function refuseCodingOptions({ repo, ref, backend, check, scoring }: CodingBattleOptions): void {
  const given = Object.entries({ repo, ref, backend, check }).find(([, value]) => value !== undefined)
  if (given) throw usageError(`--${given[0]} belongs to a coding battle.`, 'Add --coding.')
  if (scoring === 'checks') throw usageError('Checks decide coding battles.', 'Add --coding, --repo and --check.')
}

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
      .option(
        '-c, --contender <model>',
        'provider:model, or "provider:model as identity"; workflow:<id or file> lets a workflow answer; two or more',
        another,
      )
      .addOption(
        new Option('--kind <kind>', 'what is made when no contender is named; without keys by simulated partners').choices([
          'text',
          'image',
          'audio',
          'video',
        ]),
      )
      .option('--coding', 'a battle of commands on a git repository of this machine')
      .option('--repo <folder>', 'with --coding: the repository')
      .option('--ref <ref>', 'with --coding: the branch, tag or commit that all begin at; default: HEAD')
      .option('--backend <name>', 'with --coding: a command of the file that AGON_BACKENDS names, or name/model; two or more', anotherWord)
      .option('--check <name>', 'with --coding: a check that is run on what each left, by name or as "name=program argument"', anotherWord)
      .option('-j, --judge <model>', 'who judges; several are a panel, each "model", "model=weight" or "model=learned"', anotherJudge)
      .addOption(
        new Option('--judge-mode <mode>', 'how each judge is asked, always in both orders').choices(['listwise', 'pairwise', 'rubric']),
      )
      .option('--rubric <file>', 'what to judge by: a JSON file of criteria, or auto, which the first judge writes')
      .option('--allow-own-family', 'let a judge judge models of its own family')
      .option('--auto-analyse', 'let the first judge digest and compare the answers when the battle is over')
      .option('--title <text>', 'default: the first line of the prompt')
      .option('--max-tokens <n>', 'the longest answer', wholeFrom(1, 1_000_000))
      .option('--temperature <n>', 'from 0 to 2', numberFrom(0, 2))
      .addOption(
        new Option('--scoring <mode>', 'who decides: a judge, votes, or half and half; the checks of a coding battle').choices([
          'ai_judge',
          'community',
          'hybrid',
          'checks',
        ]),
      )
      .option('--voting-window <s>', 'how many seconds may be voted', wholeFrom(1, 2_592_000))
      .addOption(
        new Option('--vote-weighting <rule>', 'what a vote weighs: one, or less where its voter’s record is a coin’s').choices([
          'equal',
          'reliability',
        ]),
      )
      .option('--reference <file>', 'a reference answer the judge may see')
      .option('--json', 'print the battle as JSON, and nothing else')
      .option('--keep', 'leave the platform running afterwards, until Ctrl-C'),
  )
    .option('--access-token <token>', 'the access token of a user of that project (AGON_ACCESS_TOKEN)')
    .action(async (words: string[], options: BattleOptions & CodingBattleOptions) => {
      if (options.coding)
        return done(await codingBattleCommand(words.length > 0 ? words.join(' ') : undefined, options, contextFor(options)))
      refuseCodingOptions(options)
      done(await battleCommand(words.length > 0 ? words.join(' ') : defaultPrompt, options, contextFor(options)))
    })

  addJudgingCommands(program, { personOptions, contextFor, done })

  const tools = { personOptions, contextFor, done, wholeFrom, numberFrom, anotherWord }
  addLensCommands(program, tools)
  addWorkflowCommands(program, tools)
  addTeamCommands(program, tools)

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
    program
      .command('invite')
      .description('add to those who may vote in your battle, when its voters are invited')
      .argument('<battle>', 'the id of the battle')
      .argument('<users...>', 'their user ids')
      .option('--remove', 'take them off the list; votes they gave stay'),
  ).action(async (battleId: string, users: string[], options: InviteOptions) =>
    done(await inviteCommand(battleId, users, options, contextFor(options))),
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

  const webhooks = program.command('webhooks').description('tell URLs of yours what happens to your battles')
  const asUser = (command: Command): Command =>
    remoteOptions(command)
      .option('--access-token <token>', 'the access token of a user of that project (AGON_ACCESS_TOKEN)')
      .option('--json', 'print JSON, and nothing else')
  asUser(
    webhooks
      .command('add')
      .description('add a webhook; prints its id and its signing secret, which is shown this once')
      .argument('<url>', 'https, on a host that the internet reaches')
      .option('-e, --event <type>', 'an event type as battle.closed, or a family as battle.*; repeatable, default all', anotherWord)
      .option('--description <text>', 'what it is for'),
  ).action(async (url: string, options: AddWebhookOptions) => done(await addWebhookCommand(url, options, contextFor(options))))
  asUser(webhooks.command('list').description('list your webhooks')).action(async (options: WebhookOptions) =>
    done(await listWebhooksCommand(options, contextFor(options))),
  )
  asUser(webhooks.command('remove').description('remove a webhook').argument('<id>')).action(async (id: string, options: WebhookOptions) =>
    done(await removeWebhookCommand(id, options, contextFor(options))),
  )
  asUser(webhooks.command('test').description('deliver a ping, and say what the receiver answered').argument('<id>')).action(
    async (id: string, options: WebhookOptions) => done(await testWebhookCommand(id, options, contextFor(options))),
  )

  addTriggerCommands(program, { asUser, contextFor, done, wholeFrom })

  const keys = program.command('keys').description('your own provider keys, to pay for contenders and judges with')
  ownerOptions(keys.command('add').description('add a key; it is asked for, or piped in').argument('<provider>', 'openai, anthropic, …'))
    .option('--label <text>', 'for you to tell your keys apart')
    .option('--expires <time>', 'no call begins with it from then on')
    .allowExcessArguments()
    .action(async (provider: string, options: SecretOptions, command: Command) => {
      noSecretIn(command)
      done(await addKeyCommand(provider, options, contextFor(options)))
    })
  ownerOptions(keys.command('list').description('list your keys, without their secrets')).action(async (options: OwnerOptions) =>
    done(await listKeysCommand(options, contextFor(options))),
  )
  ownerOptions(keys.command('rotate').description('give a key another secret; it is asked for, or piped in').argument('<key>', 'its id'))
    .option('--expires <time>', 'no call begins with it from then on')
    .allowExcessArguments()
    .action(async (key: string, options: SecretOptions, command: Command) => {
      noSecretIn(command)
      done(await rotateKeyCommand(key, options, contextFor(options)))
    })
  ownerOptions(keys.command('remove').description('revoke a key and erase it').argument('<key>', 'its id')).action(
    async (key: string, options: OwnerOptions) => done(await removeKeyCommand(key, options, contextFor(options))),
  )
  keys
    .command('reseal')
    .description(
      'for who runs the project: seal all users’ keys and the secrets of webhooks and triggers under the last of AGON_SEALING_KEYS',
    )
    .option('--url <url>', 'a remote project (AGON_URL), opened with AGON_SECRET_KEY')
    .option('--json', 'print JSON')
    .action(async (options: ResealOptions) => done(await resealCommand(options, contextFor(options))))

  ownerOptions(program.command('budget').description('show what your battles may cost on the platform’s keys')).action(
    async (options: OwnerOptions) => done(await budgetCommand(options, contextFor(options))),
  )

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

  addOperatorCommands(program, contextFor, done)
  return program
}
