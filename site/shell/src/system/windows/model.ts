/**
 * The rules of windows: which are open, where they stand and which is in front.
 * Pure; pixels are CSS pixels inside the work area between top bar and dock.
 */
export type Size = { width: number; height: number };
export type Rect = Size & { x: number; y: number };
export type Shape = 'free' | 'left' | 'right' | 'maximized';

export type Win = {
  id: string;
  /** The size that it was opened with, and its step in the cascade of new windows. */
  size: Size;
  cascade: number;
  /** Where a person put it, in an area of which size. Until then it is in the middle. */
  placed: { rect: Rect; area: Size } | null;
  shape: Shape;
  minimized: boolean;
};

export type Windows = {
  /** In the order of opening, which never changes: an iframe that moves in the DOM reloads. */
  open: readonly Win[];
  /** Ids from back to front. */
  stack: readonly string[];
  area: Size;
};

export type WindowChange =
  | { type: 'open'; id: string; size: Size }
  | { type: 'close'; id: string }
  | { type: 'focus'; id: string }
  | { type: 'minimize'; id: string }
  | { type: 'size'; id: string; size: Size }
  | { type: 'put'; win: Win }
  /** Opens windows of before a reload behind all others; `stack` is their order. */
  | { type: 'recall'; windows: readonly Win[]; stack: readonly string[] }
  | { type: 'shape'; id: string; shape: Shape }
  | { type: 'place'; id: string; rect: Rect }
  | { type: 'cycle'; by: 1 | -1 }
  | { type: 'minimize-all' }
  | { type: 'close-all' }
  | { type: 'area'; area: Size };

export const MIN: Size = { width: 280, height: 180 };
/** How much of a title bar stays reachable at the edges. */
const GRIP = 64;
const TITLE_BAR = 44;
const CASCADE = 32;
const MARGIN = 12;

export const initial: Windows = { open: [], stack: [], area: { width: 1280, height: 720 } };

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

/** Where a window is drawn. */
export function frameOf({ size, cascade, placed, shape }: Win, area: Size): Rect {
  const half = Math.floor(area.width / 2);
  switch (shape) {
    case 'free':
      return placed ? refitted(placed.rect, placed.area, area) : firstRect(size, area, cascade);
    case 'left':
      return { x: 0, y: 0, width: half, height: area.height };
    case 'right':
      return { x: half, y: 0, width: area.width - half, height: area.height };
    case 'maximized':
      return { x: 0, y: 0, ...area };
  }
}

/** The window in front that can be seen. */
export function activeOf({ open, stack }: Windows): string | null {
  return stack.findLast((id) => open.some((win) => win.id === id && !win.minimized)) ?? null;
}

const covers = (front: Rect, back: Rect) =>
  front.x <= back.x &&
  front.y <= back.y &&
  front.x + front.width >= back.x + back.width &&
  front.y + front.height >= back.y + back.height;

/** Whether nothing of a window can be seen: minimized, or behind one that covers all of it. */
export function isOutOfSight({ open, stack, area }: Windows, id: string, compact = false): boolean {
  const win = open.find((one) => one.id === id);
  if (!win || win.minimized) return true;
  const above = new Set(stack.slice(stack.indexOf(id) + 1));
  // On a phone each window fills the screen.
  const frame = (one: Win) => (compact ? { x: 0, y: 0, ...area } : frameOf(one, area));
  return open.some((one) => above.has(one.id) && !one.minimized && covers(frame(one), frame(win)));
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

/** The first step of the cascade at which no open window has its corner. */
function freeStep({ open, area }: Windows, size: Size): number {
  const corners = open.map((win) => frameOf(win, area));
  const steps = open.length + CASCADE_STEPS;
  for (let step = 0; step < steps; step += 1) {
    const { x, y } = firstRect(size, area, step);
    if (!corners.some((one) => Math.abs(one.x - x) < NEAR && Math.abs(one.y - y) < NEAR))
      return step;
  }
  return open.length;
}

const toFront = (stack: readonly string[], id: string) => [
  ...stack.filter((other) => other !== id),
  id,
];

const update = (state: Windows, id: string, by: (win: Win) => Win): Windows => ({
  ...state,
  open: state.open.map((win) => (win.id === id ? by(win) : win)),
});

const raise = (state: Windows, id: string): Windows => ({
  ...update(state, id, (win) => (win.minimized ? { ...win, minimized: false } : win)),
  stack: toFront(state.stack, id),
});

function opened(state: Windows, id: string, size: Size): Windows {
  const cascade = freeStep(state, size);
  return {
    ...state,
    open: [...state.open, { id, size, cascade, placed: null, shape: 'free', minimized: false }],
    stack: [...state.stack, id],
  };
}

function cycled(state: Windows, by: 1 | -1): Windows {
  if (state.stack.length < 2) return state;
  const front = state.stack.at(-1) as string;
  const back = state.stack[0] as string;
  if (by === -1) return raise(state, back);
  const rest = [front, ...state.stack.slice(0, -1)];
  return raise({ ...state, stack: rest }, rest.at(-1) as string);
}

function recalled(state: Windows, windows: readonly Win[], stack: readonly string[]): Windows {
  const known = new Set(state.open.map(({ id }) => id));
  return {
    ...state,
    open: [...state.open, ...windows.filter(({ id }) => !known.has(id))],
    stack: [...stack.filter((id) => !known.has(id)), ...state.stack],
  };
}

export function reduce(state: Windows, action: WindowChange): Windows {
  if ('id' in action && action.type !== 'open' && !state.open.some((win) => win.id === action.id))
    return state;
  switch (action.type) {
    case 'open':
      return state.open.some((win) => win.id === action.id)
        ? raise(state, action.id)
        : opened(state, action.id, action.size);
    case 'close':
      return {
        ...state,
        open: state.open.filter((win) => win.id !== action.id),
        stack: state.stack.filter((id) => id !== action.id),
      };
    case 'focus':
      return activeOf(state) === action.id ? state : raise(state, action.id);
    case 'minimize':
      return update(state, action.id, (win) => ({ ...win, minimized: true }));
    case 'size':
      return update(state, action.id, (win) => ({ ...win, size: action.size }));
    case 'put':
      return update(state, action.win.id, () => action.win);
    case 'recall':
      return recalled(state, action.windows, action.stack);
    case 'shape':
      return raise(
        update(state, action.id, (win) => ({ ...win, shape: action.shape })),
        action.id,
      );
    case 'place':
      return update(state, action.id, (win) => ({
        ...win,
        shape: 'free',
        placed: { rect: reachable(action.rect, state.area), area: state.area },
      }));
    case 'cycle':
      return cycled(state, action.by);
    case 'minimize-all':
      return { ...state, open: state.open.map((win) => ({ ...win, minimized: true })) };
    case 'close-all':
      return { ...state, open: [], stack: [] };
    case 'area':
      return { ...state, area: action.area };
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

/** What letting go at this point of the work area makes of a dragged window. */
export function snapAt(x: number, y: number, area: Size): Shape {
  const near = 14;
  if (y <= near - 8) return 'maximized';
  if (x <= near) return 'left';
  if (x >= area.width - near) return 'right';
  return 'free';
}
