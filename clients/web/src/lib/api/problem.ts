export interface FieldError {
  pointer: string;
  detail: string;
}

/** Why a request did not succeed: a problem+json answer, or `unreachable` when there was no answer at all. */
export class Problem extends Error {
  readonly errors: FieldError[];
  readonly retryAfter: number | null;

  constructor(
    readonly slug: string,
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    extra: { errors?: FieldError[]; retryAfter?: number | null } = {}
  ) {
    super(title);
    this.errors = extra.errors ?? [];
    this.retryAfter = extra.retryAfter ?? null;
  }

  static unreachable(): Problem {
    return new Problem('unreachable', 0, '', '');
  }

  static from(response: Response, body: unknown): Problem {
    const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
    const type = typeof fields.type === 'string' ? fields.type : '';
    const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
    return new Problem(
      type.slice(type.lastIndexOf('/') + 1) || String(response.status),
      response.status,
      typeof fields.title === 'string' ? fields.title : '',
      typeof fields.detail === 'string' ? fields.detail : '',
      {
        errors: Array.isArray(fields.errors) ? (fields.errors as FieldError[]) : [],
        retryAfter: Number.isFinite(seconds) ? seconds : null
      }
    );
  }

  /** What was wrong with one field, named by its JSON pointer. */
  field(pointer: string): string | undefined {
    return this.errors.find((error) => error.pointer === pointer)?.detail;
  }

  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export function asProblem(fault: unknown): Problem {
  return fault instanceof Problem ? fault : Problem.unreachable();
}
