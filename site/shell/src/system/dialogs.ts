/** Which dialog is open: one at a time, named here, shown by the app. */
import { create } from 'zustand';

export type DialogName =
  | { name: 'add-item'; url?: string }
  | { name: 'edit-item'; space: string; item: string }
  | { name: 'publish' }
  | { name: 'new-space' }
  | { name: 'edit-space' }
  | { name: 'new-organization' };

export const useDialog = create<{ dialog: DialogName | null }>(() => ({ dialog: null }));

export const openDialog = (dialog: DialogName) => useDialog.setState({ dialog });

export const closeDialog = () => useDialog.setState({ dialog: null });
