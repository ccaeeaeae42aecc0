// @vitest-environment node
import type { BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../browser';
import { id } from '../fake/ids';
import { pdfOf } from '../fake/pdf';
import { visit, type Visit } from './visit';

const address = `/groupes/${id(101)}/documents/${id(804)}`;

let browser: BrowserContext;
let opened: Visit;

/** The document that holds a PDF file, with this one instead, being looked at. */
async function look(content: string, settle: (page: Visit['page']) => Promise<unknown> = async () => {}) {
  opened = await visit(browser, address, ({ documents }) => {
    documents.find(({ document }) => document.id === id(804))!.contents.set(1, content);
  });
  await settle(opened.page);
  await opened.page.click('text=Afficher ici');
  return opened.page;
}

const canvas = () => opened.page.locator('.paper canvas').evaluate(({ width, height }: HTMLCanvasElement) => ({ width, height }));

describe('a PDF file being looked at', () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterEach(async () => {
    expect(opened.outside).toEqual([]);
    expect(opened.faults).toEqual([]);
    await opened.end();
  });

  afterAll(() => browser.close());

  test('has its words above its picture, to be selected and read aloud', async () => {
    const page = await look(pdfOf({ text: 'Bonjour' }));
    const word = page.locator('.paper span', { hasText: 'Bonjour' });
    await word.waitFor();
    const [picture, box] = [(await page.locator('.paper canvas').boundingBox())!, (await word.boundingBox())!];
    expect(box.width).toBeGreaterThan(picture.width / 4);
    expect(box.x + box.width).toBeLessThan(picture.x + picture.width);
    await word.dblclick();
    expect(await page.evaluate(() => getSelection()!.toString())).toBe('Bonjour');
  });

  test('is turned and enlarged by keyboard, and shows one page of ten thousand at a time', async () => {
    const page = await look(pdfOf({ text: 'Bonjour', pages: 10_000 }));
    await page.waitForSelector("text=sur 10");
    await page.locator('.paper').focus();
    await page.keyboard.press('End');
    await page.waitForSelector('[role=status] >> text=page 10000', { state: 'attached' });
    await page.keyboard.press('PageUp');
    expect(await page.getByLabel('Page', { exact: true }).inputValue()).toBe('9999');
    await page.locator('.paper span', { hasText: 'Bonjour' }).waitFor();
    const before = await canvas();
    await page.locator('.paper').focus();
    await page.keyboard.press('+');
    await expect.poll(async () => (await canvas()).width / before.width).toBeCloseTo(1.5, 1);
    expect(await page.locator('.paper canvas').count()).toBe(1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  });

  test('with a page of absurd size is drawn within what a browser can hold', async () => {
    const page = await look(pdfOf({ text: 'Bonjour', box: [200, 14_400] }));
    await page.locator('.paper span', { hasText: 'Bonjour' }).waitFor();
    const { width, height } = await canvas();
    expect(width * height).toBeLessThanOrEqual(16_000_000);
    expect(height).toBeLessThanOrEqual(16_000);
  });

  test('without text says so, and one whose page is broken or which is none says that too', async () => {
    const page = await look(pdfOf({ text: '' }));
    await page.waitForSelector('text=Cette page est une image');
    await opened.end();
    await look('%PDF-1.4\nnothing of the kind');
    await opened.page.waitForSelector('text=Ce fichier ne peut pas être affiché ici.');
  });

  test('gets the typefaces that PDF takes for granted from this server', async () => {
    const asked: string[] = [];
    const page = await look(pdfOf({ text: '4', font: 'ZapfDingbats' }), async (page) => {
      page.on('response', (response) => asked.push(`${response.status()} ${response.headers()['content-type']} ${new URL(response.url()).pathname}`));
    });
    await page.locator('.paper span').waitFor();
    expect(asked.filter((one) => one.includes('FoxitDingbats'))).toEqual([expect.stringMatching(/^200 application\/octet-stream \/assets\/pdf-[\d.]+\/standard_fonts\/FoxitDingbats\.pfb$/)]);
  });

  test('never runs the script that it holds', async () => {
    const page = await look(pdfOf({ text: 'Bonjour', script: 'app.alert(1); document.title = "run";' }));
    await page.locator('.paper span', { hasText: 'Bonjour' }).waitFor();
    expect(await page.title()).not.toContain('run');
    expect(await page.locator('dialog').count()).toBe(0);
  });
});
