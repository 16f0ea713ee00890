/** Code that is fetched when it is first shown, or as soon as a person is about to ask for it. */
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

export type Later<Props> = {
  component: LazyExoticComponent<ComponentType<Props>>;
  /** Fetches it. A failure is told when it is to be shown. */
  warm: () => void;
};

export const later = <Props>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): Later<Props> => ({
  component: lazy(load),
  warm: () => void load().catch(() => {}),
});

/** For a button: what it leads to is on its way once a pointer or the focus is on it. */
export const onIntent = (warm: () => void) => ({ onPointerEnter: warm, onFocus: warm });
