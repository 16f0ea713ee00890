#!/usr/bin/env bash
# `concurrently --kill-others` fails when the command that ended by itself succeeded.
#
# Guess:  a test run that exits 0 beside a server that is then stopped gives exit code 0.
# Seen:   1 (concurrently 9.2.5): the server's SIGTERM, sent by concurrently, counts as a failure.
#         With `--success first` it is 0.
# Users:  "start the server, run the tests, stop the server" in package.json and CI.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund concurrently@9.2.5
code=0
npx concurrently --kill-others 'sleep 2' 'exec sleep 30' >/dev/null || code=$?
first=0
npx concurrently --kill-others --success first 'sleep 2' 'exec sleep 30' >/dev/null || first=$?
echo "concurrently 9.2.5: exit code $code; with --success first $first"
[ "$code" -eq 1 ] && [ "$first" -eq 0 ]
