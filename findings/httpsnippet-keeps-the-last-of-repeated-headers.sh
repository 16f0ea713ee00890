#!/usr/bin/env bash
# httpsnippet writes only the last of several headers with one name, also for curl.
#
# Guess:  two `X-Forwarded-For` entries of a HAR request become two --header options.
# Seen:   one, with the second value (httpsnippet 3.0.10); the first is dropped without a word.
# Users:  captured requests that are shown as code: the copy is not the request.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund httpsnippet@3.0.10
seen=$(node -e "
  const { HTTPSnippet } = require('httpsnippet');
  const header = (value) => ({ name: 'x-forwarded-for', value });
  const request = {
    method: 'GET', url: 'https://api.example/a', httpVersion: 'HTTP/1.1', cookies: [], queryString: [],
    headers: [header('192.0.2.1'), header('192.0.2.2')], headersSize: -1, bodySize: -1,
  };
  console.log(new HTTPSnippet(request).convert('shell', 'curl').match(/x-forwarded-for: \S+(?=')/g).join(', '));")
echo "httpsnippet 3.0.10: $seen"
[ "$seen" = 'x-forwarded-for: 192.0.2.2' ]
