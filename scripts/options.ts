import { type ParseArgsConfig, parseArgs } from 'node:util'

/** What stands after `--` of an npm command. What it does not know, or has no value for, is said in a line, with what there is. */
export function readOptions<const C extends ParseArgsConfig>(config: C): ReturnType<typeof parseArgs<C>> {
  try {
    return parseArgs(config)
  } catch (error) {
    const names = Object.keys(config.options ?? {}).map((name) => `--${name}`)
    return refuse(
      `${error instanceof Error ? error.message.split('. ')[0] : String(error)}. There ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}.`,
    )
  }
}

export function refuse(why: string): never {
  console.error(why)
  process.exit(2)
}
