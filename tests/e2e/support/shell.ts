// The built shell as a static host serves it: any path is the shell's page, with the headers that
// the build's own `_headers` file asks for.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';
import { type StandIn, standIn } from '../../harness/servers.ts';

const dist = join(root, 'site/shell/dist');

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export function serveShell(): Promise<StandIn> {
  const rules = readRules();
  return standIn((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://shell');
    const asked = join(dist, normalize(pathname));
    const found = existsSync(asked) && statSync(asked).isFile();
    const file = found ? asked : join(dist, 'index.html');
    for (const { pattern, headers } of rules) {
      if (!pattern.test(pathname)) continue;
      for (const [name, value] of headers) response.setHeader(name, value);
    }
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
    response.end(readFileSync(file));
  });
}

interface Rule {
  pattern: RegExp;
  headers: [name: string, value: string][];
}

/** Parses `_headers`: a line without indentation is a path; indented lines below it are headers. */
function readRules(): Rule[] {
  const rules: Rule[] = [];
  for (const line of readFileSync(join(dist, '_headers'), 'utf8').split('\n')) {
    if (/^\S/.test(line)) {
      rules.push({ pattern: new RegExp(`^${line.trim().replace('*', '.*')}$`), headers: [] });
    } else if (line.trim()) {
      const [name = '', value = ''] = line.trim().split(/:\s+(.*)/);
      rules.at(-1)?.headers.push([name, withLocalSites(value)]);
    }
  }
  return rules;
}

/** Allows the sites of these tests, which are on the loopback without TLS; the rest of the policy stays. */
function withLocalSites(value: string): string {
  return value.replace(/\bhttps:(?!\/)/g, 'https: http://127.0.0.1:*');
}
