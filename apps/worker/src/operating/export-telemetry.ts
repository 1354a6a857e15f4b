import type { Line, LogEntry } from '@agon/runner-core'
import { type Attributes, DiagLogLevel, diag, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { Kit } from '../sub-workers/index.ts'
import { version } from '../version.ts'
import { observedProviders } from './observed-providers.ts'
import type { Telemetry } from './telemetry.ts'
import type { TelemetrySettings } from './telemetry-settings.ts'

/** How often it is told that a receiver does not take what is sent: it is tried every few seconds. */
const complaintMs = 60_000

/**
 * One span a step, with a child span a provider call; and what an operator looks at in numbers. Attributes say kinds, models, codes and
 * ids, never a prompt, an answer or a key.
 */
export function exportTelemetry({ traces, metrics, everyMs, serviceName, attributes }: TelemetrySettings, kit: Kit): Telemetry {
  tellOfFailures(kit)
  const resource = resourceFromAttributes({
    'service.name': 'agon-worker',
    ...attributes,
    ...(serviceName !== undefined && { 'service.name': serviceName }),
    'service.version': version,
    'service.instance.id': kit.configuration.AGON_WORKER_ID,
  })
  const tracing = traces
    ? new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] })
    : undefined
  const metering = metrics
    ? new MeterProvider({
        resource,
        readers: [
          new PeriodicExportingMetricReader({
            exporter: new OTLPMetricExporter(),
            exportIntervalMillis: everyMs,
            exportTimeoutMillis: Math.min(30_000, everyMs),
          }),
        ],
      })
    : undefined
  const tracer = tracing?.getTracer('agon-worker', version)
  const meter = metering?.getMeter('agon-worker', version)

  const steps = meter?.createHistogram('agon.step.duration', { unit: 's', description: 'How long a step took, by kind and how it ended' })
  const latency = meter?.createHistogram('agon.provider.latency', { unit: 's', description: 'How long a provider call took' })
  const tokens = meter?.createCounter('agon.tokens', {
    unit: '{token}',
    description: 'Tokens of calls that ended, as providers count them',
  })
  const cost = meter?.createCounter('agon.cost', {
    unit: 'USD',
    description: 'What they cost, by the registry’s prices or as the provider says',
  })
  if (meter) observeQueues(meter)

  function observeQueues(of: NonNullable<typeof meter>) {
    const depth = of.createObservableGauge('agon.queue.depth', { unit: '{job}', description: 'Jobs that are ready' })
    const age = of.createObservableGauge('agon.queue.oldest_ready_age', {
      unit: 's',
      description: 'How long the oldest of them has been ready',
    })
    const running = of.createObservableGauge('agon.worker.running', { unit: '{job}', description: 'Jobs in hand of this worker' })
    of.addBatchObservableCallback(
      async (seen) => {
        seen.observe(running, kit.facts().running)
        const found = await kit.workers.queues()
        if (!found.ok) return kit.log({ level: 'warn', event: 'queues_not_measured', message: found.error.message })
        for (const { kind, ready, oldest_ready_ms } of found.value.kinds) {
          seen.observe(depth, ready, { kind })
          seen.observe(age, (oldest_ready_ms ?? 0) / 1000, { kind })
        }
      },
      [depth, age, running],
    )
  }

  // biome-ignore lint/suspicious/noExplicitAny: as a dispatcher's lines are
  const line = (inner: Line<any>): Line<any> => ({
    ...inner,
    async step(job, world, bounds) {
      const startedAt = performance.now()
      const span: Span | undefined = tracer?.startSpan(
        `step ${inner.kind}`,
        { kind: SpanKind.CONSUMER, attributes: { 'agon.kind': inner.kind, 'agon.job_id': job.jobId } },
        ROOT_CONTEXT,
      )
      // How a step ended is in what it logs last.
      let last: LogEntry | undefined
      const observed = observedProviders(world.providers, {
        begin: (name, attributes) => {
          const begunAt = performance.now()
          const child = span && tracer?.startSpan(name, { kind: SpanKind.CLIENT, attributes }, trace.setSpan(ROOT_CONTEXT, span))
          return ({ errorCode, inputTokens, outputTokens, costUsd }) => {
            const ended: Attributes = { ...attributes, ...(errorCode !== undefined && { 'error.type': errorCode }) }
            latency?.record((performance.now() - begunAt) / 1000, ended)
            if (inputTokens !== undefined) tokens?.add(inputTokens, { ...attributes, direction: 'input' })
            if (outputTokens !== undefined) tokens?.add(outputTokens, { ...attributes, direction: 'output' })
            if (costUsd !== undefined) cost?.add(costUsd, attributes)
            if (errorCode !== undefined) child?.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', errorCode)
            child?.end()
          }
        },
      })
      try {
        return await inner.step(
          job,
          {
            ...world,
            providers: observed,
            log: (entry) => {
              last = entry
              world.log(entry)
            },
          },
          bounds,
        )
      } catch (error) {
        last = { level: 'error', event: 'step_threw' }
        throw error
      } finally {
        const ended: Attributes = {
          'agon.kind': inner.kind,
          ...(last && { 'agon.outcome': last.event }),
          ...(typeof last?.code === 'string' && { 'error.type': last.code }),
        }
        steps?.record((performance.now() - startedAt) / 1000, ended)
        span?.setAttributes(ended)
        if (last && last.level !== 'info') span?.setStatus({ code: SpanStatusCode.ERROR })
        span?.end()
      }
    },
  })

  return {
    line,
    stop: async () => {
      const ended = await Promise.allSettled([tracing?.shutdown(), metering?.shutdown()])
      for (const one of ended)
        if (one.status === 'rejected') kit.log({ level: 'warn', event: 'telemetry_not_sent', message: String(one.reason).slice(0, 300) })
    },
  }
}

/** Its exporters tell nobody by themselves that a receiver is not there, or refuses what it is sent. */
function tellOfFailures({ log }: Kit): void {
  let saidAt = Number.NEGATIVE_INFINITY
  const say = (message: string) => {
    if (performance.now() - saidAt < complaintMs) return
    saidAt = performance.now()
    log({ level: 'warn', event: 'telemetry_not_sent', message: message.slice(0, 300) })
  }
  const quiet = () => undefined
  diag.setLogger(
    { error: say, warn: say, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
}
