import type { Changes, WorkflowProblem } from '@agon/client'
import { printable } from '../terminal/printable.ts'
import type { Style } from '../terminal/style.ts'

/** Every problem of a document: where, what, and what to do. */
export function problemsText(problems: readonly WorkflowProblem[], style: Style): string {
  return problems
    .map(({ severity, code, node_id, edge, path, message, remedy }) => {
      const where = [node_id ?? (edge === undefined ? undefined : `edge ${edge}`), path].filter(Boolean).join(' ')
      const head = `${severity === 'error' ? style.bad('error  ') : style.warn('warning')}  ${style.bold(code)}${where ? `  ${style.dim(printable(where))}` : ''}`
      return `${head}\n         ${printable(message)}\n         ${style.dim(printable(remedy))}`
    })
    .join('\n')
}

const shown = (value: unknown): string => printable(typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 200)

/** What changed between two versions. */
export function changesText({ changes }: Changes, style: Style): string {
  return changes
    .map(({ path, op, from, to, lines }) => {
      const head = style.bold(printable(path || '/'))
      if (lines) {
        const told = lines.map(({ op: line, text }) =>
          line === 'added'
            ? style.good(`+ ${printable(text)}`)
            : line === 'removed'
              ? style.bad(`- ${printable(text)}`)
              : style.dim(`  ${printable(text)}`),
        )
        return [head, ...told].join('\n')
      }
      return [
        head,
        ...(op === 'added' ? [] : [style.bad(`- ${shown(from)}`)]),
        ...(op === 'removed' ? [] : [style.good(`+ ${shown(to)}`)]),
      ].join('\n')
    })
    .join('\n')
}
