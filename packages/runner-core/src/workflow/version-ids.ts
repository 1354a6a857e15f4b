/**
 * The version that a node begins runs of, as it was when the workflow was saved: `config.version_ids` by the name of the body (`body` of a
 * loop_map, `workflow` of a sub_workflow, of an orchestration the name of a lens), else `config.version_id`.
 */
export function versionIn(config: Record<string, unknown>, name: string): string | undefined {
  const ids = config.version_ids
  const named = typeof ids === 'object' && ids !== null && Object.hasOwn(ids, name) ? (ids as Record<string, unknown>)[name] : undefined
  return [named, config.version_id].find((id): id is string => typeof id === 'string')
}
