/** A desktop of a few shapes in the colours of a theme. */
import type { Preferences } from '@/shared/state/preferences';

type Props = {
  theme: Preferences['theme'];
  /** Hue in degrees; absent for the theme's own. */
  accent?: number | undefined;
  /** Its height. */
  className?: string;
};

export const ThemePreview = ({ theme, accent, className = 'h-20' }: Props) => (
  <span
    aria-hidden="true"
    data-theme={theme}
    {...(accent !== undefined && {
      'data-accent': '',
      style: { ['--accent-hue' as string]: accent },
    })}
    className={`relative block overflow-hidden rounded-card bg-surface shadow-[inset_0_0_0_1px_var(--line)] ${className}`}
  >
    <span className="absolute top-3 left-3 h-1.5 w-9 rounded-full bg-text" />
    <span className="absolute top-6 left-3 h-1 w-14 rounded-full bg-[var(--text-muted)]" />
    <span className="absolute top-10 left-3 size-4 rounded-control bg-accent-soft" />
    <span className="absolute top-10 left-9 size-4 rounded-control bg-sunken" />
    <span className="absolute right-2 bottom-2 block h-12 w-[52%] rounded-[calc(var(--corner-card)*0.5)] bg-raised p-1.5 shadow-window">
      <span className="block h-1 w-7 rounded-full bg-[var(--text-muted)]" />
      <span className="mt-4 block h-3 w-8 rounded-[calc(var(--corner-control)*0.6)] bg-accent" />
    </span>
  </span>
);
