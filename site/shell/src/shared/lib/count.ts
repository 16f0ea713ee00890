/** The largest number that a badge shows. */
const MOST = 99;

/** A number as a badge shows it. */
export const shortCount = (count: number): string => (count > MOST ? `${MOST}+` : String(count));
