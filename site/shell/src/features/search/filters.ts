/** The filters of a query, as `kind:app`, and how they are completed while a person types. */

/** What can be looked for, in the words of the API. */
export const KINDS = [
  'app',
  'link',
  'card',
  'folder',
  'widget',
  'space',
  'event',
  'member',
  'instance',
  'domain',
  'dataset',
] as const;

export type Known = {
  spaces: readonly { slug: string; title: string }[];
  tags: readonly string[];
};

/** `text`: the query with the filter completed. */
export type Completion = { id: string; title: string; detail: string; text: string };

const FILTERS = [
  ['kind', 'Only one kind, as apps or members'],
  ['in', 'Only one space'],
  ['tag', 'Only items with a tag'],
] as const;

/** How many completions are shown. */
const MOST = 8;

const quoted = (value: string) => (/\s/.test(value) ? `"${value}"` : value);

const folded = (text: string) => text.toLocaleLowerCase();

/** The completions of the filter that the query ends with; none when it ends with a word. */
export function completionsOf(query: string, known: Known): Completion[] {
  const [, before = '', name = '', value = ''] =
    /^(.*?)(?:(?<=^|\s)(kind|in|tag):(\S*))$/i.exec(query) ?? [];
  if (name === '') return [];
  const typed = folded(value.replace(/^"/, ''));
  const complete = (text: string, title: string, detail: string): Completion => ({
    id: `${folded(name)}:${text}`,
    title,
    detail,
    text: `${before}${folded(name)}:${quoted(text)} `,
  });
  switch (folded(name)) {
    case 'kind':
      return KINDS.filter((kind) => kind.startsWith(typed)).map((kind) =>
        complete(kind, `kind:${kind}`, 'Kind'),
      );
    case 'in':
      return known.spaces
        .filter(({ slug, title }) => slug.startsWith(typed) || folded(title).includes(typed))
        .toSorted((a, b) => Number(b.slug.startsWith(typed)) - Number(a.slug.startsWith(typed)))
        .slice(0, MOST)
        .map(({ slug, title }) => complete(slug, `in:${slug}`, title));
    default:
      return known.tags
        .filter((tag) => folded(tag).startsWith(typed))
        .slice(0, MOST)
        .map((tag) => complete(tag, `tag:${quoted(tag)}`, 'Tag'));
  }
}

/** The filters that there are, for a query that is empty. */
export const allFilters = (): Completion[] =>
  FILTERS.map(([name, detail]) => ({ id: name, title: `${name}:`, detail, text: `${name}:` }));
