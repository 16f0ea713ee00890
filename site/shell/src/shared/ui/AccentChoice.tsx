/** The choice of an accent: radio buttons in its hues, and one for none. */
import { useId } from 'react';
import { NoSwatch, Swatch } from './Swatch';

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
        <NoSwatch
          name={name}
          label={none}
          checked={value === null}
          onChoose={() => onChange(null)}
        />
        {ACCENTS.map(({ hue, label }) => (
          <Swatch
            key={hue}
            name={name}
            label={label}
            hue={hue}
            checked={value === hue}
            onChoose={() => onChange(hue)}
          />
        ))}
      </div>
    </fieldset>
  );
}
