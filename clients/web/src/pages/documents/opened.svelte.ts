import { answer, api, tagged } from '../../lib/api/client';
import { Attempt } from '../../lib/api/idempotency';
import type { DocumentVersion, GroupDocument } from '../../lib/api/types';

/** A document while somebody looks at it: what it is, and its versions, the newest first. */
export class Opened {
  private constructor(
    readonly document: GroupDocument,
    readonly versions: DocumentVersion[],
    readonly etag: string
  ) {}

  static async read(group: string, document: string, signal: AbortSignal): Promise<Opened> {
    const params = { path: { group, document } };
    const [shown, versions] = await Promise.all([
      tagged(api.GET('/groups/{group}/documents/{document}', { params, signal })),
      answer(api.GET('/groups/{group}/documents/{document}/versions', { params, signal }))
    ]);
    return new Opened(shown.data, versions.items, shown.etag);
  }

  /** The newest number, to which a new version belongs. */
  get latest(): number {
    return this.document.version ?? 0;
  }
}

/** What a person does to a document; the page hears of it from the log, and reads it again. */
export function acts(group: string, document: string) {
  const path = { group, document };
  const restoring = new Attempt();
  return {
    update: (etag: string, body: { name?: string; tags?: string[] }) =>
      answer(api.PATCH('/groups/{group}/documents/{document}', { params: { path, header: { 'If-Match': etag } }, body })),
    remove: () => answer(api.DELETE('/groups/{group}/documents/{document}', { params: { path } })),
    relabel: (circle: string | null, reason: string) =>
      answer(api.PUT('/groups/{group}/documents/{document}/label', { params: { path }, body: { circle, reason } })),
    checkOut: (hours: number) => answer(api.PUT('/groups/{group}/documents/{document}/check-out', { params: { path }, body: { hours } })),
    giveBack: () => answer(api.DELETE('/groups/{group}/documents/{document}/check-out', { params: { path } })),
    restore: async (version: number, base: number) => {
      const params = { path: { ...path, version }, header: restoring.headers({ version, base }) };
      await answer(api.POST('/groups/{group}/documents/{document}/versions/{version}/restoration', { params, body: { base } }));
      restoring.done();
    },
    adder: () => {
      const attempt = new Attempt();
      return (upload_id: string, base: number, note: string) => {
        const body = { upload_id, base, note: note.trim() || null };
        return answer(api.POST('/groups/{group}/documents/{document}/versions', { params: { path, header: attempt.headers(body) }, body }));
      };
    }
  };
}

export type Acts = ReturnType<typeof acts>;
