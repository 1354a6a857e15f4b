import type { Line } from '@agon/runner-core'
import type { Kit } from '../sub-workers/index.ts'
import { telemetrySettings } from './telemetry-settings.ts'

export interface Telemetry {
  // biome-ignore lint/suspicious/noExplicitAny: as a dispatcher's lines are
  line: (line: Line<any>) => Line<any>
  stop(): Promise<void>
}

const nothing: Telemetry = { line: (line) => line, stop: async () => undefined }

/** Traces and metrics by OTLP, where the standard OTEL_ variables name a receiver; else nothing is made, and nothing of it is loaded. */
export async function startTelemetry(environment: Record<string, string | undefined>, kit: Kit): Promise<Telemetry> {
  const settings = telemetrySettings(environment)
  if (settings === undefined) return nothing
  const { exportTelemetry } = await import('./export-telemetry.ts')
  return exportTelemetry(settings, kit)
}
