/** What is read first of a thread: a little before the first unread post, and about as much as a screen holds from there. */
export const before = 4;
export const after = 6;

/** The first page, for who has read little of the thread or nothing; few bytes wasted for the others. */
export const firstPage = (path: string): string => `${path}/posts?limit=${before + after}&from=1`;
