#!/usr/bin/env bash
# slackify-markdown puts zero-width spaces (U+200B) around bold and italic text.
#
# Guess:  `**deploy** done` becomes `*deploy* done`.
# Seen:   U+200B before and after `*deploy*` (slackify-markdown 4.5.0). Slack shows it right, but the
#         characters stay in what people copy from the message, and in what a search or a test compares.
# Users:  messages that contain commands, names or ids in bold.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund slackify-markdown@4.5.0
cat > run.mjs <<'JS'
import * as module from 'slackify-markdown';
const slackify = module.slackifyMarkdown ?? module.default.default ?? module.default;
const text = slackify('**deploy** done').trimEnd();
console.log([...text].map((c) => (c === '\u200b' ? '<U+200B>' : c)).join(''));
JS
seen=$(node run.mjs)
echo "slackify-markdown 4.5.0: $seen"
[ "$seen" = '<U+200B>*deploy*<U+200B> done' ]
