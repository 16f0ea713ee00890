/** The forms of an item's `icon`, a cover and a wallpaper besides the URL of a picture. */

/** The first letters of the title. */
export const LETTERS = 'letters';
/** Before the name of a built-in icon. */
export const GLYPH = 'glyph:';
/** Before the hash of an uploaded picture. */
export const PICTURE = 'picture:';

/** Where the bytes of an uploaded picture are. They never change. */
export const pictureUrl = (organization: string, stored: string): string =>
  new URL(
    `/api/organizations/${organization}/pictures/${stored.slice(PICTURE.length)}`,
    location.origin,
  ).href;
