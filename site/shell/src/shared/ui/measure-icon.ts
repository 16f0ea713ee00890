/** Measures the icon of a site: its size, its dominant colour, whether it fills its square. */
import type { IconFacts } from './icon-facts';

/** Px of the square in which pixels are counted. */
const SAMPLE = 32;

/** Hues are counted in so many sectors. */
const SECTORS = 24;

/** Size of vector pictures, which are sharp at any. */
const VECTOR = 1024;

type Rgb = readonly [number, number, number];

export async function measureIcon(url: string, picture: HTMLImageElement): Promise<IconFacts> {
  const shorter = Math.min(picture.naturalWidth, picture.naturalHeight);
  const size = (await isVector(url)) ? VECTOR : shorter;
  const canvas = document.createElement('canvas');
  canvas.width = SAMPLE;
  canvas.height = SAMPLE;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  context.drawImage(picture, 0, 0, SAMPLE, SAMPLE);
  return { size, ...factsOf(context.getImageData(0, 0, SAMPLE, SAMPLE).data) };
}

/** Answered from the browser's cache, which the picture has just filled. */
async function isVector(url: string): Promise<boolean> {
  const response = await fetch(url, { cache: 'force-cache' });
  return response.headers.get('content-type')?.startsWith('image/svg') ?? false;
}

/** The facts of `SAMPLE` × `SAMPLE` pixels of RGBA. */
export function factsOf(pixels: ArrayLike<number>): Omit<IconFacts, 'size'> {
  const sectors = Array.from({ length: SECTORS }, () => ({ weight: 0, sum: [0, 0, 0] }));
  let opaque = 0;
  let light = 0;
  let colored = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    const [r = 0, g = 0, b = 0, alpha = 0] = [0, 1, 2, 3].map((n) => pixels[at + n] ?? 0);
    const share = alpha / 255;
    if (share < 0.1) continue;
    opaque += share;
    light += share * lightness([r, g, b]);
    const chroma = (Math.max(r, g, b) - Math.min(r, g, b)) / 255;
    if (chroma < 0.12) continue;
    colored += share;
    const weight = share * chroma;
    const sector = sectors[Math.floor((hue([r, g, b]) / 360) * SECTORS) % SECTORS];
    if (!sector) continue;
    sector.weight += weight;
    sector.sum = sector.sum.map((sum, n) => sum + weight * ([r, g, b][n] ?? 0));
  }
  const top = sectors.toSorted((a, b) => b.weight - a.weight)[0];
  // A few coloured pixels at the edge of a black letter are no colour.
  const color = top && colored > opaque * 0.04 ? hex(top.sum.map((sum) => sum / top.weight)) : null;
  const mean = opaque > 0 ? light / opaque : 0.5;
  return {
    color,
    solid: isSolid(pixels),
    tone: mean < 0.36 ? 'dark' : mean > 0.86 ? 'light' : 'mid',
  };
}

/** Whether the middles of all four sides are opaque; corners may be rounded. */
function isSolid(pixels: ArrayLike<number>): boolean {
  const alphaAt = (x: number, y: number) => pixels[(y * SAMPLE + x) * 4 + 3] ?? 0;
  const middle = SAMPLE / 2;
  const last = SAMPLE - 1;
  return [
    [middle, 0],
    [middle, last],
    [0, middle],
    [last, middle],
  ].every(([x = 0, y = 0]) => alphaAt(x, y) > 240);
}

/** 0 for black, 1 for white, as eyes see it. */
const lightness = ([r, g, b]: Rgb) =>
  Math.cbrt(0.2126 * lin(r) + 0.7152 * lin(g) + 0.0722 * lin(b));

const lin = (value: number) => (value / 255) ** 2.2;

function hue([r, g, b]: Rgb): number {
  const most = Math.max(r, g, b);
  const range = most - Math.min(r, g, b);
  const sixth =
    most === r ? ((g - b) / range + 6) % 6 : most === g ? (b - r) / range + 2 : (r - g) / range + 4;
  return sixth * 60;
}

const hex = (rgb: readonly number[]) =>
  `#${rgb.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;
