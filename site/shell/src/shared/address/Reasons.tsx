/** Why an address opens as it does: in words, with the site's exact rule below in small print. */
import { reasonsOf } from './reason';

export function Reasons({ reasons, label }: { reasons: readonly string[]; label?: string }) {
  if (reasons.length === 0) return null;
  return (
    <ul
      className="flex flex-col gap-1 text-sm text-muted [overflow-wrap:anywhere]"
      aria-label={label}
    >
      {reasonsOf(reasons).map(({ words, rules }) => (
        <li key={words}>
          {words}
          {rules.map((rule) => (
            <span key={rule} title={rule} className="line-clamp-3 font-mono text-xs">
              {rule}
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}
