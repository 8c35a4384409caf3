#!/bin/sh
# Make .venv and install requirements/test.txt into it, once for each content of that file.
# Honours PYTHON=...; otherwise takes the first of python3.13, 3.12, 3.11 and python3 that fits.
set -eu
cd "$(dirname "$0")/.."

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }
makes_environments() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }
refuse() {
    echo "setup: failed ($1)" >&2
    exit 1
}

find_python() {
    lacking=
    for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        fits "$candidate" || continue
        if makes_environments "$candidate"; then
            echo "$candidate"
            return
        fi
        lacking=$candidate
    done
    [ -z "$lacking" ] ||
        refuse "$lacking cannot make a virtual environment; install its venv package, on Debian and Ubuntu: apt-get install python3-venv"
    [ -z "${PYTHON:-}" ] || refuse "PYTHON=$PYTHON is not a working Python 3.11, 3.12 or 3.13"
    refuse "Python 3.11, 3.12 or 3.13 is needed; install one, or name it: make PYTHON=/path/to/python3.13"
}

# A moved checkout or a removed interpreter leaves an environment behind that cannot run: make it anew.
if ! .venv/bin/python -m pip --version >/dev/null 2>&1 || ! .venv/bin/pip --version >/dev/null 2>&1; then
    python=$(find_python)
    echo "setup: making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv || refuse "$python could not make .venv"
fi

if ! cmp -s requirements/test.txt .venv/installed.txt; then
    echo "setup: installing requirements/test.txt into .venv (a few minutes the first time)"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
        --requirement requirements/test.txt || refuse "pip could not install requirements/test.txt; its message is above"
    cp requirements/test.txt .venv/installed.txt
fi
touch .venv/installed.txt
