/** The dialog that shows and changes who sees a space, with its address. */

import type { Space, Visibility } from '@prox/api-client';
import { Users } from 'lucide-react';
import { useState } from 'react';
import { runAction } from '@/shared/actions/registry';
import { publicPath } from '@/shared/lib/paths';
import { atLeast, usePlace } from '@/shared/lib/place';
import { LivePage } from '@/shared/publish/LivePage';
import { usePublish } from '@/shared/publish/usePublish';
import { announce } from '@/shared/ui/announce';
import { ChoiceRows } from '@/shared/ui/Choice';
import { CopyButton } from '@/shared/ui/CopyButton';
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
    <Dialog title="Publish this page" onClose={onClose}>
      <Note title="This page is gone">It was renamed or deleted.</Note>
    </Dialog>
  );
}

type FormProps = { space: Space; onClose: () => void; onDomains: () => void };

function PublishForm({ space, onClose, onDomains }: FormProps) {
  const { organization } = usePlace();
  const [chosen, setChosen] = useState<Visibility>(space.visibility);
  const set = usePublish(space);
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
  const save = () => void set.publish(chosen, () => announce(`This page is now ${chosen}`));
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
      title={shown ? 'Your page is live' : 'Publish this page'}
      description={
        space.visibility === 'public'
          ? 'Everybody can see it, and search engines find it.'
          : shown
            ? 'Everybody who has its address can see it.'
            : `“${space.title}” is private: members of ${organization.name} see it, and those it is shared with.`
      }
      width={shown ? 900 : 560}
      onClose={onClose}
    >
      <DialogBody>
        {shown && (
          <section aria-label="The published page" className="mb-6">
            <LivePage organization={organization} space={space}>
              <p className="text-sm text-muted">
                Everything on this page is shown except private items; of the widgets, only feeds,
                as links.{' '}
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
        {!shown && <Address address={address} />}
        <ChoiceRows
          label="Who sees this page"
          quiet={!shown}
          value={chosen}
          options={options}
          onChange={setChosen}
        />
        {!allowed && (
          <p className="mt-3 text-sm text-muted">
            Only admins and owners change this. Ask one of them.
          </p>
        )}
        {allowed && (
          <button
            type="button"
            className="button button-quiet mt-3 -ml-2 text-muted"
            onClick={() => {
              onClose();
              runAction('space.share');
            }}
          >
            <Users size={16} aria-hidden="true" /> Give access to certain people, or by a link
          </button>
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

/** Where the page will be, before it is anywhere. */
function Address({ address }: { address: string }) {
  const [, name = ''] = address.split('://');
  const cut = name.lastIndexOf('/') + 1;
  return (
    <div className="mb-5 flex items-end gap-3 rounded-card bg-accent-soft px-5 pt-10 pb-4 forced-colors:border">
      <p className="min-w-0 flex-1">
        <span className="block text-sm text-muted">It will be at</span>
        <span className="text-xl font-semibold [overflow-wrap:anywhere] select-all">
          <span className="font-normal text-muted">{name.slice(0, cut)}</span>
          {name.slice(cut)}
        </span>
      </p>
      <CopyButton text={address} what="Address" />
    </div>
  );
}
