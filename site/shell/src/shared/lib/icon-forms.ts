/** The forms of an item's `icon` besides the URL of a picture. */

/** The first letters of the title. */
export const LETTERS = 'letters';
/** Before the name of a built-in icon. */
export const GLYPH = 'glyph:';
/** Before the hash of an uploaded picture. */
export const PICTURE = 'picture:';
