import { type Command, Option } from 'commander'
import type { Context } from './commands/context.ts'
import {
  type CreateTriggerOptions,
  createTriggerCommand,
  deleteTriggerCommand,
  enableTriggerCommand,
  fireTriggerCommand,
  listTriggersCommand,
  previewScheduleCommand,
  rotateTriggerCommand,
  type ScheduleOptions,
  showTriggerCommand,
  type TriggerOptions,
} from './commands/triggers.ts'
import type { ExitCode } from './exit-codes.ts'

interface Tools {
  asUser: (command: Command) => Command
  contextFor: (options: { json?: true }) => Context
  done: (code: ExitCode) => void
  wholeFrom: (least: number, most: number) => (text: string) => number
}

const another = (text: string, before: string[] = []) => [...before, text]

/** The commands about what starts workflows. */
export function addTriggerCommands(program: Command, { asUser, contextFor, done, wholeFrom }: Tools): void {
  const trigger = program.command('trigger').description('what starts your workflows: schedules, requests, events')
  asUser(
    trigger
      .command('create')
      .description('make a trigger; prints its id, and of a webhook its URL and its secret, which is shown this once')
      .argument('<workflow>', 'the id of the workflow')
      .option('--cron <expression>', 'a schedule: five fields, minute hour day-of-month month day-of-week')
      .option('--timezone <zone>', 'of the schedule, as Europe/Berlin; default UTC')
      .addOption(new Option('--webhook <auth>', 'a request from outside, with a secret or signed').choices(['bearer', 'hmac']))
      .option('--on <type>', 'an event of your battles as battle.closed, or a family as battle.*; repeatable', another)
      .option('--file <json>', 'any trigger, whole: {kind, config, …}')
      .option('--title <text>', 'for you to tell your triggers apart')
      .option('--inputs <json>', 'inputs of every run'),
  ).action(async (workflow: string, options: CreateTriggerOptions) =>
    done(await createTriggerCommand(workflow, options, contextFor(options))),
  )
  asUser(trigger.command('list').description('list your triggers').option('--workflow <id>', 'of this workflow alone')).action(
    async (options: TriggerOptions & { workflow?: string }) => done(await listTriggersCommand(options, contextFor(options))),
  )
  const one = (name: string, description: string) => asUser(trigger.command(name).description(description).argument('<id>'))
  one('show', 'a trigger, when it is due and what came of it').action(async (id: string, options: TriggerOptions) =>
    done(await showTriggerCommand(id, options, contextFor(options))),
  )
  one('enable', 'turn a trigger on; what was refused before is forgiven').action(async (id: string, options: TriggerOptions) =>
    done(await enableTriggerCommand(true, id, options, contextFor(options))),
  )
  one('disable', 'turn a trigger off').action(async (id: string, options: TriggerOptions) =>
    done(await enableTriggerCommand(false, id, options, contextFor(options))),
  )
  one('delete', 'remove a trigger; its runs stay').action(async (id: string, options: TriggerOptions) =>
    done(await deleteTriggerCommand(id, options, contextFor(options))),
  )
  one('fire', 'start its workflow now; prints the run')
    .option('--inputs <json>', 'over the trigger’s own')
    .action(async (id: string, options: TriggerOptions & { inputs?: string }) =>
      done(await fireTriggerCommand(id, options, contextFor(options))),
    )
  one('rotate', 'give a webhook trigger another secret; prints it, this once')
    .option('--old-valid <seconds>', 'how long the old one opens too; default 0', wholeFrom(0, 604_800))
    .action(async (id: string, options: TriggerOptions & { oldValid?: number }) =>
      done(await rotateTriggerCommand(id, options, contextFor(options))),
    )
  asUser(
    trigger
      .command('preview')
      .description('when a schedule would be due; nothing is saved')
      .argument('<expression>', 'five fields: minute hour day-of-month month day-of-week')
      .option('--timezone <zone>', 'as Europe/Berlin; default UTC')
      .option('--count <n>', 'how many; default 10', wholeFrom(1, 100)),
  ).action(async (cron: string, options: TriggerOptions & ScheduleOptions & { count?: number }) =>
    done(await previewScheduleCommand(cron, options, contextFor(options))),
  )
}
