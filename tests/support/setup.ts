import { makeClusters } from './clusters.ts'

/** Before the first test that needs a system. */
export default makeClusters
