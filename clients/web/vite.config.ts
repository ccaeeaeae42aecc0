import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { pdfParts } from './build/pdf-parts.ts';
import { precompress } from './build/precompress.ts';
import { preloadTypeface } from './build/preload-typeface.ts';

// Few files, so that a phone's first visit costs few round trips: what starts the page, what most pages share,
// and three rooms that only some pages enter.
const writing = /src\/lib\/composer\/.*\.svelte/;
const groupForm = /group-fields|(Group|Milestone|Territory)Fields?\.svelte|Tick\.svelte|Combobox|combobox-nav/;
// What is opened from pages that everybody opens, by some people and some of the time, stays out of all of them.
const onRequest = /(ReasonConfirm|ReadersChoice|Relabel|SeesNothing)\.svelte|src\/pages\/(releases|square)\//;
const agreement = /src\/lib\/agreement\//;
const files = /src\/lib\/files\//;
const groups = [
  { name: 'core', tags: ['$initial' as const], priority: 3 },
  {
    name: 'shared',
    test: (path: string) => /src\/|@lucide/.test(path) && !writing.test(path) && !groupForm.test(path) && !onRequest.test(path) && !agreement.test(path) && !files.test(path),
    minShareCount: 2,
    priority: 2
  },
  { name: 'writing', test: writing, priority: 1 },
  { name: 'group-form', test: groupForm, priority: 1 },
  { name: 'agreement', test: agreement, priority: 1 },
  { name: 'files', test: files, priority: 1 }
];

export default defineConfig({
  plugins: [svelte(), preloadTypeface(), pdfParts(), precompress()],
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups } } }
  }
});
