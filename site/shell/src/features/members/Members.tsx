/** The system app for the people of an organization and their roles. */

import type { Member, Role } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { LogOut, UserMinus } from 'lucide-react';
import { useState } from 'react';
import { useTextDraft } from '@/shared/data/draft';
import {
  membersQuery,
  useAddMember,
  useRemoveMember,
  useUpdateMember,
} from '@/shared/data/organizations';
import { atLeast, usePlace } from '@/shared/lib/place';
import { MissingRow } from '@/shared/rows/MissingRow';
import { FOUND_ROW, useWantedRow } from '@/shared/rows/useWantedRow';
import { confirm } from '@/shared/ui/confirm';
import { Face } from '@/shared/ui/Face';
import { LineForm } from '@/shared/ui/LineForm';
import { Panel } from '@/shared/ui/Panel';
import { Loaded, RowsSkeleton } from '@/shared/ui/States';
import { toast, toastProblem } from '@/shared/ui/toasts';

const ROLES: readonly { value: Role; label: string }[] = [
  { value: 'member', label: 'Member' },
  { value: 'admin', label: 'Admin' },
  { value: 'owner', label: 'Owner' },
];

export default function Members() {
  const { organization, me } = usePlace();
  const query = useQuery(membersQuery(organization.id));
  const allowed = atLeast(organization.role, 'admin');
  const rows = query.data?.map((member) => ({ id: member.id, name: nameOf(member) }));
  useWantedRow('members', rows, query);
  return (
    <Panel>
      <MissingRow app="members">
        The member you looked for is not in this list: they may have left.
      </MissingRow>
      <p className="mb-4 max-w-[62ch] text-muted">
        Members see everything of {organization.name} and edit its spaces. Admins also publish and
        add people; owners also change owners.
      </p>
      {allowed && <AddMember organization={organization.id} mine={organization.role} />}
      <div className="mt-4">
        <Loaded query={query} skeleton={<RowsSkeleton rows={3} />}>
          {(members) => (
            <ul className="divide-y divide-line">
              {members.map((member) => (
                <MemberRow
                  key={member.id}
                  organization={organization.id}
                  member={member}
                  mine={organization.role}
                  self={member.user_id === me.id}
                  settled={organization.personal && isOnlyOwner(member, members)}
                />
              ))}
            </ul>
          )}
        </Loaded>
      </div>
    </Panel>
  );
}

const nameOf = ({ name, email }: Member) => name || email;

const isOnlyOwner = (member: Member, members: readonly Member[]): boolean =>
  member.role === 'owner' && members.every(({ id, role }) => id === member.id || role !== 'owner');

/** Owners hand out every role, admins all below owner. */
const rolesFor = (mine: Role) => ROLES.filter(({ value }) => value !== 'owner' || mine === 'owner');

type RoleSelectProps = {
  label: string;
  value: Role;
  roles: typeof ROLES;
  disabled?: boolean;
  onChange: (role: Role) => void;
};

function RoleSelect({ label, value, roles, disabled = false, onChange }: RoleSelectProps) {
  return (
    <select
      className="field !w-auto"
      aria-label={label}
      value={value}
      disabled={disabled}
      onChange={(event) => onChange(event.target.value as Role)}
    >
      {roles.map((role) => (
        <option key={role.value} value={role.value}>
          {role.label}
        </option>
      ))}
    </select>
  );
}

function AddMember({ organization, mine }: { organization: string; mine: Role }) {
  const draft = useTextDraft<'email'>(`add-member:${organization}`);
  const [role, setRole] = useState<Role>('member');
  const add = useAddMember(organization);
  const submit = (email: string) =>
    void add.mutateAsync({ email, role }).then(
      (member) => {
        draft.discard();
        toast(
          'success',
          `${member.email} was added. Somebody new has access when they first sign in.`,
        );
      },
      // The form shows the error.
      () => {},
    );
  return (
    <LineForm
      label="Add somebody"
      hint="No invitation is sent. Somebody new is added when they first sign in with this address."
      path="email"
      type="email"
      placeholder="grace@example.com"
      autoComplete="off"
      value={draft.texts.email ?? ''}
      onText={(email) => draft.set({ email })}
      sent={add}
      action="Add"
      primary
      beside={
        <RoleSelect
          label="Role of the new member"
          value={role}
          roles={rolesFor(mine)}
          onChange={setRole}
        />
      }
      onSubmit={submit}
    />
  );
}

type RowProps = {
  organization: string;
  member: Member;
  mine: Role;
  self: boolean;
  /** Whether they can neither leave nor get another role. */
  settled: boolean;
};

function MemberRow({ organization, member, mine, self, settled }: RowProps) {
  const update = useUpdateMember(organization);
  const remove = useRemoveMember(organization);
  const mayChange =
    !settled && atLeast(mine, 'admin') && (member.role !== 'owner' || mine === 'owner');
  const name = nameOf(member);
  const ask = () =>
    confirm({
      title: self ? 'Leave this organization?' : `Remove ${name}?`,
      body: self ? 'You lose access at once.' : 'They lose access at once. What they made stays.',
      action: self ? 'Leave' : 'Remove',
      run: () => void remove.mutateAsync(member.id).catch(toastProblem),
    });
  return (
    <li
      data-row={member.id}
      className={`flex min-h-[60px] flex-wrap items-center gap-x-3 gap-y-1 py-2 ${FOUND_ROW}`}
    >
      <Face name={name} picture={member.image} size="32px" round />
      <div className="min-w-0 flex-1 basis-40">
        <p className="truncate font-medium">
          {name}
          {self && <span className="ml-2 text-xs font-normal text-muted">you</span>}
        </p>
        <p className="truncate text-sm text-muted">{member.email}</p>
      </div>
      {mayChange ? (
        <RoleSelect
          label={`Role of ${name}`}
          value={update.isPending ? update.variables.role : member.role}
          roles={rolesFor(mine)}
          disabled={update.isPending}
          onChange={(role) =>
            update.mutate({ member: member.id, role }, { onError: (error) => toastProblem(error) })
          }
        />
      ) : (
        <span className="text-sm text-muted">
          {ROLES.find(({ value }) => value === member.role)?.label}
        </span>
      )}
      {(mayChange || (self && !settled)) && (
        <button
          type="button"
          className="button button-quiet button-icon text-muted hover:text-danger"
          aria-label={self ? 'Leave the organization' : `Remove ${name}`}
          title={self ? 'Leave' : 'Remove'}
          disabled={remove.isPending}
          onClick={ask}
        >
          {self ? (
            <LogOut size={16} aria-hidden="true" />
          ) : (
            <UserMinus size={16} aria-hidden="true" />
          )}
        </button>
      )}
    </li>
  );
}
