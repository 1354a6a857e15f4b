type Environment = Record<string, string | undefined>

/** What the standard OTEL_ variables say of what is sent, and where to. */
export interface TelemetrySettings {
  traces: boolean
  metrics: boolean
  everyMs: number
  serviceName?: string
  attributes: Record<string, string>
}

/** Undefined: nothing is sent. Throws with the variable that cannot be read: what reads them later is silent about it. */
export function telemetrySettings(environment: Environment): TelemetrySettings | undefined {
  const given = (name: string) => environment[name]?.trim() || undefined
  if (given('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return undefined
  const [both, traces, metrics] = ['', '_TRACES', '_METRICS'].map((signal) => {
    const name = `OTEL_EXPORTER_OTLP${signal}_ENDPOINT`
    const url = given(name)
    if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) throw new Error(`${name} must be an http or https URL.`)
    return url !== undefined
  })
  if (!(both || traces || metrics)) return undefined
  const interval = given('OTEL_METRIC_EXPORT_INTERVAL') ?? '60000'
  if (!/^\d{3,8}$/.test(interval) || Number(interval) > 86_400_000)
    throw new Error('OTEL_METRIC_EXPORT_INTERVAL must be milliseconds, from 100 to 86400000.')
  const serviceName = given('OTEL_SERVICE_NAME')
  return {
    traces: Boolean(both || traces),
    metrics: Boolean(both || metrics),
    everyMs: Number(interval),
    ...(serviceName !== undefined && { serviceName }),
    attributes: attributesOf(given('OTEL_RESOURCE_ATTRIBUTES')),
  }
}

/** `key=value` between commas, as OTEL_RESOURCE_ATTRIBUTES is written. */
function attributesOf(text: string | undefined): Record<string, string> {
  try {
    return Object.fromEntries(
      (text ?? '').split(',').flatMap((pair) => {
        const [key, value] = pair.split(/=(.*)/s)
        return key?.trim() && value !== undefined ? [[key.trim(), decodeURIComponent(value.trim())]] : []
      }),
    )
  } catch {
    throw new Error('OTEL_RESOURCE_ATTRIBUTES has a % that is not followed by two hexadecimal digits; a % itself is %25.')
  }
}
