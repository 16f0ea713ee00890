/** The choice of an accent: radio buttons in its hues, and one for none. */
import { useId } from 'react';

/** Hues in degrees around the colour wheel, by the names that people use. */
export const ACCENTS = [
  { hue: 25, label: 'Red' },
  { hue: 50, label: 'Orange' },
  { hue: 85, label: 'Amber' },
  { hue: 125, label: 'Olive' },
  { hue: 155, label: 'Green' },
  { hue: 195, label: 'Teal' },
  { hue: 235, label: 'Blue' },
  { hue: 270, label: 'Indigo' },
  { hue: 305, label: 'Purple' },
  { hue: 350, label: 'Pink' },
] as const;

type Props = {
  /** Degrees; null for none. */
  value: number | null;
  /** What none means here. */
  none: string;
  onChange: (hue: number | null) => void;
};

export function AccentChoice({ value, none, onChange }: Props) {
  const name = useId();
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium">Accent</legend>
      <div className="flex flex-wrap items-center gap-2">
        <label className="relative flex min-h-8 items-center rounded-full px-3 text-muted select-none shadow-[inset_0_0_0_1px_var(--line-strong)] has-checked:bg-chosen has-checked:text-on-chosen has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent forced-colors:has-checked:outline-2">
          <input
            type="radio"
            className="sr-only"
            name={name}
            checked={value === null}
            onChange={() => onChange(null)}
          />
          {none}
        </label>
        {ACCENTS.map(({ hue, label }) => (
          <label
            key={hue}
            title={label}
            data-accent=""
            style={{ ['--accent-hue' as string]: hue }}
            className="relative grid size-8 pointer-coarse:size-[44px] place-items-center rounded-full has-checked:shadow-[0_0_0_2px_var(--accent)] has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent forced-colors:has-checked:outline-2"
          >
            <input
              type="radio"
              className="sr-only"
              name={name}
              checked={value === hue}
              onChange={() => onChange(hue)}
            />
            <span
              aria-hidden="true"
              className="size-6 rounded-full bg-accent forced-colors:forced-color-adjust-none"
            />
            <span className="sr-only">{label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
