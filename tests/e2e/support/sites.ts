// Other web sites: one allows framing, one does not.

import { type StandIn, standIn } from '../../harness/servers.ts';

const page = (title: string, description: string, body: string) => `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>${title}</title>
  <meta name="description" content="${description}">
  <body style="font: 16px/1.5 system-ui; margin: 2rem">${body}</body>
</html>`;

export interface Site extends StandIn {
  /** How often a browser loaded it into a frame. */
  frames(): number;
}

async function site(html: string, headers: Record<string, string> = {}): Promise<Site> {
  let frames = 0;
  const server = await standIn((request, response) => {
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
      '<h1>High water at 14:32</h1><button onclick="this.textContent=\'Marked\'">Mark</button>',
    ),
  );

export const bank = () =>
  site(page('Harbour Bank', 'Accounts and cards.', '<h1>Your accounts</h1>'), {
    'x-frame-options': 'DENY',
    'content-security-policy': "frame-ancestors 'none'",
  });
