import { startQueueWorker } from '../../src/oracle/index.ts';

/** A worker in a process of its own, for tests to kill or to block: `node queue-worker-process.js <url> <queue> <behaviour>`. */
const [url = '', queue = '', behaviour = ''] = process.argv.slice(2);

await startQueueWorker({
  url,
  queue,
  lockMs: 600,
  evaluate: ({ id }) => {
    process.stdout.write(`started ${id}\n`);
    if (behaviour === 'hang') return new Promise<number>(() => undefined);
    // Renews no lock while it computes.
    const end = Date.now() + 2500;
    while (Date.now() < end);
    process.stdout.write(`done ${id}\n`);
    return Promise.resolve(-1);
  },
});
