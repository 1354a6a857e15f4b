import { createMediaTools, fetchThrough, findFfmpeg, forgetFolders } from '@agon/media-tools'
import { allowedOrigins, createOutbound } from '@agon/outbound'
import type { LogEntry, MediaTools } from '@agon/runner-core'
import type { WorkerConfiguration } from './configuration.ts'

/** The capability that a worker with these tools announces: those who make work for them ask for it by this name. */
export const ffmpegCapability = 'ffmpeg'

/** The tools for films, where an ffmpeg runs here. The project's own files are fetched wherever it stands; all others through the guard. */
export async function filmTools(
  { AGON_FFMPEG, AGON_OUTBOUND_ALLOW, SUPABASE_URL }: WorkerConfiguration,
  log: (entry: LogEntry) => void,
): Promise<MediaTools | undefined> {
  const found = await findFfmpeg(AGON_FFMPEG)
  if (!found) {
    const message =
      AGON_FFMPEG === undefined
        ? 'No ffmpeg on the PATH, and npm brought none for this machine.'
        : `AGON_FFMPEG: ${AGON_FFMPEG} does not run.`
    log({ level: 'warn', event: 'no_media_tools', message: `${message} Films are left to other workers.` })
    return undefined
  }
  log({ level: 'info', event: 'media_tools', ffmpeg: found.version })
  await forgetFolders().catch(() => undefined) // another user's, on a shared machine, are theirs
  const own = {
    prefix: `${SUPABASE_URL.replace(/\/$/, '')}/storage/v1/object/public/`,
    outbound: createOutbound({ allow: allowedOrigins(new URL(SUPABASE_URL).origin) }),
  }
  return createMediaTools({ ffmpeg: found.path, fetch: fetchThrough(createOutbound({ allow: AGON_OUTBOUND_ALLOW }), own) })
}
