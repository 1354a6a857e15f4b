import { type Check, failed, passed } from './check.ts'

/** Node runs the TypeScript sources as they are since 22.18. */
const least = [22, 18] as const

export function nodeCheck(version = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const enough = major > least[0] || (major === least[0] && minor >= least[1])
  return enough
    ? passed('node', version)
    : failed('node', `${version} is too old`, `Use Node ${least.join('.')} or newer; npm run battle brings its own.`)
}
