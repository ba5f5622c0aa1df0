# Each target is one line of real work. `setup` runs by itself and does nothing twice.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PY := .venv/bin/python
STAMP := .venv/.ready
export HUB_STATE ?= $(CURDIR)/.dagster
export DAGSTER_HOME := $(CURDIR)
export DAGSTER_DISABLE_TELEMETRY := 1
# Every process would compile its thousand imported modules anew, which takes it longer than its work.
unexport PYTHONDONTWRITEBYTECODE
SPECS ?= ../shared/data/specs
# As many as there are cores: servers and browsers fill what waits; one more costs a seventh more processor time than it saves.
WORKERS ?= $(shell nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)

.PHONY: help setup demo run test lint style types sql bench soak

help: ## what there is to do
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

setup: $(STAMP) ## the virtual environment with everything pinned

$(STAMP): requirements.lock pyproject.toml
	@python3 -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(PY) || python3 -m venv .venv
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip >/dev/null
	@($(PY) -m pip install -q --disable-pip-version-check uv && .venv/bin/uv pip install -q -p $(PY) --require-hashes -r requirements.lock) || $(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PY) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: $(STAMP) ## the sandbox, a whole run against it, then the Dagster UI (CI: make demo ARGS=--no-ui)
	@.venv/bin/hub demo $(ARGS)

run: $(STAMP) ## Dagster UI and daemon for your own hub.toml (HUB_CONFIG)
	@.venv/bin/dagster dev -m pipelines.definitions --host 127.0.0.1 --port $${PORT:-3000}

lint: $(STAMP) ## style, types, directions of import
	@$(MAKE) --no-print-directory --output-sync --jobs 2 types sql style

style: $(STAMP)
	@.venv/bin/ruff format --check . && .venv/bin/ruff check . && .venv/bin/lint-imports

types: $(STAMP)
	@.venv/bin/mypy

sql: $(STAMP)
	@.venv/bin/sqlfluff lint -q --processes 2 warehouse/models warehouse/tests

test: lint ## lint, then all tests
	@.venv/bin/pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder $(if $(wildcard $(SPECS)),--specs=$(SPECS)) $(ARGS)

bench: $(STAMP) ## speed, as ratios against a peer or a bare loop in the same run
	@$(PY) -m tests.bench $(ARGS)

soak: $(STAMP) ## the kill tests at ever other random instants, for an hour (or MINUTES=20)
	@.venv/bin/pytest tests/faults --soak $${MINUTES:-60} $(ARGS)
