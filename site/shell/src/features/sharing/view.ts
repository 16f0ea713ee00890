/** What the window shows: one of its parts, and the item that the first is about. */

export const PARTS = ['access', 'report', 'preview'] as const;
export type Part = (typeof PARTS)[number];

export type View = { part: Part; item: string | null };

/** The view that an address names after `sharing.`: an item, or a part. */
export function viewNamed(row: string): View {
  if (/^itm_[0-9a-z]{26}$/.test(row)) return { part: 'access', item: row };
  const part = PARTS.find((one) => one === row);
  return { part: part ?? 'access', item: null };
}

/** Somebody as whom the page is shown: `anyone`, `role:member`, `link:shr_…`, `user:ada`. */
export type Viewer = string;

export const viewerPath = (page: string, viewer: Viewer): string =>
  `${page}?${new URLSearchParams({ 'view-as': viewer })}`;
