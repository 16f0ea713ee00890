/** The product's mark. */
export const Mark = ({ size = 28 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="8" fill="var(--accent)" />
    <g fill="var(--on-accent)">
      <rect x="8" y="8" width="9" height="16" rx="1.5" />
      <circle cx="21.5" cy="11.500" r="3" opacity=".75" />
      <rect x="19" y="17" width="5" height="7" rx="1.500" opacity=".45" />
    </g>
  </svg>
);
