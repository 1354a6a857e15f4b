import type { Command } from 'commander'
import type { Context } from './commands/context.ts'
import { type AnalyseOptions, analyseCommand, type OverrideOptions, overrideCommand } from './commands/judging.ts'
import type { ExitCode } from './exit-codes.ts'

interface Tools {
  personOptions: (command: Command) => Command
  contextFor: (options: { json?: true }) => Context
  done: (code: ExitCode) => void
}

/** The commands about a battle that is over. */
export function addJudgingCommands(program: Command, { personOptions, contextFor, done }: Tools): void {
  const analysing = (name: string, description: string) =>
    personOptions(
      program
        .command(name)
        .description(description)
        .argument('<battle>', 'the id of the battle')
        .option('-m, --model <model>', 'who does it; default: the battle’s first judge'),
    )
  analysing('analyse', 'let a model digest the answers of a closed battle, and compare the digests').action(
    async (battleId: string, options: AnalyseOptions) => done(await analyseCommand('digest_judge', battleId, options, contextFor(options))),
  )
  analysing('cross-examine', 'let a model look for faults in the answers of a closed battle and in its verdict').action(
    async (battleId: string, options: AnalyseOptions) =>
      done(await analyseCommand('cross_examination', battleId, options, contextFor(options))),
  )
  personOptions(
    program
      .command('override')
      .description('say who should have won your closed battle, and why; outcome and ratings stay')
      .argument('<battle>', 'the id of the battle')
      .argument('<winner>', 'a slot, or none')
      .option('--note <text>', 'why; it is shown with the battle'),
  ).action(async (battleId: string, winner: string, options: OverrideOptions) =>
    done(await overrideCommand(battleId, winner, options, contextFor(options))),
  )
}
