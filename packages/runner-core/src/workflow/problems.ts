/** What can be wrong with a workflow, and what to do about it. A warning does not keep it from being saved. */
export const problemTable = {
  invalid_document: { severity: 'error', remedy: 'Write it as docs/workflows.md says.' },
  unknown_key: { severity: 'error', remedy: 'Remove the key, or correct its name.' },
  too_large: { severity: 'error', remedy: 'Split it: a part can be a workflow of its own, run by sub_workflow.' },
  duplicate_node_id: { severity: 'error', remedy: 'Give each node an id of its own.' },
  unknown_node_type: { severity: 'error', remedy: 'Choose a type of docs/workflow-nodes.md.' },
  invalid_config: { severity: 'error', remedy: 'Correct the key as docs/workflow-nodes.md says.' },
  unknown_config_key: {
    severity: 'error',
    remedy: 'Remove the key, or correct its name: docs/workflow-nodes.md lists those of this type.',
  },
  lens_missing: { severity: 'error', remedy: 'Give the node a lens, or a lens_version_id.' },
  lens_unexpected: { severity: 'error', remedy: 'Remove lens and lens_version_id, or let the node be of type lens.' },
  unknown_lens_version: { severity: 'error', remedy: 'Name a version that is yours or public: GET /api/lenses lists them.' },
  unknown_workflow: { severity: 'error', remedy: 'Name a workflow that is yours or public: GET /api/workflows lists them.' },
  invalid_schema: { severity: 'error', remedy: 'Correct the JSON Schema at that place.' },
  invalid_contract: { severity: 'error', remedy: 'Let the contract agree with itself.' },
  template_invalid: { severity: 'error', remedy: 'Correct the Liquid: {{ x }}, filters, {% if %}, {% for %}, and [[x]] for {{ x }}.' },
  template_unknown_input: {
    severity: 'error',
    remedy:
      'Declare it as a parameter, draw an edge to that label, or write inputs.name for an input of the run and variables.name for a variable.',
  },
  unknown_variable: { severity: 'warning', remedy: 'Let a set_variables node before it set the variable.' },
  expression_invalid: { severity: 'error', remedy: 'Write what would stand in {% if … %}: input.score >= 7 and inputs.strict' },
  model_missing: {
    severity: 'error',
    remedy: 'Name a model_key, on the lens or in config, or let whoever runs the project set a default.',
  },
  model_unknown: { severity: 'error', remedy: 'Use a key as provider:model; GET /api/models lists them.' },
  adapter_missing: { severity: 'error', remedy: 'Choose a model that can be called; GET /api/models says which.' },
  model_kind: { severity: 'error', remedy: 'Choose a model that makes what the node is for.' },
  model_retired: { severity: 'warning', remedy: 'Choose another model before its maker shuts this one down.' },
  moderation_without_model: { severity: 'error', remedy: 'Remove moderation: set it on the nodes that ask a model.' },
  credential_missing: { severity: 'error', remedy: 'Add the connection, and name it as credential_id.' },
  credential_unknown: { severity: 'error', remedy: 'Name a connection of yours, of the kind the node needs: GET /api/keys lists them.' },
  routing_insufficient_routes: { severity: 'error', remedy: 'Give config.routes at least two routes.' },
  duplicate_route: { severity: 'error', remedy: 'Give each route a name of its own.' },
  route_without_edge: { severity: 'error', remedy: 'Draw an edge from the port of that name, or remove the route.' },
  validation_missing_criteria: { severity: 'error', remedy: 'Give config.criteria.' },
  orchestration_missing_caps: { severity: 'error', remedy: 'Give config.caps: max_nodes, max_depth and budget_usd.' },
  orphan_source: { severity: 'error', remedy: 'Let the edge begin at a node that there is, or remove it.' },
  orphan_target: { severity: 'error', remedy: 'Let the edge end at a node that there is, or remove it.' },
  self_edge: { severity: 'error', remedy: 'Remove the edge: a node runs once. To repeat something, use loop_map.' },
  unknown_port: { severity: 'error', remedy: 'Use a port that the node has.' },
  cycle_detected: { severity: 'error', remedy: 'Remove one of these edges. To repeat something, use loop_map.' },
  merge_conflict: { severity: 'error', remedy: 'Give all edges to one label the same merge_strategy.' },
  condition_invalid: { severity: 'error', remedy: 'Give value with equals and contains, and none with present and truthy.' },
  condition_on_error_port: { severity: 'error', remedy: 'Remove the condition, and let an if_condition after it look at error.code.' },
  error_edge_ineffective: {
    severity: 'warning',
    remedy:
      'Let the error port lead to a node of its own, or to one that runs whatever became of its parents: error_catch, merge with allow_partial.',
  },
  missing_binding: {
    severity: 'error',
    remedy: 'Draw an edge to the label, declare an input of the run of that name, give it in param_overrides, or give it a default.',
  },
  unknown_parameter: { severity: 'error', remedy: 'Correct the label, or let the contract not be strict.' },
  unknown_reference: { severity: 'error', remedy: 'Refer to a node with an edge to this one, as [[node_id.path]], or to [[inputs.name]].' },
  unknown_output: { severity: 'error', remedy: 'Name a node of the workflow as output, or leave it out.' },
  depth_exceeded: { severity: 'error', remedy: 'Nest less deeply: at most five levels.' },
  capability_missing: { severity: 'error', remedy: 'Run a worker that can do it, or leave the node out.' },
  price_unknown: { severity: 'warning', remedy: 'Choose a model with a price in the registry: a budget cannot hold this one.' },
} as const satisfies Record<string, { severity: 'error' | 'warning'; remedy: string }>

export type ProblemCode = keyof typeof problemTable

/** One thing that is wrong with a workflow. */
export interface WorkflowProblem {
  code: ProblemCode
  /** An error keeps the workflow from being saved. */
  severity: 'error' | 'warning'
  node_id?: string
  /** The place of the edge in edges. */
  edge?: number
  /** JSON pointer into the document. */
  path?: string
  message: string
  remedy: string
}

export type Place = Pick<WorkflowProblem, 'node_id' | 'edge' | 'path'>

export const problem = (code: ProblemCode, place: Place, message: string, remedy: string = problemTable[code].remedy): WorkflowProblem => ({
  code,
  severity: problemTable[code].severity,
  ...place,
  message,
  remedy,
})
