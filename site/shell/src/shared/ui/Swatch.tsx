/** The radio buttons of a choice of colours: a round one for each, and one for none. */

/** The look of a round button, also of one that is no radio button. */
export const SWATCH =
  'relative grid size-8 pointer-coarse:size-[44px] place-items-center rounded-full has-checked:shadow-[0_0_0_2px_var(--accent)] has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent forced-colors:has-checked:outline-2';

type Props = {
  /** Of the group. */
  name: string;
  label: string;
  checked: boolean;
  onChoose: () => void;
};

export const NoSwatch = ({ name, label, checked, onChoose }: Props) => (
  <label className="relative flex min-h-8 items-center rounded-full px-3 text-muted select-none shadow-[inset_0_0_0_1px_var(--line-strong)] has-checked:bg-chosen has-checked:text-on-chosen has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent forced-colors:has-checked:outline-2">
    <input type="radio" className="sr-only" name={name} checked={checked} onChange={onChoose} />
    {label}
  </label>
);

/** `color` as CSS writes it, or the `hue` of an accent in degrees. */
export const Swatch = ({
  name,
  label,
  checked,
  onChoose,
  color,
  hue,
}: Props & ({ color: string; hue?: never } | { hue: number; color?: never })) => (
  <label
    title={label}
    data-accent={hue === undefined ? undefined : ''}
    style={hue === undefined ? undefined : { ['--accent-hue' as string]: hue }}
    className={SWATCH}
  >
    <input type="radio" className="sr-only" name={name} checked={checked} onChange={onChoose} />
    <span
      aria-hidden="true"
      className="size-6 rounded-full bg-accent forced-colors:forced-color-adjust-none"
      style={color === undefined ? undefined : { background: color }}
    />
    <span className="sr-only">{label}</span>
  </label>
);
