# Everything works with Python >= 3.11 and make alone: `make demo`, `make test`. `make help` lists the rest.
# Another interpreter: `make clean test PYTHON=python3.13`. Another place for the environment: `VENV=…`.

SHELL := /bin/sh
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
UV := $(VENV)/lock/bin/uv
PYTEST := $(BIN)/python -m pytest
# What `make test` passes to pytest besides; `make test ARGS='-k outbox'`.
ARGS ?=
# Only the files that each target needs: the demo runs from the tree, without the tools and without installing.
RUN := $(VENV)/.run.stamp
DEV := $(VENV)/.dev.stamp
BENCH := $(VENV)/.bench.stamp

.PHONY: help demo test test-faults coverage bench lint format lock clean

help:  ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(RUN)  ## try the bot: a DSS and a Slack workspace of its own, nothing to configure
	$(BIN)/python -m bot demo

test: $(DEV)  ## all tests but the long fault suite, on two cores
	$(PYTEST) -n 2 --dist worksteal -m "not faults" $(ARGS)

test-faults: $(DEV)  ## the long fault suite
	$(PYTEST) -m faults $(ARGS)

coverage: $(DEV)  ## the tests, with branch coverage
	$(PYTEST) -n 2 --dist worksteal -m "not faults" --cov --cov-report=term --cov-report=html $(ARGS)

bench: $(BENCH)  ## the benchmarks, side by side with the official client
	$(BIN)/python -m benchmarks $(ARGS)

lint: $(DEV)  ## ruff, mypy, import-linter, deptry
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

format: $(DEV)  ## put the code in shape
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock: $(UV)  ## make requirements/*.txt anew from pyproject.toml
	$(UV) pip compile pyproject.toml --extra postgres $(LOCK) --output-file requirements/run.txt
	$(UV) pip compile pyproject.toml --extra postgres --group dev $(LOCK) --output-file requirements/dev.txt
	$(UV) pip compile pyproject.toml --extra postgres --group bench --constraint requirements/dev.txt $(LOCK) \
		--output-file requirements/bench.txt
	echo hatchling | $(UV) pip compile - --constraint requirements/dev.txt $(LOCK) --output-file requirements/build.txt

# --upgrade is left to the one who wants it: `make lock LOCK_ARGS=--upgrade`.
LOCK_ARGS ?=
LOCK = --quiet --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --no-strip-extras \
	$(LOCK_ARGS)

clean:  ## remove the environment and everything that was made
	rm -rf $(VENV) dist htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .import_linter_cache
	find bot tests -name __pycache__ -type d -prune -exec rm -rf {} +

# --- environments -----------------------------------------------------------------------------------------------

INSTALL := requirements/install.sh $(PYTHON) $(VENV)

$(RUN): requirements/run.txt
	@$(INSTALL) $<
	@touch $@

# The package itself goes in without its own requirements (they are there, by hash) and without a build environment
# that would be fetched without hashes: hatchling is one of the tools.
$(DEV): requirements/dev.txt pyproject.toml
	@$(INSTALL) $< --editable .
	@touch $@

$(BENCH): requirements/bench.txt $(DEV)
	@$(INSTALL) $<
	@touch $@

$(UV):
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install --quiet --quiet --disable-pip-version-check 'uv==0.13.*'
