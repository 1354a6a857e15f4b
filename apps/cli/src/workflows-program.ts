import { type Command, Option } from 'commander'
import type { ForkOptions, ListOptions, VersionOptions } from './commands/lenses.ts'
import type { PersonSessionOptions } from './commands/person-session.ts'
import {
  type AnswerOptions,
  answerRunCommand,
  cancelRunCommand,
  type FollowOptions,
  type ForkRunOptions,
  forkRunCommand,
  listRunsCommand,
  type RunsOptions,
  replayRunCommand,
  retryRunCommand,
  watchRunCommand,
} from './commands/runs.ts'
import { type ForkTemplateOptions, forkTemplateCommand } from './commands/templates.ts'
import {
  createWorkflowCommand,
  diagramCommand,
  diffWorkflowCommand,
  type ExportOptions,
  exportWorkflowCommand,
  forkWorkflowCommand,
  importWorkflowCommand,
  isId,
  type KeepOptions,
  listWorkflowsCommand,
  publishWorkflowCommand,
  type RunWorkflowOptions,
  runWorkflowCommand,
  saveWorkflowCommand,
  showWorkflowCommand,
  validateWorkflowCommand,
} from './commands/workflows.ts'
import { mostVersions, type ProgramTools } from './lenses-program.ts'
import { addTemplateCommands } from './templates-program.ts'

/** The commands about workflows and their runs. */
export function addWorkflowCommands(program: Command, tools: ProgramTools): Command {
  const { personOptions, contextFor, done, wholeFrom, numberFrom, anotherWord } = tools
  const workflow = program.command('workflow').description('graphs of lenses, battles and tools, and their runs')
  const version = wholeFrom(1, mostVersions)
  const keeping = (command: Command) =>
    command.option('--tag <tag>', 'may be given several times', anotherWord).option('--note <text>', 'what this version changes')
  const ofVersion = (command: Command) => command.option('--version <n>', 'default: the latest that you see', version)
  const command = (name: string, description: string) => workflow.command(name).description(description)

  personOptions(
    command('list', 'your workflows, and what others have published')
      .option('--mine', 'only your own')
      .option('--tag <tag>', 'with this tag')
      .option('--search <words>', 'with these words in the title or the description'),
  ).action(async (options: ListOptions) => done(await listWorkflowsCommand(options, contextFor(options))))

  personOptions(keeping(command('create', 'keep a workflow: a YAML or JSON file').argument('<file>', 'the document'))).action(
    async (file: string, options: KeepOptions) => done(await createWorkflowCommand(file, options, contextFor(options))),
  )

  personOptions(
    keeping(
      command('save', 'save a file as the next version of a workflow').argument('<workflow>', 'its id').argument('<file>', 'the document'),
    ),
  ).action(async (id: string, file: string, options: KeepOptions) =>
    done(await saveWorkflowCommand(id, file, options, contextFor(options))),
  )

  personOptions(
    keeping(
      command('import', 'create from a file, or save it as the next version of your workflow of that title').argument(
        '<file>',
        'the document',
      ),
    ),
  ).action(async (file: string, options: KeepOptions) => done(await importWorkflowCommand(file, options, contextFor(options))))

  personOptions(
    ofVersion(command('export', 'print the document of a workflow, or write it to a file').argument('<workflow>', 'its id'))
      .option('-o, --output <file>', 'YAML where it ends so, else JSON')
      .option('--yaml', 'print YAML'),
  ).action(async (id: string, options: ExportOptions) => done(await exportWorkflowCommand(id, options, contextFor(options))))

  personOptions(ofVersion(command('show', 'print what a workflow says').argument('<workflow>', 'its id'))).action(
    async (id: string, options: VersionOptions) => done(await showWorkflowCommand(id, options, contextFor(options))),
  )

  personOptions(command('validate', 'tell every problem of a file; nothing is kept').argument('<file>', 'the document')).action(
    async (file: string, options: PersonSessionOptions) => done(await validateWorkflowCommand(file, options, contextFor(options))),
  )

  personOptions(
    ofVersion(command('publish', 'publish a version: anybody may see, run and fork it').argument('<workflow>', 'its id')),
  ).action(async (id: string, options: VersionOptions) => done(await publishWorkflowCommand(id, options, contextFor(options))))

  personOptions(
    command('diff', 'what changed between two versions')
      .argument('<workflow>', 'its id')
      .argument('<from>', 'a version', version)
      .argument('<to>', 'another', version),
  ).action(async (id: string, from: number, to: number, options: PersonSessionOptions) =>
    done(await diffWorkflowCommand(id, from, to, options, contextFor(options))),
  )

  personOptions(
    keeping(
      command('run', 'run a workflow, and print what it came to').argument(
        '<workflow>',
        'its id, the slug of a template, or a file: these are kept first',
      ),
    )
      .option('-i, --input <name=value>', 'an input: JSON or text, or name=@file; may be given several times', anotherWord)
      .option('--inputs <file>', 'inputs from a YAML or JSON file')
      .option('--model <model>', 'of a template or a file: a model, kind=model or node=model; may be given several times', anotherWord)
      .option('--version <n>', 'at this version', version)
      .option('--pin <node=value>', 'what a node comes to, without a call; may be given several times', anotherWord)
      .option('--dry-run', 'touch nothing outside: nodes that would must be pinned')
      .option('--budget <usd>', 'what it and all it begins may cost', numberFrom(0, 1_000_000))
      .option('--key <text>', 'an idempotency key: the same again is the same run')
      .option('--detach', 'begin it, print the id of the run and go'),
  ).action(async (what: string, options: RunWorkflowOptions) => done(await runWorkflowCommand(what, options, contextFor(options))))

  personOptions(
    command('runs', 'your runs, newest first')
      .option('--workflow <id>', 'of this workflow')
      .addOption(
        new Option('--status <status>', 'in this status').choices([
          'queued',
          'pending_approval',
          'running',
          'completed',
          'failed',
          'cancelled',
          'timed_out',
        ]),
      ),
  ).action(async (options: RunsOptions) => done(await listRunsCommand(options, contextFor(options))))

  personOptions(
    command('watch', 'tell a run as it happens, until it ends')
      .argument('<run>', 'the id of the run')
      .option('--after <event>', 'begin after this event', wholeFrom(0, Number.MAX_SAFE_INTEGER)),
  ).action(async (id: string, options: PersonSessionOptions & { after?: number }) =>
    done(await watchRunCommand(id, options, contextFor(options))),
  )

  personOptions(command('cancel', 'cancel a run: every open node ends, wherever it is').argument('<run>', 'the id of the run')).action(
    async (id: string, options: PersonSessionOptions) => done(await cancelRunCommand(id, options, contextFor(options))),
  )

  personOptions(
    command('retry', 'run again what failed in a run, or a node and all after it')
      .argument('<run>', 'the id of the run')
      .option('--from <node>', 'where to begin; default: at what failed')
      .option('--detach', 'begin it, print the id of the run and go'),
  ).action(async (id: string, options: FollowOptions & { from?: string }) => done(await retryRunCommand(id, options, contextFor(options))))

  personOptions(
    ofVersion(
      command('fork', 'fork a workflow or a template; or, with --from, a run at a node').argument(
        '<id>',
        'of a workflow, or the slug of a template; with --from of a run',
      ),
    )
      .option('--title <text>', 'of the new workflow')
      .option('--model <model>', 'of a template: a model, kind=model or node=model; may be given several times', anotherWord)
      .option('-o, --output <file>', 'of a template: write it to a file, YAML where it ends so, instead of keeping it')
      .option('--from <node>', 'the node of the run to go on from: it and all after it run again')
      .option('-i, --input <name=value>', 'another input of the run; may be given several times', anotherWord)
      .option('--node-input <name=value>', 'another input of that node; may be given several times', anotherWord)
      .option('--detach', 'begin the run, print its id and go'),
  ).action(async (id: string, options: ForkOptions & ForkRunOptions & ForkTemplateOptions) => {
    const context = contextFor(options)
    if (options.from !== undefined) done(await forkRunCommand(id, options, context))
    else done(isId(id) ? await forkWorkflowCommand(id, options, context) : await forkTemplateCommand(id, options, context))
  })

  personOptions(
    command('replay', 'go through a finished run again with what its nodes came to, without a call').argument('<run>', 'the id of the run'),
  ).action(async (id: string, options: PersonSessionOptions) => done(await replayRunCommand(id, options, contextFor(options))))

  personOptions(
    command('answer', 'answer a node of your run that waits')
      .argument('<run>', 'the id of the run')
      .argument('<node>', 'the id of the node')
      .option('--approve', 'approve')
      .option('--reject', 'reject')
      .option('--data <value>', 'what goes on with the answer: JSON or text, or @file'),
  ).action(async (id: string, node: string, options: AnswerOptions) => done(await answerRunCommand(id, node, options, contextFor(options))))

  personOptions(
    ofVersion(
      command('diagram', 'print the graph as a Mermaid flowchart').argument('<id>', 'of a workflow, or with --run of a run'),
    ).option('--run', 'of a run, coloured by status'),
  ).action(async (id: string, options: VersionOptions & { run?: true }) => done(await diagramCommand(id, options, contextFor(options))))

  addTemplateCommands(workflow, tools)
  return workflow
}
