/** The dialog that changes the icon and the colour of an item. */

import type { Item, Space } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { itemsQuery, type LookChange, useChangeLook } from '@/shared/data/items';
import { usePlace } from '@/shared/lib/place';
import { announce } from '@/shared/ui/announce';
import { Dialog, DialogBody } from '@/shared/ui/Dialog';
import { DialogForm } from '@/shared/ui/DialogForm';
import { Loaded, Note, RowsSkeleton } from '@/shared/ui/States';
import { useSubmission } from '@/shared/ui/submission';
import { toastProblem } from '@/shared/ui/toasts';
import type { DialogProps } from '@/system/dialogs';
import IconPicker, { type IconValue } from './IconPicker';
import { storedIcon } from './iconSource';

export default function ChangeIcon({ params, onClose }: DialogProps<'item-icon'>) {
  const { organization } = usePlace();
  const space = { id: params.space, organization_id: organization.id };
  const query = useQuery(itemsQuery(space.organization_id, space.id));
  return (
    <Loaded
      query={query}
      skeleton={
        <Dialog title="Icon" width={560} onClose={onClose}>
          <DialogBody>
            <RowsSkeleton rows={3} />
          </DialogBody>
        </Dialog>
      }
    >
      {(items) => {
        const item = items.find((one) => one.id === params.item);
        return item ? (
          <Form key={item.id} space={space} item={item} onClose={onClose} />
        ) : (
          <Dialog title="Icon" onClose={onClose}>
            <Note title="This item is gone">Somebody deleted it.</Note>
          </Dialog>
        );
      }}
    </Loaded>
  );
}

type FormProps = {
  space: Pick<Space, 'id' | 'organization_id'>;
  item: Item;
  onClose: () => void;
};

function Form({ space, item, onClose }: FormProps) {
  const [value, setValue] = useState<IconValue>({ icon: item.icon, color: item.color });
  const [error, setError] = useState<string>();
  const submission = useSubmission();
  const change = useChangeLook(space);
  const save = () => {
    const icon = storedIcon(value.icon);
    if (icon === undefined) return setError('must be a web address, like example.com/icon.png');
    const look: LookChange = {
      ...(icon !== item.icon && { icon }),
      ...(value.color !== item.color && { color: value.color }),
    };
    submission.run(async (closed) => {
      try {
        if (Object.keys(look).length > 0) await change(item, look);
      } catch (reason) {
        toastProblem(reason);
        return;
      }
      announce('Saved');
      if (!closed.aborted) onClose();
    });
  };
  return (
    <Dialog title={`Icon of ${item.title}`} width={560} onClose={onClose}>
      <DialogForm
        action="Save"
        busy="Saving"
        sent={{ error: null, isPending: submission.busy }}
        onSubmit={save}
        onClose={onClose}
      >
        <IconPicker
          item={item}
          value={value}
          error={error}
          onChange={(next) => {
            setValue(next);
            setError(undefined);
          }}
        />
      </DialogForm>
    </Dialog>
  );
}
