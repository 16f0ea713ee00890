/** QR codes as vector and pixel pictures. Import it lazily. */
import { generate } from 'lean-qr';

/** Light modules around the code, without which cameras do not find it. */
const MARGIN = 4;

export type Qr = {
  /** Modules of a side, the margin included. */
  size: number;
  /** The dark modules as the path of an SVG whose units are modules. */
  path: string;
};

export function qrOf(text: string): Qr {
  const code = generate(text);
  const rows: string[] = [];
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) {
      if (!code.get(x, y)) continue;
      let end = x + 1;
      while (end < code.size && code.get(end, y)) end += 1;
      rows.push(`M${x + MARGIN} ${y + MARGIN}h${end - x}v1h${x - end}z`);
      x = end;
    }
  }
  return { size: code.size + MARGIN * 2, path: rows.join('') };
}

/** Always black on white: that is what cameras read best. */
export const svgOf = ({ size, path }: Qr): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" width="${size * 8}" height="${size * 8}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${path}"/></svg>`;

/** Px of a module in a PNG, which is then large enough for print. */
const MODULE = 24;

export function pngOf({ size, path }: Qr): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = size * MODULE;
  canvas.height = size * MODULE;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(MODULE, MODULE);
  context.fillStyle = '#000';
  context.fill(new Path2D(path));
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture')))),
  );
}
