import type { ContractField } from './contract-schema.ts'
import { isObject, type LensDocument, workflowLimits } from './document.ts'
import { lensContract } from './lens-contract.ts'
import { listLabels } from './loop-list.ts'
import type { NodeConfig, TeamConfig } from './node-types/index.ts'
import type { ReadNode } from './read-document.ts'

/** A workflow within a node: what a loop runs for each item, or a lens that an orchestration may begin. */
export interface NestedBody {
  /** By which the node's runner asks for it: `body` of a loop; of an orchestration the name of the lens. */
  name: string
  /** In the node. */
  path: string
  /** As it is written: to be read like any other document. */
  document: Record<string, unknown>
  /** Where its one node stands, after `path`. */
  nodePath: string
  /** Where the lens of that node stands, after `path`, if not at `/lens` of the node. */
  lensPath?: string
  /** Whoever runs it gives it whatever it asks for. */
  openInputs: boolean
  tooDeep: boolean
}

/** The id of the one node in a body. */
export const BODY_NODE = 'body'

const anyField = { type: 'any', required: false }
const fieldsFor = (labels: Iterable<string>) => Object.fromEntries([...labels].map((label) => [label, anyField]))

/**
 * The bodies that a node's config holds inline, each as a workflow of one node. A loop hands its body the run's inputs, over them what came
 * into the loop, both without its list, over them the item and its `index`. `labels`: what comes into the node. A body that names a workflow is not inline.
 */
export function nestedBodies(
  { node, config }: Pick<ReadNode, 'node' | 'config'>,
  labels: ReadonlySet<string>,
  runInputs: Readonly<Record<string, ContractField>>,
  depth: number,
): NestedBody[] {
  if (!config) return []
  const tooDeep = depth + 1 >= workflowLimits.depth
  if (node.type === 'loop_map' && isObject(config.body)) {
    const { lens, node: inner } = config.body
    if (lens === undefined && inner === undefined) return []
    const ofList = listLabels(config)
    return [
      {
        name: BODY_NODE,
        path: `/config/body`,
        document: {
          ...headOf(node.label ?? node.id),
          inputs: {
            ...Object.fromEntries(Object.entries(runInputs).filter(([label]) => !ofList.has(label))),
            ...fieldsFor([...[...labels].filter((label) => !ofList.has(label)), 'input', String(config.item_variable), 'index']),
          },
          nodes: [inner === undefined ? { id: BODY_NODE, type: 'lens', lens } : { ...(isObject(inner) ? inner : {}), id: BODY_NODE }],
        },
        nodePath: inner === undefined ? '' : '/node',
        openInputs: false,
        tooDeep,
      },
    ]
  }
  if (node.type === 'team_run') return teamBodies(node.label ?? node.id, config, tooDeep)
  if (node.type !== 'lens' || !Array.isArray(config.lenses)) return []
  return (config.lenses as { name: string; lens?: LensDocument; lens_version_id?: string }[]).flatMap(
    ({ name, lens, lens_version_id }, nth) =>
      lens === undefined && lens_version_id === undefined
        ? []
        : [
            {
              name,
              path: `/config/lenses/${nth}`,
              document: {
                ...headOf(name),
                ...(lens && { inputs: lensContract(lens).parameters }),
                nodes: [{ id: BODY_NODE, type: 'lens', ...(lens ? { lens } : { lens_version_id }) }],
              },
              nodePath: '',
              openInputs: true,
              tooDeep,
            },
          ],
  )
}

/** A turn is a run of its member's own lens, which is given the whole prompt; the last word, where there is one, of the summary's. */
function teamBodies(label: string, config: NodeConfig, tooDeep: boolean): NestedBody[] {
  const { members, summary } = config as Pick<TeamConfig, 'members' | 'summary'>
  const { retry, moderation } = config
  const names = members.map(({ name }) => name)
  const bodyOf = (name: string, path: string, lens: object): NestedBody => ({
    name,
    path,
    document: {
      ...headOf(`${label}: ${name}`),
      inputs: { prompt: { type: 'string' } },
      nodes: [
        {
          id: BODY_NODE,
          type: 'lens',
          lens: { kind: 'text', template: '{{ prompt }}', input_contract: { parameters: { prompt: { type: 'string' } } }, ...lens },
          // What goes into a turn was looked at when it came into the team, or out of a turn.
          config: { retry, moderation: moderation === 'both' || moderation === 'output' ? 'output' : 'off' },
        },
      ],
    },
    nodePath: '',
    lensPath: '',
    openInputs: false,
    tooDeep,
  })
  return [
    ...members.map(({ name, system_prompt, ...asked }, nth) =>
      bodyOf(name, `/config/members/${nth}`, { ...asked, system_prompt: memberSystem(name, names, system_prompt) }),
    ),
    ...(summary === undefined
      ? []
      : [
          bodyOf(TEAM_SUMMARY, '/config/summary', {
            // Who nobody is named for is the first member.
            ...(members[0]?.model_key !== undefined && { model_key: members[0].model_key }),
            ...(({ instructions: _, ...asked }) => asked)(summary),
            system_prompt: `You speak for a team of ${names.length}: ${names.join(', ')}. Whoever reads you has not seen what they said.`,
          }),
        ]),
  ]
}

/** By which the version of a team's summary is known. No member can be called so. */
export const TEAM_SUMMARY = '@summary'

const memberSystem = (name: string, names: readonly string[], own: string | undefined): string =>
  [`You are ${name}, one of a team of ${names.length}: ${names.join(', ')}.`, ...(own ? [own] : [])].join('\n\n')

const headOf = (title: string) => ({ format: 'agon.workflow/v1', title: title.slice(0, 200), edges: [], output: BODY_NODE })
