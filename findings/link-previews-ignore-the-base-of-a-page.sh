#!/usr/bin/env bash
# Libraries for link previews resolve a relative icon against the page's address, although the page has a
# `<base>`.
#
# Guess:  with `<base href="/static/">`, the icon `icon.png` is /static/icon.png, as in browsers.
# Seen:   unfurl.js 6.4.0 and link-preview-js 4.0.4 give the folder of the page: /post/icon.png.
# Users:  who shows icons of sites built with a base (Angular, Blazor): those icons answer 404.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund unfurl.js@6.4.0 link-preview-js@4.0.4
cat > run.mjs <<'JS'
import { createServer } from 'node:http';
import { getPreviewFromContent } from 'link-preview-js';
import { unfurl } from 'unfurl.js';
const page = `<!doctype html><html lang="en"><head><base href="/static/"><title>A page</title>
<link rel="icon" href="icon.png"></head><body></body></html>`;
const headers = { 'content-type': 'text/html; charset=utf-8' };
const server = createServer((_, response) => response.writeHead(200, headers).end(page));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}/post/1`;
const [icon] = (await getPreviewFromContent({ data: page, headers, url })).favicons;
const paths = [(await unfurl(url)).favicon, icon].map((found) => new URL(found).pathname);
console.log(paths.join(' '));
server.close();
JS
seen=$(node run.mjs)
echo "unfurl.js 6.4.0 and link-preview-js 4.0.4; expected /static/icon.png; seen $seen"
[ "$seen" = "/post/icon.png /post/icon.png" ]
