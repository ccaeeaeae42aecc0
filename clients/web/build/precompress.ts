import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const compressible = /\.(css|html|m?js|json|svg|txt|webmanifest)$/;

/** Writes a `.br` and a `.gz` beside each file that shrinks, so that the server never compresses on the fly. */
export function precompress(): Plugin {
  let folder = '';
  return {
    name: 'margelle-precompress',
    apply: 'build',
    configResolved(config) {
      folder = config.build.outDir;
    },
    async closeBundle() {
      const names = await readdir(folder, { recursive: true });
      for (const name of names.filter((name) => compressible.test(name))) await compress(join(folder, name));
    }
  };
}

async function compress(path: string): Promise<void> {
  const text = await readFile(path);
  const brotli = await promisify(brotliCompress)(text, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length }
  });
  const zipped = await promisify(gzip)(text, { level: 9 });
  if (brotli.length < text.length) await writeFile(`${path}.br`, brotli);
  if (zipped.length < text.length) await writeFile(`${path}.gz`, zipped);
}
