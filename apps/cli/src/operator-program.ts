import { jobKinds } from '@agon/runner-core/job-kinds'
import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import type { Context } from './commands/context.ts'
import { type DlqListOptions, type DlqRedriveOptions, dlqListCommand, dlqRedriveCommand } from './commands/dlq.ts'
import { statusCommand } from './commands/status.ts'
import { holdCommand, releaseCommand, type StopOptions, switchCommand } from './commands/switches.ts'
import { type VotesDecideOptions, type VotesHeldOptions, votesDecideCommand, votesHeldCommand } from './commands/votes.ts'
import { workerStatusCommand } from './commands/workers.ts'
import type { ExitCode } from './exit-codes.ts'
import type { OperatorOptions } from './platform/operator.ts'
import { momentOf } from './terminal/ago.ts'

const whole = (text: string) => {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Expected a whole number from 1.')
}

const battleId = (text: string) => {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text
  throw new InvalidArgumentError('Expected the id of a battle.')
}

const uuid = (text: string) => {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text
  throw new InvalidArgumentError('Expected a UUID.')
}

const moment = (text: string) => {
  const at = momentOf(text, Date.now())
  if (at !== undefined) return at
  throw new InvalidArgumentError('Expected how long ago (30m, 2h, 1d) or a timestamp (2026-11-20T03:00:00Z).')
}

const operating = (command: Command): Command =>
  command
    .addOption(new Option('--url <url>', 'a remote Supabase project with Agon, instead of the platform on this machine (AGON_URL)'))
    .addOption(new Option('--secret-key <key>', 'a secret key of that project (AGON_SECRET_KEY)'))
    .option('--json', 'print JSON')

const filtered = (command: Command): Command =>
  operating(command)
    .addOption(new Option('--kind <kind>', 'of this kind').choices(jobKinds))
    .option('--code <code>', 'with this error code, such as provider_auth')
    .option('--battle <id>', 'of this battle', battleId)
    .option('--since <when>', 'given up since: 30m, 2h, 1d, or a timestamp', moment)

/** What whoever runs a project does at 3 a.m. */
export function addOperatorCommands(
  program: Command,
  contextFor: (options: { json?: true }) => Context,
  done: (code: ExitCode) => void,
): void {
  operating(program.command('status').description('show how the engine stands: queues, leases, switches, what was given up')).action(
    async (options: OperatorOptions) => done(await statusCommand(options, contextFor(options))),
  )

  const worker = program.command('worker').description('the long-task workers of a project')
  operating(worker.command('status').description('show the workers: whether each lives, what it runs, has in hand and can do')).action(
    async (options: OperatorOptions) => done(await workerStatusCommand(options, contextFor(options))),
  )

  const dlq = program.command('dlq').description('what was given up: list it, send it back')
  filtered(dlq.command('list').description('list dead letters, newest first'))
    .addOption(new Option('--state <state>', 'which').choices(['open', 'redriven', 'all']).default('open'))
    .option('--limit <n>', 'how many', whole, 50)
    .action(async (options: DlqListOptions) => done(await dlqListCommand(options, contextFor(options))))
  filtered(dlq.command('redrive').description('send back one dead letter, or all that match').argument('[id]', 'from agon dlq list', whole))
    .option('--all', 'every open one')
    .action(async (id: number | undefined, options: DlqRedriveOptions) => done(await dlqRedriveCommand(id, options, contextFor(options))))

  operating(
    program
      .command('switch')
      .description('stop or restart every claim, or those of one provider')
      .addArgument(new Argument('<position>', 'what it shall be').choices(['off', 'on']))
      .argument('[provider]', 'such as openai; without one, the whole system')
      .option('--reason <text>', 'for whoever looks next'),
  ).action(async (position: 'on' | 'off', provider: string | undefined, options: StopOptions) =>
    done(await switchCommand(position, provider, options, contextFor(options))),
  )
  operating(
    program
      .command('hold')
      .description('stop one battle where it is')
      .argument('<battle>', 'its id', battleId)
      .option('--reason <text>', 'for whoever looks next'),
  ).action(async (id: string, options: StopOptions) => done(await holdCommand(id, options, contextFor(options))))
  operating(program.command('release').description('let a held battle go on').argument('<battle>', 'its id', battleId)).action(
    async (id: string, options: OperatorOptions) => done(await releaseCommand(id, options, contextFor(options))),
  )

  const votes = program.command('votes').description('votes a rule has held: list them, count them, reject them')
  const ofVotes = (command: Command): Command =>
    operating(command)
      .option('--voter <id>', 'of this user', uuid)
      .option('--battle <id>', 'of this battle', battleId)
      .option('--reason <reason>', 'held for this reason, such as same_source')
  ofVotes(votes.command('held').description('list votes that are not counted, last decided first'))
    .addOption(new Option('--status <status>', 'which').choices(['held', 'rejected', 'all']).default('held'))
    .option('--since <when>', 'decided since: 30m, 2h, 1d, or a timestamp', moment)
    .option('--limit <n>', 'how many', whole, 50)
    .action(async (options: VotesHeldOptions) => done(await votesHeldCommand(options, contextFor(options))))
  for (const [name, decision, description] of [
    ['release', 'released', 'count a held vote, or all of a voter'],
    ['reject', 'rejected', 'take a vote out of the tally for good, or all of a voter'],
  ] as const)
    ofVotes(votes.command(name).description(description).argument('[id]', 'from agon votes held', uuid))
      .option('--by <name>', 'who decides, for the record')
      .option('--note <text>', 'why, for the record')
      .action(async (id: string | undefined, options: VotesDecideOptions) =>
        done(await votesDecideCommand(decision, id, options, contextFor(options))),
      )
}
