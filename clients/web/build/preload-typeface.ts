import type { Plugin } from 'vite';

/** Asks for the upright Latin typeface together with the page, so that text does not change shape as it loads. */
export function preloadTypeface(): Plugin {
  return {
    name: 'margelle-preload-typeface',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const file = Object.keys(bundle ?? {}).find((name) => /next-latin-wght-normal.*\.woff2$/.test(name));
        if (!file) return [];
        return [
          {
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${file}`, crossorigin: '' },
            injectTo: 'head'
          }
        ];
      }
    }
  };
}
