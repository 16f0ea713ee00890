#!/usr/bin/env bash
# curlconverter changes large numbers of a JSON body when it writes JavaScript, but not for Python.
#
# Guess:  the body is sent as it stands in the curl command, in every language.
# Seen:   8202522731445525542 becomes 8202522731445526000 in the generated `fetch` (curlconverter
#         4.12.0); the generated Python keeps it.
# Users:  requests copied from a browser or a capture that carry 64-bit ids.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund curlconverter@4.12.0
cat > run.mjs <<'JS'
import { toJavaScript, toPython } from 'curlconverter';
const curl = `curl 'https://api.example/a' -H 'content-type: application/json' --data-raw '{"id": 8202522731445525542}'`;
const sent = (text) => text.split('\n').filter((line) => !/^\s*(\/\/|#)/.test(line)).join('\n').match(/8202\d+/)[0];
console.log(`JavaScript ${sent(toJavaScript(curl))}, Python ${sent(toPython(curl))}`);
JS
seen=$(node run.mjs)
echo "curlconverter 4.12.0: $seen"
[ "$seen" = 'JavaScript 8202522731445526000, Python 8202522731445525542' ]
