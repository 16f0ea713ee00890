/** What is in a folder, as a sheet over the pages of a phone. */
import { useQuery } from '@tanstack/react-query';
import { FolderOpen } from 'lucide-react';
import { itemsQuery } from '@/shared/data/items';
import { usePlace } from '@/shared/lib/place';
import { Dialog, DialogActions, DialogBody } from '@/shared/ui/Dialog';
import { Note } from '@/shared/ui/States';
import type { DialogProps } from '@/system/dialogs';
import { editItem, openItem } from './actions';
import { itemsWord } from './Folder';
import { Grid } from './Grid';

export default function FolderSheet({ params, onClose }: DialogProps<'folder'>) {
  const { organization, space } = usePlace();
  const query = useQuery({
    ...itemsQuery(organization.id, space?.id ?? ''),
    enabled: space !== null,
  });
  const folder = query.data?.find(({ id }) => id === params.folder);
  if (!space || !folder) {
    return (
      <Dialog title="Folder" onClose={onClose}>
        {query.isPending ? (
          <div aria-busy="true" className="h-40" />
        ) : (
          <Note title="This folder is gone">It was deleted.</Note>
        )}
      </Dialog>
    );
  }
  const inside = query.data?.filter(({ folder_id }) => folder_id === folder.id) ?? [];
  return (
    <Dialog
      title={folder.title}
      description={folder.description || itemsWord(inside.length)}
      onClose={onClose}
    >
      <DialogBody>
        {inside.length === 0 ? (
          <Note icon={FolderOpen} title="This folder is empty">
            Use “Move to” in the menu of an item to put it here.
          </Note>
        ) : (
          <Grid
            space={space}
            items={inside}
            folder={folder}
            onNear={() => {}}
            onOpen={(item) => {
              onClose();
              openItem(item);
            }}
          />
        )}
      </DialogBody>
      <DialogActions>
        <button type="button" className="button button-secondary" onClick={() => editItem(folder)}>
          Edit folder
        </button>
      </DialogActions>
    </Dialog>
  );
}
