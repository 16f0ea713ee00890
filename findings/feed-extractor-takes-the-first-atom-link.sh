#!/usr/bin/env bash
# @extractus/feed-extractor takes the first `link` of an Atom feed and of an entry, whatever its `rel`.
#
# Guess:  the link with `rel="alternate"` or without `rel` (RFC 4287, 4.2.7.2), as rss-parser has it.
# Seen:   the address of the feed itself (`rel="self"`) as the link of the feed, and the sound file
#         (`rel="enclosure"`) as the link of the entry (@extractus/feed-extractor 8.0.3).
# Users:  readers of feeds that name `self` first, as blog generators do, and of podcasts in Atom: the
#         title leads to XML, and the entry to a download.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @extractus/feed-extractor@8.0.3 rss-parser@3.13.0
cat > feed.xml <<'XML'
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <id>https://news.example/</id>
  <title>News</title>
  <updated>2026-01-01T00:00:00Z</updated>
  <author><name>News</name></author>
  <link rel="self" href="https://news.example/feed.xml"/>
  <link rel="alternate" href="https://news.example/"/>
  <entry>
    <id>https://news.example/one</id>
    <title>One</title>
    <updated>2026-01-01T00:00:00Z</updated>
    <link rel="enclosure" type="audio/mpeg" href="https://news.example/one.mp3"/>
    <link rel="alternate" href="https://news.example/one"/>
    <summary>First</summary>
  </entry>
</feed>
XML
cat > run.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { extractFromXml } from '@extractus/feed-extractor';
import Parser from 'rss-parser';
const xml = readFileSync('feed.xml', 'utf8');
const extracted = extractFromXml(xml);
const parsed = await new Parser().parseString(xml);
console.log(`feed-extractor: ${extracted.link} ${extracted.entries[0].link}`);
console.log(`rss-parser: ${parsed.link} ${parsed.items[0].link}`);
JS
seen=$(node run.mjs)
echo "@extractus/feed-extractor 8.0.3, rss-parser 3.13.0; expected the same two pages from both"
echo "$seen"
[ "$seen" = 'feed-extractor: https://news.example/feed.xml https://news.example/one.mp3
rss-parser: https://news.example/ https://news.example/one' ]
