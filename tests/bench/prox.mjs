// The figures of `prox`: as a supervisor, and its proxy beside nginx as a reverse proxy for the same
// server, driven by wrk. Needs both programs, and `cargo build --profile prox -p cli`.

import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Problem } from '../../scripts/lib/cli.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { freePorts } from '../../scripts/lib/ports.mjs';
import { pairs, spread } from './pairs.mjs';
import { supervisorFigures } from './supervisor.mjs';

/** @typedef {import('./figures.mjs').Row} Row */
/** @typedef {{ rate: number, p50: number }} Sample requests/s, and milliseconds */

const run = promisify(execFile);
const PAIRS = 5;
const SECONDS = 4;
const CONNECTIONS = 32;
const BODY = JSON.stringify({ text: 'x'.repeat(1000) });

export const program = join(process.env.CARGO_TARGET_DIR ?? join(root, 'target'), 'prox', 'prox');

/** Fails when something is missing that the figures need. */
export async function requirePrograms() {
  if (!existsSync(program)) {
    throw new Problem(`${program} is missing. Run \`cargo build --profile prox -p cli\` first.`);
  }
  for (const name of ['nginx', 'wrk']) {
    await run(name, ['-v']).catch((error) => {
      if (error.code === 'ENOENT')
        throw new Problem(`${name} is missing. On Debian: apt-get install nginx-light wrk`);
    });
  }
}

/** @returns {Promise<Row[]>} */
export async function proxFigures() {
  const folder = await mkdtemp(join(tmpdir(), 'prox-bench-'));
  /** @type {import('node:child_process').ChildProcess[]} */
  const children = [];
  try {
    const [server = 0, nginx = 0, on = 0, off = 0] = await freePorts(4);
    children.push(await startServer(join(folder, 'server'), server));
    children.push(await startReverseProxy(join(folder, 'nginx'), server, nginx));
    children.push(await startProx(program, join(folder, 'on'), server, on, true));
    children.push(await startProx(program, join(folder, 'off'), server, off, false));
    return [
      ...(await supervisorFigures(program)),
      await added(server, on),
      {
        number: '13b',
        name: 'prox proxy, requests/s ÷ nginx, capture on',
        ...(await rates(on, nginx, 'nginx')),
      },
      {
        number: '13c',
        name: 'as 13b, capture off',
        ...(await rates(off, nginx, 'nginx')),
        bar: { least: 0.8 },
      },
      {
        number: '13d',
        name: 'prox proxy, cost of capture',
        ...(await rates(off, on, 'with capture')),
        bar: { most: 1.15 },
      },
    ];
  } finally {
    await Promise.all(children.map(stop));
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {number} server
 * @param {number} prox
 * @returns {Promise<Row>}
 */
async function added(server, prox) {
  const measured = await pairs(
    PAIRS,
    () => wrk(prox, 1),
    () => wrk(server, 1),
  );
  const { median, low, high } = spread(measured.map(({ ours, theirs }) => ours.p50 - theirs.p50));
  const ours = spread(measured.map((pair) => pair.ours.p50)).median;
  const theirs = spread(measured.map((pair) => pair.theirs.p50)).median;
  return {
    number: '13a',
    name: 'prox proxy, p50 added, one connection, capture on',
    value: median,
    range: [low, high],
    unit: 'ms',
    bar: { most: 0.5 },
    note: `${ours.toFixed(3)} against ${theirs.toFixed(3)} ms directly`,
  };
}

/**
 * @param {number} ours
 * @param {number} theirs
 * @param {string} name
 */
async function rates(ours, theirs, name) {
  const measured = await pairs(
    PAIRS,
    () => wrk(ours, CONNECTIONS),
    () => wrk(theirs, CONNECTIONS),
  );
  const { median, low, high } = spread(measured.map((pair) => pair.ours.rate / pair.theirs.rate));
  const ourRate = spread(measured.map((pair) => pair.ours.rate)).median;
  const theirRate = spread(measured.map((pair) => pair.theirs.rate)).median;
  /** @type {[number, number]} */
  const range = [low, high];
  const note = `${ourRate.toFixed(0)} against ${theirRate.toFixed(0)} requests/s ${name}, ${CONNECTIONS} connections, 1 kB`;
  return { value: median, range, note };
}

/**
 * @param {number} port
 * @param {number} connections
 * @returns {Promise<Sample>}
 */
async function wrk(port, connections) {
  const { stdout } = await run('wrk', [
    ...['-t', '1', '-c', String(connections), '-d', `${SECONDS}s`, '--latency'],
    ...['-H', 'Host: web.localhost', `http://127.0.0.1:${port}/`],
  ]);
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1];
  const [, number, unit = ''] = /50%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? [];
  if (!rate || !number || /Non-2xx|Socket errors/.test(stdout)) {
    throw new Error(`wrk says:\n${stdout}`);
  }
  const scale = { us: 0.001, ms: 1, s: 1000 }[unit] ?? 1;
  return { rate: Number(rate), p50: Number(number) * scale };
}

/**
 * The server that all proxies stand in front of: a program of its own, as it is for everybody.
 * @param {string} folder
 * @param {number} port
 */
function startServer(folder, port) {
  return startNginx(
    folder,
    port,
    `server {
      listen 127.0.0.1:${port} reuseport;
      location / { default_type application/json; return 200 '${BODY}'; }
    }`,
  );
}

/**
 * nginx as a reverse proxy.
 * @param {string} folder
 * @param {number} server
 * @param {number} port
 */
function startReverseProxy(folder, server, port) {
  return startNginx(
    folder,
    port,
    `upstream server { server 127.0.0.1:${server}; keepalive 256; keepalive_requests 1000000000; }
    server {
      listen 127.0.0.1:${port} reuseport;
      location / {
        proxy_pass http://server;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Host $http_host;
        proxy_set_header X-Forwarded-Proto $scheme;
      }
    }`,
  );
}

/**
 * @param {string} folder
 * @param {number} port
 * @param {string} servers what it does, as nginx has it
 */
async function startNginx(folder, port, servers) {
  await mkdir(folder, { recursive: true });
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  const config = join(folder, 'nginx.conf');
  await writeFile(
    config,
    `daemon off; worker_processes auto; pid ${join(folder, 'pid')}; error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000000; ${paths.join(' ')}
  ${servers}
}
`,
  );
  return started(spawn('nginx', ['-p', folder, '-c', config], { stdio: 'ignore' }), port);
}

/**
 * @param {string} program
 * @param {string} folder
 * @param {number} server
 * @param {number} port
 * @param {boolean} capture
 */
async function startProx(program, folder, server, port, capture) {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'prox.yaml'),
    `processes: {idle: "sleep 1000000"}
services: {web: ${server}}
proxy: {http_port: ${port}, capture: {enabled: ${capture}}}
`,
  );
  const env = { ...process.env, HOME: folder, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder };
  const options = { cwd: folder, env, stdio: /** @type {const} */ ('ignore') };
  return started(spawn(program, ['up', '--no-tui'], options), port);
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} port
 */
async function started(child, port) {
  const deadline = Date.now() + 30_000;
  while (child.exitCode === null && Date.now() < deadline) {
    if (await answers(port)) return child;
    await sleep(50);
  }
  child.kill('SIGKILL');
  throw new Error(`${child.spawnfile} does not listen on ${port}`);
}

/** @param {number} port */
function answers(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** @param {import('node:child_process').ChildProcess} child */
async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await ended;
  clearTimeout(hard);
}
