/** One cell of the benchmark in a process of its own, forked by the runner: takes a `CellOrder`, tells `CellEvent`s, and ends with the
 *  runner. */
import { messageOf } from '../../src/base/index.ts';
import { MissingMethodError } from '../methods/online/method.ts';
import { endNow, type CellEvent, type CellNews, type CellOrder } from './cells.ts';
import { playOffline } from './offline-cell.ts';
import { playOnline } from './online-cell.ts';
import { loadRegistry } from './registry.ts';

function tell(news: CellNews): void {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const event = {
    ...news,
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    megabytes: (maxRSS * 1024) / 1e6,
  } as CellEvent;
  process.send?.(event);
}

async function play({ cell, threads, modules }: CellOrder): Promise<void> {
  const registry = await loadRegistry(modules);
  const { part, task, method, seed, count } = cell;
  if (part === 'offline') await playOffline(registry.offline.task(task, seed), registry.offline.method, cell, tell);
  else
    await playOnline(registry.online.task(task, seed), registry.online.method(method), { seed, count, threads }, tell);
}

process.once('disconnect', () => process.exit(1));
process.on('message', (order: CellOrder | typeof endNow) => {
  if (order === endNow) process.exit(1);
  play(order)
    .catch((error: unknown) =>
      tell({ event: error instanceof MissingMethodError ? 'missing' : 'failed', message: messageOf(error) }),
    )
    .finally(() => process.disconnect());
});
