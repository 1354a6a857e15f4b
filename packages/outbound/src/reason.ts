/** The system's word for a failure: a code where it has one. Never what the other side wrote. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? `: ${code}` : `: ${error.message.replaceAll(/[^\x20-\x7e]/g, ' ').slice(0, 200)}`
}
