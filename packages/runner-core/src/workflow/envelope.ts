/** What a lens is for. */
export const lensKinds = ['text', 'image', 'video', 'research', 'pdf', 'transform', 'orchestration', 'validation', 'routing'] as const
export type LensKind = (typeof lensKinds)[number]

export const artifactKinds = ['text', 'image', 'audio', 'video', 'json'] as const
export type ArtifactKind = (typeof artifactKinds)[number]

/** What a node hands to those after it, in the spelling it is kept in. */
export interface NodeOutputEnvelope {
  /** Of the lens; a node without one has the kind of what it made. */
  kind: LensKind | 'audio' | 'json'
  artifact_kind: ArtifactKind
  /** What it made as text. Always there, perhaps empty. */
  output: string
  /** Structured fields, matched against `output_contract.schema`. */
  data?: unknown
  media?: { url: string; mime?: string; width?: number; height?: number; duration_s?: number }
  /** What describes it and decides nothing: model, latency, finish reason. */
  metadata?: Record<string, unknown>
}

/** A value of a node that has no lens: text as it is, anything else as JSON. */
export function envelopeOf(value: unknown, metadata?: Record<string, unknown>): NodeOutputEnvelope {
  const isText = typeof value === 'string'
  return {
    kind: isText ? 'text' : 'json',
    artifact_kind: isText ? 'text' : 'json',
    output: isText ? value : (JSON.stringify(value) ?? ''),
    ...(isText ? {} : { data: value }),
    ...(metadata && { metadata }),
  }
}
