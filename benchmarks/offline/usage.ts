import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/* Loaded before a measured command (node --import): at its end it reports what the process used, as JSON to file descriptor 3. */
if (isMainThread) process.once('exit', () => writeSync(3, JSON.stringify(process.resourceUsage())));
