/** Where a member's latest receipt is served; a plain address, so that the browser itself saves the file. */
export function receiptAddress(group: string, member: string): string {
  return `/api/v1/groups/${group}/nda/acceptances/${member}/receipt`;
}
