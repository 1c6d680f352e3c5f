import { defineConfig } from 'vitest/config';

/** Tests run as compiled JavaScript: worker threads and command-line processes are then exactly what ships. */
export default defineConfig({
  test: {
    include: ['dist/test/**/*.test.js'],
    exclude: ['node_modules/**'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
