import { documents } from './documents.ts'
import { samples } from './samples.ts'

/** A workflow that is ready to be run, and to be made one's own. */
export interface WorkflowTemplate {
  /** Its number and its name, `01-article`; of those beyond the 25 its name alone. */
  slug: string
  /** What it is for; of the 25, as the list of the tasks says it. */
  task: string
  /** What does the work: kinds of lenses, and what the engine itself does. */
  kinds: readonly string[]
  /** What of a workflow it shows, for who wants to make their own. */
  shows: string
  title: string
  description: string
  /** In the format agon.workflow/v1. It names no model: `withModels` does. */
  document: Record<string, unknown>
  /** Inputs that it runs with, the likeliest first. */
  samples: readonly Record<string, unknown>[]
}

type Told = Pick<WorkflowTemplate, 'task' | 'kinds' | 'shows'>

const told: Readonly<Record<string, Told>> = {
  '01-article': { task: 'Articles, reports and posts', kinds: ['text'], shows: 'one lens, typed inputs with defaults and choices' },
  '02-image-brief': { task: 'An image from a structured visual brief', kinds: ['image'], shows: 'a media lens, a prompt made of a brief' },
  '03-video-storyboard': {
    task: 'A video from script and storyboard',
    kinds: ['video'],
    shows: 'a list of objects as an input, long timeouts',
  },
  '04-lens-chain': {
    task: 'Several lenses connected into one result',
    kinds: ['transform', 'text', 'orchestration'],
    shows: 'fields of one lens as parameters of the next, lenses within a lens',
  },
  '05-press-kit': {
    task: 'Sequential and parallel-safe steps',
    kinds: ['transform', 'text'],
    shows: 'waves: one, three at once, one; fan-in as an object',
  },
  '06-race-check': {
    task: 'Concurrent steps checked for races',
    kinds: ['validation', 'code', 'transform'],
    shows: 'sandboxed code before a model, the ports pass and fail, variables',
  },
  '07-deep-research': {
    task: 'Deep search that gathers and synthesises',
    kinds: ['research', 'transform', 'text'],
    shows: 'a loop over what a lens planned, findings with sources',
  },
  '08-research-pdf': {
    task: 'Research converted into a final PDF',
    kinds: ['research', 'transform', 'pdf'],
    shows: 'a file that is kept, sources handed past a lens',
  },
  '09-media-router': {
    task: 'The correct media workflow for a request',
    kinds: ['routing', 'transform', 'image', 'video'],
    shows: 'routes as ports, a join after branches of which one ran',
  },
  '10-prompt-planner': {
    task: 'An intent turned into executable steps',
    kinds: ['orchestration'],
    shows: 'a plan of prompts, run within caps',
  },
  '11-refine': {
    task: 'Weak output improved without changing its intent',
    kinds: ['transform', 'validation'],
    shows: 'a gate, stop_return, variables of a run',
  },
  '12-validate-output': {
    task: 'Formatting, completeness and schema checked',
    kinds: ['validation', 'output_parser'],
    shows: 'the error port, a failure that is handled',
  },
  '13-orchestrator': {
    task: 'Multi-step execution, managed',
    kinds: ['orchestration', 'text', 'transform', 'validation'],
    shows: 'named lenses begun as child runs, caps, a gate',
  },
  '14-reusable-patterns': {
    task: 'Reusable templates for common patterns',
    kinds: ['loop_map', 'transform'],
    shows: 'one lens for every item of a list, errors collected',
  },
  '15-fallback': {
    task: 'Fallback for failed steps and incomplete outputs',
    kinds: ['text', 'error_catch'],
    shows: 'retry, contracts that are asked again, error ports, a model for each node',
  },
  '16-summarise-long': {
    task: 'Long research and large outputs summarised',
    kinds: ['transform', 'text', 'code'],
    shows: 'map and reduce: cut, summarise parts at once, join',
  },
  '17-text-to-image-prompt': { task: 'Text converted to an image prompt', kinds: ['transform'], shows: 'a schema with bounds and choices' },
  '18-text-to-scenes': {
    task: 'Text converted to video scenes',
    kinds: ['transform', 'code'],
    shows: 'a list of objects out of a lens, sums by code',
  },
  '19-research-to-sections': {
    task: 'Research converted to sections for a PDF',
    kinds: ['transform', 'prompt_template'],
    shows: 'JSON as an input, a document from a template',
  },
  '20-style-control': {
    task: 'Tone, brand and visual consistency',
    kinds: ['transform', 'validation'],
    shows: 'a second attempt with the report in hand, bounded',
  },
  '21-evaluate': {
    task: 'Output quality scored against requirements',
    kinds: ['validation', 'switch'],
    shows: 'weighted criteria, a switch over a score',
  },
  '22-merge-branches': {
    task: 'Outputs of several branches combined',
    kinds: ['text', 'merge', 'aggregate'],
    shows: 'every merge: object, list, text, and a label fed by three edges',
  },
  '23-typed-contracts': {
    task: 'Schemas in and out for all major kinds',
    kinds: ['research', 'text', 'transform', 'image', 'video', 'orchestration', 'validation', 'routing', 'pdf'],
    shows: 'strict contracts of all nine kinds in one workflow',
  },
  '24-test-plan': {
    task: 'A test plan covering edge cases and concurrency',
    kinds: ['transform', 'aggregate', 'validation'],
    shows: 'eager scheduling, lists of three branches in one document',
  },
  '25-parallel-chains': {
    task: 'Parallel chains that scale',
    kinds: ['loop_map', 'text', 'transform', 'code'],
    shows: 'loops over what loops made, ten items at once, failures kept to their item',
  },
}

/** Beyond the 25 tasks, and without a number. */
const toldBeyond: Readonly<Record<string, Told>> = {
  battle: {
    task: 'A battle made, answered, judged and rated',
    kinds: ['battle_create', 'contender_run', 'battle_execute', 'judge_battle', 'score_aggregator', 'leaderboard_update'],
    shows: 'slots left to nodes of the run, a model and a judge for each',
  },
  debate: {
    task: 'A debate that ends in one answer',
    kinds: ['team_run', 'prompt_template'],
    shows: 'a team: members of one task in rounds, an end by agreement, its answer and its transcript',
  },
}

function whole([slug, each]: [string, Told]): WorkflowTemplate {
  const document = documents[slug]!
  return { slug, ...each, title: String(document.title), description: String(document.description), document, samples: samples[slug]! }
}

/** The templates of the 25 tasks, in their order. */
export const templates: readonly WorkflowTemplate[] = Object.entries(told).map(whole)

/** Those, and then the ones beyond them: all there are. */
export const allTemplates: readonly WorkflowTemplate[] = [...templates, ...Object.entries(toldBeyond).map(whole)]

/**
 * The template of a slug, of its number, or of its name without the number.
 *
 * @example findTemplate('article') // as 01-article, 01 and 1
 */
export function findTemplate(named: string): WorkflowTemplate | undefined {
  const number = /^\d{1,2}$/.test(named) ? named.padStart(2, '0') : undefined
  return allTemplates.find(({ slug }) => slug === named || (/^\d/.test(slug) && (slug.slice(3) === named || slug.slice(0, 2) === number)))
}
