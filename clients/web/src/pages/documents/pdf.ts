import { getDocument, GlobalWorkerOptions, RenderingCancelledException } from 'pdfjs-dist';
import worker from 'pdfjs-dist/build/pdf.worker.min.mjs?url';
import { Problem } from '../../lib/api/problem';
import { t } from '../../lib/i18n/index.svelte';

GlobalWorkerOptions.workerSrc = worker;

/** A PDF file being looked at. It is read by a worker, in pieces, as its pages are asked for. */
export interface Pdf {
  pages: number;
  /** Draws a page so wide (CSS pixels); the page's text, for whoever does not see it. */
  draw(number: number, canvas: HTMLCanvasElement, width: number): { text: Promise<string>; stop: () => void };
  close(): Promise<void>;
}

/** Throws Problem. */
export async function openPdf(address: string, signal: AbortSignal): Promise<Pdf> {
  const loading = getDocument({ url: address, disableAutoFetch: true, disableStream: true, enableXfa: false, isImageDecoderSupported: false });
  signal.addEventListener('abort', () => void loading.destroy());
  const file = await loading.promise.catch((fault: { status?: number }): never => {
    throw fault.status ? new Problem(String(fault.status), fault.status, '', '') : new Problem('unreadable-file', 422, '', t('preview.broken'));
  });
  return {
    pages: file.numPages,
    draw(number, canvas, width) {
      let stopped = false;
      let stop = () => {
        stopped = true;
      };
      const text = (async () => {
        const page = await file.getPage(number);
        if (stopped) return '';
        const plain = page.getViewport({ scale: 1 });
        const viewport = page.getViewport({ scale: (width / plain.width) * Math.min(2, devicePixelRatio) });
        canvas.width = Math.floor(viewport.width);
        canvas.height = Math.floor(viewport.height);
        const drawing = page.render({ canvas, viewport });
        stop = () => drawing.cancel();
        await drawing.promise.catch((fault) => {
          if (!(fault instanceof RenderingCancelledException)) throw fault;
        });
        const { items } = await page.getTextContent();
        page.cleanup();
        return items.map((item) => ('str' in item ? item.str : '')).join(' ');
      })();
      return { text, stop: () => stop() };
    },
    close: () => loading.destroy()
  };
}
