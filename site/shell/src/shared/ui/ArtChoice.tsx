/** Chooses art for a surface: radio buttons with a small picture of each. */
import { ART, type Art, storedArt } from '@prox/art';
import { Ban, Image } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { ArtSurface } from './Art';

/** Nothing, one of the art, or a picture of the person's own. */
export type ArtOption = 'none' | 'picture' | Art;

const SAMPLE =
  'relative block h-14 rounded-control bg-sunken peer-checked:shadow-[0_0_0_2px_var(--surface-raised),0_0_0_4px_var(--accent)] peer-focus-visible:outline-2 peer-focus-visible:outline-offset-4 peer-focus-visible:outline-accent forced-colors:peer-checked:outline-2';

const nameOf = (art: Art) => art.charAt(0).toUpperCase() + art.slice(1);

type Props = {
  label: string;
  value: ArtOption;
  /** Degrees; null for the accent of where it stands. */
  hue?: number | null;
  /** The stored picture that is one of the options; null for one that is not chosen yet, absent for none. */
  picture?: string | null | undefined;
  onChange: (value: ArtOption) => void;
};

export function ArtChoice({ label, value, hue = null, picture, onChange }: Props) {
  const name = useId();
  const option = (one: ArtOption, words: string, children: ReactNode) => (
    <label key={one} className="relative block select-none">
      <input
        type="radio"
        className="peer sr-only"
        name={name}
        checked={value === one}
        onChange={() => onChange(one)}
      />
      <span className={SAMPLE}>{children}</span>
      <span className="block truncate pt-1.5 text-sm peer-checked:font-medium">{words}</span>
    </label>
  );
  const icon = (Icon: typeof Ban) => (
    <span className="absolute inset-0 grid place-items-center rounded-control text-muted shadow-[inset_0_0_0_1px_var(--line)]">
      <Icon size={18} aria-hidden="true" />
    </span>
  );
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium">{label}</legend>
      <div className="grid grid-cols-[repeat(auto-fill,minmax(96px,1fr))] gap-3">
        {option('none', 'None', icon(Ban))}
        {ART.map((art) =>
          option(
            art,
            nameOf(art),
            <ArtSurface
              stored={storedArt(art)}
              hue={hue}
              className="absolute inset-0 overflow-hidden rounded-control"
            />,
          ),
        )}
        {picture !== undefined &&
          option(
            'picture',
            'Picture',
            <>
              {icon(Image)}
              <ArtSurface
                key={picture}
                stored={picture}
                className="absolute inset-0 overflow-hidden rounded-control"
              />
            </>,
          )}
      </div>
    </fieldset>
  );
}
