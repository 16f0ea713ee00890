// The built shell as a static host serves it: any path is the shell's page, with the headers that
// the build's own `_headers` file asks for.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';
import { type StandIn, standIn } from '../../harness/servers.ts';

const dist = join(root, 'site/shell/dist');

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** The contents of files by their path, such as `/assets/index-abc.js`. */
type Files = ReadonlyMap<string, Buffer>;

export interface Shell extends StandIn {
  /** Deploys another version, in which every script has another name; the old ones are gone. */
  deployNext(): void;
}

export async function serveShell(): Promise<Shell> {
  const rules = readRules();
  const first = readBuild();
  let files = first;
  let version = 1;
  const server = await standIn((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://shell');
    const path = files.has(pathname) ? pathname : '/index.html';
    for (const { pattern, headers } of rules) {
      if (!pattern.test(pathname)) continue;
      for (const [name, value] of headers) response.setHeader(name, value);
    }
    response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
    response.end(files.get(path));
  });
  return {
    ...server,
    deployNext() {
      version += 1;
      files = renamed(first, `v${version}`);
    },
  };
}

function readBuild(): Files {
  const paths = readdirSync(dist, { recursive: true, encoding: 'utf8' });
  return new Map(
    paths
      .filter((path) => statSync(join(dist, path)).isFile())
      .map((path) => [`/${path}`, readFileSync(join(dist, path))]),
  );
}

/** The same build with another name for each script, and a service worker that knows these. */
function renamed(files: Files, suffix: string): Files {
  const names = [...files.keys()].flatMap((path) => /^\/assets\/(.+)\.js$/.exec(path)?.[1] ?? []);
  const isText = (path: string) => /\.(js|html)$/.test(path) && !path.startsWith('/docs/');
  const rename = (text: string) =>
    names.reduce((all, name) => all.replaceAll(`${name}.js`, `${name}${suffix}.js`), text);
  const next = new Map(
    [...files].map(([path, content]) => [
      rename(path),
      isText(path) ? Buffer.from(rename(content.toString())) : content,
    ]),
  );
  const worker = next.get('/sw.js')?.toString() ?? '';
  const integrity = (path: string) =>
    createHash('sha256')
      .update(next.get(path) ?? '')
      .digest('base64');
  next.set(
    '/sw.js',
    Buffer.from(
      worker
        .replace(
          /"path":"([^"]+)","integrity":"[^"]+"/g,
          (_, path: string) => `"path":"${path}","integrity":"sha256-${integrity(path)}"`,
        )
        .replace(/"[0-9a-f]{16}"/, (version) => `"${suffix}-${version.slice(1)}`),
    ),
  );
  return next;
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
