#!/usr/bin/env bash
# wscat ends with status 0 when the server closes the connection with an error code.
#
# Guess:  a close with 4401 (of the application) or 1011 (internal error) is a failure: the status is not 0.
# Seen:   wscat 6.1.0 ends with 0 for 4401 and 1011, as for the normal 1000. Only a refused connection fails.
# Users:  who checks a live endpoint in a script or in CI: a server that rejects everybody passes.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund wscat@6.1.0 ws@8.18.3
cat > run.mjs <<'JS'
import { spawn } from 'node:child_process';
import { WebSocketServer } from 'ws';
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
server.on('connection', (socket, { url }) => socket.close(Number(url.slice(1))));
await new Promise((resolve) => server.on('listening', resolve));
const origin = `ws://127.0.0.1:${server.address().port}`;
const status = (url) =>
  new Promise((resolve) => spawn('node_modules/.bin/wscat', ['-c', url]).on('exit', resolve));
const seen = [];
for (const code of [1000, 1011, 4401]) seen.push(await status(`${origin}/${code}`));
server.close();
seen.push((await status('ws://127.0.0.1:9')) === 0 ? 'success' : 'failure');
console.log(seen.join(' '));
JS
seen=$(node run.mjs)
echo "wscat 6.1.0; status after 1000, 1011, 4401, and of a refused connection: $seen"
[ "$seen" = "0 0 0 failure" ]
