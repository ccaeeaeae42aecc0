import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  resolve: { conditions: ['browser'] },
  test: {
    include: ['tests/**/*.test.ts'],
    environment: 'happy-dom',
    maxWorkers: 2, // a page under test waits more than it computes
    // A browser on a busy machine with two cores takes its time.
    testTimeout: 180_000,
    hookTimeout: 120_000
  }
});
