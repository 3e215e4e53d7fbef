# You need only Python >= 3.11 and make. Start with `make demo` or `make test`; `make help` lists all targets.
# To use another interpreter, run `make clean test PYTHON=python3.13`. To put the environment elsewhere, set `VENV=…`.

SHELL := /bin/sh
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
UV := $(VENV)/lock/bin/uv
PYTEST := $(BIN)/python -m pytest
# Extra arguments for pytest, such as `make test ARGS='-k outbox'`.
ARGS ?=
# Each target installs only what it needs: the demo runs from the tree, without the tools and without installing.
RUN := $(VENV)/.run.stamp
DEV := $(VENV)/.dev.stamp
BENCH := $(VENV)/.bench.stamp

.PHONY: help demo test test-browser test-faults fuzz coverage pictures bench lint format texts lock clean

help:  ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(RUN)  ## try the bot with its own DSS and Slack workspace; nothing to configure
	$(BIN)/python -m bot demo

test: $(DEV)  ## run all tests except the long suites and the browser's; six processes, because scenarios wait much
	$(PYTEST) -n 6 --dist worksteal -m "not faults and not fuzz and not browser" $(ARGS)

test-browser: $(DEV)  ## test the demo's page in Debian's chromium; without it, the tests are skipped
	$(PYTEST) -rs -n 2 --dist worksteal -m browser tests/browser $(ARGS)

pictures: $(DEV)  ## take the pictures of docs/images anew, in Debian's chromium
	$(BIN)/python -m tests.browser.pictures $(ARGS)

test-faults: $(DEV)  ## run the long fault suite
	$(PYTEST) -m faults $(ARGS)

fuzz: $(DEV)  ## run the fuzz tests with more than 100,000 inputs, and the permission matrix in all modes
	$(PYTEST) -n 4 -m "fuzz or not faults and not browser" tests/fuzz tests/permissions $(ARGS)

coverage: $(DEV)  ## run the tests with branch coverage
	$(PYTEST) -n 6 --dist worksteal -m "not faults and not fuzz and not browser" --cov --cov-report=term --cov-report=html $(ARGS)

bench: $(BENCH)  ## run the benchmarks, side by side with the official client
	$(BIN)/python -m benchmarks $(ARGS)

lint: $(DEV)  ## run ruff, mypy, import-linter, and deptry
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

format: $(DEV)  ## format the code
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

texts: $(DEV)  ## bring the texts of all languages up to date with the code; LANGUAGE=es begins a new one
	$(BIN)/python -m tests.language.update $(LANGUAGE)

lock: $(UV)  ## regenerate requirements/*.txt from pyproject.toml
	$(UV) pip compile pyproject.toml --extra postgres $(LOCK) --output-file requirements/run.txt
	$(UV) pip compile pyproject.toml --extra postgres --group dev $(LOCK) --output-file requirements/dev.txt
	$(UV) pip compile pyproject.toml --extra postgres --group bench --constraint requirements/dev.txt $(LOCK) \
		--output-file requirements/bench.txt
	echo hatchling | $(UV) pip compile - --constraint requirements/dev.txt $(LOCK) --output-file requirements/build.txt

# Upgrading is opt-in: `make lock LOCK_ARGS=--upgrade`.
LOCK_ARGS ?=
LOCK = --quiet --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --no-strip-extras \
	$(LOCK_ARGS)

clean:  ## remove the environment and everything generated
	rm -rf $(VENV) dist htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .import_linter_cache
	find bot tests -name __pycache__ -type d -prune -exec rm -rf {} +

# --- environments -----------------------------------------------------------------------------------------------

INSTALL := requirements/install.sh $(PYTHON) $(VENV)

$(RUN): requirements/run.txt
	@$(INSTALL) $<
	@touch $@

# Install the package without its requirements, which are already installed by hash, and without an isolated build
# environment, which pip would fetch without hashes. hatchling is one of the installed tools.
$(DEV): requirements/dev.txt pyproject.toml
	@$(INSTALL) $< --editable .
	@touch $@

$(BENCH): requirements/bench.txt $(DEV)
	@$(INSTALL) $<
	@touch $@

$(UV):
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install --quiet --quiet --disable-pip-version-check 'uv==0.13.*'
