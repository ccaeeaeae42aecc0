/** How long what was read ahead counts as fresh; nothing that happens meanwhile is lost, since logs are followed from what was read. */
const fresh = 10_000;

const begun = new Map<string, Promise<Response>>();

/** Begins what a page reads first while its code is still on its way. */
export function readAhead(paths: string[]): void {
  for (const path of paths) {
    const answer = fetch(path).then(readWhole);
    answer.catch(() => undefined);
    begun.set(path, answer);
    setTimeout(() => begun.delete(path), fresh);
  }
}

/** With its body, which else would stay under way for ever where no page asks for it. */
async function readWhole(response: Response): Promise<Response> {
  const body = await response.arrayBuffer();
  return new Response(body.byteLength > 0 ? body : null, { status: response.status, headers: response.headers });
}

/** What was read ahead of a request, once; null when it was not, or when it failed: then the page asks itself. */
export async function takeAhead({ method, url }: Request): Promise<Response | null> {
  const { pathname, search } = new URL(url);
  const path = pathname + search;
  const answer = method === 'GET' ? begun.get(path) : undefined;
  begun.delete(path);
  const response = await answer?.catch(() => null);
  return response?.ok ? response : null;
}
