/** Why an address opens as it does: in words, with the site's exact rule below in small print. */
import { reasonOf } from './reason';

export function Reasons({ reasons, label }: { reasons: readonly string[]; label?: string }) {
  if (reasons.length === 0) return null;
  return (
    <ul
      className="flex flex-col gap-1 text-sm text-muted [overflow-wrap:anywhere]"
      aria-label={label}
    >
      {reasons.map((reason) => {
        const { words, rule } = reasonOf(reason);
        return (
          <li key={reason}>
            {words}
            {rule && <span className="block font-mono text-xs">{rule}</span>}
          </li>
        );
      })}
    </ul>
  );
}
