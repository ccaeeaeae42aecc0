import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { precompress } from './build/precompress.ts';
import { preloadTypeface } from './build/preload-typeface.ts';

// Few files, so that a phone's first visit costs few round trips: what starts the page, what most pages share,
// and two rooms that only some pages enter.
const groups = [
  { name: 'core', tags: ['$initial' as const] },
  { name: 'writing', test: /src\/lib\/(composer|text)|@github\/(text-expander|markdown-toolbar)|dom-input-range/ },
  { name: 'group-form', test: /group-fields|(Group|Milestone|Territory)Fields?\.svelte|Tick\.svelte|Combobox|combobox-nav/ },
  { name: 'shared', test: /src\/|@lucide/, minShareCount: 2 }
];

export default defineConfig({
  plugins: [svelte(), preloadTypeface(), precompress()],
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups } } }
  }
});
