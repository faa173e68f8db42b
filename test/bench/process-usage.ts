import { readFileSync } from 'node:fs';

/** What a process has used so far, as far as the system tells. */
export type Usage = {
  /** Seconds, of all its threads. */
  cpu: number | null;
  /** Megabytes held now, and the most it ever held. */
  memory: number | null;
  peak: number | null;
};

/** Linux counts in hundredths of a second, whatever the kernel's own clock is. */
const TICKS = 100;

export function usageOf(pid: number): Usage {
  try {
    // The name of the program stands in brackets and may hold spaces.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const megabytes = (field: string) =>
      Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024;
    return {
      cpu: (Number(stat[11]) + Number(stat[12])) / TICKS,
      memory: megabytes('VmRSS'),
      peak: megabytes('VmHWM'),
    };
  } catch {
    return { cpu: null, memory: null, peak: null };
  }
}
