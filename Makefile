# Every entry point a newcomer needs. `make` alone lists them.
# Honours PYTHON=..., the interpreter of the virtual environment (3.11, 3.12 or 3.13).

INSTALLED := .venv/installed.txt
PY := .venv/bin/python

$(INSTALLED): requirements/test.txt
	@PYTHON="$(PYTHON)" sh requirements/install.sh
