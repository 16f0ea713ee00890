/** Opens the forms for items of a shared space. They are those of one's own items. */
import type { Item, SharedSpace } from '@prox/api-client';
import { openDialog } from '@/system/dialogs';

export const addTo = ({ space_id }: SharedSpace): void =>
  openDialog('add-item', { space: space_id });

export const editIn = ({ space_id, organization }: SharedSpace, { id }: Item): void =>
  openDialog('edit-item', { space: space_id, item: id, organization: organization.id });
