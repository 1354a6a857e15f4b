import { type Command, Option } from 'commander'
import type { Context } from './commands/context.ts'
import {
  type CreateOptions,
  createLensCommand,
  diffLensCommand,
  type ForkOptions,
  forkLensCommand,
  type ListOptions,
  listLensesCommand,
  publishLensCommand,
  type RunLensOptions,
  runLensCommand,
  showLensCommand,
  type VersionOptions,
} from './commands/lenses.ts'
import type { PersonSessionOptions } from './commands/person-session.ts'
import type { ExitCode } from './exit-codes.ts'

export interface ProgramTools {
  personOptions: (command: Command) => Command
  contextFor: (options: { json?: true }) => Context
  done: (code: ExitCode) => void
  wholeFrom: (least: number, most: number) => (text: string) => number
  numberFrom: (least: number, most: number) => (text: string) => number
  anotherWord: (text: string, before?: string[]) => string[]
}

export const mostVersions = 2_147_483_647

/** The commands about lenses. */
export function addLensCommands(
  program: Command,
  { personOptions, contextFor, done, wholeFrom, numberFrom, anotherWord }: ProgramTools,
): void {
  const lens = program.command('lens').description('prompts that are kept: versioned, with contracts, run alone or in workflows')
  const version = wholeFrom(1, mostVersions)

  personOptions(
    lens
      .command('list')
      .description('your lenses, and what others have published')
      .option('--mine', 'only your own')
      .addOption(
        new Option('--kind <kind>', 'of this kind').choices([
          'text',
          'image',
          'video',
          'research',
          'pdf',
          'transform',
          'orchestration',
          'validation',
          'routing',
        ]),
      )
      .option('--tag <tag>', 'with this tag')
      .option('--search <words>', 'with these words in the title or the description'),
  ).action(async (options: ListOptions) => done(await listLensesCommand(options, contextFor(options))))

  personOptions(
    lens
      .command('create')
      .description('keep a lens: a YAML or JSON file with kind, template and what else it says')
      .argument('<file>', 'the document')
      .option('--title <text>', 'default: the title in the file, else its name')
      .option('--tag <tag>', 'may be given several times', anotherWord)
      .option('--note <text>', 'what this version is'),
  ).action(async (file: string, options: CreateOptions) => done(await createLensCommand(file, options, contextFor(options))))

  personOptions(
    lens
      .command('show')
      .description('print what a lens says')
      .argument('<lens>', 'the id of the lens')
      .option('--version <n>', 'at this version', version),
  ).action(async (id: string, options: VersionOptions) => done(await showLensCommand(id, options, contextFor(options))))

  personOptions(
    lens
      .command('publish')
      .description('publish a version: anybody may see, run and fork it')
      .argument('<lens>', 'the id of the lens')
      .option('--version <n>', 'default: the latest', version),
  ).action(async (id: string, options: VersionOptions) => done(await publishLensCommand(id, options, contextFor(options))))

  personOptions(
    lens
      .command('fork')
      .description('make a lens of your own that begins where another is')
      .argument('<lens>', 'the id of the lens')
      .option('--version <n>', 'default: the latest that you see', version)
      .option('--title <text>', 'default: its title'),
  ).action(async (id: string, options: ForkOptions) => done(await forkLensCommand(id, options, contextFor(options))))

  personOptions(
    lens
      .command('diff')
      .description('what changed between two versions')
      .argument('<lens>', 'the id of the lens')
      .argument('<from>', 'a version', version)
      .argument('<to>', 'another', version),
  ).action(async (id: string, from: number, to: number, options: PersonSessionOptions) =>
    done(await diffLensCommand(id, from, to, options, contextFor(options))),
  )

  personOptions(
    lens
      .command('run')
      .description('run a lens alone, and print what it made')
      .argument('<lens>', 'the id of the lens')
      .option('-i, --input <name=value>', 'an input: JSON or text, or name=@file; may be given several times', anotherWord)
      .option('--inputs <file>', 'inputs from a YAML or JSON file')
      .option('--config <file>', 'of the node that runs it: routes, criteria, caps, retry')
      .option('--version <n>', 'at this version', version)
      .option('--budget <usd>', 'what it may cost', numberFrom(0, 1_000_000))
      .option('--detach', 'begin it, print the id of the run and go'),
  ).action(async (id: string, options: RunLensOptions) => done(await runLensCommand(id, options, contextFor(options))))
}
