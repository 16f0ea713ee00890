#!/usr/bin/env bash
# node-bookmarks-parser loses the links of a folder that has a description.
#
# Guess:  the description of a folder, a `<DD>` between its title and its list, is kept or ignored; its links
#         are there in either case.
# Seen:   node-bookmarks-parser 2.0.0 returns the folder without children, and no error. Without the `<DD>`, or
#         with one behind a link, all links are there. bookmarks-parser 1.5.0 ignores the `<DD>`.
# Users:  who imports a bookmark file into a home: Firefox wrote such descriptions for years.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node-bookmarks-parser@2.0.0 bookmarks-parser@1.5.0
cat > run.cjs <<'JS'
const parse = require('node-bookmarks-parser').default ?? require('node-bookmarks-parser');
const other = require('bookmarks-parser');
const file = (ofFolder, ofLink) => `<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks</H1>
<DL><p>
    <DT><H3 ADD_DATE="1700000000">Harbour</H3>
${ofFolder}    <DL><p>
        <DT><A HREF="https://example.com/tides" ADD_DATE="1700000001">Tides</A>
${ofLink}        <DT><A HREF="https://example.com/boats" ADD_DATE="1700000002">Boats</A>
    </DL><p>
</DL><p>
`;
const links = (nodes) =>
  (nodes ?? []).reduce((n, node) => n + (node.type === 'bookmark' ? 1 : links(node.children)), 0);
const files = [
  file('', ''),
  file('', '        <DD>When the water comes.\n'),
  file('    <DD>What we need at sea.\n', ''),
];
const theirs = files.map((text) => {
  let found;
  other(text, (error, result) => {
    found = error ? 'error' : links(result.bookmarks);
  });
  return found;
});
console.log([...files.map((text) => links(parse(text))), ...theirs].join(' '));
JS
seen=$(node run.cjs)
echo "links of two, without a description, with one of a link, with one of the folder:"
echo "node-bookmarks-parser 2.0.0, then bookmarks-parser 1.5.0: $seen (expected 2 2 2 2 2 2)"
[ "$seen" = "2 2 0 2 2 2" ]
