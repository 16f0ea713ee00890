/** Components whose code is fetched when they are first shown, or shortly before. */
import { type ComponentType, createElement, lazy, useState } from 'react';

export type Preloadable<Props> = {
  component: ComponentType<Props>;
  /** Fetches the code. A failure is reported when the component is shown. */
  preload: () => void;
};

/**
 * Like `lazy`, but a component whose code is already here renders without suspending: React shows
 * what follows a suspension a third of a second later.
 */
export function lazyWithPreload<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): Preloadable<Props> {
  let loaded: ComponentType<Props> | null = null;
  // Asked for once at a time: a second request does not wait for the styles that the first one fetches.
  let loading: ReturnType<typeof load> | null = null;
  const fetchModule = async () => {
    loading ??= load();
    try {
      const module = await loading;
      loaded = module.default;
      return module;
    } catch (error) {
      loading = null;
      throw error;
    }
  };
  const Lazy = lazy(fetchModule) as ComponentType<Props>;
  return {
    component: (props) => createElement(useState(() => loaded ?? Lazy)[0], props),
    preload: () => void fetchModule().catch(() => {}),
  };
}

/** Props for a button: starts the preload when a pointer or the focus reaches it. */
export const preloadOnIntent = (preload: () => void) => ({
  onPointerEnter: preload,
  onFocus: preload,
});

/** Milliseconds; for Safari, which has no idle callback. */
const IDLE_FALLBACK = 2_000;

/** Runs each function when the page is idle. Returns a function that cancels them. */
export function whenIdle(...all: (() => void)[]): () => void {
  if (!('requestIdleCallback' in globalThis)) {
    const timer = setTimeout(() => all.forEach((run) => void run()), IDLE_FALLBACK);
    return () => clearTimeout(timer);
  }
  const requests = all.map((run) => requestIdleCallback(run));
  return () => requests.forEach(cancelIdleCallback);
}
