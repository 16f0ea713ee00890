/**
 * Draws the icons of the installed app and of the browser extension from `public/favicon.svg`, in its
 * light colours: `npm run icons -w site/shell`. The results are committed.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const shell = new URL('./', import.meta.url);
const mark = await readFile(new URL('public/favicon.svg', shell), 'utf8');
/** On a full square, which systems cut to their own shape; the mark is well inside the safe zone. */
const onSquare = mark.replace('rx="8"', '');

/**
 * @param {string} svg
 * @param {number} size
 * @param {string} file
 */
async function draw(svg, size, file) {
  const path = fileURLToPath(new URL(file, shell));
  await mkdir(dirname(path), { recursive: true });
  await sharp(Buffer.from(svg), { density: (72 * size) / 32 })
    .resize(size, size)
    .png({ compressionLevel: 9, palette: true })
    .toFile(path);
}

for (const size of [192, 512]) {
  await draw(mark, size, `public/icons/icon-${size}.png`);
  await draw(onSquare, size, `public/icons/maskable-${size}.png`);
}
await draw(onSquare, 180, 'public/icons/apple-touch-icon.png');
for (const size of [16, 32, 48, 128]) {
  await draw(mark, size, `../extension/public/icons/icon-${size}.png`);
}
