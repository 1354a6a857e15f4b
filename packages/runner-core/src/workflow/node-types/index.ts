import { battleTypes } from './battle.ts'
import { lensTypes } from './lens.ts'
import { dataTypes, logicTypes } from './logic.ts'
import { mediaTypes } from './media.ts'
import type { NodeType } from './node-type.ts'

export { AGREED, type TeamConfig, teamConfig, teamKeys, teamLimits } from './team.ts'

import { teamTypes } from './team.ts'
import { toolTypes } from './tools.ts'

export {
  type ConfigFault,
  commonKeyNames,
  commonKeys,
  type JobKind,
  jobKinds,
  type NodeConfig,
  type NodeType,
  retryReasons,
} from './node-type.ts'

/** Every type of node, in the order of the docs. */
export const nodeTypeList: readonly NodeType[] = [
  ...lensTypes,
  ...teamTypes,
  ...logicTypes,
  ...dataTypes,
  ...battleTypes,
  ...mediaTypes,
  ...toolTypes,
]

export const nodeTypes: ReadonlyMap<string, NodeType> = new Map(nodeTypeList.map((each) => [each.type, each]))
