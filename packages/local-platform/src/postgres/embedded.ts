import { renameSync, rmdirSync, rmSync } from 'node:fs'
import { freePort } from '../free-port.ts'
import type { Log } from '../log.ts'
import { PlatformError } from '../platform-error.ts'
import { findPostgresBinaries } from './binaries.ts'
import {
  type Cluster,
  copyCluster,
  databaseUrl,
  initialiseCluster,
  isInitialised,
  type Shutdown,
  startCluster,
  stopCluster,
} from './cluster.ts'
import { stopOrphan } from './orphan.ts'
import { findProcessOwner, prepareOwnedDirectory } from './owner.ts'

export interface EmbeddedPostgres {
  url: string
  dataDir: string
  owner: { uid: number; gid: number } | undefined
  /** Stops and starts the server on the same port and data; clients reconnect. */
  restart(how?: Shutdown): Promise<void>
  stop(): Promise<void>
}

function rmdirUnlessUsed(folder: string): void {
  try {
    rmdirSync(folder)
  } catch (cause) {
    throw new PlatformError(
      'data_directory_unusable',
      `${folder} is neither empty nor a PostgreSQL cluster. Choose another folder with dataDir (--data-dir), or empty it.`,
      { cause },
    )
  }
}

/** PostgreSQL 17 on a folder: made when the folder is empty, or copied from a template, recovered when its last owner was killed. */
export async function startEmbeddedPostgres(dataDir: string, log: Log, template?: string): Promise<EmbeddedPostgres> {
  const binaries = await findPostgresBinaries()
  const owner = findProcessOwner()
  prepareOwnedDirectory(dataDir, owner)
  if (isInitialised(dataDir)) {
    await stopOrphan(dataDir, log)
  } else {
    // Made beside its place and moved there whole: a platform killed during initdb leaves no half-made cluster behind.
    const unfinished = `${dataDir}.initialising`
    rmSync(unfinished, { recursive: true, force: true })
    prepareOwnedDirectory(unfinished, owner)
    await (template ? copyCluster(template, unfinished, owner) : initialiseCluster(binaries, unfinished, owner))
    rmdirUnlessUsed(dataDir)
    renameSync(unfinished, dataDir)
  }
  const port = await freePort()
  let cluster: Cluster = await startCluster(binaries, dataDir, port, owner)
  // A process that ends without `stop`, by an exception or process.exit, still takes its database with it.
  const endWithProcess = () => {
    cluster.process.kill('SIGINT')
  }
  process.once('exit', endWithProcess)
  return {
    url: databaseUrl(port),
    dataDir,
    owner,
    async restart(how) {
      await stopCluster(cluster, how)
      cluster = await startCluster(binaries, dataDir, port, owner)
    },
    async stop() {
      process.off('exit', endWithProcess)
      await stopCluster(cluster)
    },
  }
}
