#!/usr/bin/env bash
# markdown_to_mrkdwn and md2mrkdwn turn asterisks between spaces into underscores.
#
# Guess:  `2 * 3 * 4` stays as it is: an asterisk with a space behind it opens no emphasis
#         (CommonMark 0.31, 6.2), as markdown-it-py has it.
# Seen:   `2 _ 3 _ 4` (markdown_to_mrkdwn 0.3.3, md2mrkdwn 0.4.5). Slack shows the underscores: the
#         text says something else, and nothing is emphasized.
# Users:  messages with a product, a wildcard or a schedule in plain text, such as an agent writes.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet markdown_to_mrkdwn==0.3.3 md2mrkdwn==0.4.5 markdown-it-py==4.0.0
cat > run.py <<'PY'
import md2mrkdwn
from markdown_it import MarkdownIt
from markdown_to_mrkdwn import SlackMarkdownConverter

text = "2 * 3 * 4"
print("markdown-it-py:", MarkdownIt().render(text).strip())
print("markdown_to_mrkdwn:", SlackMarkdownConverter().convert(text))
print("md2mrkdwn:", md2mrkdwn.convert(text))
PY
seen=$(venv/bin/python run.py)
echo "markdown_to_mrkdwn 0.3.3, md2mrkdwn 0.4.5; expected 2 * 3 * 4"
echo "$seen"
[ "$seen" = 'markdown-it-py: <p>2 * 3 * 4</p>
markdown_to_mrkdwn: 2 _ 3 _ 4
md2mrkdwn: 2 _ 3 _ 4' ]
