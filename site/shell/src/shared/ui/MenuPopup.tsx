/** The popup of `menu.tsx`, on Base UI: keyboard, typeahead, submenus and roles come from there. */
import { Menu } from '@base-ui/react/menu';
import { Check, ChevronRight } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useActions } from '@/shared/actions/registry';
import { Face } from './Face';
import { closeMenu, type MenuAnchor, type MenuEntry, type OpenMenu } from './menu';

const POPUP =
  'max-h-[min(70dvh,var(--available-height))] min-w-52 max-w-96 overflow-y-auto rounded-card bg-raised p-1.5 text-base shadow-menu outline-none [animation:rise_var(--fast)_var(--ease-out)]';

function virtual(anchor: MenuAnchor) {
  if (anchor instanceof Element) return anchor;
  return { getBoundingClientRect: () => new DOMRect(anchor.x, anchor.y, 0, 0) };
}

function Entry({ entry }: { entry: MenuEntry }) {
  switch (entry.kind) {
    case 'line':
      return <Menu.Separator className="mx-2 my-1.5 h-px bg-line" />;
    case 'heading':
      return <div className="truncate px-2.5 pt-1.5 pb-1 text-xs text-muted">{entry.label}</div>;
    case 'person':
      return (
        <div className="flex items-center gap-3 px-2.5 py-2">
          <Face name={entry.name} picture={entry.picture} size="36px" round />
          <div className="min-w-0">
            <p dir="auto" className="truncate font-semibold">
              {entry.name}
            </p>
            <p className="truncate text-sm text-muted">{entry.detail}</p>
          </div>
        </div>
      );
    case 'submenu':
      return (
        <Menu.SubmenuRoot>
          <Menu.SubmenuTrigger className="menu-item">
            {entry.icon && <entry.icon size={16} aria-hidden="true" className="text-muted" />}
            <span className="flex-1">{entry.label}</span>
            <ChevronRight size={16} aria-hidden="true" className="text-muted" />
          </Menu.SubmenuTrigger>
          <Menu.Portal>
            <Menu.Positioner className="z-70" sideOffset={4} collisionPadding={8}>
              <Menu.Popup className={POPUP}>
                <Entries entries={entry.entries} />
              </Menu.Popup>
            </Menu.Positioner>
          </Menu.Portal>
        </Menu.SubmenuRoot>
      );
    case 'choice':
      return (
        <Menu.CheckboxItem
          className="menu-item"
          checked={entry.chosen}
          closeOnClick
          onCheckedChange={entry.run}
        >
          {entry.icon && <entry.icon size={16} aria-hidden="true" className="text-muted" />}
          {entry.face && <Face {...entry.face} size="20px" />}
          <span className="min-w-0 flex-1 truncate">
            {entry.label}
            {entry.detail && <span className="ml-2 text-xs text-muted">{entry.detail}</span>}
          </span>
          <Menu.CheckboxItemIndicator>
            <Check size={16} aria-hidden="true" className="text-accent" />
          </Menu.CheckboxItemIndicator>
        </Menu.CheckboxItem>
      );
    case 'action':
      if (!entry.label) return null;
      return (
        <Menu.Item
          className={`menu-item ${entry.danger ? 'text-danger' : ''}`}
          disabled={entry.disabled}
          onClick={entry.run}
        >
          {entry.icon && (
            <entry.icon size={16} aria-hidden="true" className={entry.danger ? '' : 'text-muted'} />
          )}
          <span className="min-w-0 flex-1 truncate">{entry.label}</span>
          {entry.hint && (
            <kbd className="font-sans text-xs text-muted pointer-coarse:hidden">{entry.hint}</kbd>
          )}
        </Menu.Item>
      );
  }
}

function Entries({ entries }: { entries: MenuEntry[] }) {
  return entries.map((entry, index) => (
    // Entries have no identity beyond their place in a menu that seldom changes while it is open.
    // biome-ignore lint/suspicious/noArrayIndexKey: see above
    <Entry key={index} entry={entry} />
  ));
}

export default function MenuPopup(menu: OpenMenu) {
  // The code of most actions arrives after the first paint, perhaps after the menu was opened.
  useActions();
  const popup = useRef<HTMLDivElement>(null);
  // Base UI does so for menus with a trigger of their own; this one is opened from everywhere.
  useEffect(() => {
    if (!menu.byKey) return;
    const frame = requestAnimationFrame(() =>
      popup.current?.querySelector<HTMLElement>('.menu-item:not([data-disabled])')?.focus(),
    );
    return () => cancelAnimationFrame(frame);
  }, [menu.byKey]);
  return (
    <Menu.Root open modal={false} onOpenChange={(open) => !open && closeMenu()}>
      {/* A landmark, since it stands outside of all others. */}
      <Menu.Portal render={<section aria-label={menu.label} />}>
        <Menu.Positioner
          anchor={virtual(menu.anchor)}
          align="start"
          sideOffset={6}
          collisionPadding={8}
          className="z-70"
        >
          <Menu.Popup
            ref={popup}
            aria-label={menu.label}
            className={POPUP}
            finalFocus={() => (menu.returnTo?.isConnected ? menu.returnTo : false)}
          >
            <Entries entries={menu.entries} />
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
