/** Uploads of pictures: made small in the browser, then kept by the organization. */
import { data, type Picture } from '@prox/api-client';
import { api } from '@/shared/api/client';
import { PICTURE } from '@/shared/lib/icon-forms';
import { shrink } from '@/shared/lib/shrink';

/** Px of the longer side of what is kept. */
export const ICON_SIDE = 256;
export const WALLPAPER_SIDE = 2560;

/** Uploads a picture that is at most `side` px long, and answers how it is stored. */
export async function uploadPicture(org: string, file: Blob, side: number): Promise<string> {
  const bytes = await shrink(file, side);
  const { hash }: Picture = await data(
    api.POST('/api/organizations/{org}/pictures', {
      params: { path: { org } },
      // The contract says what JSON can: a text.
      body: bytes as unknown as string,
      bodySerializer: (body) => body as unknown as Blob,
      headers: { 'content-type': 'application/octet-stream' },
    }),
  );
  return `${PICTURE}${hash}`;
}
