import { describe, expect, test } from 'vitest';
import { readLines } from '../../src/pages/facilitation/invitee-lines';

const categories = [
  { code: 'authority', labels: ['Collectivité', 'Local authority'] },
  { code: 'resident', labels: ['Habitant, habitante', 'Resident'] }
];
const read = (text: string) => readLines(text, categories);

describe('pasted lines', () => {
  test('are read with any of the usual marks between fields', () => {
    const wanted = {
      invitee: { name: 'Camille Durand', email: 'camille@mairie.example', organisation: 'Bellerive', category: 'authority' },
      fault: null
    };
    for (const mark of ['\t', ' ; ', ', ']) {
      expect(read(['Camille Durand', 'camille@mairie.example', 'Bellerive', 'collectivité'].join(mark))).toEqual([wanted]);
    }
  });

  test('need only an address', () => {
    expect(read('camille@mairie.example')[0]).toEqual({
      invitee: { name: '', email: 'camille@mairie.example', organisation: '', category: '' },
      fault: null
    });
  });

  test('may come as a mail program writes an address', () => {
    expect(read('Camille Durand <camille@mairie.example>')[0]?.invitee).toMatchObject({ name: 'Camille Durand', email: 'camille@mairie.example' });
  });

  test('skip empty lines', () => {
    expect(read('\n a@b.example \r\n\n')).toHaveLength(1);
  });

  test('say which address is missing or wrong', () => {
    expect(read('Camille Durand')[0]).toMatchObject({ invitee: { name: 'Camille Durand' }, fault: 'no_address' });
    expect(read('camille@mairie')[0]?.fault).toBe('no_address');
  });

  test('say which category is unknown, and know one by its beginning', () => {
    expect(read('a@b.example;;chef')[0]?.fault).toBe('unknown_category');
    expect(read('a@b.example;;habitant')[0]?.invitee.category).toBe('resident');
  });
});
