/** The dialog that exports the desktops: as a file that can be imported, and as a picture. */
import type { Item } from '@prox/api-client';
import { Download, FileJson, ImageDown, Share2 } from 'lucide-react';
import { useId, useState } from 'react';
import { queryClient } from '@/shared/data/client';
import { itemsQuery } from '@/shared/data/items';
import { keys } from '@/shared/data/keys';
import { usePlace } from '@/shared/lib/place';
import { saveFile } from '@/shared/lib/save-file';
import { shareOn } from '@/shared/lib/web-share';
import { usePreferences } from '@/shared/state/preferences';
import { announce } from '@/shared/ui/announce';
import { Dialog, DialogBody } from '@/shared/ui/Dialog';
import { toast, toastProblem } from '@/shared/ui/toasts';
import { useDesktops } from '@/system/desktops/store';
import { wallpaperOf } from '@/system/desktops/wallpaper';
import { type DialogProps, openDialog } from '@/system/dialogs';
import { DesktopCard, mapOf } from '@/system/overview/DesktopMap';
import { frameOf } from '@/system/windows/model';
import { useWindows } from '@/system/windows/store';
import type { WindowIds } from './subjects';
import { fileName, snapshotOf } from './write';

const counted = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;

function save(file: File): void {
  saveFile(file, file.name);
  announce(`${file.name} was saved`);
}

/** Phones offer to send a file on; a computer saves it. */
const canShare = () =>
  matchMedia('(pointer: coarse)').matches &&
  navigator.canShare?.({ files: [new File([''], 'a.png', { type: 'image/png' })] }) === true;

async function share(file: File): Promise<void> {
  // The browser wants a touch that is not long ago; drawing may take longer.
  if (!(await shareOn({ files: [file] }))) save(file);
}

type Props = DialogProps<'export-desktop'> & { ids: WindowIds };

export default function ExportDesktop({ onClose, ids }: Props) {
  const { organization, space } = usePlace();
  const all = useDesktops((state) => state.all);
  const open = useWindows((state) => state.open);
  const area = useWindows((state) => state.area);
  const [withLook, setWithLook] = useState(true);
  const [busy, setBusy] = useState<'file' | 'picture' | null>(null);
  const title = space?.title ?? organization.name;

  const run = async (what: 'file' | 'picture', work: () => Promise<void>) => {
    if (busy) return;
    setBusy(what);
    try {
      await work();
    } catch (error) {
      if (what === 'file') toastProblem(error);
      else
        toast('error', 'The browser could not draw the desktop. A screenshot of the system can.');
    } finally {
      setBusy(null);
    }
  };

  const layout = async () => {
    const { open, faces } = useWindows.getState();
    const subjects = open.flatMap(({ id }) => ids.subjectOf(id) ?? []);
    const spaces = new Set(subjects.flatMap((one) => ('item' in one ? one.space : [])));
    if (space) spaces.add(space.id);
    // Windows may show items of pages that were not visited yet; one that is gone is left out.
    await Promise.allSettled(
      [...spaces].map((id) => queryClient.ensureQueryData(itemsQuery(organization.id, id))),
    );
    const known = (id: string) => queryClient.getQueryData<readonly Item[]>(keys.items(id)) ?? [];
    const now = new Date();
    const snapshot = snapshotOf(
      {
        title,
        desktops: all,
        wallpaperOf,
        open,
        faces,
        items: space ? known(space.id) : [],
        itemOf: (id, item) => known(id).find((one) => one.id === item) ?? null,
        look: withLook ? usePreferences.getState() : null,
        now,
      },
      ids,
    );
    save(
      new File([`${JSON.stringify(snapshot, null, 2)}\n`], fileName(title, now, 'json'), {
        type: 'application/json',
      }),
    );
  };

  const picture = async () => {
    const { desktopPicture } = await import('./picture');
    return new File([await desktopPicture()], fileName(title, new Date(), 'png'), {
      type: 'image/png',
    });
  };

  return (
    <Dialog title="Export this desktop" onClose={onClose}>
      <DialogBody>
        <ul aria-label="Desktops" className="mb-2 flex gap-4 overflow-x-auto p-px pb-2">
          {all.map(({ id, name }) => (
            <DesktopCard
              key={id}
              name={name}
              wallpaper={wallpaperOf(id)}
              windows={mapOf(
                open.filter(({ desktop }) => desktop === id),
                (win) => frameOf(win, area),
              )}
              area={area}
            />
          ))}
        </ul>
        <div className="flex flex-col divide-y divide-line">
          <Part
            icon={<FileJson size={20} aria-hidden="true" />}
            title="Layout"
            detail={`${counted(all.length, 'desktop')} with ${counted(open.length, 'window')}, the tiles of “${title}” and the wallpapers, as a file that this home or another one can import. Addresses leave out what looks like a password or a key.`}
          >
            <label className="flex min-h-8 items-center gap-2">
              <input
                type="checkbox"
                checked={withLook}
                onChange={({ target }) => setWithLook(target.checked)}
              />
              With my theme, colours and density
            </label>
            <Action
              busy={busy === 'file'}
              icon={<Download size={16} aria-hidden="true" />}
              onClick={() => void run('file', layout)}
            >
              Save the layout
            </Action>
          </Part>
          <Part
            icon={<ImageDown size={20} aria-hidden="true" />}
            title="Picture"
            detail="The desktop as you see it, as a PNG. Pages and pictures of other sites are not in it: a browser lets nobody read them."
          >
            <Action
              busy={busy === 'picture'}
              icon={<Download size={16} aria-hidden="true" />}
              onClick={() => void run('picture', async () => save(await picture()))}
            >
              Save the picture
            </Action>
            {canShare() && (
              <Action
                busy={busy === 'picture'}
                icon={<Share2 size={16} aria-hidden="true" />}
                onClick={() => void run('picture', async () => share(await picture()))}
              >
                Share the picture
              </Action>
            )}
          </Part>
        </div>
        <p className="mt-4 text-sm text-muted">
          Have a file already?{' '}
          <button
            type="button"
            className="font-medium text-accent underline underline-offset-2"
            onClick={() => openDialog('import-desktop')}
          >
            Import a desktop
          </button>
        </p>
      </DialogBody>
    </Dialog>
  );
}

type PartProps = {
  icon: React.ReactNode;
  title: string;
  detail: string;
  children: React.ReactNode;
};

function Part({ icon, title, detail, children }: PartProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex gap-4 py-4 first:pt-1">
      <span className="mt-0.5 flex-none text-muted">{icon}</span>
      <div className="min-w-0 flex-1">
        <h3 id={id} className="text-base font-semibold">
          {title}
        </h3>
        <p className="mt-0.5 text-muted">{detail}</p>
        <div className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-2">{children}</div>
      </div>
    </section>
  );
}

type ActionProps = {
  busy: boolean;
  icon: React.ReactNode;
  children: string;
  onClick: () => void;
};

const Action = ({ busy, icon, children, onClick }: ActionProps) => (
  <button
    type="button"
    className="button button-secondary"
    aria-busy={busy}
    aria-disabled={busy}
    onClick={onClick}
  >
    {icon}
    {children}
  </button>
);
