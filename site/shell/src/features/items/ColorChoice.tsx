/** The choice of an item's colour: radio buttons, and a field for any other colour. */
import { Pipette } from 'lucide-react';
import { useId } from 'react';
import { NoSwatch, SWATCH, Swatch } from '@/shared/ui/Swatch';

/** Colours by the names that people use. */
const COLORS = [
  { color: '#c2413b', label: 'Red' },
  { color: '#c2570c', label: 'Orange' },
  { color: '#b07d12', label: 'Amber' },
  { color: '#6b7f24', label: 'Olive' },
  { color: '#2e7d4f', label: 'Green' },
  { color: '#0e7c86', label: 'Teal' },
  { color: '#2563a8', label: 'Blue' },
  { color: '#4f52c4', label: 'Indigo' },
  { color: '#7c3aad', label: 'Purple' },
  { color: '#b83280', label: 'Pink' },
  { color: '#6b7280', label: 'Grey' },
] as const;

type Props = {
  /** `#rrggbb`; null for none. */
  value: string | null;
  /** What none means here. */
  none: string;
  onChange: (color: string | null) => void;
};

export function ColorChoice({ value, none, onChange }: Props) {
  const name = useId();
  const own = value !== null && !COLORS.some(({ color }) => color === value);
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium">Colour</legend>
      <div className="flex flex-wrap items-center gap-2">
        <NoSwatch
          name={name}
          label={none}
          checked={value === null}
          onChoose={() => onChange(null)}
        />
        {COLORS.map(({ color, label }) => (
          <Swatch
            key={color}
            name={name}
            label={label}
            color={color}
            checked={value === color}
            onChoose={() => onChange(color)}
          />
        ))}
        <label
          title="Another colour"
          className={`${SWATCH} ${own ? 'shadow-[0_0_0_2px_var(--accent)]' : ''}`}
        >
          <input
            type="color"
            className="absolute inset-0 size-full cursor-pointer opacity-0"
            value={value ?? '#888888'}
            onChange={({ target }) => onChange(target.value)}
          />
          <span
            aria-hidden="true"
            className="grid size-6 place-items-center rounded-full text-muted shadow-[inset_0_0_0_1px_var(--line-strong)]"
            style={own ? { background: value } : undefined}
          >
            {!own && <Pipette size={13} />}
          </span>
          <span className="sr-only">Another colour</span>
        </label>
      </div>
    </fieldset>
  );
}
