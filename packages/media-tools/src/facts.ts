import type { MediaFacts } from '@agon/runner-core'

const clock = (hours: string, minutes: string, seconds: string): number =>
  Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000)

/** What ffmpeg says of a file it was shown. Undefined: it could not read it. ffprobe would say it in JSON, and is not always there. */
export function factsOf(said: string): MediaFacts | undefined {
  const container = /^Input #0, (\S+), from /m.exec(said)?.[1]
  if (container === undefined) return undefined
  const input = said.slice(0, said.search(/^(Output #0|Stream mapping)/m) >>> 0)
  const [, hours, minutes, seconds] = /^\s*Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)/m.exec(input) ?? []
  const video = /Stream #0:\d+\S*: Video: (\w+).*?, (\d{1,5})x(\d{1,5})/.exec(input)
  const audio = /Stream #0:\d+\S*: Audio: (\w+)/.exec(input)
  return {
    container,
    durationMs: hours === undefined ? null : clock(hours, minutes!, seconds!),
    ...(video && { video: { codec: video[1]!, width: Number(video[2]), height: Number(video[3]) } }),
    ...(audio && { audio: { codec: audio[1]! } }),
  }
}

/** How far ffmpeg says it came through a file that it read to its end. */
export function lengthOf(said: string): number | null {
  const last = [...said.matchAll(/time=(\d+):(\d\d):(\d\d(?:\.\d+)?)/g)].at(-1)
  return last ? clock(last[1]!, last[2]!, last[3]!) : null
}

/** The last line that says why: without names of files, which are those of a folder that is gone by then. */
export const complaint = (said: string): string =>
  (
    said
      .trimEnd()
      .split('\n')
      .findLast((line) => /invalid|error|not |unknown|could|no such|unsupported|whitelist/i.test(line)) ?? 'it gives no reason'
  )
    .replace(/\[\S+ @ 0x[0-9a-f]+\] ?/g, '')
    .replace(/[^\x20-\x7e]/g, ' ')
    .trim()
    .slice(0, 200)
