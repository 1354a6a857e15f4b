import { appendFileSync, existsSync, readFileSync } from 'node:fs'

/**
 * A SIMULATED coding backend, to try coding battles without an agent: it makes no model call and understands nothing. `steady` writes the
 * task down where a team would look for it; `hasty` leaves a remark.
 *
 * @example node sparring-coder.ts <prompt file> steady|hasty
 */
const [promptFile, model = 'steady'] = process.argv.slice(2)
if (!promptFile || !existsSync(promptFile)) {
  console.error('sparring-coder: give it the file of its task')
  process.exit(2)
}
const task = readFileSync(promptFile, 'utf8').trim()
const [file, text] =
  model === 'hasty'
    ? (['TODO', 'later\n'] as const)
    : ([
        'TASKS.md',
        `# Tasks\n\n${task
          .split('\n')
          .map((line) => `> ${line}`)
          .join('\n')}\n\nNobody has begun it: a simulated coder wrote this.\n`,
      ] as const)
console.log(`[simulated] ${model} reads ${task.length} characters.`)
appendFileSync(file, text)
console.log(`[simulated] ${model} wrote ${file}, and nothing else.`)
console.log(`tokens: ${Math.ceil(text.length / 4)}`)
