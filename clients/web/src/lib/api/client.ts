import createClient from 'openapi-fetch';
import { takeAhead } from './ahead';
import { Problem } from './problem';
import { reading } from './reading.svelte';
import type { paths } from './schema';

/** Longer than the longest wait that the server grants a long poll. */
const patience = 40_000;

let whenUnauthenticated = () => {};

/** Says what to do when the server no longer knows the caller. */
export function onUnauthenticated(callback: () => void): void {
  whenUnauthenticated = callback;
}

export const api = createClient<paths>({
  baseUrl: '/api/v1',
  fetch: async (request) => {
    request.headers.set('Accept-Language', document.documentElement.lang);
    const as = reading.header(request);
    if (as) request.headers.set('Read-As', as);
    const early = as ? null : await takeAhead(request);
    if (early) return early;
    return fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(patience)]) });
  }
});

type Call<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

/** Awaits a call of `api`: its body, or a thrown Problem. */
export async function answer<T>(call: Call<T>): Promise<T> {
  return (await tagged(call)).data;
}

/** As `answer`, with the ETag that a later edit has to send back. */
export async function tagged<T>(call: Call<T>): Promise<{ data: T; etag: string }> {
  const { data, error, response } = await call.catch((): never => {
    throw Problem.unreachable();
  });
  if (!response.ok) {
    const problem = Problem.from(response, error);
    if (problem.slug === 'unauthenticated') whenUnauthenticated();
    throw problem;
  }
  return { data: data as T, etag: response.headers.get('ETag') ?? '' };
}
