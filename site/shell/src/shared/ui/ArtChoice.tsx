/** Chooses art for a surface: radio buttons with a small picture of each. */
import { ART, type Art, storedArt } from '@prox/art';
import { Ban, Image } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { ArtSurface } from './Art';

/** Nothing, one of the art, or a picture of the person's own. */
export type ArtOption = 'none' | 'picture' | Art;

const CARD =
  'relative block overflow-hidden rounded-control select-none has-checked:shadow-[0_0_0_2px_var(--surface-raised),0_0_0_4px_var(--accent)] has-focus-visible:outline-2 has-focus-visible:outline-offset-4 has-focus-visible:outline-accent forced-colors:has-checked:outline-2';

const nameOf = (art: Art) => art.charAt(0).toUpperCase() + art.slice(1);

type Props = {
  label: string;
  value: ArtOption;
  /** Degrees; null for the accent of where it stands. */
  hue?: number | null;
  /** Whether a picture is one of the options. */
  withPicture?: boolean;
  onChange: (value: ArtOption) => void;
};

export function ArtChoice({ label, value, hue = null, withPicture = false, onChange }: Props) {
  const name = useId();
  const option = (one: ArtOption, words: string, children: ReactNode) => (
    <label key={one} className={CARD}>
      <input
        type="radio"
        className="sr-only"
        name={name}
        checked={value === one}
        onChange={() => onChange(one)}
      />
      <span className="relative block h-14 bg-sunken">{children}</span>
      <span className="block truncate bg-raised pt-1 text-sm">{words}</span>
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
        {withPicture && option('picture', 'Picture', icon(Image))}
      </div>
    </fieldset>
  );
}
