/** Code that is fetched when it is first shown, or as soon as a person is about to ask for it. */
import { type ComponentType, createElement, lazy, useState } from 'react';

export type Later<Props> = {
  component: ComponentType<Props>;
  /** Fetches it. A failure is told when it is to be shown. */
  warm: () => void;
};

/**
 * What is here already is rendered at once: `lazy` alone would suspend all the same, and React shows
 * what comes after a suspension a third of a second later.
 */
export function later<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): Later<Props> {
  let here: ComponentType<Props> | null = null;
  const fetched = async () => {
    const module = await load();
    here = module.default;
    return module;
  };
  const Fetched = lazy(fetched) as ComponentType<Props>;
  return {
    component: (props) => createElement(useState(() => here ?? Fetched)[0], props),
    warm: () => void fetched().catch(() => {}),
  };
}

/** For a button: what it leads to is on its way once a pointer or the focus is on it. */
export const onIntent = (warm: () => void) => ({ onPointerEnter: warm, onFocus: warm });

/** Milliseconds; for Safari, which does not tell when it is idle. */
const SOON = 2_000;

/** Runs each when the page has nothing better to do; answers how to call it off. */
export function whenIdle(...all: (() => void)[]): () => void {
  if (!('requestIdleCallback' in globalThis)) {
    const timer = setTimeout(() => all.forEach((run) => void run()), SOON);
    return () => clearTimeout(timer);
  }
  const asked = all.map((run) => requestIdleCallback(run));
  return () => asked.forEach(cancelIdleCallback);
}
