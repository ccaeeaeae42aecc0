/** Where a version's bytes are; opening it is on record. */
export function contentAddress(group: string, document: string, version: number): string {
  return `/api/v1/groups/${group}/documents/${document}/versions/${version}/content`;
}
