/** The dialog that imports an exported desktop: first what would change, then the change. */
import type { Item } from '@prox/api-client';
import { type ReactNode, useState } from 'react';
import { queryClient } from '@/shared/data/client';
import { itemsQuery } from '@/shared/data/items';
import { spacesQuery } from '@/shared/data/spaces';
import { usePlace } from '@/shared/lib/place';
import { usePreferences } from '@/shared/state/preferences';
import { announce } from '@/shared/ui/announce';
import { ChoiceRows } from '@/shared/ui/Choice';
import { Dialog, DialogActions, DialogBody } from '@/shared/ui/Dialog';
import { FileButton } from '@/shared/ui/FileButton';
import { toast, toastProblem } from '@/shared/ui/toasts';
import { undoChange } from '@/shared/undo/timeline';
import { importArrangement } from '@/system/desktops/arrangement';
import { keptOf } from '@/system/desktops/kept';
import { MOST_DESKTOPS } from '@/system/desktops/model';
import { useDesktops } from '@/system/desktops/store';
import type { DialogProps } from '@/system/dialogs';
import { DesktopCard, mapOf } from '@/system/overview/DesktopMap';
import { frameOf } from '@/system/windows/model';
import { nameWindow, useWindows } from '@/system/windows/store';
import { readFile, type Snapshot } from './format';
import { type Mode, type Plan, planOf } from './plan';
import type { WindowIds } from './subjects';

type Props = DialogProps<'import-desktop'> & {
  ids: WindowIds;
  pictureOf: (item: Item) => string | null;
};

const FIELD = 'File with an exported desktop';

type Loaded = { name: string; snapshot: Snapshot; items: readonly Item[] };

/** The items of all pages that the person may see here, those of the page that is shown first. */
async function allItems(organization: string, shown: string | undefined): Promise<Item[]> {
  const spaces = await queryClient.ensureQueryData(spacesQuery(organization));
  const ordered = spaces.toSorted((a, b) => Number(b.id === shown) - Number(a.id === shown));
  const lists = await Promise.all(
    ordered.map(({ id }) => queryClient.ensureQueryData(itemsQuery(organization, id))),
  );
  return lists.flat();
}

export default function ImportDesktop({ onClose, ids, pictureOf }: Props) {
  const { organization, space } = usePlace();
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [reading, setReading] = useState(false);
  const read = async (file: File) => {
    setReading(true);
    setLoaded(null);
    setProblem(null);
    try {
      const result = await readFile(file);
      if ('problem' in result) setProblem(result.problem);
      else {
        const items = await allItems(organization.id, space?.id);
        setLoaded({ name: file.name, snapshot: result.snapshot, items });
      }
    } catch (error) {
      toastProblem(error);
    } finally {
      setReading(false);
    }
  };
  return (
    <Dialog title="Import a desktop" width={560} onClose={onClose}>
      {loaded ? (
        <Preview
          loaded={loaded}
          ids={ids}
          pictureOf={pictureOf}
          onOther={(file) => void read(file)}
          onClose={onClose}
        />
      ) : (
        <DialogBody>
          <p className="text-muted">
            Choose a file that “Export this desktop” made. You see what would change before anything
            does.
          </p>
          {problem && (
            <p role="alert" className="mt-3 rounded-card bg-warn-soft px-4 py-3">
              {problem}
            </p>
          )}
          <div className="mt-4">
            <FileButton
              primary
              busy={reading}
              label={problem ? 'Choose another file' : 'Choose a file'}
              field={FIELD}
              onFile={(file) => void read(file)}
            />
          </div>
        </DialogBody>
      )}
    </Dialog>
  );
}

type PreviewProps = Omit<Props, 'params'> & { loaded: Loaded; onOther: (file: File) => void };

function Preview({ loaded, ids, pictureOf, onOther, onClose }: PreviewProps) {
  const { snapshot, items, name } = loaded;
  const [mode, setMode] = useState<Mode>('add');
  const [withLook, setWithLook] = useState(false);
  const [busy, setBusy] = useState(false);
  const all = useDesktops((state) => state.all);
  const open = useWindows((state) => state.open);
  const look = usePreferences();
  const plan = planOf(
    snapshot,
    mode,
    {
      desktops: all,
      keptOf,
      open,
      items,
      faceOf: (item) => ({ title: item.title, picture: pictureOf(item), color: item.color }),
      look,
    },
    ids,
    withLook,
  );
  const room = MOST_DESKTOPS - all.length;
  const full = plan.desktops.length > room;
  const take = async () => {
    if (busy || full) return;
    setBusy(true);
    for (const [id, face] of Object.entries(plan.faces)) nameWindow(id, face);
    const title = `“${snapshot.home}”`;
    try {
      const { complete, change } = await importArrangement(title, plan.from, plan.to);
      announce('Imported');
      onClose();
      toast(
        complete ? 'success' : 'warning',
        complete
          ? `The desktops of ${title} are here.`
          : `The desktops of ${title} are here, but yours could not be removed. Check your connection.`,
        { label: 'Undo', run: () => undoChange(change), change },
      );
    } catch (error) {
      toastProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <DialogBody>
        <p className="text-muted">
          “{snapshot.home}” in <span className="break-all">{name}</span>
        </p>
        <div className="mt-4">
          <ChoiceRows
            label="What to do"
            quiet
            value={mode}
            onChange={setMode}
            options={[
              {
                value: 'add',
                label: 'Add as new desktops',
                detail: 'Yours stay as they are, with their windows.',
              },
              {
                value: 'replace',
                label: 'Replace mine',
                detail: 'Your desktops are removed and their windows close.',
              },
            ]}
          />
        </div>
        <Changes plan={plan} />
        {snapshot.look && (
          <label className="mt-3 flex min-h-8 items-center gap-2">
            <input
              type="checkbox"
              checked={withLook}
              onChange={({ target }) => setWithLook(target.checked)}
            />
            Take over its theme, colours and density
          </label>
        )}
        {full && (
          <p role="alert" className="mt-3 rounded-card bg-warn-soft px-4 py-3">
            There can be {MOST_DESKTOPS} desktops, and there is room for {Math.max(0, room)} more.
            Remove some first.
          </p>
        )}
      </DialogBody>
      <DialogActions>
        <div className="mr-auto">
          <FileButton label="Other file" field={FIELD} onFile={onOther} />
        </div>
        <button type="button" className="button button-quiet" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          className="button button-primary"
          aria-busy={busy}
          disabled={full}
          onClick={() => void take()}
        >
          {mode === 'add' ? 'Add desktops' : 'Replace mine'}
        </button>
      </DialogActions>
    </>
  );
}

const windowsWord = (count: number) =>
  count === 0 ? 'no windows' : count === 1 ? '1 window' : `${count} windows`;

function Changes({ plan }: { plan: Plan }) {
  const { desktops, removed, closed, missing, staying } = plan;
  const area = useWindows((state) => state.area);
  return (
    <>
      <dl className="mt-4 flex flex-col gap-3">
        <div>
          <dt className="font-medium">
            {`Added: ${desktops.length === 1 ? '1 desktop' : `${desktops.length} desktops`}`}
          </dt>
          <dd className="mt-2">
            <ul className="flex flex-wrap gap-4">
              {desktops.slice(0, LISTED).map((one) => (
                <DesktopCard
                  key={one.name}
                  name={one.name}
                  wallpaper={one.wallpaper}
                  windows={mapOf(one.windows, (win) => frameOf(win, area))}
                  area={area}
                >
                  {windowsWord(one.windows.length)}
                </DesktopCard>
              ))}
            </ul>
            {desktops.length > LISTED && (
              <p className="mt-2 text-muted">and {desktops.length - LISTED} more</p>
            )}
          </dd>
        </div>
        {removed.length > 0 && (
          <Names
            term={`Removed: ${removed.length === 1 ? '1 desktop' : `${removed.length} desktops`}${closed === 0 ? '' : `, and ${windowsWord(closed)} ${closed === 1 ? 'closes' : 'close'}`}`}
            names={removed}
          />
        )}
        {staying.length > 0 && (
          <Names term="Open already, and staying where they are" names={staying} />
        )}
        {missing.length > 0 && (
          <Names term="This home does not have, so left out" names={missing} />
        )}
      </dl>
      <p className="mt-3 text-sm text-muted">The tiles of your page stay as they are.</p>
    </>
  );
}

/** How many names are listed. */
const LISTED = 12;

function Names({ term, names }: { term: ReactNode; names: readonly string[] }) {
  const more = names.length - LISTED;
  return (
    <div>
      <dt className="font-medium">{term}</dt>
      <dd className="text-muted" dir="auto">
        {names.slice(0, LISTED).join(', ')}
        {more > 0 && ` and ${more} more`}
      </dd>
    </div>
  );
}
