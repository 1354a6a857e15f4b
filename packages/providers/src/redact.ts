const secretShapes = [/\b(?:Bearer|Basic)\s+[^\s"',;]+/gi, /\bsb_secret_[^\s"',;]+/g, /\bsk-[^\s"',;]+/g]

/** The longest part of a provider's message that is kept, in characters. */
const mostCharacters = 500

/**
 * A provider's message as it may be stored and shown: the given secrets and anything shaped like one are struck out, then it is
 * cut. In that order, since a cut secret has no shape any more.
 *
 * @example redact('Incorrect API key provided: sk-proj-1234', []) // 'Incorrect API key provided: [redacted]'
 */
export function redact(message: string, secrets: readonly (string | undefined)[]): string {
  let text = message
  // A placeholder such as "none" is no secret, and would strike out words. A key of fal is `id:secret`: its halves are struck out alone, too.
  const parts = secrets.flatMap((secret) => (secret ? [secret, ...secret.split(':')] : []))
  for (const part of parts) if (part.length >= 8) text = text.replaceAll(part, '[redacted]')
  for (const shape of secretShapes) text = text.replace(shape, '[redacted]')
  text = text.replace(/\s+/g, ' ').trim()
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters - 1)}…` : text
}
