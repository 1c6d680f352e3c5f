import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './test/support/summary-reporter.js';

/** Tests run as compiled JavaScript: worker threads and command-line processes are then exactly what ships. */
export default defineConfig({
  test: {
    include: ['dist/test/**/*.test.js'],
    exclude: ['node_modules/**'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default', new SummaryReporter()],
  },
});
