/** The system app for the person, the organization, this device's look and the sign-ins. */

import type { Organization, Session } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { useHint } from '@/shared/actions/registry';
import { type DraftState, useEditDraft } from '@/shared/data/draft';
import { sessionsQuery, useRevokeSession, useUpdateMe } from '@/shared/data/me';
import { useUpdateOrganization } from '@/shared/data/organizations';
import { useNow } from '@/shared/lib/hooks';
import { atLeast, usePlace } from '@/shared/lib/place';
import { LineForm } from '@/shared/ui/LineForm';
import { Panel, PanelSection } from '@/shared/ui/Panel';
import { Loaded, RowsSkeleton } from '@/shared/ui/States';
import { Time } from '@/shared/ui/Time';
import { toast, toastProblem } from '@/shared/ui/toasts';
import { openDialog } from '@/system/dialogs';
import { deviceOf } from './device';
import { Look } from './Look';

export default function Settings() {
  const { organization } = usePlace();
  return (
    <Panel>
      <PanelSection title="Look">
        <Look />
      </PanelSection>
      <PanelSection title="You">
        <Profile />
      </PanelSection>
      {!organization.personal && atLeast(organization.role, 'admin') && (
        <PanelSection title="Organization">
          <OrganizationForm key={organization.id} organization={organization} />
          {organization.role === 'owner' && <Deletion />}
        </PanelSection>
      )}
      <PanelSection
        title="Sign-ins"
        description="Each device or browser that is signed in as you. Ending one takes effect at once."
      >
        <Sessions />
      </PanelSection>
      <PanelSection
        title="Desktops"
        description="Keep your desktops as a file, take them to another home, or share a picture."
      >
        <div className="flex flex-wrap gap-2">
          <button
            type="button"
            className="button button-secondary"
            onClick={() => openDialog('export-desktop')}
          >
            Export this desktop
          </button>
          <button
            type="button"
            className="button button-secondary"
            onClick={() => openDialog('import-desktop')}
          >
            Import a desktop
          </button>
        </div>
      </PanelSection>
      <PanelSection title="Keyboard">
        <Keyboard />
      </PanelSection>
    </Panel>
  );
}

const saved = (draft: DraftState) => {
  draft.discard();
  toast('success', 'Saved.');
};

function Profile() {
  const { me } = usePlace();
  const draft = useEditDraft('profile', { name: me.name });
  const { name } = draft.shown;
  const update = useUpdateMe();
  return (
    <LineForm
      label="Name"
      path="name"
      autoComplete="name"
      maxLength={80}
      hint={
        <>
          {me.email} · <span className="font-mono">@{me.handle}</span>
        </>
      }
      value={name}
      onText={(name) => draft.set({ name })}
      sent={update}
      action="Save"
      ready={name.trim() !== me.name}
      onSubmit={(name) =>
        void update.mutateAsync({ name }).then(
          () => saved(draft),
          () => {},
        )
      }
    />
  );
}

function OrganizationForm({ organization }: { organization: Organization }) {
  const draft = useEditDraft(`organization:${organization.id}`, { name: organization.name });
  const { name } = draft.shown;
  const update = useUpdateOrganization(organization.id);
  return (
    <LineForm
      label="Name of the organization"
      path="name"
      maxLength={80}
      value={name}
      onText={(name) => draft.set({ name })}
      sent={update}
      action="Save"
      ready={name.trim() !== organization.name}
      onSubmit={(name) =>
        void update.mutateAsync({ name }).then(
          () => saved(draft),
          () => {},
        )
      }
    />
  );
}

const Deletion = () => (
  <button
    type="button"
    className="button button-quiet mt-3 -ml-2.5 text-danger"
    onClick={() => openDialog('delete-organization')}
  >
    Delete organization
  </button>
);

function Sessions() {
  const query = useQuery(sessionsQuery);
  return (
    <Loaded query={query} skeleton={<RowsSkeleton rows={2} />}>
      {(sessions) => (
        <ul className="divide-y divide-line">
          {sessions.map((session) => (
            <SessionRow key={session.id} session={session} />
          ))}
        </ul>
      )}
    </Loaded>
  );
}

function SessionRow({ session }: { session: Session }) {
  const now = useNow();
  const revoke = useRevokeSession();
  return (
    <li className="flex min-h-[60px] items-center gap-3">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium" title={session.user_agent ?? undefined}>
          {deviceOf(session.user_agent ?? null)}
        </p>
        <p className="text-sm text-muted">
          Signed in <Time at={session.created_at} now={now} />
          {session.provider === 'google' ? ' with Google' : ''}
        </p>
      </div>
      {session.current ? (
        <span className="text-sm text-muted">This one</span>
      ) : (
        <button
          type="button"
          className="button button-quiet text-danger"
          disabled={revoke.isPending}
          onClick={() => revoke.mutate(session.id, { onError: (error) => toastProblem(error) })}
        >
          End
        </button>
      )}
    </li>
  );
}

function Keyboard() {
  const hint = useHint('shortcuts.open');
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <button
        type="button"
        className="button button-secondary"
        onClick={() => openDialog('shortcuts')}
      >
        See and change shortcuts
      </button>
      {hint && (
        <p className="text-sm text-muted">
          Or press <kbd className="font-sans">{hint}</kbd> anywhere.
        </p>
      )}
    </div>
  );
}
