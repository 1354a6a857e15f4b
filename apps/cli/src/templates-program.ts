import type { Command } from 'commander'
import { listTemplatesCommand, showTemplateCommand } from './commands/templates.ts'
import type { ProgramTools } from './lenses-program.ts'

/** The commands about the templates that come with Agon. Running and forking one are commands of workflows. */
export function addTemplateCommands(workflow: Command, { contextFor, done }: Pick<ProgramTools, 'contextFor' | 'done'>): void {
  const templates = workflow
    .command('templates')
    .description('workflows to begin with, one for each common task')
    .option('--json', 'print JSON')
    .action((options: { json?: true }) => done(listTemplatesCommand(options, contextFor(options))))
  templates
    .command('show')
    .description('what a template takes, does and shows')
    .argument('<slug>', 'as 09-media-router, or 9, or media-router')
    .option('--json', 'print JSON, with its document and its samples')
    .action((slug: string, options: { json?: true }, command: Command) => {
      // Before the word show, the option is the group's.
      const asked = { ...command.parent?.opts<{ json?: true }>(), ...options }
      done(showTemplateCommand(slug, asked, contextFor(asked)))
    })
}
