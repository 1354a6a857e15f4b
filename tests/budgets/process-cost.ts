import { readFileSync } from 'node:fs'

/** What a process has cost so far, by the kernel's account of it. */
export interface ProcessCost {
  cpuMs: number
  residentBytes: number
  /** The most it ever had. */
  peakBytes: number
}

/** Linux counts processor time in hundredths of a second (USER_HZ, which is 100 wherever Deno runs). */
const tickMs = 10

/** Reads /proc; undefined where there is none, or the process is gone. */
export function processCost(pid: number): ProcessCost | undefined {
  try {
    // The second field is the program's name in brackets, with anything in it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024
    return { cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs, residentBytes: kilobytes('VmRSS'), peakBytes: kilobytes('VmHWM') }
  } catch {
    return undefined
  }
}
