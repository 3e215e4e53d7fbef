#!/bin/sh
# Installs a locked set of packages into a virtual environment, which is made if need be.
#
#   requirements/install.sh PYTHON VENV LOCK [arguments for one more `pip install`, without requirements of its own]
#
# An install that was interrupted is begun again from an empty environment, because pip takes a package that it had
# unpacked by half for an installed one.
set -eu

python=$1 venv=$2 lock=$3
shift 3
unfinished=$venv/.unfinished
log=$venv/pip.log

say() { printf '%s\n' "$*" >&2; }

if ! command -v "$python" >/dev/null 2>&1; then
  say "$python was not found. Install Python 3.11 or newer, or name another: make PYTHON=python3.12"
  exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  say "$python is older than Python 3.11. Try: make PYTHON=python3.12"
  exit 1
fi

if [ -e "$unfinished" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
  [ ! -e "$unfinished" ] || say "The last install didn't finish; starting again."
  "$python" -m venv --clear "$venv"
fi

pip() {
  "$venv/bin/python" -m pip --disable-pip-version-check --no-input --retries 2 --quiet --quiet --log "$log" \
    install --progress-bar off "$@" 2>"$venv/pip.errors"
}

say "Installing $lock into $venv (half a minute) …"
: >"$log"
: >"$unfinished"
if pip --require-hashes -r "$lock" && { [ $# -eq 0 ] || pip --no-deps --no-build-isolation "$@"; }; then
  rm -f "$unfinished" "$log" "$venv/pip.errors"
  exit 0
fi

if grep -qE 'NewConnectionError|NameResolutionError|ConnectTimeout|ProxyError|ReadTimeout|SSLError|Connection(Reset|Refused)?Error' "$log"; then
  say "The package index can't be reached. Check the network, or pip's proxy and index settings, and run make again. (Details: $log)"
else
  cat "$venv/pip.errors" >&2
  say "The packages of $lock can't be installed. (Details: $log)"
fi
exit 1
