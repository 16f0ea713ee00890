#!/usr/bin/env bash
# Spectral refuses a `pattern` with a range of characters beyond U+FFFF.
#
# Guess:  a pattern is valid when it compiles with the flag `u`, as JSON Schema 2020-12 (6.4) recommends.
# Seen:   `^[😀-🙏]$` is an `oas3-schema` error, "must match format regex" (@stoplight/spectral-cli
#         6.16.3): it is compiled without the flag, where the range is one of surrogates, in wrong order.
#         With the flag, the same pattern compiles and matches.
# Users:  contracts with classes of emoji or of invisible characters: what is valid in one tool fails in
#         another, so that only classes up to U+FFFF are portable.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @stoplight/spectral-cli@6.16.3
cat >api.json <<'JSON'
{ "openapi": "3.1.0", "info": { "title": "t", "version": "1" }, "paths": {},
  "components": { "schemas": { "Face": { "type": "string", "pattern": "^[😀-🙏]$" } } } }
JSON
echo 'extends: spectral:oas' >rules.yaml
output=$(npx spectral lint --ruleset rules.yaml api.json || true)
error=$(grep 'oas3-schema' <<<"$output")
echo "Spectral 6.16.3: $error"
grep -q 'must match format "regex"' <<<"$error"
with=$(node -e 'const { pattern } = require("./api.json").components.schemas.Face;
console.log(new RegExp(pattern, "u").test("😀"))')
echo "with the flag u: $with"
[ "$with" = true ]
