import { environment } from '../../_shared/environment.ts'
import { addressSource } from '../address-source.ts'

/** How this project tells where a vote comes from. Whoever knows something better of its voters puts it here. */
export const voteSource = addressSource(environment.AGON_VOTE_SALT ?? environment.AGON_SEALING_KEYS)
