import { fileTypeFromBuffer } from 'file-type'

/** What is kept as it is said to be, where its bytes are text: they tell no more. HTML, SVG and scripts are kept as plain text. */
const textTypes = new Set(['text/plain', 'text/csv', 'text/markdown', 'application/json', 'application/yaml', 'application/xml'])

/** Types that are written as text. */
const isTextual = /^text\/|[/+](json|xml|yaml)$|^application\/(javascript|x-ndjson|sql)$/

/** As a browser would run it, or as no file of a workflow is: an archive may hold anything, and is kept; a program is not. */
const refused = new Set([
  'application/x-msdownload',
  'application/x-elf',
  'application/x-mach-binary',
  'application/vnd.microsoft.portable-executable',
  'application/wasm',
  'application/java-vm',
  'image/svg+xml',
])

/** What a file is kept as: what its bytes say; else, if they are text, what it is said to be. */
export async function keptType(bytes: Uint8Array, said: string | undefined): Promise<{ mimeType: string } | { refused: string }> {
  const claimed = said === undefined ? undefined : essence(said)
  const detected = await fileTypeFromBuffer(bytes.subarray(0, 8192))
  const found = detected && essence(detected.mime)
  if (found === 'application/xml') return { mimeType: 'text/plain' }
  if (found !== undefined) {
    if (refused.has(found)) return { refused: `it is ${found} by its bytes, which is not kept` }
    if (claimed !== undefined && claimed !== found && claimed !== 'application/octet-stream')
      return { refused: `it is said to be ${claimed}, and is ${found} by its bytes` }
    return { mimeType: found }
  }
  const isText = readsAsText(bytes)
  if (claimed === undefined || claimed === 'application/octet-stream')
    return { mimeType: isText ? (claimed ?? 'text/plain') : 'application/octet-stream' }
  if (!isText || !isTextual.test(claimed)) return { refused: `it is said to be ${claimed}, and nothing in its bytes says so` }
  return { mimeType: textTypes.has(claimed) ? claimed : 'text/plain' }
}

/** Without its parameters. */
const essence = (type: string): string => type.split(';', 1)[0]!.trim().toLowerCase()

function readsAsText(bytes: Uint8Array): boolean {
  try {
    return !new TextDecoder('utf-8', { fatal: true }).decode(bytes).includes('\0')
  } catch {
    return false
  }
}
