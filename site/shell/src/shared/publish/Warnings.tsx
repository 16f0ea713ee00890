/** Texts that deserve a second look before others see them. */
import type { Warning } from '@prox/api-client';
import { ShieldAlert } from 'lucide-react';

const WORDS: Record<Warning['kind'], string> = {
  secret: 'Looks like a key, token or password',
  internal_hostname: 'Names a host of an internal network',
  private_address: 'Has an address of a private network',
};

/** Fields that people call by another name. */
const FIELDS: Record<string, string> = { url: 'link', body: 'text' };

export function Warnings({ warnings }: { warnings: readonly Warning[] }) {
  return (
    <ul className="mt-2 flex flex-col gap-1">
      {warnings.map(({ kind, field, text }) => (
        <li
          key={`${kind} ${field} ${text}`}
          className="flex items-start gap-2 rounded-control bg-warn-soft px-3 py-1.5 text-sm forced-colors:border"
        >
          <ShieldAlert size={16} aria-hidden="true" className="mt-[2px] flex-none" />
          <span className="min-w-0 [overflow-wrap:anywhere]">
            {WORDS[kind]} in its {FIELDS[field] ?? field}: <code className="font-mono">{text}</code>
          </span>
        </li>
      ))}
    </ul>
  );
}
