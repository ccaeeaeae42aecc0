import type { Component } from 'svelte';
import type { GroupDocument } from '../../lib/api/types';
import { kindOf } from '../../lib/files/kinds';

export type Preview = Component<{ address: string; name: string; size: number }>;

const views = {
  pdf: () => import('./PdfPreview.svelte'),
  image: () => import('./ImagePreview.svelte'),
  table: () => import('./TablePreview.svelte'),
  text: () => import('./TextPreview.svelte')
};
const images = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/** What shows a document's content in the page, by what the server found in its bytes; null where nothing does. */
export function previewOf({ media_type, name }: GroupDocument): (() => Promise<{ default: Preview }>) | null {
  const kind = kindOf(media_type, name);
  const plain = media_type?.startsWith('text/') ?? false;
  if (kind === 'pdf') return views.pdf;
  if (kind === 'image') return images.includes(media_type ?? '') ? views.image : null;
  if (kind === 'table') return plain ? views.table : null;
  return plain && media_type !== 'text/html' ? views.text : null;
}
