/** Who sees a space or an item in the end, and that in words. Pure. */
import type {
  Grant,
  ItemVisibility,
  Level,
  Principal,
  ShareLink,
  Viewing,
  Visibility,
} from '@prox/api-client';

export const LEVELS: readonly { value: Level; label: string }[] = [
  { value: 'view', label: 'Can view' },
  { value: 'edit', label: 'Can edit' },
  { value: 'manage', label: 'Can manage' },
];

/** What the audience of an item depends on. */
export type Placed = { visibility: ItemVisibility; folder_id?: string | null };

export type Sharing = {
  visibility: Visibility;
  /** By grants and links of the whole space. */
  ofSpace: readonly Viewing[];
  /** By grants and links of one item. */
  ofItem: (item: string) => readonly Viewing[];
  itemOf: (item: string) => Placed | undefined;
};

export type Source = 'item' | 'folder' | 'space';

export type Audience = {
  /** Whether everybody sees it: by the page's visibility, or by a grant to everybody. */
  everybody: 'public' | 'unlisted' | 'granted' | null;
  viewings: readonly (Viewing & { from: Source })[];
};

const EVERYBODY_BY = { public: 'public', unlisted: 'unlisted', private: null } as const;

/** Who besides members sees an item, or the space when `item` is null. */
export function audienceOf(item: string | null, sharing: Sharing): Audience {
  const viewings: (Viewing & { from: Source })[] = [];
  const add = (from: Source, more: readonly Viewing[]) =>
    viewings.push(...more.map((one) => ({ ...one, from })));
  let open = true;
  let at = item;
  let from: Source = 'item';
  while (at !== null && open) {
    add(from, sharing.ofItem(at));
    const placed = sharing.itemOf(at);
    // One that is not known inherits nothing: its folder is on a page that was not fetched yet.
    open = placed?.visibility === 'inherit';
    at = placed?.folder_id ?? null;
    from = 'folder';
  }
  if (open) add('space', sharing.ofSpace);
  const granted = viewings.some(({ principal }) => principal.type === 'anyone');
  const published = open ? EVERYBODY_BY[sharing.visibility] : null;
  return { everybody: published ?? (granted ? 'granted' : null), viewings };
}

/** How many see it, to order by: everybody before links before people before members only. */
export function widthOf({ everybody, viewings }: Audience): number {
  if (everybody) return { public: 6, granted: 5, unlisted: 4 }[everybody];
  if (viewings.some(({ principal }) => principal.type === 'link')) return 3;
  if (viewings.some(({ principal }) => principal.type === 'organization')) return 2;
  return viewings.length > 0 ? 1 : 0;
}

/** Whether a link still opens for those who have not opened it. */
export const isOpenLink = (
  { expires_at, max_uses, uses }: ShareLink,
  now: number,
): 'open' | 'expired' | 'used up' =>
  expires_at !== null && Date.parse(expires_at) <= now
    ? 'expired'
    : max_uses !== null && uses >= max_uses
      ? 'used up'
      : 'open';

const linkPrincipal = ({ id, name }: ShareLink): Principal => ({
  type: 'link',
  id,
  handle: null,
  email: null,
  name,
});

/** The grants and links of one item, or of the space itself, as viewings. */
export function viewingsOf(
  item: string | null,
  grants: readonly Grant[],
  links: readonly ShareLink[],
  now: number,
): Viewing[] {
  const ended = new Set(links.filter((one) => isOpenLink(one, now) === 'expired').map((l) => l.id));
  return [
    ...links
      .filter((link) => link.item_id === item && !ended.has(link.id))
      .map((link) => ({
        level: link.level,
        principal: linkPrincipal(link),
        grant_id: null,
        share_link_id: link.id,
      })),
    ...grants
      .filter(({ item_id, principal, via_link }) => {
        const link = via_link ?? (principal.type === 'link' ? principal.id : null);
        return item_id === item && !(link && ended.has(link));
      })
      .map(({ id, level, principal }) => ({
        level,
        principal,
        grant_id: id,
        share_link_id: null,
      })),
  ];
}

/** The name of a link; it may have none. */
export const linkName = (name: string | null | undefined): string => name?.trim() || 'Unnamed link';

/** A principal as the subject of a sentence. */
export function principalName({ type, name, handle, email }: Principal): string {
  switch (type) {
    case 'anyone':
      return 'Everybody';
    case 'link':
      return `Everybody with the link “${linkName(name)}”`;
    case 'organization':
      return `Members of ${name?.trim() || (handle ? `@${handle}` : 'another organization')}`;
    case 'user':
      return name?.trim() || email || (handle ? `@${handle}` : 'A person');
  }
}

/** The links of an audience, inside a sentence. */
function linksInWords(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  if (names.length > 1) return [`everybody with one of ${names.length} links`];
  const name = names[0]?.trim();
  return [name ? `everybody with the link “${name}”` : 'everybody with a certain link'];
}

const list = new Intl.ListFormat('en', { type: 'conjunction' });

/** How many are named; the others are counted. */
const NAMED = 4;

/** Who sees it, as one sentence. `organization`: whose members see everything. */
export function audienceWords({ everybody, viewings }: Audience, organization: string): string {
  if (everybody === 'public') return 'Everybody sees it, and search engines find it.';
  if (everybody === 'unlisted') return 'Everybody who has the address of the page sees it.';
  if (everybody === 'granted') return 'Everybody sees it, because it is shared with everybody.';
  const of = (type: Principal['type']) =>
    viewings.flatMap(({ principal }) => (principal.type === type ? [principal] : []));
  const links = new Map(of('link').map(({ id, name }) => [id, name ?? '']));
  const organizations = of('organization').map(principalName);
  const names = [
    ...new Set([
      ...of('user').map(principalName),
      ...organizations.map((name) => name.replace('Members', 'members')),
    ]),
  ];
  const shown = names.length > NAMED ? names.slice(0, NAMED - 1) : names;
  const others = names.length - shown.length;
  const all = [
    `Members of ${organization}`,
    ...shown,
    ...(others > 0 ? [`${others} others`] : []),
    ...linksInWords([...links.values()]),
  ];
  return all.length === 1
    ? `Only members of ${organization} see it.`
    : `${list.format(all)} see it.`;
}

/** What somebody typed as a person or an organization. */
export type Somebody = { email: string } | { handle: string };

/** Reads `@ada`, `ada`, `ada@example.com` or an address of this site; null when it is none of these. */
export function readSomebody(text: string): Somebody | null {
  const typed = text.trim();
  const page = /^https?:\/\/[^/\s]+\/@([a-z0-9-]+)\/?$/i.exec(typed);
  const word = page?.[1] ?? typed.replace(/^@/, '');
  if (/^[^\s@]+@[^\s@]+$/.test(word)) return { email: word };
  return /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i.test(word) ? { handle: word.toLowerCase() } : null;
}
