/** Menus: one at a time, described as data. The popup's code is fetched with the first one. */
import type { LucideIcon } from 'lucide-react';
import { create } from 'zustand';
import { lazyWithPreload } from '@/shared/lib/lazy';
import { Optional } from './Boundary';
import { NotHere } from './NotHere';

export type MenuEntry =
  | {
      kind: 'action';
      /** Empty: it is left out. */
      label: string;
      icon?: LucideIcon | undefined;
      hint?: string | undefined;
      danger?: boolean;
      disabled?: boolean;
      run: () => void;
    }
  | {
      kind: 'choice';
      label: string;
      icon?: LucideIcon;
      /** In the place of an icon. */
      face?: { name: string; picture?: string | null; color?: string | null | undefined };
      detail?: string;
      chosen: boolean;
      run: () => void;
    }
  | { kind: 'submenu'; label: string; icon?: LucideIcon; entries: MenuEntry[] }
  | { kind: 'heading'; label: string }
  /** Whose menu it is. */
  | { kind: 'person'; name: string; detail: string; picture: string | null }
  | { kind: 'line' };

/** Where a menu hangs: at an element, or at a point of the viewport. */
export type MenuAnchor = Element | { x: number; y: number };

export type OpenMenu = {
  label: string;
  anchor: MenuAnchor;
  entries: MenuEntry[];
  returnTo: HTMLElement | null;
  /** Whether a key opened it, so that the first entry has the focus. */
  byKey: boolean;
};

export const useMenu = create<{ menu: OpenMenu | null }>(() => ({ menu: null }));

function focusBefore(anchor: MenuAnchor): HTMLElement | null {
  const active = document.activeElement;
  if (anchor instanceof HTMLElement) return anchor;
  return active instanceof HTMLElement ? active : null;
}

/** `returnTo` gets the focus afterwards; when absent, the anchor, or what had the focus before. */
export function openMenu(
  label: string,
  anchor: MenuAnchor,
  entries: MenuEntry[],
  returnTo: HTMLElement | null = focusBefore(anchor),
): void {
  const active = document.activeElement;
  const byKey = active?.matches(':focus-visible') ?? false;
  useMenu.setState({ menu: { label, anchor, entries, returnTo, byKey } });
}

/** Shows other entries in the menu that hangs at an element, while it is open. */
export function updateMenu(anchor: MenuAnchor, entries: MenuEntry[]): void {
  useMenu.setState(({ menu }) => (menu?.anchor === anchor ? { menu: { ...menu, entries } } : {}));
}

export const closeMenu = () => useMenu.setState({ menu: null });

const MenuPopup = lazyWithPreload(() => import('./MenuPopup'));

/** Fetches the popup's code before it is needed. */
export const preloadMenu = MenuPopup.preload;

export function MenuHost() {
  const { menu } = useMenu();
  return (
    menu && (
      <Optional instead={() => <NotHere close={closeMenu} />}>
        <MenuPopup.component {...menu} />
      </Optional>
    )
  );
}
