# The few verbs of this project. A fresh machine needs make and one Python of 3.11, 3.12 or 3.13; the rest is
# installed into .venv from the hashed locks.

.SHELLFLAGS := -eu -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# A particular interpreter: make test PYTHON=/path/to/python3.12
PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
DATA ?= data
PYTEST_ARGS ?=
BENCH_ARGS ?=

PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
LOCK := $(BIN)/uv pip compile --universal --generate-hashes --no-header --python-version 3.11 --quiet
CHECKED := gipa_pipeline assets expectations tests

.PHONY: help run ui test check check-format check-lint check-types check-imports check-definitions screenshots bench format lock wheel clean

help:
	@echo 'make run      the whole chain on the bundled sample registry, data in ./$(DATA)'
	@echo 'make ui       the Dagster UI on this checkout'
	@echo 'make test     all tests'
	@echo 'make check    format, lint, types, import contracts, Dagster definitions'
	@echo 'make format   rewrite the code in the house format'
	@echo 'make bench    speed and memory, beside the bare libraries (BENCH_ARGS=--full: half an hour)'
	@echo 'make screenshots  the pictures of docs/operate.md, from the real UI'
	@echo 'make wheel    dist/*.whl'
	@echo 'make lock     resolve the dependencies anew'
	@echo 'make clean    remove what was built, not the data'

run: $(VENV)/.installed
	$(BIN)/gipa run --data $(DATA)

ui: $(VENV)/.installed
	$(BIN)/gipa ui

# A file's tests stay together: what a file makes once would otherwise be made in every process.
test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n 2 --dist loadfile $(PYTEST_ARGS)

# make -k check goes on after a failure and shows all that is wrong.
check: check-format check-lint check-types check-imports check-definitions

check-format: $(VENV)/.installed-dev
	$(BIN)/ruff format --check $(CHECKED)

check-lint: $(VENV)/.installed-dev
	$(BIN)/ruff check $(CHECKED)

check-types: $(VENV)/.installed-dev
	$(BIN)/mypy

check-imports: $(VENV)/.installed-dev
	$(BIN)/lint-imports --no-logo

# dg looks for the switch of its telemetry only in the dagster.yaml of DAGSTER_HOME.
check-definitions: $(VENV)/.installed-dev
	DAGSTER_HOME="$(CURDIR)" $(BIN)/dg check defs

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix --exit-zero $(CHECKED)
	$(BIN)/ruff format $(CHECKED)

# The pictures of docs/operate.md, from the real UI; fails when a page that it shows does not render.
screenshots: $(VENV)/.installed-dev
	$(BIN)/python docs/screenshots.py

bench: $(VENV)/.installed-dev
	$(BIN)/python -m tests.bench $(BENCH_ARGS)

wheel: $(VENV)/.installed-dev
	$(BIN)/python -m build --wheel --no-isolation

# No address of an index goes into the locks, so they serve behind any mirror. Versions already locked stay
# unless asked for: make lock UPGRADE=--upgrade
lock: $(VENV)/.installed-dev
	$(LOCK) $(UPGRADE) pyproject.toml --group install -o requirements.lock
	$(LOCK) $(UPGRADE) pyproject.toml --extra ocr --group dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf dist build .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	find gipa_pipeline assets expectations tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A name on PATH proves nothing: version managers leave python3.13 there without a Python behind it, and some
# distributions ship one that cannot make an environment. So each candidate is run.
$(VENV)/bin/python:
	@probe='import ensurepip, sqlite3, ssl, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'; \
	for candidate in $(or $(PYTHON),python3.13 python3.12 python3.11 python3); do \
	  if "$$candidate" -c "$$probe" >/dev/null 2>&1; then \
	    echo "$(VENV): $$("$$candidate" --version)"; \
	    exec "$$candidate" -m venv --clear $(VENV); \
	  fi; \
	done; \
	echo 'No usable Python of 3.11, 3.12 or 3.13 found (with its venv module: python3-venv on Debian).' >&2; exit 1

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --quiet --require-hashes --no-deps -r requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# The development lock holds everything of the other one, in the same versions.
$(VENV)/.installed-dev: requirements-dev.lock requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --quiet --require-hashes --no-deps -r requirements-dev.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $(VENV)/.installed $@
