/** The dialog that shows and changes who sees a space, with its address. */

import type { Space, Visibility } from '@prox/api-client';
import { useState } from 'react';
import { useSetVisibility } from '@/shared/data/spaces';
import { publicPath } from '@/shared/lib/paths';
import { atLeast, usePlace } from '@/shared/lib/place';
import { LivePage } from '@/shared/publish/LivePage';
import { AddressLine } from '@/shared/ui/AddressLine';
import { announce } from '@/shared/ui/announce';
import { ChoiceRows } from '@/shared/ui/Choice';
import { Dialog, DialogActions, DialogBody } from '@/shared/ui/Dialog';
import { FormProblem, Note } from '@/shared/ui/States';
import type { DialogProps } from '@/system/dialogs';
import { VISIBILITIES } from './visibility';

/** `onDomains` leads to where a domain is connected. */
type Props = DialogProps<'publish'> & { onDomains: () => void };

export default function Publish({ onClose, onDomains }: Props) {
  const { space } = usePlace();
  return space ? (
    <PublishForm space={space} onClose={onClose} onDomains={onDomains} />
  ) : (
    <Dialog title="Who sees this page" onClose={onClose}>
      <Note title="This page is gone">It was renamed or deleted.</Note>
    </Dialog>
  );
}

type FormProps = { space: Space; onClose: () => void; onDomains: () => void };

function PublishForm({ space, onClose, onDomains }: FormProps) {
  const { organization } = usePlace();
  const [chosen, setChosen] = useState<Visibility>(space.visibility);
  const set = useSetVisibility(space);
  const allowed = atLeast(organization.role, 'admin');
  const address = `${location.origin}${publicPath(organization, space)}`;
  const shown = space.visibility !== 'private';
  const changed = chosen !== space.visibility;
  const verb = !changed
    ? 'Done'
    : chosen === 'private'
      ? 'Make private'
      : shown
        ? `Make ${chosen}`
        : 'Publish';
  const save = () =>
    set.mutate(chosen, { onSuccess: () => announce(`This page is now ${chosen}`) });
  const options = (['private', 'unlisted', 'public'] as const).map((value) => {
    const { label, detail, icon: Icon } = VISIBILITIES[value];
    return {
      value,
      label,
      detail,
      icon: <Icon size={16} aria-hidden="true" />,
      disabled: !allowed,
    };
  });
  return (
    <Dialog
      title="Who sees this page"
      description={space.title}
      width={shown ? 860 : 520}
      onClose={onClose}
    >
      <DialogBody>
        {shown && (
          <section aria-label="The published page" className="mb-6">
            <p role="status" className="mb-3 text-lg font-semibold">
              {space.visibility === 'public'
                ? 'Your page is live.'
                : 'Your page is live, for everybody with its address.'}
            </p>
            <LivePage organization={organization} space={space}>
              <p className="text-sm text-muted">
                Everything on this page is shown.{' '}
                <button
                  type="button"
                  className="text-accent underline underline-offset-2"
                  onClick={onDomains}
                >
                  Use your own domain
                </button>
              </p>
            </LivePage>
          </section>
        )}
        <ChoiceRows
          label="Who sees this page"
          quiet
          value={chosen}
          options={options}
          onChange={setChosen}
        />
        {!allowed && (
          <p className="mt-3 text-sm text-muted">
            Only admins and owners change this. Ask one of them.
          </p>
        )}
        {!shown && (
          <div className="mt-5">
            <p className="mb-1.5 font-medium">Address</p>
            <AddressLine address={address} />
            <p className="mt-1.5 text-sm text-muted">
              It answers once the page is unlisted or public.
            </p>
          </div>
        )}
        <FormProblem error={set.error} />
      </DialogBody>
      <DialogActions>
        {changed && (
          <button type="button" className="button button-quiet" onClick={onClose}>
            Cancel
          </button>
        )}
        {/* One button for both, and never a disabled one, so that the focus stays when it did its work. */}
        <button
          type="button"
          className={`button ${changed ? 'button-primary' : 'button-secondary'}`}
          aria-disabled={set.isPending}
          onClick={() => {
            if (!set.isPending) changed ? save() : onClose();
          }}
        >
          {verb}
        </button>
      </DialogActions>
    </Dialog>
  );
}
