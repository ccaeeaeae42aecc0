/** What people call a file, by the media type that the server found in its bytes. */
export type FileKind = 'pdf' | 'image' | 'table' | 'slides' | 'text' | 'sound' | 'video' | 'archive' | 'file';

const begins: [start: string, kind: FileKind][] = [
  ['application/pdf', 'pdf'],
  ['image/', 'image'],
  ['audio/', 'sound'],
  ['video/', 'video'],
  ['text/csv', 'table'],
  ['application/vnd.oasis.opendocument.spreadsheet', 'table'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml', 'table'],
  ['application/vnd.ms-excel', 'table'],
  ['application/vnd.oasis.opendocument.presentation', 'slides'],
  ['application/vnd.openxmlformats-officedocument.presentationml', 'slides'],
  ['application/vnd.ms-powerpoint', 'slides'],
  ['application/vnd.oasis.opendocument.text', 'text'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml', 'text'],
  ['application/msword', 'text'],
  ['text/', 'text'],
  ['application/zip', 'archive'],
  ['application/gzip', 'archive'],
  ['application/x-7z', 'archive']
];

export function kindOf(mediaType: string | null, name = ''): FileKind {
  // To its bytes a CSV file is plain text.
  if (mediaType === 'text/plain' && /\.(csv|tsv)$/i.test(name)) return 'table';
  return begins.find(([start]) => mediaType?.startsWith(start))?.[1] ?? 'file';
}
