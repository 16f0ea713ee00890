/**
 * The rules of windows: which are open, on which desktop, where they stand and which is in front.
 * Pure; pixels are CSS pixels inside the work area between top bar and dock.
 */
export type Size = { width: number; height: number };
export type Rect = Size & { x: number; y: number };

/** Parts of the work area that a window can fill: left, top, width and height as shares of it. */
const PARTS = {
  maximized: [0, 0, 1, 1],
  left: [0, 0, 1 / 2, 1],
  right: [1 / 2, 0, 1 / 2, 1],
  'top-left': [0, 0, 1 / 2, 1 / 2],
  'top-right': [1 / 2, 0, 1 / 2, 1 / 2],
  'bottom-left': [0, 1 / 2, 1 / 2, 1 / 2],
  'bottom-right': [1 / 2, 1 / 2, 1 / 2, 1 / 2],
  'left-third': [0, 0, 1 / 3, 1],
  'center-third': [1 / 3, 0, 1 / 3, 1],
  'right-third': [2 / 3, 0, 1 / 3, 1],
} as const satisfies Record<string, readonly [number, number, number, number]>;

export type Shape = 'free' | keyof typeof PARTS;
export const SHAPES = ['free', ...(Object.keys(PARTS) as (keyof typeof PARTS)[])] as const;

/** Where a person put a window, in an area of which size. */
export type Placed = { rect: Rect; area: Size };

export type Win = {
  id: string;
  /** The id of its desktop. */
  desktop: string;
  /** The size that it was opened with, and its step in the cascade of new windows. */
  size: Size;
  cascade: number;
  /** Null until a person puts it somewhere; it is in the middle then. */
  placed: Placed | null;
  shape: Shape;
  minimized: boolean;
  /** Whether it stays in front of windows that are not pinned. */
  pinned: boolean;
  /** Larger is further in front. */
  order: number;
  /** Whether it was there before this visit; see `layers.ts`. */
  restored: boolean;
  /** Whether its size is a guess until its item is known. */
  provisional: boolean;
};

/** A window as the document of its desktop keeps it. */
export type KeptWin = Omit<Win, 'desktop' | 'restored' | 'provisional'>;

export type Windows = {
  /** In the order of opening, which never changes: an iframe that moves in the DOM reloads. */
  open: readonly Win[];
  /** Ids of the windows of all desktops, from back to front. */
  stack: readonly string[];
  /** The `z-index` of each window, in the order of the stack. */
  depths: Readonly<Record<string, number>>;
  area: Size;
  /** The id of the desktop that is shown. */
  desktop: string;
  /** The windows that “show desktop” minimized, to bring them back. */
  swept: readonly string[];
};

export type WindowChange =
  | { type: 'open'; id: string; size: Size; provisional?: boolean }
  | { type: 'close'; id: string }
  | { type: 'focus'; id: string }
  | { type: 'minimize'; id: string }
  /** The size of a window whose size was a guess. */
  | { type: 'size'; id: string; size: Size }
  | { type: 'shape'; id: string; shape: Shape }
  | { type: 'place'; id: string; rect: Rect }
  | { type: 'pin'; id: string; pinned: boolean }
  | { type: 'cycle'; by: 1 | -1 }
  /** Minimizes all windows of the desktop, or brings back those that it minimized before. */
  | { type: 'show-desktop' }
  | { type: 'minimize-all' }
  /** Arranges the visible windows of the desktop side by side, or one behind the other. */
  | { type: 'tile' }
  | { type: 'cascade' }
  | { type: 'area'; area: Size }
  /** Shows a desktop. */
  | { type: 'desktop'; desktop: string }
  | { type: 'move'; id: string; desktop: string }
  /** Moves all windows of a desktop to another one. */
  | { type: 'evacuate'; desktop: string; to: string }
  /** Takes over the windows that a desktop's document has; others stay. */
  | { type: 'load'; desktop: string; windows: readonly KeptWin[] }
  /** Gives windows other places, closes those that are null, and opens those that are not open. */
  | { type: 'arrange'; windows: Readonly<Record<string, Partial<Win> | null>> }
  /** Closes the windows of a desktop that its document no longer has. */
  | { type: 'drop'; desktop: string; kept: ReadonlySet<string> }
  /** The windows in this set have history entries, all others do not. */
  | { type: 'claim'; ids: ReadonlySet<string> };

export const MIN: Size = { width: 280, height: 180 };
/** How much of a title bar stays reachable at the edges. */
const GRIP = 64;
const TITLE_BAR = 44;
const CASCADE = 32;
const MARGIN = 12;

/** What a window is when nothing else says so. */
const EMPTY: Win = {
  id: '',
  desktop: '',
  size: { width: 640, height: 480 },
  cascade: 0,
  placed: null,
  shape: 'free',
  minimized: false,
  pinned: false,
  order: 0,
  restored: false,
  provisional: false,
};

export const initial: Windows = {
  open: [],
  stack: [],
  depths: {},
  area: { width: 1280, height: 720 },
  desktop: '',
  swept: [],
};

const clamp = (value: number, low: number, high: number) =>
  Math.max(low, Math.min(value, Math.max(low, high)));

/** The nearest rectangle that a person can still grab. */
export function reachable(rect: Rect, area: Size): Rect {
  const width = clamp(rect.width, MIN.width, area.width);
  const height = clamp(rect.height, MIN.height, area.height);
  return {
    width,
    height,
    x: clamp(rect.x, GRIP - width, area.width - GRIP),
    y: clamp(rect.y, 0, area.height - TITLE_BAR),
  };
}

/** The rectangle in an area of another size: what nothing hid stays whole, as far as there is room. */
function refitted(rect: Rect, from: Size, to: Size): Rect {
  const { x, y, width, height } = reachable(rect, to);
  const whole = rect.x >= 0 && rect.x + rect.width <= from.width;
  const uncut = rect.y + rect.height <= from.height;
  return {
    width,
    height,
    x: whole ? clamp(x, 0, to.width - width) : x,
    y: uncut ? clamp(y, 0, to.height - height) : y,
  };
}

/** A part of the area; neighbours share an edge without a gap. */
function part(
  [left, top, width, height]: readonly [number, number, number, number],
  area: Size,
): Rect {
  const x = Math.floor(left * area.width);
  const y = Math.floor(top * area.height);
  return {
    x,
    y,
    width: Math.floor((left + width) * area.width + 1e-6) - x,
    height: Math.floor((top + height) * area.height + 1e-6) - y,
  };
}

/** Where a window is drawn. */
export function frameOf(
  { size, cascade, placed, shape }: Pick<Win, 'size' | 'cascade' | 'placed' | 'shape'>,
  area: Size,
): Rect {
  if (shape !== 'free') return part(PARTS[shape], area);
  return placed ? refitted(placed.rect, placed.area, area) : firstRect(size, area, cascade);
}

/** Whether a window is drawn on the desktop that is shown. */
export const isShown = (win: Win, desktop: string): boolean =>
  !win.minimized && win.desktop === desktop;

/** From back to front; equal orders, which two devices can choose, are told apart by the id. */
const byOrder = (a: Win, b: Win) => a.order - b.order || (a.id < b.id ? -1 : 1);

/** The visible window that was last brought to the front. A pinned one may still cover it. */
export function activeOf({ open, desktop }: Windows): string | null {
  const shown = open.filter((win) => isShown(win, desktop));
  return shown.toSorted(byOrder).at(-1)?.id ?? null;
}

const covers = (front: Rect, back: Rect) =>
  front.x <= back.x &&
  front.y <= back.y &&
  front.x + front.width >= back.x + back.width &&
  front.y + front.height >= back.y + back.height;

/** Whether nothing of a window can be seen: minimized, on another desktop, or covered by another one. */
export function isOutOfSight(
  { open, stack, area, desktop }: Windows,
  id: string,
  compact = false,
): boolean {
  const win = open.find((one) => one.id === id);
  if (!win || !isShown(win, desktop)) return true;
  const above = new Set(stack.slice(stack.indexOf(id) + 1));
  // On a phone each window fills the screen.
  const frame = (one: Win) => (compact ? { x: 0, y: 0, ...area } : frameOf(one, area));
  return open.some(
    (one) => above.has(one.id) && isShown(one, desktop) && covers(frame(one), frame(win)),
  );
}

/** How many steps down and right before a new window begins at the top again, further right. */
const CASCADE_STEPS = 6;

/** In the middle, or `cascade` steps from there, as far as there is room. */
function firstRect(size: Size, area: Size, cascade: number): Rect {
  const width = Math.min(size.width, area.width - 2 * MARGIN);
  const height = Math.min(size.height, area.height - 2 * MARGIN);
  const down = (cascade % CASCADE_STEPS) * CASCADE;
  const right = down + Math.floor(cascade / CASCADE_STEPS) * CASCADE;
  // A window without room beside others is smaller, so that their edges show.
  const maxX = area.width - width - MARGIN;
  const maxY = area.height - height - MARGIN;
  const x = Math.round((area.width - width) / 2) + right;
  const y = Math.round((area.height - height) / 3) + down;
  const [cutX, cutY] = [Math.max(0, x - maxX), Math.max(0, y - maxY)];
  const fits = cutX === 0 || cutY === 0;
  return reachable(
    {
      width: fits ? width : Math.max(MIN.width, width - cutX),
      height: fits ? height : Math.max(MIN.height, height - cutY),
      x: fits ? clamp(x, MARGIN, maxX) : x,
      y: fits ? clamp(y, MARGIN, maxY) : y,
    },
    area,
  );
}

/** How near two corners may be before one window hides the title bar of the other, in px. */
const NEAR = CASCADE / 2;

/** The first step of the cascade at which no open window of this desktop has its corner. */
function freeStep({ open, area, desktop }: Windows, size: Size): number {
  const corners = open.filter((win) => win.desktop === desktop).map((win) => frameOf(win, area));
  const steps = corners.length + CASCADE_STEPS;
  for (let step = 0; step < steps; step += 1) {
    const { x, y } = firstRect(size, area, step);
    if (!corners.some((one) => Math.abs(one.x - x) < NEAR && Math.abs(one.y - y) < NEAR))
      return step;
  }
  return corners.length;
}

/** Ids from back to front, the pinned windows last. */
const stacked = (open: readonly Win[]): string[] =>
  open.toSorted((a, b) => Number(a.pinned) - Number(b.pinned) || byOrder(a, b)).map(({ id }) => id);

/**
 * The depths of a stack: as they were, as far as their order allows. A window that comes to the front
 * changes its own only, and no other window is rendered.
 */
function depthsOf(stack: readonly string[], before: Windows['depths']): Windows['depths'] {
  const depths: Record<string, number> = {};
  let last = -1;
  for (const id of stack) {
    last = Math.max(before[id] ?? 0, last + 1);
    depths[id] = last;
  }
  return depths;
}

const same = <T>(one: readonly T[], other: readonly T[]) =>
  one.length === other.length && one.every((value, at) => value === other[at]);

/** The state with other windows. What did not change stays the same object, and renders nothing. */
function withOpen(state: Windows, open: readonly Win[]): Windows {
  if (same(open, state.open)) return state;
  const stack = stacked(open);
  if (same(stack, state.stack)) return { ...state, open };
  return { ...state, open, stack, depths: depthsOf(stack, state.depths) };
}

const update = (state: Windows, id: string, by: (win: Win) => Win): Windows =>
  withOpen(
    state,
    state.open.map((win) => (win.id === id ? by(win) : win)),
  );

const frontOrder = ({ open }: Windows) => Math.max(0, ...open.map(({ order }) => order)) + 1;

/** Shows a window in front of the others, and its desktop. */
function raise(state: Windows, id: string): Windows {
  const win = state.open.find((one) => one.id === id);
  if (!win) return state;
  const isFront = state.open.toSorted(byOrder).at(-1) === win;
  const order = isFront ? win.order : frontOrder(state);
  return update(showing(state, win.desktop), id, (one) => ({
    ...one,
    minimized: false,
    restored: false,
    order,
  }));
}

/** History entries belong to one visit of a desktop; see `layers.ts`. */
function showing(state: Windows, desktop: string): Windows {
  if (state.desktop === desktop) return state;
  return {
    ...state,
    desktop,
    swept: [],
    open: state.open.map((win) => (win.restored ? win : { ...win, restored: true })),
  };
}

function opened(
  state: Windows,
  { id, size, provisional = false }: { id: string; size: Size; provisional?: boolean },
): Windows {
  const win: Win = {
    id,
    desktop: state.desktop,
    size,
    cascade: freeStep(state, size),
    placed: null,
    shape: 'free',
    minimized: false,
    pinned: false,
    order: frontOrder(state),
    restored: false,
    provisional,
  };
  return withOpen(state, [...state.open, win]);
}

/** The visible windows of the desktop that is shown, in the order in which they were used. */
export const visible = ({ open, desktop }: Windows): Win[] =>
  open.filter((win) => isShown(win, desktop)).toSorted(byOrder);

function cycled(state: Windows, by: 1 | -1): Windows {
  const own = state.open.filter((win) => win.desktop === state.desktop).toSorted(byOrder);
  const [back, front] = [own[0], own.at(-1)];
  if (!back || !front || own.length < 2) return state;
  if (by === -1) return raise(state, back.id);
  const order = Math.min(...state.open.map((win) => win.order)) - 1;
  const next = own.at(-2) as Win;
  return raise(
    update(state, front.id, (win) => ({ ...win, order })),
    next.id,
  );
}

/** Side by side in rows of nearly equal length, in the order of opening. */
function tiled(state: Windows): Windows {
  const { area } = state;
  const shown = state.open.filter((win) => isShown(win, state.desktop));
  const perRow = Math.ceil(Math.sqrt(shown.length * (area.width > area.height * 1.2 ? 1.3 : 1)));
  const rows = Math.ceil(shown.length / Math.max(1, perRow));
  const gap = 8;
  const places = new Map<string, Placed>();
  for (let row = 0, at = 0; row < rows; row += 1) {
    const count = Math.ceil((shown.length - at) / (rows - row));
    const height = (area.height - gap * (rows + 1)) / rows;
    const width = (area.width - gap * (count + 1)) / count;
    for (let column = 0; column < count; column += 1, at += 1) {
      const win = shown[at];
      if (!win) continue;
      const rect = {
        x: Math.round(gap + column * (width + gap)),
        y: Math.round(gap + row * (height + gap)),
        width: Math.floor(width),
        height: Math.floor(height),
      };
      places.set(win.id, { rect: reachable(rect, area), area });
    }
  }
  return withOpen(
    state,
    state.open.map((win) => {
      const placed = places.get(win.id);
      return placed ? { ...win, placed, shape: 'free' } : win;
    }),
  );
}

/** One behind the other, the window in front last. */
function cascaded(state: Windows): Windows {
  const steps = new Map(visible(state).map(({ id }, step) => [id, step]));
  return withOpen(
    state,
    state.open.map((win) => {
      const cascade = steps.get(win.id);
      if (cascade === undefined) return win;
      return { ...win, cascade: cascade % (3 * CASCADE_STEPS), placed: null, shape: 'free' };
    }),
  );
}

function sweptAway(state: Windows): Windows {
  const shown = visible(state).map(({ id }) => id);
  if (shown.length === 0) {
    const back = state.swept.filter((id) =>
      state.open.some((win) => win.id === id && win.desktop === state.desktop),
    );
    return { ...back.reduce(raise, state), swept: [] };
  }
  return { ...minimizedAll(state), swept: shown };
}

const minimizedAll = (state: Windows): Windows => ({
  ...state,
  open: state.open.map((win) => (isShown(win, state.desktop) ? { ...win, minimized: true } : win)),
});

const sameSize = (one: Size, other: Size) =>
  one.width === other.width && one.height === other.height;

const sameRect = (one: Rect, other: Rect) =>
  one.x === other.x && one.y === other.y && sameSize(one, other);

function isAsKept(win: Win, kept: KeptWin): boolean {
  const { size, placed } = kept;
  const samePlace =
    win.placed === placed ||
    (win.placed !== null &&
      placed !== null &&
      sameRect(win.placed.rect, placed.rect) &&
      sameSize(win.placed.area, placed.area));
  return (
    samePlace &&
    sameSize(win.size, size) &&
    win.cascade === kept.cascade &&
    win.shape === kept.shape &&
    win.minimized === kept.minimized &&
    win.pinned === kept.pinned &&
    win.order === kept.order
  );
}

function loaded(state: Windows, desktop: string, windows: readonly KeptWin[]): Windows {
  const kept = new Map(windows.map((win) => [win.id, win]));
  const known = new Set(state.open.map(({ id }) => id));
  const fresh = windows.filter(({ id }) => !known.has(id));
  return withOpen(state, [
    ...state.open.map((win) => {
      const found = kept.get(win.id);
      if (!found || (win.desktop === desktop && isAsKept(win, found))) return win;
      return { ...win, ...found, desktop, provisional: false };
    }),
    ...fresh.map((win) => ({ ...win, desktop, restored: true, provisional: false })),
  ]);
}

function arranged(state: Windows, windows: Readonly<Record<string, Partial<Win> | null>>): Windows {
  const known = new Set(state.open.map(({ id }) => id));
  return withOpen(state, [
    ...state.open.flatMap((win) => {
      const change = windows[win.id];
      return change === undefined ? win : change === null ? [] : { ...win, ...change };
    }),
    ...Object.entries(windows).flatMap(([id, win]) =>
      win && !known.has(id) ? { ...EMPTY, ...win, id } : [],
    ),
  ]);
}

export function reduce(state: Windows, change: WindowChange): Windows {
  if ('id' in change && change.type !== 'open' && !state.open.some((win) => win.id === change.id))
    return state;
  switch (change.type) {
    case 'open':
      return state.open.some((win) => win.id === change.id)
        ? raise(state, change.id)
        : opened(state, change);
    case 'close':
      return withOpen(
        state,
        state.open.filter((win) => win.id !== change.id),
      );
    case 'focus':
      return activeOf(state) === change.id ? state : raise(state, change.id);
    case 'minimize':
      return { ...update(state, change.id, (win) => ({ ...win, minimized: true })), swept: [] };
    case 'size':
      return update(state, change.id, (win) =>
        win.provisional ? { ...win, size: change.size, provisional: false } : win,
      );
    case 'shape':
      return raise(
        update(state, change.id, (win) => ({ ...win, shape: change.shape })),
        change.id,
      );
    case 'place':
      return update(state, change.id, (win) => ({
        ...win,
        shape: 'free',
        placed: { rect: reachable(change.rect, state.area), area: state.area },
      }));
    case 'pin':
      return update(state, change.id, (win) => ({ ...win, pinned: change.pinned }));
    case 'cycle':
      return cycled(state, change.by);
    case 'show-desktop':
      return sweptAway(state);
    case 'minimize-all':
      return { ...minimizedAll(state), swept: [] };
    case 'tile':
      return tiled(state);
    case 'cascade':
      return cascaded(state);
    case 'area':
      return { ...state, area: change.area };
    case 'desktop':
      return showing(state, change.desktop);
    case 'move':
      return update(state, change.id, (win) => ({ ...win, desktop: change.desktop }));
    case 'evacuate':
      return withOpen(
        state,
        state.open.map((win) =>
          win.desktop === change.desktop ? { ...win, desktop: change.to } : win,
        ),
      );
    case 'load':
      return loaded(state, change.desktop, change.windows);
    case 'arrange':
      return arranged(state, change.windows);
    case 'drop':
      return withOpen(
        state,
        state.open.filter((win) => win.desktop !== change.desktop || change.kept.has(win.id)),
      );
    case 'claim':
      return {
        ...state,
        open: state.open.map((win) => ({ ...win, restored: !change.ids.has(win.id) })),
      };
  }
}

export type Edge = 'n' | 's' | 'e' | 'w' | 'ne' | 'nw' | 'se' | 'sw';

/** The rectangle after pulling one edge or corner; the opposite one stays where it is. */
export function pulled(rect: Rect, edge: Edge, dx: number, dy: number): Rect {
  const result = { ...rect };
  if (edge.includes('e')) result.width = Math.max(MIN.width, rect.width + dx);
  if (edge.includes('s')) result.height = Math.max(MIN.height, rect.height + dy);
  if (edge.includes('w')) {
    result.width = Math.max(MIN.width, rect.width - dx);
    result.x = rect.x + rect.width - result.width;
  }
  if (edge.includes('n')) {
    result.height = Math.max(MIN.height, rect.height - dy);
    result.y = rect.y + rect.height - result.height;
  }
  return result;
}

/** How near the pointer must be to an edge, and to a corner along that edge, in px. */
const EDGE = 14;
const CORNER = 96;

/**
 * What letting go at this point of the work area makes of a dragged window: halves at the sides,
 * quarters in the corners, all of it at the top, thirds at the bottom.
 */
export function snapAt(x: number, y: number, area: Size): Shape {
  const vertical = y <= CORNER ? 'top' : y >= area.height - CORNER ? 'bottom' : null;
  if (x <= EDGE) return vertical ? `${vertical}-left` : 'left';
  if (x >= area.width - EDGE) return vertical ? `${vertical}-right` : 'right';
  if (y <= EDGE - 8) return 'maximized';
  if (y < area.height - EDGE) return 'free';
  const third = Math.floor((3 * x) / area.width);
  return third <= 0 ? 'left-third' : third === 1 ? 'center-third' : 'right-third';
}
