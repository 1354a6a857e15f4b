import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from '../../packages/local-platform/src/free-port.ts'
import { findPostgresBinaries } from '../../packages/local-platform/src/postgres/binaries.ts'
import { databaseUrl, initialiseCluster } from '../../packages/local-platform/src/postgres/cluster.ts'
import { findProcessOwner, prepareOwnedDirectory } from '../../packages/local-platform/src/postgres/owner.ts'
import { superviseServer } from './supervised-server.ts'

/** Durable commits (fsync and synchronous_commit stay on); memory for the data, so that no engine is measured by its disk reads. */
export const settings: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '2GB',
  jit: 'off',
  max_wal_size: '8GB',
  checkpoint_timeout: '15min',
  shared_preload_libraries: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'fatal',
  log_checkpoints: 'off',
}

export interface BenchPostgres {
  port: number
  url(database: string): string
  client(database: string): Promise<pg.Client>
  stop(): Promise<void>
}

/** A new PostgreSQL 17 in a directory of its own, removed at stop. */
export async function startBenchPostgres(extra: Record<string, string> = {}): Promise<BenchPostgres> {
  const binaries = await findPostgresBinaries()
  const owner = findProcessOwner()
  const parent = mkdtempSync(join(process.env.AGON_BENCH_DIR ?? tmpdir(), 'agon-bench-'))
  prepareOwnedDirectory(parent, owner)
  const dataDir = join(parent, 'data')
  prepareOwnedDirectory(dataDir, owner)
  await initialiseCluster(binaries, dataDir, owner)
  const port = await freePort()
  const server = await superviseServer({ binary: binaries.postgres, dataDir, port, owner, settings: { ...settings, ...extra } })
  const url = (database: string) => databaseUrl(port).replace(/\/postgres$/, `/${database}`)
  return {
    port,
    url,
    async client(database) {
      const client = new pg.Client({ connectionString: url(database) })
      await client.connect()
      return client
    },
    async stop() {
      await server.stop()
      rmSync(parent, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}
