/** The report in the order in which it is shown. Pure. */
import type { Exposure, ItemExposure, Viewing, Warning } from '@prox/api-client';
import { type Audience, audienceOf, widthOf } from './audience';

export type Exposed = Pick<ItemExposure, 'id' | 'title' | 'visibility' | 'warnings'> & {
  /** By grants and links of its own. */
  own: readonly Viewing[];
  /** In the end. */
  audience: Audience;
};

export type ShownReport = {
  audience: Audience;
  ofSpace: readonly Viewing[];
  warnings: readonly Warning[];
  /** The widest audience first, then in the order of the page. */
  items: readonly Exposed[];
};

export function reportOf(pages: readonly Exposure[]): ShownReport {
  const [first] = pages;
  const all = pages.flatMap(({ items }) => items);
  const byId = new Map(all.map((item) => [item.id, item]));
  const ofSpace = first?.audience ?? [];
  const sharing = {
    visibility: first?.visibility ?? 'private',
    ofSpace,
    ofItem: (id: string) => byId.get(id)?.audience ?? [],
    itemOf: (id: string) => byId.get(id),
  };
  const items = all.map(({ id, title, visibility, warnings, audience }) => ({
    id,
    title,
    visibility,
    warnings,
    own: audience,
    audience: audienceOf(id, sharing),
  }));
  return {
    audience: audienceOf(null, sharing),
    ofSpace,
    warnings: first?.warnings ?? [],
    items: items.toSorted((a, b) => widthOf(b.audience) - widthOf(a.audience)),
  };
}
