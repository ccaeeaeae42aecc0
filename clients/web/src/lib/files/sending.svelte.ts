import type { DetailedError, Upload } from 'tus-js-client';
import { randomId } from '../api/idempotency';
import { asProblem, Problem } from '../api/problem';

export type SendingState = 'waiting' | 'sending' | 'interrupted' | 'paused' | 'failed' | 'keeping' | 'kept';

/** Bytes of a request: what a proxy in between may hold back, and what is sent again at most after an interruption. */
const partSize = 8 * 1024 * 1024;
const pauses = [0, 1000, 3000, 5000, 10_000, 20_000, 30_000];

/**
 * A file on its way to the server (tus 1.0.0), and what becomes of it there. After an interruption, or when the same file is chosen
 * again after a reload, it goes on where it stopped.
 */
export class Sending<T> {
  readonly id = randomId();
  readonly file: File;
  state = $state<SendingState>('waiting');
  sent = $state(0);
  problem = $state.raw<Problem | null>(null);
  kept = $state.raw<T | null>(null);
  #endpoint: string;
  #keep: (upload: string) => Promise<T>;
  #settled: () => void;
  #upload: Upload | null = null;
  #whole = false;

  /**
   * `keep` makes something of the upload of that id once it is whole; `settled` hears when this no longer sends, whatever came of it.
   */
  constructor(file: File, group: string, keep: (upload: string) => Promise<T>, settled: () => void = () => undefined) {
    this.file = file;
    this.#endpoint = `/api/v1/groups/${group}/uploads`;
    this.#keep = keep;
    this.#settled = settled;
  }

  get isUnderWay(): boolean {
    return this.state === 'sending' || this.state === 'interrupted' || this.state === 'keeping';
  }

  async start(): Promise<void> {
    this.problem = null;
    if (this.file.size === 0) return this.#fail(new Problem('empty-file', 422, '', ''));
    this.state = 'sending';
    if (this.#whole) return this.#finish();
    this.#upload ??= await this.#prepare();
    if (this.state === 'sending') this.#upload.start();
  }

  pause(): void {
    this.state = 'paused';
    void this.#upload?.abort();
    this.#settled();
  }

  /** Ends it, and what the server has of it. */
  async cancel(): Promise<void> {
    this.state = 'paused';
    await this.#upload?.abort(true).catch(() => undefined);
    this.#settled();
  }

  async #prepare(): Promise<Upload> {
    const { Upload } = await import('tus-js-client');
    const upload = new Upload(this.file, {
      endpoint: this.#endpoint,
      headers: { 'Accept-Language': document.documentElement.lang },
      chunkSize: partSize,
      retryDelays: pauses,
      removeFingerprintOnSuccess: true,
      onProgress: (sent) => {
        this.sent = sent;
        if (this.state === 'interrupted') this.state = 'sending';
      },
      onShouldRetry: (error) => {
        const { isTransient, status } = problemOf(error as DetailedError);
        const again = (isTransient && status !== 507) || status === 409;
        if (again && this.state === 'sending') this.state = 'interrupted';
        return again && this.state !== 'paused';
      },
      onError: (error) => this.#fail(problemOf(error as DetailedError)),
      onSuccess: () => void this.#finish()
    });
    const [before] = await upload.findPreviousUploads();
    if (before) upload.resumeFromPreviousUpload(before);
    return upload;
  }

  async #finish(): Promise<void> {
    this.#whole = true;
    this.sent = this.file.size;
    this.state = 'keeping';
    try {
      this.kept = await this.#keep(this.#upload!.url!.split('/').at(-1)!);
      this.state = 'kept';
      this.#settled();
    } catch (fault) {
      this.#fail(asProblem(fault));
    }
  }

  #fail(problem: Problem): void {
    if (this.state === 'paused') return;
    this.problem = problem;
    this.state = 'failed';
    this.#settled();
  }
}

function problemOf(error: DetailedError): Problem {
  const answer = error.originalResponse;
  if (!answer) return Problem.unreachable();
  let body: unknown = null;
  try {
    body = JSON.parse(answer.getBody());
  } catch {
    // A proxy's page says nothing that we could show.
  }
  return Problem.from(new Response(null, { status: answer.getStatus() }), body);
}
