import { expect, test } from 'vitest'
import type { CompiledWorkflow } from './compile.ts'
import { namedIn } from './named-things.ts'
import { pinnedProblems, versionsBegun } from './pinned-versions.ts'

const [workflow, version, other] = ['11111111', '22222222', '33333333'].map((start) => `${start}-0000-4000-8000-000000000000`) as [
  string,
  string,
  string,
]
const node = (node_type: string, config: object, bodies: object = {}) =>
  ({ node_id: 'n', node_type, ordinal: 0, config, bodies }) as unknown as CompiledWorkflow['nodes'][number]
const known = { workflows: { [workflow]: version }, versions: { [version]: workflow } }

test('what a document names is found wherever it stands, in either spelling, once', () => {
  const document = {
    nodes: [{ config: { workflowId: workflow.toUpperCase() } }, { config: { body: { workflow_id: workflow } }, lens_version_id: version }],
  }
  expect(namedIn(document)).toEqual({ lens_version_ids: [version], workflow_ids: [workflow], version_ids: [], credential_ids: [] })
  expect(namedIn({ workflow_id: 'no id', constructor: workflow })).toMatchObject({ workflow_ids: [] })
})

test('a node begins the version its workflow has now, or the one that is pinned', () => {
  expect(versionsBegun(node('sub_workflow', { workflow_id: workflow }), known)).toEqual({ workflow: version })
  expect(versionsBegun(node('sub_workflow', { workflow_id: workflow, version_id: other }), known)).toEqual({ workflow: other })
  expect(versionsBegun(node('loop_map', { body: { workflow_id: workflow } }), known)).toEqual({ body: version })
  expect(versionsBegun(node('lens', { lenses: [{ name: 'x', workflow_id: workflow }, { name: 'y' }] }), known)).toEqual({ x: version })
  expect(versionsBegun(node('merge', { workflow_id: workflow }), known)).toEqual({})
})

test('a pinned version of another workflow, or of none that is seen, is a problem of the node its author finds', () => {
  const pinned = node('sub_workflow', { workflow_id: workflow, version_id: version })
  const stolen = node('sub_workflow', { workflow_id: workflow, version_id: other })
  expect(pinnedProblems({ nodes: [pinned] } as unknown as CompiledWorkflow, known)).toEqual([])
  expect(pinnedProblems({ nodes: [stolen] } as unknown as CompiledWorkflow, known)).toMatchObject([
    { code: 'unknown_workflow', node_id: 'n', path: '/nodes/0/config/version_id' },
  ])
  const loop = { ...node('loop_map', {}, { body: { nodes: [stolen] } }), node_id: 'loop', ordinal: 4 }
  expect(pinnedProblems({ nodes: [loop] } as unknown as CompiledWorkflow, known)).toMatchObject([
    { node_id: 'loop', path: '/nodes/4/config' },
  ])
})
