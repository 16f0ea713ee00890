#!/usr/bin/env bash
# Cloudflare's HTMLRewriter returns attribute values and text as they stand in the source, with
# their character references: `&amp;` is not decoded.
#
# Guess:  getAttribute('href') of <a href="/x?a=1&amp;b=2"> is /x?a=1&b=2, as in a browser.
# Seen:   /x?a=1&amp;b=2, and the text of a title is "Tom &amp; Jerry" (workerd 1.20260730.1).
# Users:  code that reads og:image, canonical links or titles of other people's pages in a worker,
#         and then fetches or shows what was read.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund miniflare@4.20260730.0
cat > run.mjs <<'JS'
import { Miniflare } from 'miniflare';
const script = `export default { async fetch() {
  const seen = { title: '' };
  const html = '<title>Tom &amp; Jerry</title><a href="/x?a=1&amp;b=2">more</a>';
  await new HTMLRewriter()
    .on('a', { element: (a) => { seen.href = a.getAttribute('href'); } })
    .on('title', { text: (chunk) => { seen.title += chunk.text; } })
    .transform(new Response(html)).text();
  return Response.json(seen);
} }`;
const miniflare = new Miniflare({ modules: true, compatibilityDate: '2026-04-01', script });
console.log(await (await miniflare.dispatchFetch('http://localhost/')).text());
await miniflare.dispose();
JS
seen=$(node run.mjs)
echo "miniflare 4.20260730.0: $seen"
[ "$seen" = '{"title":"Tom &amp; Jerry","href":"/x?a=1&amp;b=2"}' ]
