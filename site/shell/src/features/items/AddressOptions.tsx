/** What an address is, and how it opens. */

import type { ItemKind, Mode } from '@prox/api-client';
import { MODES } from '@/shared/address/Verdict';
import { Choice } from '@/shared/ui/Choice';

const KINDS = [
  { value: 'app', label: 'App' },
  { value: 'link', label: 'Link' },
] as const;

type Props = {
  kind: ItemKind;
  mode: Mode;
  /** Whether the page lets itself be framed. */
  embeddable: boolean;
  /** Absent when the kind is settled. */
  onKind?: (kind: ItemKind) => void;
  onMode: (mode: Mode) => void;
};

export function AddressOptions({ kind, mode, embeddable, onKind, onMode }: Props) {
  const modes = (['embed', 'tab', 'card'] as const).map((value) => {
    const { label, icon: Icon } = MODES[value];
    return {
      value,
      label,
      icon: <Icon size={16} aria-hidden="true" />,
      disabled: value === 'embed' && !embeddable,
    };
  });
  return (
    <div className="flex flex-wrap gap-x-6 gap-y-4">
      <Choice label="Opens in" value={mode} options={modes} onChange={onMode} />
      {onKind && (kind === 'app' || kind === 'link') && (
        <Choice label="It is a" value={kind} options={KINDS} onChange={onKind} />
      )}
    </div>
  );
}
