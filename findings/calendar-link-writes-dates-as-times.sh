#!/usr/bin/env bash
# calendar-link writes an all-day event for iCalendar without `VALUE=DATE`, and ical.js cannot read it.
#
# Guess:  `allDay: true` gives `DTSTART;VALUE=DATE:20260310`.
# Seen:   `DTSTART:20260310` (calendar-link 2.11.5). Without the parameter the value is a date with a
#         time (RFC 5545, 3.8.2.4), so ical.js 2.2.1 throws "invalid date-time value" for `startDate`.
#         With the parameter, it reads the same file as a date.
# Users:  "add to calendar" links of birthdays and holidays, in calendars that keep to the format.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund calendar-link@2.11.5 ical.js@2.2.1
cat > run.mjs <<'JS'
import { ics } from 'calendar-link';
import ICAL from 'ical.js';
const read = (text) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  try {
    return String(new ICAL.Event(calendar.getFirstSubcomponent('vevent')).startDate);
  } catch (error) {
    return error.message;
  }
};
const link = ics({ title: 'Holiday', start: '2026-03-10', allDay: true });
const text = decodeURIComponent(link.slice(link.indexOf(',') + 1));
console.log(text.match(/^DTSTART.*$/m)[0].trim());
console.log(read(text).split(':')[0]);
console.log(read(text.replace(/^(DTSTART|DTEND):/gm, '$1;VALUE=DATE:')));
JS
seen=$(node run.mjs)
echo "calendar-link 2.11.5, ical.js 2.2.1; expected DTSTART;VALUE=DATE:20260310 and 2026-03-10"
echo "$seen"
[ "$seen" = $'DTSTART:20260310\ninvalid date-time value\n2026-03-10' ]
