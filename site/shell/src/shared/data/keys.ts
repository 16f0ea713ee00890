/**
 * The cache keys. The scoped ones are exactly the keys that the server invalidates: a noun,
 * then ids (never slugs).
 */
export const keys = {
  me: ['me'],
  organizations: ['organizations'],
  preferences: (person: string) => ['preferences', person],
  notifications: (person: string) => ['notifications', person],
  providers: ['providers'],
  sessions: ['sessions'],
  shared: ['shared'],
  preflight: (url: string) => ['preflight', url],
  organization: (organization: string) => ['organization', organization],
  members: (organization: string) => ['members', organization],
  instances: (organization: string) => ['instances', organization],
  connectors: (instance: string) => ['connectors', instance],
  events: (instance: string) => ['events', instance],
  spaces: (organization: string) => ['spaces', organization],
  space: (space: string) => ['space', space],
  items: (space: string) => ['items', space],
  domains: (space: string) => ['domains', space],
  health: (space: string) => ['health', space],
  feed: (item: string) => ['feed', item],
  grants: (space: string) => ['grants', space],
  shareLinks: (space: string) => ['share_links', space],
  workspaces: (organization: string, user: string) => ['workspaces', organization, user],
} as const;

/** Keys of the shell that depend on the same data and that the server does not know. */
const ALSO: Record<string, readonly string[]> = {
  organization: keys.organizations,
};

/** The cache keys to fetch again when the server names `changed`. */
export function staleKeys(changed: readonly (readonly string[])[]): (readonly string[])[] {
  const all = changed
    .filter((key) => key.length > 0)
    .flatMap((key) => {
      const also = ALSO[key[0] ?? ''];
      return also ? [key, also] : [key];
    });
  const seen = new Set<string>();
  return all.filter((key) => {
    const name = JSON.stringify(key);
    return !seen.has(name) && seen.add(name);
  });
}
