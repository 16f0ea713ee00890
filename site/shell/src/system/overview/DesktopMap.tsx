/** A small drawing of a desktop: its wallpaper, and where its windows stand. It fills its box. */
import { ArtSurface } from '@/shared/ui/Art';
import type { Rect, Size, Win } from '@/system/windows/model';

export type MapWindow = { id: string; frame: Rect };

/** Where windows are drawn, from back to front; minimized ones are not. */
export const mapOf = <W extends Pick<Win, 'id' | 'minimized' | 'order'>>(
  windows: readonly W[],
  frame: (win: W) => Rect,
): MapWindow[] =>
  windows
    .filter(({ minimized }) => !minimized)
    .toSorted((a, b) => a.order - b.order)
    .map((win) => ({ id: win.id, frame: frame(win) }));

type Props = {
  /** As it is stored; null for none. */
  wallpaper: string | null;
  windows: readonly MapWindow[];
  /** In which the windows stand. */
  area: Size;
};

const share = (part: number, whole: number) => `${(part / whole) * 100}%`;

export const DesktopMap = ({ wallpaper, windows, area }: Props) => (
  <span aria-hidden="true" className="absolute inset-0 overflow-hidden rounded-control bg-sunken">
    <ArtSurface stored={wallpaper} className="absolute inset-0" />
    {windows.map(({ id, frame: { x, y, width, height } }) => (
      <span
        key={id}
        className="absolute overflow-hidden rounded-[3px] bg-raised shadow-[0_0_0_1px_var(--line-strong)] forced-colors:border"
        style={{
          left: share(x, area.width),
          top: share(y, area.height),
          width: share(width, area.width),
          height: share(height, area.height),
        }}
      >
        {/* The title bar. */}
        <span className="block h-[min(8px,30%)] bg-active" />
      </span>
    ))}
  </span>
);

type CardProps = Props & { name: string; children?: React.ReactNode };

/** The drawing with the name of the desktop below, and one more line. */
export const DesktopCard = ({ name, children, ...map }: CardProps) => (
  <li className="flex max-w-40 min-w-20 flex-none flex-col">
    <span
      className="relative block h-22 max-w-40 self-start rounded-control shadow-[0_0_0_1px_var(--line)]"
      style={{ aspectRatio: `${map.area.width} / ${map.area.height}` }}
    >
      <DesktopMap {...map} />
    </span>
    <span dir="auto" className="mt-1.5 block truncate text-sm font-medium">
      {name}
    </span>
    {children && <span className="block truncate text-sm text-muted">{children}</span>}
  </li>
);
