/** Why a run of a workflow, a lens or a team does not begin. */
export const startErrors = [
  'not_found',
  'input_contract_violation',
  'idempotency_conflict',
  'capability_missing',
  'pin_required',
  'byok_key_not_found',
  'byok_key_expired',
  'byok_key_revoked',
  'local_execution_unsupported',
] as const
