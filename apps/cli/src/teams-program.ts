import { type Command, Option } from 'commander'
import type { PersonSessionOptions } from './commands/person-session.ts'
import { runTeamCommand, transcriptCommand } from './commands/teams.ts'
import type { ProgramTools } from './lenses-program.ts'
import type { TeamRunOptions } from './team/asked-team.ts'

/** The commands about teams of models. */
export function addTeamCommands(
  program: Command,
  { personOptions, contextFor, done, wholeFrom, numberFrom, anotherWord }: ProgramTools,
): void {
  const team = program.command('team').description('several models that work on one task in rounds')

  personOptions(
    team
      .command('run')
      .description('let a team work on a task, and read what they say')
      .argument('[task...]', 'the task')
      .option('--task <text>', 'the task, or @file')
      .option('--file <file>', 'the team from a YAML or JSON file: task, members, mode, rounds, stop_when, summary')
      .option('-m, --member <name=model>', 'a member; two to eight. Without any, two that this machine can call', anotherWord)
      .option('--role <name=text>', 'who a member is, as its system prompt', anotherWord)
      .addOption(new Option('--mode <mode>', 'turns: one after the other. parallel: each round at once').choices(['turns', 'parallel']))
      .option('--rounds <n>', 'how often each may speak; default: 3', wholeFrom(1, 20))
      .option('--stop <phrase>', 'ends when a last line says this alone')
      .option('--agreed', 'ends when all say that they agree')
      .option('--summary [model]', 'one more call, that makes one answer of it all')
      .option('--instructions <text>', 'what the summary is to be')
      .option('--max-tokens <n>', 'the longest turn', wholeFrom(1, 1_000_000))
      .option('--budget <usd>', 'what all turns may cost together', numberFrom(0, 1_000_000))
      .option('--key <text>', 'an idempotency key: the same again is the same run')
      .option('--detach', 'begin it, print the id of the run and go'),
  ).action(async (words: string[], options: TeamRunOptions) =>
    done(await runTeamCommand(words.length > 0 ? words.join(' ') : undefined, options, contextFor(options))),
  )

  personOptions(
    team.command('transcript').description('print what the teams of a run have said').argument('<run>', 'the id of the run'),
  ).action(async (runId: string, options: PersonSessionOptions) => done(await transcriptCommand(runId, options, contextFor(options))))
}
