#!/usr/bin/env bash
# rss-parser gives no `link` for an RSS item whose only address is its `guid`.
#
# Guess:  a `guid` without `isPermaLink` is a permalink (RSS 2.0), so `link` is its address, as
#         feedparser has it.
# Seen:   `link` is undefined in rss-parser 3.13.0, and the address in feedparser 6.0.14.
# Users:  readers of feeds that have only guids: the entry is shown, and leads nowhere.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > feed.xml <<'XML'
<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
<link>https://news.example/</link><description>All news</description>
<item><title>One</title><guid>https://news.example/one</guid></item></channel></rss>
XML
npm init -y >/dev/null
npm install --silent --no-audit --no-fund rss-parser@3.13.0
python3 -m venv venv
venv/bin/pip install --quiet feedparser==6.0.14
node=$(node -e "
  const Parser = require('rss-parser');
  const text = require('node:fs').readFileSync('feed.xml', 'utf8');
  new Parser().parseString(text).then((feed) => console.log(String(feed.items[0].link)));")
python=$(venv/bin/python -c "import feedparser; print(feedparser.parse('feed.xml').entries[0].link)")
echo "rss-parser 3.13.0: $node; feedparser 6.0.14: $python"
[ "$node" = undefined ] && [ "$python" = https://news.example/one ]
