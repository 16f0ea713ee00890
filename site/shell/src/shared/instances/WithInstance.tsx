/** The instance that a view is about: chosen once, for all views of an organization in this tab. */

import type { Instance } from '@prox/api-client';
import { useQuery } from '@tanstack/react-query';
import { Boxes } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { instancesQuery, MAIN_INSTANCE } from '@/shared/data/organizations';
import { usePlace } from '@/shared/lib/place';
import { Loaded, Note, RowsSkeleton } from '@/shared/ui/States';
import { choose, useChoice } from './choice';

/** The one that was chosen while it is there, else the main one, else the oldest. */
export function chosenOf<T extends Pick<Instance, 'id' | 'slug'>>(
  instances: readonly T[],
  choice: string | undefined,
): T | undefined {
  return (
    instances.find(({ id }) => id === choice) ??
    instances.find(({ slug }) => slug === MAIN_INSTANCE) ??
    instances[0]
  );
}

type Props = { rows: number; children: (instance: Instance) => ReactNode };

export function WithInstance({ rows, children }: Props) {
  const { organization } = usePlace();
  const query = useQuery(instancesQuery(organization.id));
  const choice = useChoice(organization.id);
  return (
    <Loaded query={query} skeleton={<RowsSkeleton rows={rows} />}>
      {(instances) => {
        const instance = chosenOf(instances, choice);
        if (!instance) {
          return (
            <Note icon={Boxes} title="No instance">
              Events and connectors belong to an instance, and this organization has none. Admins
              and owners make one in Instances.
            </Note>
          );
        }
        return (
          <>
            {instances.length > 1 && (
              <Picker
                instances={instances}
                instance={instance}
                onChoose={(id) => choose(organization.id, id)}
              />
            )}
            {children(instance)}
          </>
        );
      }}
    </Loaded>
  );
}

type PickerProps = {
  instances: readonly Instance[];
  instance: Instance;
  onChoose: (id: string) => void;
};

function Picker({ instances, instance, onChoose }: PickerProps) {
  const id = useId();
  return (
    <div className="mb-3 flex items-center gap-3">
      <label htmlFor={id} className="flex-none font-medium">
        Instance
      </label>
      <select
        id={id}
        className="field min-w-0 !w-auto max-w-72 truncate"
        value={instance.id}
        onChange={(event) => onChoose(event.target.value)}
      >
        {instances.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
    </div>
  );
}
