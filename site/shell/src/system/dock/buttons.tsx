/** What stands in the dock. */
import type { LucideIcon } from 'lucide-react';
import { type Ref, useEffect, useRef } from 'react';
import { menuEntry } from '@/shared/actions/registry';
import { preloadOnIntent } from '@/shared/lib/lazy';
import { Face } from '@/shared/ui/Face';
import { openMenu } from '@/shared/ui/menu';
import { appOf, type SystemApp } from '@/system/apps';
import {
  closeWindow,
  focusWindow,
  minimizeWindow,
  useWindows,
  type WindowFace,
} from '@/system/windows/store';

export const BUTTON =
  'group relative flex h-11 min-w-11 max-w-30 flex-none flex-col items-center justify-center gap-px rounded-[8px] px-1.5 text-muted hover:bg-hover hover:text-text aria-[current=true]:bg-active aria-[current=true]:text-text';

/** Between the apps and the windows. */
export const DockLine = (props: { ref?: Ref<HTMLLIElement> }) => (
  <li aria-hidden="true" {...props} className="mx-1 h-6 w-px flex-none bg-line" />
);

type WindowButtonProps = {
  id: string;
  apps: readonly SystemApp[];
  current: boolean;
  /** Whether there is no room for its title. */
  crowded?: boolean;
};

/** Of a window that has not said its name yet. */
const NAMELESS: WindowFace = { title: 'Window', picture: null };

/** The button of an open window. */
export function WindowButton({ id, apps, current, crowded = false }: WindowButtonProps) {
  const button = useScrollTo(current);
  const face = useWindows(({ faces }) => faces[id]) ?? NAMELESS;
  // Also when the desktop restored it and it was not seen yet.
  const off = useWindows(({ suspended, unseen }) => suspended.includes(id) || unseen.includes(id));
  const app = appOf(id, apps);
  const toggle = () => (current ? minimizeWindow(id) : focusWindow(id));
  if (app)
    return (
      <DockButton
        label={app.title}
        icon={app.icon}
        current={current}
        running
        crowded={crowded}
        onClick={toggle}
      />
    );
  return (
    <button
      ref={button}
      type="button"
      className={BUTTON}
      aria-current={current}
      onClick={toggle}
      onContextMenu={(event) => {
        event.preventDefault();
        openMenu(face.title, event.currentTarget, [
          menuEntry('window.close', { label: 'Close', run: () => closeWindow(id) }),
        ]);
      }}
    >
      <span className="sr-only">{`${face.title}, open window${off ? ', not running' : ''}`}</span>
      <span aria-hidden="true" className={off ? 'opacity-50 grayscale' : ''}>
        <Face
          name={face.title}
          picture={face.picture}
          color={face.color}
          size={crowded ? '28px' : '22px'}
        />
      </span>
      {!crowded && <Label text={face.title} />}
      <Dot hollow={off} />
      <Tip text={off ? `${face.title}, not running` : face.title} />
    </button>
  );
}

type DockButtonProps = {
  label: string;
  icon: LucideIcon;
  current: boolean;
  running: boolean;
  /** Whether there is no room for its label. */
  crowded?: boolean;
  preload?: () => void;
  onClick: () => void;
};

export function DockButton({
  label,
  icon: Icon,
  current,
  running,
  crowded = false,
  preload,
  onClick,
}: DockButtonProps) {
  const button = useScrollTo(current);
  return (
    <button
      ref={button}
      type="button"
      className={BUTTON}
      aria-label={label}
      aria-current={current}
      {...(preload && preloadOnIntent(preload))}
      onClick={onClick}
    >
      <Icon size={20} strokeWidth={1.75} aria-hidden="true" />
      {!crowded && <Label text={label} />}
      {running && <Dot />}
      <Tip text={label} unlabelled />
    </button>
  );
}

/**
 * Scrolls the dock to the button of the active window, which may be out of sight. Not with
 * `scrollIntoView`, after which the next Tab would continue from that button.
 */
function useScrollTo(current: boolean) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const list = button.current?.closest('ul');
    if (!current || !button.current || !list) return;
    const shown = list.getBoundingClientRect();
    const target = button.current.getBoundingClientRect();
    const before = target.left - shown.left;
    const after = target.right - shown.right;
    if (before < 0) list.scrollLeft += before;
    else if (after > 0) list.scrollLeft += after;
  }, [current]);
  return button;
}

/** `hollow`: the window is open, but the page in it is unloaded until it is seen again. */
const Dot = ({ hollow = false }: { hollow?: boolean }) => (
  <span
    aria-hidden="true"
    className={`absolute top-1 left-[calc(50%+12px)] rounded-full ${hollow ? 'size-1.5 border border-current' : 'size-1 bg-accent'}`}
  />
);

/** The label for eyes, where there is room for it; ears have it as the button's name. */
const Label = ({ text }: { text: string }) => (
  <span
    aria-hidden="true"
    dir="auto"
    className="max-w-full truncate text-xs font-medium max-lg:hidden"
  >
    {text}
  </span>
);

/** The whole label, on hover and focus. `unlabelled`: only where there is no room for a label. */
export function Tip({ text, unlabelled = false }: { text: string; unlabelled?: boolean }) {
  return (
    <span
      aria-hidden="true"
      className={`${unlabelled ? 'lg:hidden' : ''} pointer-events-none fixed bottom-[76px] max-w-60 truncate rounded-control bg-text px-2 py-1 forced-colors:border text-xs text-surface opacity-0 transition-opacity delay-0 duration-100 group-hover:opacity-100 group-hover:delay-300 group-focus-visible:opacity-100`}
    >
      {text}
    </span>
  );
}
