import { describe, expect, test } from 'vitest';
import deskEn from '../../messages/desk.en.json';
import deskFr from '../../messages/desk.fr.json';
import mainEn from '../../messages/en.json';
import mainFr from '../../messages/fr.json';

const fr = { ...mainFr, ...deskFr };
const en = { ...mainEn, ...deskEn };

const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

describe('the catalogues', () => {
  test('have the same keys in French and in English', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(fr).sort());
  });

  test('say nothing twice', () => {
    expect(Object.keys(deskFr).filter((key) => key in mainFr)).toEqual([]);
  });

  test('leave no text empty', () => {
    for (const catalogue of [fr, en]) {
      expect(Object.entries(catalogue).filter(([, text]) => text.trim() === '')).toEqual([]);
    }
  });

  test('use the same placeholders in both languages', () => {
    // A singular may say "one" in words where the other language writes the number.
    const compared = (Object.keys(fr) as (keyof typeof fr)[]).filter((key) => !key.endsWith('_one'));
    const different = compared.filter((key) => String(placeholders(fr[key])) !== String(placeholders(en[key])));
    expect(different).toEqual([]);
  });

  test('give every plural both of its forms', () => {
    const keys = new Set(Object.keys(fr));
    const halves = [...keys].filter(
      (key) => (key.endsWith('_one') && !keys.has(key.replace(/_one$/, '_other'))) || (key.endsWith('_other') && !keys.has(key.replace(/_other$/, '_one')))
    );
    expect(halves).toEqual([]);
  });

  test('keep French punctuation with the word before it', () => {
    const loose = Object.entries(fr).filter(([, text]) => / [:;?!»%]|« /.test(text));
    expect(loose).toEqual([]);
  });

  test('raise no voice', () => {
    for (const catalogue of [fr, en]) {
      expect(Object.entries(catalogue).filter(([, text]) => text.includes('!'))).toEqual([]);
    }
  });
});
