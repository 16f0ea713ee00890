/** Makes a picture small enough to upload: its sides, its bytes, and without its metadata. */
import { dataUrlOf } from './data-url';

/** Bytes that the service takes. */
export const MOST_BYTES = 512 * 1024;

/** Qualities of WebP and JPEG that are tried, then the same with smaller sides. */
const QUALITIES = [0.9, 0.8, 0.68, 0.55];
const SMALLER = [1, 0.8, 0.64, 0.5];

/** A file that is not a picture that this browser can show. */
export class NoPicture extends Error {
  constructor() {
    super('This is not a picture that can be used. Choose a PNG, JPEG, WebP or SVG file.');
    this.name = 'NoPicture';
  }
}

export type Sides = { width: number; height: number };

/** The sides with the longer one at most `side`, never larger than they are. */
export function fitted({ width, height }: Sides, side: number): Sides {
  const scale = Math.min(1, side / Math.max(width, height));
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

/** The picture as WebP, or as PNG where the browser writes no WebP. */
export async function shrink(file: Blob, side: number): Promise<Blob> {
  const picture = await read(file);
  for (const factor of SMALLER) {
    const canvas = draw(picture, fitted(sidesOf(picture, side), side * factor));
    for (const quality of QUALITIES) {
      const webp = await write(canvas, 'image/webp', quality);
      // A browser that cannot write WebP writes PNG, whatever the quality.
      const small = webp.type === 'image/webp' ? webp : await smallest(canvas, quality);
      if (small.size <= MOST_BYTES) return small;
    }
  }
  throw new NoPicture();
}

/** Without WebP: PNG keeps transparency; where that is too large, JPEG. */
async function smallest(canvas: HTMLCanvasElement, quality: number): Promise<Blob> {
  const png = await write(canvas, 'image/png');
  return png.size <= MOST_BYTES ? png : write(canvas, 'image/jpeg', quality);
}

async function read(file: Blob): Promise<HTMLImageElement> {
  const picture = new Image();
  try {
    // The page's Content-Security-Policy has no `blob:`.
    picture.src = await dataUrlOf(file);
    await picture.decode();
  } catch {
    throw new NoPicture();
  }
  return picture;
}

/** A vector picture without sides of its own is as large as it may be. */
const sidesOf = ({ naturalWidth, naturalHeight }: HTMLImageElement, side: number): Sides =>
  naturalWidth > 0 && naturalHeight > 0
    ? { width: naturalWidth, height: naturalHeight }
    : { width: side, height: side };

function draw(picture: HTMLImageElement, { width, height }: Sides): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) throw new NoPicture();
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, width, height);
  return canvas;
}

const write = (canvas: HTMLCanvasElement, type: string, quality?: number): Promise<Blob> =>
  new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new NoPicture())), type, quality),
  );
