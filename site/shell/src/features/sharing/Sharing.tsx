/** The system app that decides who sees the current space and its items. */

import type { Space } from '@prox/api-client';
import { Link2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { atLeast, usePlace } from '@/shared/lib/place';
import { useWanted } from '@/shared/rows/wanted';
import { Choice } from '@/shared/ui/Choice';
import { Panel } from '@/shared/ui/Panel';
import { NoPermission, Note } from '@/shared/ui/States';
import { Access } from './Access';
import { Preview } from './Preview';
import { Report } from './Report';
import { type Part, type View, viewNamed } from './view';

const TITLES: readonly { value: Part; label: string }[] = [
  { value: 'access', label: 'Access' },
  { value: 'report', label: 'What it shows' },
  { value: 'preview', label: 'View as' },
];

export default function Sharing() {
  const { organization, space } = usePlace();
  if (!space)
    return (
      <Note icon={Link2} title="Open a space first">
        A space, or one item of it, is what is shared.
      </Note>
    );
  if (!atLeast(organization.role, 'admin')) {
    return (
      <NoPermission>Only admins and owners decide who sees this. Ask one of them.</NoPermission>
    );
  }
  return <OfSpace key={space.id} space={space} />;
}

/** The view that was asked for last, by an action or an address. */
function useView(): [View, (view: View) => void] {
  const [view, setView] = useState<View>({ part: 'access', item: null });
  const wanted = useWanted((state) => (state.wanted?.app === 'sharing' ? state.wanted : null));
  useEffect(() => {
    if (!wanted) return;
    setView(viewNamed(wanted.row));
    useWanted.setState({ wanted: null });
  }, [wanted]);
  return [view, setView];
}

function OfSpace({ space }: { space: Space }) {
  const [view, setView] = useView();
  const parts = (
    <Choice
      label="What to look at"
      quiet
      value={view.part}
      options={TITLES}
      onChange={(part) => setView({ part, item: part === 'access' ? view.item : null })}
    />
  );
  if (view.part === 'preview') return <Preview space={space} parts={parts} />;
  return (
    <Panel>
      {parts}
      {view.part === 'report' ? (
        <Report space={space} onItem={(item) => setView({ part: 'access', item })} />
      ) : (
        <Access
          key={view.item}
          space={space}
          item={view.item}
          onItem={(item) => setView({ part: 'access', item })}
        />
      )}
    </Panel>
  );
}
