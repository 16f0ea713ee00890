#!/usr/bin/env bash
# keyboardevent-from-electron-accelerator gives `Return` and `Plus` names that no keyboard event has.
#
# Guess:  `toKeyEvent('Ctrl+Return')` is the event of the Enter key (`key` and `code` are "Enter"), and
#         `Ctrl+Plus` has the key "+", as in the UI Events standard.
# Seen:   "return"/"Return" and "plus"/"Add" (keyboardevent-from-electron-accelerator 2.0.0), so
#         keyboardevents-areequal 0.2.2, its companion, says that they are other keys. `Alt+Up` is
#         translated to "ArrowUp", and is found equal.
# Users:  desktop apps on the web that take Electron's accelerators: "send" and "zoom in" never fire.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund \
  keyboardevent-from-electron-accelerator@2.0.0 keyboardevents-areequal@0.2.2
cat > run.cjs <<'JS'
const { toKeyEvent } = require('keyboardevent-from-electron-accelerator');
const areEqual = require('keyboardevents-areequal');
const pressed = {
  'Alt+Up': { altKey: true, key: 'ArrowUp', code: 'ArrowUp' },
  'Ctrl+Return': { ctrlKey: true, key: 'Enter', code: 'Enter' },
  'Ctrl+Plus': { ctrlKey: true, key: '+', code: 'NumpadAdd' },
};
for (const [accelerator, event] of Object.entries(pressed)) {
  const { key, code } = toKeyEvent(accelerator);
  console.log(accelerator, key, code, areEqual(toKeyEvent(accelerator), event));
}
JS
seen=$(node run.cjs)
echo "keyboardevent-from-electron-accelerator 2.0.0; expected true for all"
echo "$seen"
[ "$seen" = 'Alt+Up up ArrowUp true
Ctrl+Return return Return false
Ctrl+Plus plus Add false' ]
