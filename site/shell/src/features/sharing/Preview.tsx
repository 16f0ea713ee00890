/** The page as somebody else sees it: the real page, which only shows. */

import type { Space } from '@prox/api-client';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';
import { keys } from '@/shared/data/keys';
import { publicPath } from '@/shared/lib/paths';
import { usePlace } from '@/shared/lib/place';
import { linkName, principalName, readSomebody } from './audience';
import { useSharing } from './useSharing';
import { type Viewer, viewerPath } from './view';

const ROLES = [
  ['role:member', 'A member'],
  ['role:admin', 'An admin'],
  ['role:owner', 'An owner'],
] as const;

/** Stands for a person who is typed. */
const OTHER = 'other';

export function Preview({ space, parts }: { space: Space; parts: ReactNode }) {
  const { organization } = usePlace();
  const { data } = useSharing(space);
  const [viewer, setViewer] = useState<Viewer>('anyone');
  const [chosen, setChosen] = useState('anyone');
  const [typed, setTyped] = useState('');
  const people = [
    ...new Map(
      (data?.grants ?? []).flatMap(({ principal }) => {
        if (principal.type !== 'user') return [];
        const name = principal.handle ?? principal.email;
        return name ? [[`user:${name}`, principalName(principal)] as const] : [];
      }),
    ),
  ];
  const links = data?.links ?? [];
  const choose = (value: string) => {
    setChosen(value);
    if (value !== OTHER) setViewer(value);
  };
  const somebody = readSomebody(typed);
  return (
    <div className="flex h-full flex-col">
      <div className="flex flex-col gap-3 px-5 pt-4 pb-3 sm:px-6">
        {parts}
        <form
          className="flex flex-wrap items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            if (somebody)
              setViewer(`user:${'email' in somebody ? somebody.email : somebody.handle}`);
          }}
        >
          <label className="flex items-center gap-2">
            <span className="font-medium">As seen by</span>
            <select
              className="field !w-auto max-w-80"
              value={chosen}
              onChange={(event) => choose(event.target.value)}
            >
              <option value="anyone">Everybody, without an account</option>
              <optgroup label="Members">
                {ROLES.map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </optgroup>
              {people.length > 0 && (
                <optgroup label="People with access">
                  {people.map(([value, label]) => (
                    <option key={value} value={value}>
                      {label}
                    </option>
                  ))}
                </optgroup>
              )}
              {links.length > 0 && (
                <optgroup label="Links">
                  {links.map(({ id, name }) => (
                    <option key={id} value={`link:${id}`}>
                      {linkName(name)}
                    </option>
                  ))}
                </optgroup>
              )}
              <option value={OTHER}>Somebody else…</option>
            </select>
          </label>
          {chosen === OTHER && (
            <>
              <input
                className="field min-w-0 !w-auto flex-1 basis-40"
                aria-label="Handle or mail address"
                placeholder="@ada or ada@example.com"
                autoCapitalize="none"
                autoComplete="off"
                spellCheck={false}
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
              />
              <button type="submit" className="button button-secondary" disabled={!somebody}>
                Show
              </button>
            </>
          )}
        </form>
        <p className="text-sm text-muted">
          The real page, as a preview: nothing can be changed, and links do not open.
        </p>
      </div>
      <Page
        path={viewerPath(publicPath(organization, space), viewer)}
        version={`${space.version}`}
        space={space.id}
      />
    </div>
  );
}

/** Keeps links of the page from leading away. */
function holdLinks(frame: HTMLIFrameElement): void {
  const stop = (event: Event) => {
    if (event.target instanceof Object && 'closest' in event.target) event.preventDefault();
  };
  for (const kind of ['click', 'auxclick', 'submit'])
    frame.contentDocument?.addEventListener(kind, stop, true);
}

type PageProps = { path: string; version: string; space: string };

function Page({ path, version, space }: PageProps) {
  const client = useQueryClient();
  const [loaded, setLoaded] = useState<string | null>(null);
  const frame = useRef<HTMLIFrameElement>(null);
  // Another answer of the grants or the items is another page.
  const state = [version, keys.grants(space), keys.shareLinks(space), keys.items(space)]
    .map((key) => (typeof key === 'string' ? key : client.getQueryState(key)?.dataUpdatedAt))
    .join(' ');
  const name = `${path} ${state}`;
  return (
    <div className="relative min-h-0 flex-1 border-t border-line bg-sunken">
      {loaded === null && <span className="skeleton absolute inset-0 !rounded-none" />}
      <iframe
        ref={frame}
        key={name}
        src={path}
        title="Preview of the page"
        // No scripts; the origin, so that the pictures of what is not public show.
        sandbox="allow-same-origin"
        className="absolute inset-0 size-full border-0 bg-raised"
        onLoad={() => {
          setLoaded(name);
          if (frame.current) holdLinks(frame.current);
        }}
      />
    </div>
  );
}
