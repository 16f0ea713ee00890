// Pictures of `prox` for the documentation: the built program runs a small shop in tmux, and what
// its screen shows is written as SVG.
//
//   cargo build -p prox-cli && node scripts/lib/picture.mjs [--prox target/debug/prox]

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { command, Problem, parseArgs } from './cli.mjs';
import { root } from './paths.mjs';
import { freePort } from './ports.mjs';

const COLUMNS = 100;
const ROWS = 30;
/** The width of a character, in pixels. */
const WIDTH = 8.4;
const HEIGHT = 18;
const MARGIN = 16;

/** @typedef {{ background: string, text: string, basic: string[] }} Palette */

/** The sixteen colours that a terminal chooses itself. @type {Record<string, Palette>} */
const PALETTES = {
  dark: {
    background: '#16181d',
    text: '#dfe2e8',
    basic: [
      ...['#3b4048', '#e87d7d', '#87c28a', '#d7b26d', '#7fa8e8', '#c597dd', '#76c2c9', '#c9cdd4'],
      ...['#6a717c', '#f29b9b', '#a3d6a5', '#e6c88b', '#9dbef2', '#d6b0ea', '#95d5db', '#ffffff'],
    ],
  },
  light: {
    background: '#fbfbfa',
    text: '#22252a',
    basic: [
      ...['#22252a', '#b3261e', '#1f7a34', '#7d5700', '#1d5fb8', '#8a3fae', '#0f7078', '#5f656e'],
      ...['#6a717c', '#c9372c', '#2a8f42', '#946800', '#2f73d0', '#9d52c2', '#188089', '#8b919b'],
    ],
  },
};

/**
 * @typedef {object} Style
 * @property {string | undefined} [color]
 * @property {string | undefined} [fill] behind the text
 * @property {boolean} [bold]
 * @property {boolean} [dim]
 * @property {boolean} [italic]
 * @property {boolean} [reverse]
 */

/**
 * A colour of 256, as xterm counts them.
 * @param {number} index
 * @param {Palette} palette
 */
function indexed(index, palette) {
  if (index < 16) return palette.basic[index];
  const hex = (/** @type {number[]} */ parts) =>
    `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
  if (index >= 232) return hex(Array(3).fill(8 + (index - 232) * 10));
  const cube = index - 16;
  const parts = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6];
  return hex(parts.map((part) => (part === 0 ? 0 : 55 + part * 40)));
}

/**
 * Applies a select-graphic-rendition sequence to a style.
 * @param {Style} style
 * @param {number[]} codes
 * @param {Palette} palette
 * @returns {Style}
 */
function restyled(style, codes, palette) {
  let next = { ...style };
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 0) next = {};
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 3) next.italic = true;
    else if (code === 7) next.reverse = true;
    else if (code === 39) next.color = undefined;
    else if (code === 49) next.fill = undefined;
    else if (code >= 30 && code < 38) next.color = palette.basic[code - 30];
    else if (code >= 40 && code < 48) next.fill = palette.basic[code - 40];
    else if (code >= 90 && code < 98) next.color = palette.basic[code - 82];
    else if ((code === 38 || code === 48) && codes[i + 1] === 5) {
      const color = indexed(codes[i + 2] ?? 0, palette);
      if (code === 38) next.color = color;
      else next.fill = color;
      i += 2;
    }
  }
  return next;
}

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);

/**
 * A screen as SVG.
 * @param {string} screen lines with colours, as `tmux capture-pane -e -p` prints them
 * @param {Palette} palette
 * @param {string} title the text alternative
 */
export function picture(screen, palette, title) {
  const width = Math.ceil(COLUMNS * WIDTH + 2 * MARGIN);
  const height = ROWS * HEIGHT + 2 * MARGIN;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="12" fill="${palette.background}"/>`,
  ];
  /** @type {Style} */
  let style = {};
  for (const [row, line] of screen.split('\n').slice(0, ROWS).entries()) {
    let column = 0;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is read
    for (const piece of line.split(/(\u001b\[[\d;]*m)/)) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
      const codes = /^\u001b\[([\d;]*)m$/.exec(piece)?.[1];
      if (codes !== undefined) {
        style = restyled(style, codes.split(';').map(Number), palette);
      } else {
        parts.push(...run(piece, style, column, row, palette));
        column += [...piece].length;
      }
    }
  }
  return `${parts.join('\n')}\n</svg>\n`;
}

/**
 * A run of characters of one style. Each word has its own position and length, so that any font fits.
 * @param {string} text
 * @param {Style} style
 * @param {number} column
 * @param {number} row
 * @param {Palette} palette
 */
function run(text, style, column, row, palette) {
  const at = (/** @type {number} */ columns) => (MARGIN + columns * WIDTH).toFixed(1);
  const length = (/** @type {string} */ word) => ([...word].length * WIDTH).toFixed(1);
  const own = { color: style.color ?? palette.text, fill: style.fill };
  const { color, fill } = style.reverse ? { color: palette.background, fill: own.color } : own;
  const parts = [];
  if (fill && text) {
    const y = MARGIN + row * HEIGHT;
    parts.push(
      `<rect x="${at(column)}" y="${y}" width="${length(text)}" height="${HEIGHT}" fill="${fill}"/>`,
    );
  }
  const look = [
    color === palette.text ? `fill="${palette.text}"` : `fill="${color}"`,
    style.bold ? 'font-weight="600"' : '',
    style.italic ? 'font-style="italic"' : '',
    style.dim ? 'opacity="0.65"' : '',
  ].filter(Boolean);
  for (const word of text.matchAll(/\S+(?: \S+)*/g)) {
    const x = at(column + [...text.slice(0, word.index)].length);
    const y = MARGIN + row * HEIGHT + 13.5;
    parts.push(
      `<text x="${x}" y="${y}" textLength="${length(word[0])}" ${look.join(' ')}>${escaped(word[0])}</text>`,
    );
  }
  return parts;
}

/**
 * The project of the pictures.
 * @param {{ web: number, api: number, proxy: number }} ports
 */
function shop({ web, api, proxy }) {
  return `processes:
  web:
    cmd: node server.mjs web ${web}
    depends_on: [api]
    healthcheck: {http: 'http://127.0.0.1:${web}/', interval: 1s}
  api:
    cmd: node server.mjs api ${api}
    depends_on: [migrate]
    healthcheck: {http: 'http://127.0.0.1:${api}/health', interval: 1s}
  worker:
    cmd: 'echo "taking jobs from the queue"; sleep 1; echo "WARN the queue is 80 % full"; sleep 1000'
    depends_on: [migrate]
  mailer:
    cmd: 'echo "connect to smtp.example.org: no route to host" >&2; exit 1'
tasks:
  migrate: 'echo "3 migrations applied"'
groups: {backend: [api, worker, mailer]}
services: {web: ${web}, api: ${api}}
proxy: {http_port: ${proxy}}
`;
}

const SERVER = `import { createServer } from 'node:http';
const [, , name, port] = process.argv;
const say = (level, msg, more) => console.log(JSON.stringify({ level, msg, ...more }));
const answers = { '/basket': 404, '/checkout': 500 };
createServer((request, response) => {
  const status = answers[request.url.split('?')[0]] ?? 200;
  if (name === 'api' && request.url !== '/health') {
    const level = status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info';
    say(level, \`\${request.method} \${request.url}\`, { status });
  }
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ id: 7, title: 'Lamp' }));
}).listen(Number(port), '127.0.0.1', () => {
  if (name === 'api') say('info', 'listening', { port: Number(port) });
  else console.log(\`  \\x1b[32m➜\\x1b[0m  Local:   \\x1b[36mhttp://localhost:\${port}/\\x1b[0m\`);
});
`;

/** tmux with prox in it. */
class Terminal {
  /**
   * @param {string} folder the project's
   * @param {string} prox
   * @param {string} theme
   */
  constructor(folder, prox, theme) {
    this.socket = `prox-picture-${process.pid}-${theme}`;
    const home = `HOME='${folder}/home' XDG_STATE_HOME='${folder}/state' XDG_CONFIG_HOME='${folder}/config'`;
    const size = ['-x', String(COLUMNS), '-y', String(ROWS)];
    const shell = `${home} PROX_THEME=${theme} '${prox}' up`;
    this.tmux('-f', '/dev/null', 'new-session', '-d', ...size, '-c', folder, shell);
  }

  /**
   * @param {string[]} args
   * @returns {string}
   */
  tmux(...args) {
    const env = { ...process.env, LC_ALL: 'C.UTF-8', TMUX: '', NO_COLOR: '' };
    /** @type {import('node:child_process').StdioOptions} */
    const stdio = ['ignore', 'pipe', 'ignore'];
    const all = ['-u', '-L', this.socket, ...args];
    return execFileSync('tmux', all, { encoding: 'utf8', env, stdio });
  }

  /** @param {string[]} keys */
  type(...keys) {
    for (const key of keys) this.tmux('send-keys', key);
  }

  /**
   * Waits until the screen shows all of it, and gives the screen with its colours.
   * @param {string[]} texts
   */
  async shows(...texts) {
    const deadline = performance.now() + 30_000;
    for (;;) {
      const screen = this.tmux('capture-pane', '-p');
      if (texts.every((text) => screen.includes(text)))
        return this.tmux('capture-pane', '-p', '-e', '-N');
      if (performance.now() > deadline)
        throw new Problem(`The screen never showed ${texts.join(', ')}:\n${screen}`);
      await sleep(50);
    }
  }

  async close() {
    this.type('C-c', 'C-c');
    const deadline = performance.now() + 15_000;
    while (this.runs() && performance.now() < deadline) await sleep(50);
    if (this.runs()) this.tmux('kill-server');
  }

  runs() {
    try {
      this.tmux('has-session');
      return true;
    } catch {
      return false;
    }
  }
}

/**
 * Requests a path of a service from the proxy, with the service's host name as the `Host` header.
 * @param {number} port
 * @param {string} host
 * @param {string} path
 * @returns {Promise<void>}
 */
function requestService(port, host, path) {
  return new Promise((done, failed) => {
    const headers = { host: `${host}:${port}`, 'user-agent': 'shop/1.0' };
    get({ host: '127.0.0.1', port, path, headers }, (answer) => {
      answer.resume();
      answer.once('end', done);
    }).once('error', failed);
  });
}

/**
 * @param {string} theme
 * @param {string} prox
 */
async function take(theme, prox) {
  const folder = mkdtempSync(join(tmpdir(), 'prox-picture-'));
  const shopFolder = join(folder, 'shop');
  mkdirSync(shopFolder);
  const ports = { web: await freePort(), api: await freePort(), proxy: await freePort() };
  writeFileSync(join(shopFolder, 'prox.yaml'), shop(ports));
  writeFileSync(join(shopFolder, 'server.mjs'), SERVER);
  const terminal = new Terminal(shopFolder, prox, theme);
  const palette = PALETTES[theme];
  if (!palette) throw new Problem(`There is no theme ${theme}.`);
  /** @type {(name: string, screen: string, title: string) => void} */
  const write = (name, screen, title) =>
    writeFileSync(
      join(root, 'docs', 'images', `${name}-${theme}.svg`),
      picture(screen, palette, title),
    );
  try {
    await terminal.shows('Local:', '80 % full', 'crashed', 'MB');
    for (const path of ['/items', '/items?page=2', '/basket', '/checkout', '/items/7']) {
      await requestService(ports.proxy, 'api.localhost', path);
    }
    await requestService(ports.proxy, 'web.localhost', '/');
    const processes = await terminal.shows('/items/7', 'healthy', '%  ');
    write('prox', processes, 'prox up: a list of processes with their state, and their logs below');
    terminal.type('Tab', 'Tab', 'Down', 'Down', 'Enter');
    const requests = await terminal.shows('"Lamp"', '200');
    write('prox-requests', requests, 'The requests that passed, and one of them in detail');
  } finally {
    await terminal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

command(import.meta.url, async (args) => {
  const { options } = parseArgs(args, { prox: 'value' });
  const prox = resolve(options.prox ?? join(root, 'target', 'debug', 'prox'));
  for (const theme of ['dark', 'light']) await take(theme, prox);
});
