#!/usr/bin/env bash
# `openapi-typescript`: a member of `allOf` that only says what is required makes a type that no value fits.
#
# Guess:  `allOf: [Base, {type: object, required: [id]}]` is `Base` with a required `id`.
# Seen:   `Base & Record<string, never>` (openapi-typescript 7.13.0): an object without properties
#         counts as closed, so `{ id: "1" }` is a type error, and reading `id` gives `string & never`.
# Users:  contracts that make a field of a shared schema required in one place. With `required`
#         beside `allOf` instead, the type is right.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund openapi-typescript@7.13.0 typescript@5.9.3
cat >api.json <<'JSON'
{ "openapi": "3.1.0", "info": { "title": "t", "version": "1" }, "paths": {},
  "components": { "schemas": {
    "Base": { "type": "object", "properties": { "id": { "type": "string" } } },
    "Inside": { "allOf": [{ "$ref": "#/components/schemas/Base" }, { "type": "object", "required": ["id"] }] },
    "Beside": { "allOf": [{ "$ref": "#/components/schemas/Base" }], "required": ["id"] } } } }
JSON
npx openapi-typescript api.json -o api.ts >/dev/null 2>&1
cat >use.ts <<'TS'
import type { components } from './api';
export const beside: components['schemas']['Beside'] = { id: '1' };
export const inside: components['schemas']['Inside'] = { id: '1' };
TS
errors=$(npx tsc --noEmit --strict --skipLibCheck use.ts || true)
echo "openapi-typescript 7.13.0: $(grep -o 'Inside: .*' api.ts)"
echo "tsc: ${errors%%.*}"
grep -q 'Inside: .*Record<string, never>' api.ts
[ "$(grep -c 'error TS' <<<"$errors")" -eq 1 ] && grep -q '^use.ts(3,' <<<"$errors"
