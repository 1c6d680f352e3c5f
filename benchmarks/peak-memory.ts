import { existsSync, readFileSync } from 'node:fs';

/** Peak resident bytes of this process alone: on Linux `maxRSS` begins at what the parent held when it forked. */
export function peakBytes(): number {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const own = /^VmHWM:\s*(\d+) kB/m.exec(status)?.[1];
  return 1024 * (own === undefined ? process.resourceUsage().maxRSS : Number(own));
}
