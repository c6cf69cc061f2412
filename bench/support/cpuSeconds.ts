import { readFileSync } from 'node:fs';

/** Linux counts them in hundredths of a second, whatever the kernel's own clock. */
const ticksPerSecond = 100;

/** Processor time that a process and its threads took so far, in seconds; `undefined` where the system does not say. */
export function cpuSecondsOf(pid: number): number | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name of the process, in parentheses, may hold anything; user and system time are the 12th and 13th field behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
