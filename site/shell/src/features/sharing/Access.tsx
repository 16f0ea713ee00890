/** Who sees a space, or one item of it: visibility, people and organizations, and links. */

import type { Item, ItemVisibility, Space } from '@prox/api-client';
import { ArrowLeft, FolderInput, Globe, Link2, Lock, SearchX } from 'lucide-react';
import { runAction } from '@/shared/actions/registry';
import { iconUrl } from '@/shared/data/icon';
import { useItemVisibility } from '@/shared/data/sharing';
import { usePlace } from '@/shared/lib/place';
import { announce } from '@/shared/ui/announce';
import { ChoiceRows } from '@/shared/ui/Choice';
import { Face } from '@/shared/ui/Face';
import { PanelSection } from '@/shared/ui/Panel';
import { Loaded, Note, RowsSkeleton } from '@/shared/ui/States';
import { toastProblem } from '@/shared/ui/toasts';
import { audienceOf, audienceWords } from './audience';
import { Links } from './Links';
import { People } from './People';
import { type SharingState, useSharing } from './useSharing';

type Props = {
  space: Space;
  /** The item; null for the whole space. */
  item: string | null;
  onItem: (item: string | null) => void;
};

export function Access({ space, item, onItem }: Props) {
  const query = useSharing(space);
  return (
    <Loaded
      query={query}
      skeleton={
        <div className="mt-6">
          <span className="skeleton mb-6 block h-7 w-56" />
          <RowsSkeleton rows={4} />
        </div>
      }
    >
      {(state) => {
        const found = item === null ? null : state.items.find(({ id }) => id === item);
        if (found === undefined) {
          return (
            <Note
              icon={SearchX}
              title="This item is gone"
              actions={
                <button
                  type="button"
                  className="button button-secondary"
                  onClick={() => onItem(null)}
                >
                  Share the whole page
                </button>
              }
            >
              It was deleted, or is in another space.
            </Note>
          );
        }
        return <OfState space={space} item={found} state={state} onItem={onItem} />;
      }}
    </Loaded>
  );
}

type ViewProps = {
  space: Space;
  item: Item | null;
  state: SharingState;
  onItem: (item: string | null) => void;
};

function OfState({ space, item, state, onItem }: ViewProps) {
  const { organization } = usePlace();
  const audience = audienceOf(item?.id ?? null, state.sharing);
  return (
    <>
      <div className="mt-5 flex items-center gap-3">
        {item && <Face name={item.title} picture={iconUrl(item)} color={item.color} size="40px" />}
        <div className="min-w-0 flex-1">
          <h2 dir="auto" className="text-xl text-balance [overflow-wrap:anywhere]">
            Share {item ? item.title : space.title}
          </h2>
          <p className="text-muted" role="status">
            {audienceWords(audience, organization.name)}
          </p>
        </div>
      </div>
      {item ? (
        <>
          <button
            type="button"
            className="button button-quiet mt-2 -ml-2 text-muted"
            onClick={() => onItem(null)}
          >
            <ArrowLeft size={16} aria-hidden="true" /> Share all of {space.title}
          </button>
          <OfItem space={space} item={item} items={state.items} />
        </>
      ) : (
        <OfSpace space={space} />
      )}
      <People space={space} item={item} state={state} />
      <Links space={space} item={item} state={state} />
    </>
  );
}

const SPACE_WORDS = {
  private: { icon: Lock, words: 'Private: members of this organization, and people named below.' },
  unlisted: { icon: Link2, words: 'Unlisted: everybody who has the address of the page.' },
  public: { icon: Globe, words: 'Public: everybody, and search engines.' },
};

function OfSpace({ space }: { space: Space }) {
  const { icon: Icon, words } = SPACE_WORDS[space.visibility];
  return (
    <div className="mt-5 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-card bg-sunken px-4 py-3">
      <Icon size={16} aria-hidden="true" className="flex-none text-muted" />
      <p className="min-w-0 flex-1 basis-52">{words}</p>
      <button
        type="button"
        className="button button-secondary"
        aria-label={
          space.visibility === 'private' ? undefined : 'Change the visibility of the page'
        }
        onClick={() => runAction('space.publish')}
      >
        {space.visibility === 'private' ? 'Publish' : 'Change'}
      </button>
    </div>
  );
}

type ItemProps = { space: Space; item: Item; items: readonly Item[] };

function OfItem({ space, item, items }: ItemProps) {
  const set = useItemVisibility(space);
  const folder = items.find(({ id }) => id === item.folder_id);
  const choose = (to: ItemVisibility) =>
    set.mutate(
      { item, to },
      {
        onSuccess: () => announce(to === 'private' ? 'Private now' : 'Shown as before'),
        onError: toastProblem,
      },
    );
  return (
    <PanelSection title="Visibility">
      <ChoiceRows
        label="Who sees this item"
        quiet
        value={item.visibility}
        onChange={choose}
        options={[
          {
            value: 'inherit',
            label: folder ? `Like its folder, ${folder.title}` : `Like ${space.title}`,
            detail: folder
              ? 'Those who see the folder see it, and people named here.'
              : 'Those who see the page see it, and people named here.',
            icon: <FolderInput size={16} aria-hidden="true" />,
          },
          {
            value: 'private',
            label: 'Only members and people named here',
            detail: 'Others do not see that it exists, also when the page is public.',
            icon: <Lock size={16} aria-hidden="true" />,
          },
        ]}
      />
    </PanelSection>
  );
}
