// @vitest-environment node
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { builtClient } from './dist';

const limit = 90 * 1000;
let folder: string;
let html: string;

/** What a browser fetches before it can show these pages: the scripts of the document, the pages' own, and all that these import. */
function fetched(pages: string[]): Set<string> {
  const files = new Set<string>();
  const add = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    const code = readFileSync(join(folder, file), 'utf8');
    for (const [, imported] of code.matchAll(/(?:from|^import|;import)"\.\/([^"]+\.js)"/g)) add(`assets/${imported}`);
  };
  for (const [, file] of html.matchAll(/<script[^>]* src="\/([^"]+)"/g)) add(file!);
  for (const page of pages) {
    const file = readdirSync(join(folder, 'assets')).find((name) => name.startsWith(`${page}-`) && name.endsWith('.js'));
    expect(file, page).toBeDefined();
    add(`assets/${file}`);
  }
  return files;
}

function weight(files: Set<string>): number {
  return [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).length, 0);
}

describe('the build', () => {
  beforeAll(() => {
    folder = builtClient();
    html = readFileSync(join(folder, 'index.html'), 'utf8');
  });

  test('shows the home page after at most 90 kB of JavaScript, its texts included', () => {
    const files = fetched(['fr', 'Home']);
    expect(files.size).toBeGreaterThan(3);
    expect(weight(files)).toBeLessThanOrEqual(limit);
  });

  test('shows a discussion, coming by a link, after at most 90 kB of JavaScript', () => {
    expect(weight(fetched(['fr', 'GroupFrame', 'Thread']))).toBeLessThanOrEqual(limit);
  });

  test('puts no script or style in the document itself', () => {
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
  });

  test('has a compressed form beside each script and style', () => {
    const names = readdirSync(join(folder, 'assets')).filter((name) => /\.(js|css)$/.test(name));
    const bare = names.filter(
      (name) =>
        readFileSync(join(folder, 'assets', name)).length > 200 &&
        !['.br', '.gz'].every((form) => existsSync(join(folder, 'assets', name + form)))
    );
    expect(bare).toEqual([]);
  });
});
