#!/usr/bin/env bash
# supervisord runs a program four times that succeeds quickly, and then calls it FATAL.
#
# Guess:  with `exitcodes=0` and `autorestart=unexpected`, a migration that exits 0 has EXITED after
#         one run.
# Seen:   "exit status 0; not expected", three more starts, then FATAL (supervisor 4.3.0). An exit
#         before `startsecs` is a failed start, whatever the exit code says. (It is 1 by default, and
#         5 here, so that a busy machine sees the same.)
# Users:  one-shot programs beside services; `startsecs=0` is what they need.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet supervisor==4.3.0
cat > supervisord.conf <<CONF
[supervisord]
nodaemon=true
logfile=$dir/supervisord.log
pidfile=$dir/supervisord.pid
[program:migrate]
command=sh -c 'echo run >> $dir/runs'
exitcodes=0
startsecs=5
autorestart=unexpected
CONF
venv/bin/supervisord -c supervisord.conf >/dev/null 2>&1 &
supervisor=$!
for _ in $(seq 120); do
  if grep -qs 'entered FATAL state' supervisord.log; then break; fi
  sleep 0.5
done
kill "$supervisor"
wait "$supervisor" || true
runs=$(wc -l < runs)
echo "supervisor 4.3.0: $runs runs; $(grep -o 'migrate entered FATAL state' supervisord.log)"
[ "$runs" -eq 4 ]
grep -q 'exited: migrate (exit status 0; not expected)' supervisord.log
