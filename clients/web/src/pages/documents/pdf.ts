import { getDocument, GlobalWorkerOptions, RenderingCancelledException, TextLayer, version } from 'pdfjs-dist';
import worker from 'pdfjs-dist/build/pdf.worker.min.mjs?url';
import { Problem } from '../../lib/api/problem';
import { t } from '../../lib/i18n/index.svelte';

GlobalWorkerOptions.workerSrc = worker;
const parts = `/assets/pdf-${version}`;
/** A canvas larger or longer than this stays empty in some browsers. */
const mostPixels = 16_000_000;
const longestSide = 16_000;
const mostSharp = 2;

/** A PDF file being looked at. It is read by a worker, in pieces, as its pages are asked for. */
export interface Pdf {
  pages: number;
  /** Draws a page so wide (CSS pixels), with its text above it. `done` says whether there is text; it rejects when the page cannot be drawn. */
  draw(number: number, canvas: HTMLCanvasElement, text: HTMLElement, width: number): { done: Promise<boolean>; stop: () => void };
  close(): Promise<void>;
}

/** Throws Problem. */
export async function openPdf(address: string, signal: AbortSignal): Promise<Pdf> {
  const loading = getDocument({
    url: address,
    disableAutoFetch: true,
    disableStream: true,
    enableXfa: false,
    isImageDecoderSupported: false,
    useWasm: false,
    useWorkerFetch: false,
    wasmUrl: `${parts}/wasm/`,
    standardFontDataUrl: `${parts}/standard_fonts/`
  });
  signal.addEventListener('abort', () => void loading.destroy());
  const file = await loading.promise.catch((fault: unknown): never => {
    throw explain(fault);
  });
  return {
    pages: file.numPages,
    draw(number, canvas, text, width) {
      const stopping = new AbortController();
      const done = (async () => {
        const page = await file.getPage(number);
        if (stopping.signal.aborted) return true;
        const plain = page.getViewport({ scale: 1 });
        const viewport = page.getViewport({ scale: width / plain.width });
        const { width: across, height: down } = viewport;
        const sharp = Math.min(mostSharp, devicePixelRatio, Math.sqrt(mostPixels / (across * down)), longestSide / Math.max(across, down));
        canvas.width = Math.max(1, Math.floor(across * sharp));
        canvas.height = Math.max(1, Math.floor(down * sharp));
        canvas.style.setProperty('width', `${across}px`);
        text.style.setProperty('--total-scale-factor', String(viewport.scale));
        const drawing = page.render({ canvas, viewport, transform: [sharp, 0, 0, sharp, 0, 0] });
        const layer = new TextLayer({ textContentSource: page.streamTextContent(), container: text, viewport });
        stopping.signal.addEventListener('abort', () => {
          drawing.cancel();
          layer.cancel();
        });
        await Promise.all([drawing.promise, layer.render()]);
        page.cleanup();
        return layer.textContentItemsStr.some((item) => item.trim() !== '');
      })().catch((fault: unknown) => {
        if (stopping.signal.aborted || fault instanceof RenderingCancelledException) return true;
        throw fault;
      });
      return { done, stop: () => stopping.abort() };
    },
    close: () => loading.destroy()
  };
}

function explain(fault: unknown): Problem {
  const { name, status } = fault as { name?: string; status?: number };
  if (name === 'PasswordException') return new Problem('locked-file', 422, '', t('preview.locked'));
  return status ? new Problem(String(status), status, '', '') : new Problem('unreadable-file', 422, '', t('preview.broken'));
}
