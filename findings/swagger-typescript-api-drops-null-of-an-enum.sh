#!/usr/bin/env bash
# `swagger-typescript-api` drops `null` from an enum that lists it.
#
# Guess:  `type: [string, null], enum: [x, y, null]` is `"x" | "y" | null`.
# Seen:   `"x" | "y"` (swagger-typescript-api 13.13.0); without `enum`, the same type array gives
#         `string | null`.
# Users:  generated clients of a contract with a nullable enum, the usual form of "not set": the type
#         promises a value, and `switch` over it misses the case.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund swagger-typescript-api@13.13.0
cat >api.json <<'JSON'
{ "openapi": "3.1.0", "info": { "title": "t", "version": "1" }, "paths": {},
  "components": { "schemas": { "Box": { "type": "object", "required": ["choice", "text"], "properties": {
    "choice": { "type": ["string", "null"], "enum": ["x", "y", null] },
    "text": { "type": ["string", "null"] } } } } } }
JSON
npx swagger-typescript-api generate -p api.json -o . -n api.ts --no-client >/dev/null 2>&1
echo "swagger-typescript-api 13.13.0: $(grep -E 'choice|text' api.ts | tr -s ' \n' ' ')"
grep -q 'choice: "x" | "y";' api.ts
grep -q 'text: string | null;' api.ts
