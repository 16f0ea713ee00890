/** Which dialog is open, one at a time. The components are in `app/dialogs.tsx`. */
import { create } from 'zustand';
import type { Preloadable } from '@/shared/lib/lazy';
import { takeTyped, typeAhead } from '@/shared/lib/typed-ahead';
import type { LookParams } from '@/shared/state/look-link';

/** Every dialog by its id, with the parameters that open it. Ids and parameters are part of addresses. */
export type Dialogs = {
  /**
   * An address, or the text of a card, that was pasted or shared. `kind`: `card`, `folder`,
   * `widget` or which widget. `space`: one that is shared with the person, in place of the shown one.
   */
  'add-item': {
    url?: string;
    title?: string;
    text?: string;
    kind?: string;
    space?: string;
  };
  /** `organization`: of a space that is shared with the person. */
  'edit-item': { space: string; item: string; organization?: string };
  /** What is in a folder, on a phone. */
  folder: { folder: string };
  'item-icon': { space: string; item: string };
  notifications: Record<never, string>;
  publish: Record<never, string>;
  'new-space': Record<never, string>;
  'edit-space': Record<never, string>;
  'space-look': Record<never, string>;
  'new-organization': Record<never, string>;
  'delete-organization': Record<never, string>;
  'rename-instance': { instance: string };
  /** `action`: the action whose step is shown first. */
  palette: { action?: string };
  'use-look': LookParams;
  shortcuts: Record<never, string>;
  search: { q?: string };
  'export-desktop': Record<never, string>;
  'import-desktop': Record<never, string>;
};

export type DialogId = keyof Dialogs;

export type DialogProps<Id extends DialogId> = { params: Dialogs[Id]; onClose: () => void };

/** An entry of the registry. */
export type DialogDefinition<Id extends DialogId> = {
  /** Shown while the code of the dialog is fetched. */
  title: string;
  /** The names of the parameters; `required` ones must be present in an address. */
  params: { [Name in keyof Dialogs[Id]]-?: 'required' | 'optional' };
} & Preloadable<DialogProps<Id>>;

export type OpenDialog = { [Id in DialogId]: { id: Id; params: Dialogs[Id] } }[DialogId];

export const useDialog = create<{ dialog: OpenDialog | null }>(() => ({ dialog: null }));

/** People type into these at once. */
const BEGIN_WITH_FIELD: readonly DialogId[] = ['palette', 'search'];

type WithoutParams = {
  [Id in DialogId]: Record<never, string> extends Dialogs[Id] ? Id : never;
}[DialogId];

export function openDialog<Id extends WithoutParams>(id: Id, params?: Dialogs[Id]): void;
export function openDialog<Id extends DialogId>(id: Id, params: Dialogs[Id]): void;
export function openDialog(id: DialogId, params: OpenDialog['params'] = {}): void {
  useDialog.setState({ dialog: { id, params } as OpenDialog });
  if (BEGIN_WITH_FIELD.includes(id)) typeAhead();
}

// Closed before its field was there, or followed by another one: what was typed is for nothing.
useDialog.subscribe(takeTyped);

export const closeDialog = () => useDialog.setState({ dialog: null });
