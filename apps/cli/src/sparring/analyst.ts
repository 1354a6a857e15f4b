import { fencedTexts } from './arbiter.ts'
import { telling } from './words.ts'

const textOf = (prompt: string, name: string): string => fencedTexts(prompt).find((fenced) => fenced.name === name)?.text ?? ''

/** A rubric of the words the task names: enough to be judged by. */
function rubric(prompt: string): object {
  const words = telling(textOf(prompt, 'TASK')).slice(0, 3)
  return {
    criteria: [
      { title: 'Does what is asked', description: 'It does the task, and nothing else.', weight: 3 },
      ...words.map((word) => ({ title: `Takes up “${word}”`, description: `It says something of ${word}.`, weight: 1 })),
    ],
  }
}

function digest(prompt: string): object {
  const answer = textOf(prompt, 'ANSWER 1')
  const wanted = telling(textOf(prompt, 'TASK'))
  const said = new Set(telling(answer))
  const [taken, missed] = [wanted.filter((word) => said.has(word)), wanted.filter((word) => !said.has(word))]
  return {
    summary: answer.replace(/\s+/g, ' ').slice(0, 200),
    strengths: taken.slice(0, 3).map((word) => `It takes up ${word}.`),
    weaknesses: missed.slice(0, 3).map((word) => `It passes by ${word}.`),
  }
}

/** What the first word of the task that an answer leaves out is worth: a fault that can be shown. */
function findings(prompt: string): object {
  const task = textOf(prompt, 'TASK')
  const answers = fencedTexts(prompt).flatMap(({ name, text }) => {
    const label = /^ANSWER (\d+)$/.exec(name)?.[1]
    return label ? [{ label, said: new Set(telling(text)) }] : []
  })
  return {
    findings: answers.flatMap(({ label, said }) => {
      const missed = telling(task).find((word) => !said.has(word))
      return missed ? [{ about: label, claim: `It says nothing of ${missed}.`, severity: 'medium', evidence: missed }] : []
    }),
  }
}

/** What an analyst is asked for besides a verdict: a rubric, a digest or faults, by the last line of its prompt. Undefined for anything else. */
export function analyse(prompt: string): string | undefined {
  const question = prompt.trimEnd().split('\n').at(-1) ?? ''
  const reply = question.startsWith('Write the rubric')
    ? rubric(prompt)
    : question.startsWith('Digest the answer')
      ? digest(prompt)
      : question.startsWith('Examine the answers')
        ? findings(prompt)
        : undefined
  return reply && JSON.stringify(reply)
}
