#!/usr/bin/env bash
# openapi-mcp-generator makes the body of a JSON Merge Patch request a string without a schema.
#
# Guess:  the tool of a PATCH operation has an object with the properties of the contract as its body,
#         whether the media type is application/json or application/merge-patch+json (RFC 7396).
# Seen:   an object for the first; for the second `{ type: "string" }` and a description, so the
#         properties are lost (openapi-mcp-generator 4.0.1). Only the exact type application/json
#         counts as JSON.
# Users:  agents that change something through a generated MCP server: nothing tells them which
#         fields there are.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund openapi-mcp-generator@4.0.1
cat > run.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { getToolsFromOpenApi } from 'openapi-mcp-generator';
const schema = { type: 'object', properties: { title: { type: 'string' } } };
const patch = (operationId, mediaType) => ({
  patch: {
    operationId,
    requestBody: { required: true, content: { [mediaType]: { schema } } },
    responses: { 204: { description: 'Changed' } },
  },
});
writeFileSync(
  'openapi.json',
  JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Links', version: '1' },
    servers: [{ url: 'https://links.example' }],
    paths: {
      '/json': patch('json', 'application/json'),
      '/merge': patch('merge', 'application/merge-patch+json'),
    },
  }),
);
const tools = await getToolsFromOpenApi('openapi.json', { dereference: true });
for (const { name, inputSchema } of tools) {
  const { type, properties = {} } = inputSchema.properties.requestBody;
  console.log(`${name}: ${type} with ${Object.keys(properties).join() || 'no properties'}`);
}
JS
seen=$(node run.mjs)
echo "openapi-mcp-generator 4.0.1; expected an object with title for both"
echo "$seen"
[ "$seen" = $'json: object with title\nmerge: string with no properties' ]
