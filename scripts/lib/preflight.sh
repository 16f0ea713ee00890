# Sourced by every entry point: says in one line which tool is missing and how to get it.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"

need_node() {
  if ! command -v node >/dev/null 2>&1; then
    echo "error: Node is missing. Install Node 20.19 or newer (https://nodejs.org), then run this again." >&2
    exit 1
  fi
  if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
    echo "error: Node $(node --version) is too old. Install Node 20.19 or newer (https://nodejs.org), then run this again." >&2
    exit 1
  fi
}

need_rustup() {
  if ! command -v rustup >/dev/null 2>&1; then
    echo "error: rustup is missing. Install it from https://rustup.rs, open a new terminal, then run this again." >&2
    exit 1
  fi
}
