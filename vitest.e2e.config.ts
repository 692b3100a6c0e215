import { defineConfig } from 'vitest/config';

/** End-to-end specs in a real browser; one file at a time, because each has a server and a browser of its own. */
export default defineConfig({
  test: {
    include: ['tests/e2e/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    fileParallelism: false,
  },
});
