#!/usr/bin/env bash
# parse-duration takes a comma before one digit for a separator of thousands: `1,5h` is fifteen hours.
#
# Guess:  `1,5h` is one and a half hours, as it is written in most of Europe, or it is no duration.
# Seen:   parse-duration 2.1.9 gives 54,000,000 ms, 15 hours; pytimeparse 1.1.8 gives None.
# Users:  who types a time limit or an interval with a decimal comma: it is ten times as long.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund parse-duration@2.1.9
python3 -m venv venv
venv/bin/pip install --quiet pytimeparse==1.1.8
cat > run.mjs <<'JS'
import parse from 'parse-duration';
console.log(parse('1,5h') / 3_600_000);
JS
node=$(node run.mjs)
python=$(venv/bin/python -c "from pytimeparse import parse; print(parse('1,5h'))")
echo "1,5h in hours: parse-duration 2.1.9: $node; pytimeparse 1.1.8: $python"
[ "$node" = 15 ] && [ "$python" = None ]
