import type { Circle, DocumentVersion, GroupDocument, Person } from '../../src/lib/api/types';
import { id } from './ids';

/** A document, its versions (the newest first), and the bytes of each. */
export interface KeptDocument {
  document: GroupDocument;
  versions: DocumentVersion[];
  contents: Map<number, string>;
}

export interface FakeUpload {
  length: number;
  content: string;
}

const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

function kept(n: number, name: string, media_type: string, contents: string[], author: Person, more: Partial<GroupDocument> = {}): KeptDocument {
  const versions = contents
    .map((content, index) => ({
      number: index + 1, author, note: index === 0 ? '' : 'Chiffres de la dernière réunion', media_type, size: content.length, sha256, restored_from: null,
      created_at: ago(5000 - index * 1000)
    }))
    .reverse();
  const document: GroupDocument = {
    id: id(n), name, author, label: 'group', circle: null, tags: [], version: contents.length, media_type, size: contents.at(-1)!.length, sha256, note: versions[0]!.note,
    version_author: author, checked_out_by: null, checked_out_until: null, created_at: ago(5000), changed_at: ago(5000 - contents.length * 1000), deleted: false,
    revision: 1, ...more
  };
  return { document, versions, contents: new Map(contents.map((content, index) => [index + 1, content])) };
}

/** A page that says "Bonjour", as small as a PDF file gets. */
function smallPdf(): string {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R 3 0 R] /Count 2 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    '<< /Length 41 >>\nstream\nBT /F1 24 Tf 20 40 Td (Bonjour) Tj ET     \nendstream',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'
  ];
  let text = '%PDF-1.4\n';
  const places = objects.map((object, index) => {
    const place = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  return `${text}xref\n0 6\n0000000000 65535 f \n${places.join('')}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF`;
}

export function documentsOf(people: Record<'camille' | 'leila' | 'yves', Person>): KeptDocument[] {
  const rows = Array.from({ length: 120 }, (_, row) => `Bâtiment ${row + 1};${310 - row}`).join('\n');
  return [
    kept(801, 'Compte rendu de la visite de la scierie.txt', 'text/plain', ['Présents : cinq.', 'Présents : six.\nLa halle est libre.'], people.camille, { tags: ['visite'] }),
    kept(802, 'consommations.csv', 'text/plain', [`Bâtiment;MWh\n${rows}\n`], people.leila, {
      checked_out_by: people.leila, checked_out_until: new Date(Date.now() + 3_600_000).toISOString(), tags: ['chaufferie', 'chiffres']
    }),
    kept(804, 'Plan de la halle.pdf', 'application/pdf', [smallPdf()], people.yves),
    kept(803, 'Budget prévisionnel.ods', 'application/vnd.oasis.opendocument.spreadsheet', ['PK'], people.yves, {
      label: 'circle', circle: { id: id(301), name: 'Financement' }
    })
  ];
}

export function find(all: KeptDocument[], query: URLSearchParams): GroupDocument[] {
  const begins = query.get('type') ?? '';
  return all
    .map(({ document }) => document)
    .filter(({ name, media_type, tags, author, deleted }) =>
      !deleted && name.toLowerCase().includes((query.get('q') ?? '').toLowerCase()) && (media_type ?? '').startsWith(begins) &&
      (!query.has('tag') || tags.includes(query.get('tag')!)) && (!query.has('author') || author.id === query.get('author')));
}

export function add(all: KeptDocument[], author: Person, name: string, content: string, circle: Circle | null): GroupDocument {
  const made = kept(810 + all.length, name, 'text/plain', [content], author, {
    label: circle ? 'circle' : 'group', circle: circle && { id: circle.id, name: circle.name }, changed_at: new Date().toISOString()
  });
  all.unshift(made);
  return made.document;
}

export function append(found: KeptDocument, author: Person, content: string, note: string, restored_from: number | null = null): GroupDocument {
  const number = found.document.version! + 1;
  const at = new Date().toISOString();
  found.contents.set(number, content);
  found.versions.unshift({ ...found.versions[0]!, number, author, note, size: content.length, restored_from, created_at: at });
  return Object.assign(found.document, { version: number, size: content.length, note, version_author: author, changed_at: at });
}
