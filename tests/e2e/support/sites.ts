// Other web sites: one allows framing and has a vector icon, one forbids it and has a small one.

import { crc32, deflateSync } from 'node:zlib';
import { type StandIn, standIn } from '../../harness/servers.ts';

/** What each site is coloured in. */
export const TIDE_COLOR = '#0b6e99';
export const BANK_COLOR = '#b03a2e';

const page = (title: string, description: string, head: string, body: string) => `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>${title}</title>
  <meta name="description" content="${description}">
  ${head}
  <body style="font: 16px/1.5 system-ui; margin: 2rem">${body}</body>
</html>`;

interface Picture {
  path: string;
  type: string;
  body: string | Buffer;
}

export interface Site extends StandIn {
  /** How often a browser loaded it into a frame. */
  frames(): number;
}

async function site(
  html: string,
  icon: Picture,
  headers: Record<string, string> = {},
): Promise<Site> {
  let frames = 0;
  const server = await standIn((request, response) => {
    if (request.url === icon.path) {
      response.writeHead(200, { 'content-type': icon.type }).end(icon.body);
      return;
    }
    // The preflight asks as a frame does, but it is not a browser.
    const isBrowser = request.headers['user-agent']?.includes('Chrome/');
    if (isBrowser && request.headers['sec-fetch-dest'] === 'iframe') frames += 1;
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers });
    response.end(html);
  });
  return { ...server, frames: () => frames };
}

export const tideTable = () =>
  site(
    page(
      'Tide Table',
      'High and low water for the harbour.',
      `<meta name="theme-color" content="${TIDE_COLOR}"><link rel="icon" href="/icon.svg">`,
      '<h1>High water at 14:32</h1><button onclick="this.textContent=\'Marked\'">Mark</button>',
    ),
    {
      path: '/icon.svg',
      type: 'image/svg+xml',
      body: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="12" fill="${TIDE_COLOR}"/></svg>`,
    },
  );

export const bank = () =>
  site(
    page(
      'Harbour Bank',
      'Accounts and cards.',
      '<link rel="icon" href="/icon.png" sizes="16x16">',
      '<h1>Your accounts</h1>',
    ),
    { path: '/icon.png', type: 'image/png', body: plainPng(16, BANK_COLOR) },
    { 'x-frame-options': 'DENY', 'content-security-policy': "frame-ancestors 'none'" },
  );

/** A square PNG in one colour. */
function plainPng(size: number, color: string): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const check = Buffer.alloc(4);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  // 8 bits for each of red, green and blue.
  header.set([8, 2, 0, 0, 0], 8);
  const pixel = Buffer.from(color.slice(1), 'hex');
  const row = Buffer.concat([Buffer.alloc(1), ...Array.from({ length: size }, () => pixel)]);
  const pixels = Buffer.concat(Array.from({ length: size }, () => row));
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
