import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import type { Context } from './commands/context.ts'
import { type ExportOptions, exportCommand } from './commands/export.ts'
import { type ImportOptions, importCommand } from './commands/import.ts'
import { judgeWeightsCommand, type WeighOptions, weighCommand } from './commands/judge-weights.ts'
import { type JudgesOptions, judgesCommand } from './commands/judges.ts'
import type { OwnerOptions } from './commands/keys.ts'
import { type LeaderboardOptions, leaderboardCommand } from './commands/leaderboard.ts'
import { type PairsOptions, pairsCommand } from './commands/pairs.ts'
import { rebuildCommand } from './commands/ratings.ts'
import type { ExitCode } from './exit-codes.ts'
import type { ProjectOptions } from './platform/project.ts'

const whole = (most: number) => (text: string) => {
  if (/^[1-9]\d*$/.test(text) && Number(text) <= most) return Number(text)
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${most}.`)
}

const day = (text: string) => {
  if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))) return text
  throw new InvalidArgumentError('Expected a day, such as 2026-11-20.')
}

const sources = ['judge', 'crowd', 'imported']
const kinds = ['text', 'image', 'audio', 'video', 'music']
const windows = ['all', '30d', '7d']

const sourced = (command: Command): Command =>
  command
    .addOption(new Option('--source <source>', 'whose comparisons (default: judge)').choices(sources))
    .addOption(new Option('--kind <kind>', 'what the models make (default: text)').choices(kinds))
    .option('--category <name>', 'only battles of this category')

/** What battles add up to: boards, judges, and the record to take away. */
export function addRatingCommands(
  program: Command,
  contextFor: (options: { json?: true }) => Context,
  done: (code: ExitCode) => void,
  remote: (command: Command) => Command,
): void {
  const operating = (command: Command): Command =>
    command
      .addOption(new Option('--url <url>', 'a remote Supabase project with Agon, instead of the platform on this machine (AGON_URL)'))
      .addOption(new Option('--secret-key <key>', 'a secret key of that project (AGON_SECRET_KEY)'))
      .option('--json', 'print JSON')

  sourced(
    remote(
      program
        .command('leaderboard')
        .description('show who is rated how')
        .addOption(
          new Option('--board <board>', 'elo moves with each battle; bradley_terry has intervals')
            .choices(['elo', 'bradley_terry'])
            .default('elo'),
        )
        .option('--limit <n>', 'how many', whole(500), 50)
        .option('--json', 'print JSON'),
    ),
  )
    .addOption(new Option('--since <window>', 'only battles closed in the last days').choices(windows))
    .option('--style', 'rate at equal style: length, headers, lists, bold')
    .option('--min-games <n>', 'with fewer a competitor is provisional', whole(1_000_000))
    .action(async (options: LeaderboardOptions) => done(await leaderboardCommand(options, contextFor(options))))

  const judges = program.command('judges').description('show how far each judge can be trusted')
  remote(
    judges
      .addOption(new Option('--kind <kind>', 'only battles of this kind').choices(kinds))
      .addOption(new Option('--since <window>', 'only battles closed in the last days').choices(windows))
      .option('--json', 'print JSON'),
  ).action(async (options: JudgesOptions) => done(await judgesCommand(options, contextFor(options))))
  const ofOwner = (command: Command): Command =>
    remote(command)
      .option('--access-token <token>', 'the access token of a user of that project (AGON_ACCESS_TOKEN)')
      .option('--json', 'print JSON')
  ofOwner(
    judges
      .command('weigh')
      .description('say what each judge’s word should weigh in a panel, by pairs whose better side is known')
      .argument('<file>', '.jsonl or .csv: pair_id, judge, verdict, gold; or verdicts as agon export or LLMBar has them')
      .option('--gold <file>', 'who is better, where the file does not say: battle_id and gold, a slot')
      .option('--strategy <name>', 'which way of judging, where the file has several (its column strategy)')
      .option('--save', 'keep the weights: a new battle takes them with -j <model>=learned'),
  ).action(async (file: string, _, command: Command) => {
    const options = command.optsWithGlobals<WeighOptions>() // judges takes some of them too, and is asked first
    done(await weighCommand(file, options, contextFor(options)))
  })
  ofOwner(judges.command('weights').description('show the weights you have learned')).action(async (_, command: Command) => {
    const options = command.optsWithGlobals<OwnerOptions>()
    done(await judgeWeightsCommand(options, contextFor(options)))
  })

  sourced(
    remote(
      program
        .command('pairs')
        .description('show whom to compare next: the pairs that would tell most')
        .option('--models <a,b,c>', 'choose among these alone, new ones included')
        .option('--most <n>', 'how many', whole(100), 10)
        .option('--json', 'print JSON'),
    ),
  ).action(async (options: PairsOptions) => done(await pairsCommand(options, contextFor(options))))

  const ratings = program.command('ratings').description('the log of comparisons and its boards')
  operating(ratings.command('rebuild').description('make the log, its sums and every board anew from battles alone')).action(
    async (options: ProjectOptions) => done(await rebuildCommand(options, contextFor(options))),
  )

  sourced(
    remote(
      program
        .command('export')
        .description('write closed battles, their answers, votes and verdicts, or the log of comparisons')
        .addArgument(new Argument('<what>', 'what').choices(['battles', 'answers', 'votes', 'verdicts', 'comparisons']))
        .addOption(new Option('--format <format>', 'a JSON object a line, or a table').choices(['jsonl', 'csv']).default('jsonl'))
        .option('-o, --output <file>', 'where to (default: stdout)'),
    ),
  )
    .option('--since <day>', 'comparisons of battles closed on that day (UTC) or later', day)
    .addOption(new Option('--secret-key <key>', 'a secret key of the project: battles whose results are kept, too'))
    .action(async (what: Parameters<typeof exportCommand>[0], options: ExportOptions) =>
      done(await exportCommand(what, options, contextFor({}))),
    )

  operating(
    program
      .command('import')
      .description('take comparisons, or closed battles, of elsewhere into the log, as a board of their own')
      .argument('<file>', '.jsonl or .csv: model_a, model_b, winner; or what agon export battles writes')
      .addOption(new Option('--kind <kind>', 'what the models make, where a row does not say').choices(kinds).default('text')),
  ).action(async (file: string, options: ImportOptions) => done(await importCommand(file, options, contextFor(options))))
}
