#!/bin/sh
# Names each missing tool and how to install it, before a later step fails.
set -eu

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

command -v node >/dev/null 2>&1 ||
  fail 'Node.js is not installed; 20.19 or newer is needed.' \
    'Run: nvm install 22 (https://github.com/nvm-sh/nvm), or install it from https://nodejs.org'

version=$(node -p process.versions.node)
major=${version%%.*}
rest=${version#*.}
minor=${rest%%.*}
if [ "$major" -lt 20 ] || { [ "$major" -eq 20 ] && [ "$minor" -lt 19 ]; }; then
  fail "Node.js $version ($(command -v node)) is too old; 20.19 or newer is needed." \
    'Run: nvm install 22 && nvm use 22 (https://github.com/nvm-sh/nvm), or install it from https://nodejs.org'
fi

command -v npm >/dev/null 2>&1 ||
  fail "npm is not installed beside Node.js $version ($(command -v node))." \
    'Run: nvm install 22, or apt-get install npm'

command -v python3 >/dev/null 2>&1 ||
  fail 'python3 is not installed; it fetches the Temporal server and holds the locks.' \
    'Run: apt-get install python3 python3-pip'
