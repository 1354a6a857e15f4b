/** One line of the doctor's: `missing` is a choice not taken, `failed` is something broken. */
export interface Check {
  name: string
  state: 'ok' | 'missing' | 'failed'
  detail: string
  remedy?: string
}

export const passed = (name: string, detail: string): Check => ({ name, state: 'ok', detail })
export const missing = (name: string, detail: string, remedy: string): Check => ({ name, state: 'missing', detail, remedy })
export const failed = (name: string, detail: string, remedy: string): Check => ({ name, state: 'failed', detail, remedy })

/** A check that throws has failed, with what was thrown as its detail. */
export async function checked(name: string, remedy: string, check: () => Promise<Check | Check[]>): Promise<Check[]> {
  try {
    return [await check()].flat()
  } catch (error) {
    return [failed(name, error instanceof Error ? error.message : String(error), remedy)]
  }
}
