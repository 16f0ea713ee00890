#!/usr/bin/env bash
# `@hey-api/openapi-ts` drops `required` that stands beside `allOf`.
#
# Guess:  `allOf: [Base], required: [id]` makes the optional `id` of `Base` required.
# Seen:   `export type Beside = Base` (@hey-api/openapi-ts 0.95.0), and no warning; the same with
#         `required` in a member of `allOf`.
# Users:  generated clients: a field that the server always sends is `string | undefined`, and one that
#         it always wants can be left out without a type error.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @hey-api/openapi-ts@0.95.0 typescript@5.9.3
cat >api.json <<'JSON'
{ "openapi": "3.1.0", "info": { "title": "t", "version": "1" },
  "paths": { "/a": { "get": { "operationId": "getA", "responses": { "200": { "description": "ok",
    "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Beside" } } } } } } } },
  "components": { "schemas": {
    "Base": { "type": "object", "properties": { "id": { "type": "string" } } },
    "Beside": { "allOf": [{ "$ref": "#/components/schemas/Base" }], "required": ["id"] } } } }
JSON
output=$(npx openapi-ts -i api.json -o out --plugins @hey-api/typescript 2>&1)
line=$(grep 'export type Beside' out/types.gen.ts)
echo "@hey-api/openapi-ts 0.95.0: $line"
[ "$line" = 'export type Beside = Base;' ]
! grep -qi 'warn' <<<"$output"
