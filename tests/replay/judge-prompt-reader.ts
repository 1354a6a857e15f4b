/** What a judge is shown, read back out of its prompt. */
export interface Shown {
  task: string
  /** In the order shown: the first is Answer 1. */
  answers: string[]
  /** The prompt without the task and the answers: what Agon itself tells the judge. */
  frame: string
}

const section = /<<<(TASK|ANSWER (\d+)) ([0-9a-f]{16})>>>\n([\s\S]*?)\n<<<END \1 \3>>>/g

/** Reads a judge's prompt as a judge would: by its fences. Undefined when it is no such prompt. */
export function readJudgePrompt(prompt: string): Shown | undefined {
  let task: string | undefined
  const answers: string[] = []
  const frame = prompt.replace(section, (_, name: string, number: string | undefined, _fence, text: string) => {
    if (number === undefined) task = text
    else answers[Number(number) - 1] = text
    return `(${name})`
  })
  return task === undefined || answers.length === 0 ? undefined : { task, answers, frame }
}
