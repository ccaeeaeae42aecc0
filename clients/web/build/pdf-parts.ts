import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

// What pdf.js asks for by name when a file needs it: two typefaces of signs that PDF takes for granted (ISO 32000-1 §9.6.2.2), and JPEG 2000
// without WebAssembly, which the content security policy does not allow.
const parts = ['standard_fonts/FoxitDingbats.pfb', 'standard_fonts/FoxitSymbol.pfb', 'wasm/openjpeg_nowasm_fallback.js'];

/** Puts these parts of pdf.js beside the scripts, in a folder that its version names: what is in `assets/` never changes. */
export function pdfParts(): Plugin {
  return {
    name: 'margelle-pdf-parts',
    apply: 'build',
    generateBundle() {
      const manifest = createRequire(import.meta.url).resolve('pdfjs-dist/package.json');
      const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
      for (const part of parts) this.emitFile({ type: 'asset', fileName: `assets/pdf-${version}/${part}`, source: readFileSync(join(dirname(manifest), part)) });
    }
  };
}
