/** A NUL, or a half of a surrogate pair: JSON writes both as escapes, and PostgreSQL takes neither into text or jsonb. */
const unstorable = /\\u(?:0000|d[89ab][0-9a-f]{2}|d[c-f][0-9a-f]{2})/i

/**
 * The same JSON with nothing in its strings that PostgreSQL refuses: NULs and half surrogate pairs are replaced as decoders do, so that its length stays. A model may
 * answer with either, and what was paid for is recorded. Without them the text comes back untouched, unparsed.
 *
 * @example storableJson('{"text":"a\\u0000b"}') // '{"text":"a�b"}'
 */
export function storableJson(json: string): string {
  if (!unstorable.test(json)) return json
  return JSON.stringify(
    JSON.parse(json, (_, value: unknown) => (typeof value === 'string' ? value.replaceAll('\0', '\ufffd').toWellFormed() : value)),
  )
}
