/** Whether the person asked their system for less motion. */
export const isCalm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** How to scroll to a place: at once for who wants less motion. */
export const scrollBehavior = (): ScrollBehavior => (isCalm() ? 'instant' : 'smooth');
