/** What a system app is, and how its window is opened. The registry is `app/registry.tsx`. */
import type { LucideIcon } from 'lucide-react';
import type { Preloadable } from '@/shared/lib/lazy';
import type { Size } from './windows/model';
import { openWindow } from './windows/store';

export type SystemApp = {
  id: string;
  title: string;
  icon: LucideIcon;
  /** Px, of a new window. */
  size: Size;
} & Preloadable<object>;

const PREFIX = 'app:';

/** The window of an app. */
export const appWindowId = (id: string) => `${PREFIX}${id}`;

/** Opens the window of an app, or brings it back. */
export function openApp({ id, title, size }: Pick<SystemApp, 'id' | 'title' | 'size'>): void {
  openWindow(appWindowId(id), size, { title, picture: null });
}

/** The app that a window shows; null when it shows something else. */
export function appOf<App extends SystemApp>(window: string, registry: readonly App[]): App | null {
  const name = window.startsWith(PREFIX) ? window.slice(PREFIX.length) : null;
  return registry.find((app) => app.id === name) ?? null;
}

let known: readonly SystemApp[] = [];

/** Makes the apps known to the parts of the system that show windows of any kind. */
export function registerApps(apps: readonly SystemApp[]): void {
  known = apps;
}

/** The icon of the app that a window shows; null when it shows something else. */
export const appIconOf = (window: string): LucideIcon | null => appOf(window, known)?.icon ?? null;
