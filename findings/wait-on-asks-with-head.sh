#!/usr/bin/env bash
# wait-on never finds an `http://` address ready whose server answers GET but not HEAD.
#
# Guess:  `wait-on http://…` sends GET, as a browser would.
# Seen:   it sends HEAD until its timeout (wait-on 9.5.1); `http-get://` finds the same server.
# Users:  routers that answer 404 or 405 to HEAD: "the server is up, and the tests never start".
set -euo pipefail
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund wait-on@9.5.1
cat > server.mjs <<'JS'
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
const server = createServer((request, response) => {
  response.writeHead(request.method === 'GET' ? 200 : 405).end();
});
server.listen(0, '127.0.0.1', () => writeFileSync('port', String(server.address().port)));
JS
node server.mjs &
server=$!
until [ -s port ]; do sleep 0.1; done
address="127.0.0.1:$(cat port)/"
head=0
npx wait-on --timeout 3000 "http://$address" >/dev/null 2>&1 || head=$?
get=0
npx wait-on --timeout 10000 "http-get://$address" >/dev/null 2>&1 || get=$?
echo "wait-on 9.5.1: http:// exits with $head, http-get:// with $get"
[ "$head" -eq 1 ] && [ "$get" -eq 0 ]
