/** The dialog that changes cover, accent and public theme of a space, with a preview. */

import { asProblem, type Space, type Theme, type UpdateSpace } from '@prox/api-client';
import { artOf, storedArt } from '@prox/art';
import { Image } from 'lucide-react';
import { useState } from 'react';
import { queryClient } from '@/shared/data/client';
import { WALLPAPER_SIDE } from '@/shared/data/pictures';
import { spaceQuery, useUpdateSpace } from '@/shared/data/spaces';
import { PICTURE } from '@/shared/lib/icon-forms';
import { usePlace } from '@/shared/lib/place';
import { guessUrl } from '@/shared/lib/url';
import { THEMES } from '@/shared/state/look-names';
import { AccentChoice } from '@/shared/ui/AccentChoice';
import { ArtSurface } from '@/shared/ui/Art';
import { ArtChoice, type ArtOption } from '@/shared/ui/ArtChoice';
import { announce } from '@/shared/ui/announce';
import { Dialog } from '@/shared/ui/Dialog';
import { DialogForm } from '@/shared/ui/DialogForm';
import { Field, Labelled } from '@/shared/ui/Field';
import { PictureUpload } from '@/shared/ui/PictureUpload';
import { Note } from '@/shared/ui/States';
import { useSubmission } from '@/shared/ui/submission';
import { ThemePreview } from '@/shared/ui/ThemePreview';
import { THEME_NAMES } from '@/shared/ui/theme-names';
import { toast } from '@/shared/ui/toasts';
import type { DialogProps } from '@/system/dialogs';

const TITLE = 'Cover and accent';

export default function SpaceLook({ onClose }: DialogProps<'space-look'>) {
  const { space } = usePlace();
  return space ? (
    <Form key={space.id} space={space} onClose={onClose} />
  ) : (
    <Dialog title={TITLE} onClose={onClose}>
      <Note title="This page is gone">It was renamed or deleted.</Note>
    </Dialog>
  );
}

const kindOf = (stored: string | null): ArtOption => artOf(stored) ?? (stored ? 'picture' : 'none');

/** How often a save is sent again because somebody else saved in between. */
const ATTEMPTS = 5;

function Form({ space, onClose }: { space: Space; onClose: () => void }) {
  const [cover, setCover] = useState<ArtOption>(() => kindOf(space.cover));
  const [picture, setPicture] = useState(cover === 'picture' ? (space.cover ?? '') : '');
  const [accent, setAccent] = useState(space.accent);
  const [theme, setTheme] = useState(space.theme);
  const [missing, setMissing] = useState(false);
  const update = useUpdateSpace(space);
  const submission = useSubmission();
  const uploaded = picture.startsWith(PICTURE);
  const url = uploaded ? picture : guessUrl(picture);
  const stored = cover === 'none' ? null : cover === 'picture' ? url : storedArt(cover);

  const save = () => {
    if (cover === 'picture' && !url) return setMissing(true);
    submission.run(async (closed) => {
      // Only what was changed here: the rest may have been changed by others.
      const body: UpdateSpace = {
        ...(stored !== space.cover && { cover: stored ?? '' }),
        ...(accent !== space.accent && { accent }),
        ...(theme !== space.theme && { theme }),
      };
      if (Object.keys(body).length > 0) await send(body);
      announce('Saved');
      if (closed.aborted) toast('success', `The look of ${space.title} was saved.`);
      else onClose();
    });
  };
  const send = async (body: UpdateSpace) => {
    let { version } = space;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await update.mutateAsync({ body, version });
      } catch (error) {
        // Each change of an item is one of the space, too.
        if (asProblem(error).code !== 'stale' || attempt === ATTEMPTS) throw error;
        const query = spaceQuery(space.organization_id, space.id);
        ({ version } = await queryClient.fetchQuery({ ...query, staleTime: 0 }));
      }
    }
  };
  return (
    <Dialog title={TITLE} width={640} onClose={onClose}>
      <DialogForm
        action="Save"
        busy="Saving"
        sent={{ error: update.error, isPending: submission.busy }}
        fields={['cover']}
        onSubmit={save}
        onClose={onClose}
      >
        <Preview space={space} cover={cover} stored={stored} accent={accent} />
        <ArtChoice label="Cover" picture={url} value={cover} hue={accent} onChange={setCover} />
        {cover === 'picture' && (
          <PictureUpload
            label="A picture of your own"
            side={WALLPAPER_SIDE}
            onUploaded={(hash) => {
              setPicture(hash);
              setMissing(false);
            }}
          />
        )}
        {cover === 'picture' && (
          <Field
            label="Address of the picture"
            placeholder="https://"
            inputMode="url"
            autoCapitalize="none"
            spellCheck={false}
            value={uploaded ? '' : picture}
            error={
              missing && !url
                ? 'Type the web address of a picture.'
                : update.error
                  ? asProblem(update.error).field('cover')
                  : undefined
            }
            onChange={(event) => {
              setPicture(event.target.value);
              setMissing(false);
            }}
          />
        )}
        <AccentChoice value={accent} none="As usual" onChange={setAccent} />
        <PublicTheme theme={theme} accent={accent} onChange={setTheme} />
      </DialogForm>
    </Dialog>
  );
}

type PublicThemeProps = {
  theme: Theme | null;
  accent: number | null;
  onChange: (theme: Theme | null) => void;
};

/** The theme of the public page. On the desktop, everybody has their own. */
function PublicTheme({ theme, accent, onChange }: PublicThemeProps) {
  return (
    <div className="flex items-end gap-4">
      <div className="min-w-0 flex-1">
        <Labelled label="Theme of the public page" hint={THEME_NAMES[theme ?? 'paper'].detail}>
          {(wired) => (
            <select
              className="field"
              value={theme ?? ''}
              onChange={({ target }) =>
                onChange(THEMES.find((known) => known === target.value) ?? null)
              }
              {...wired}
            >
              <option value="">The usual one</option>
              {THEMES.filter((known) => known !== 'paper' || theme === 'paper').map((known) => (
                <option key={known} value={known}>
                  {THEME_NAMES[known].label}
                </option>
              ))}
            </select>
          )}
        </Labelled>
      </div>
      <span className="w-36 flex-none max-sm:hidden">
        <ThemePreview theme={theme ?? 'paper'} accent={accent ?? undefined} />
      </span>
    </div>
  );
}

/** An accent for everything below; null keeps the one around it. */
const accented = (hue: number | null) =>
  hue === null
    ? {}
    : { 'data-accent': '', style: { ['--accent-hue' as string]: hue } as React.CSSProperties };

type PreviewProps = {
  space: Space;
  cover: ArtOption;
  /** Null without a cover, and before a picture is chosen. */
  stored: string | null;
  accent: number | null;
};

/** The header of the desktop, smaller, with a button in the accent. */
function Preview({ space, cover, stored, accent }: PreviewProps) {
  const words = (
    <div className="relative flex items-end justify-between gap-4">
      <div className="min-w-0">
        <p dir="auto" className="truncate text-xl font-semibold">
          {space.title}
        </p>
        {space.description && (
          <p dir="auto" className="truncate text-muted">
            {space.description}
          </p>
        )}
      </div>
      <span className="button button-primary flex-none">Add</span>
    </div>
  );
  return (
    <div
      aria-hidden="true"
      className="overflow-hidden rounded-card bg-surface shadow-[inset_0_0_0_1px_var(--line)]"
      {...accented(accent)}
    >
      <div className={`relative flex flex-col justify-end ${cover === 'none' ? 'h-20' : 'h-40'}`}>
        {cover === 'picture' && (
          <span className="absolute inset-0 grid place-items-center bg-sunken text-faint">
            <Image size={28} strokeWidth={1.5} aria-hidden="true" />
          </span>
        )}
        {stored && <ArtSurface stored={stored} hue={accent} className="absolute inset-0" />}
        {cover !== 'picture' && <div className="p-4">{words}</div>}
      </div>
      {cover === 'picture' && <div className="p-4">{words}</div>}
    </div>
  );
}
