SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
# The first of these that is a Python 3.11 or 3.12: a name on the path may be a shim that runs another one.
FIND_PYTHON = for p in $(PYTHON) python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null && echo $$p && break; done

.DEFAULT_GOAL := help
.PHONY: help run test check mutants bench format lock

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/run ## Start Usher with its own database and a demo company on http://127.0.0.1:8000
	@exec $(BIN)/usher run

test: $(VENV)/dev ## Run all tests, on a real PostgreSQL that they start themselves
	$(BIN)/pytest -n 2 --dist loadfile

check: $(VENV)/dev ## Formatter, linter, type checker, import rules, published schema, policy and its tables
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/usher schema --check schema.graphql
	$(BIN)/usher policy lock --check policy.polar
	$(BIN)/usher policy matrix --check docs/permissions.md policy.polar

mutants: $(VENV)/dev ## Put known faults into SQL order and locks one by one, and see that the tests notice each
	$(BIN)/python -m tests.mutants

bench: $(VENV)/bench ## Measure Usher beside its peers on the same data (20 minutes); writes bench/RESULTS.md
	@exec $(BIN)/python -m bench

format: $(VENV)/dev ## Put the code into its one form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(VENV)/dev ## Renew the lock files from pyproject.toml
	$(BIN)/uv pip compile $(LOCK) pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile $(LOCK) pyproject.toml --extra dev --constraint requirements.lock --output-file requirements-dev.lock
	$(BIN)/uv pip compile $(LOCK) pyproject.toml --extra bench --constraint requirements.lock --output-file requirements-bench.lock

LOCK = --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate

$(VENV)/run: requirements.lock pyproject.toml
	$(call install,requirements.lock)

$(VENV)/dev: requirements-dev.lock pyproject.toml
	$(call install,requirements-dev.lock)

$(VENV)/bench: requirements-bench.lock pyproject.toml
	$(call install,requirements-bench.lock)

# The package itself is installed in place, built by the locked setuptools: nothing unpinned is fetched.
define install
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then echo "Usher needs Python 3.11 or 3.12; name one with: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; exit 1; fi; \
	[ -x $(BIN)/python ] || $$python -m venv $(VENV)
	@echo "Installing from $(1) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
endef
