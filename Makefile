# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
# Every target sets up what it needs; `make help` lists them.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: help setup demo crash test test-host test-micropython lint format bench shape clean soak mutants power

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 20

setup: $(READY) ## make .venv with the pinned versions of requirements.lock

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Daylog needs Python 3.10 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

demo: $(READY) ## record, cut the power, recover, sync, verify, export: results in out/demo/
	$(BIN)/python -m host_tools.demo

crash: $(READY) ## cut the simulated board's power at every write of every scenario, and boot it: half an hour on 2 cores
	$(BIN)/daylog sim crash --rounds 3

test: $(READY) test-micropython test-host ## all tests, on MicroPython and on CPython

test-micropython: $(READY) ## the firmware tests on real MicroPython
	$(BIN)/python tests/run_micropython.py

test-host: $(READY) ## the firmware, simulator and host tests on CPython
	$(BIN)/python -m pytest -n 2 tests --ignore=tests/host/test_shell_bridge.py
	$(BIN)/python -m pytest tests/host/test_shell_bridge.py  # in real time, so by itself

soak: $(READY) ## seven days with random faults of SEED=n, about five minutes: every frame must be accounted for
	$(BIN)/daylog sim soak --seed $(or $(SEED),1)

mutants: $(READY) ## put deliberate bugs into storage and upload: the tests must catch each
	$(BIN)/python -m tests.mutants.run

power: $(READY) ## docs/POWER.md anew: whole days with and without the governor, half an hour on 2 cores
	$(BIN)/python -m tools.power_md

lint: $(READY) ## ruff, codespell, pyright, mpy-cross over device code, documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/pyright
	$(BIN)/pyright -p hal/pyrightconfig.json
	$(BIN)/python tools/lint_device.py
	$(BIN)/python tools/lint_docs.py

format: $(READY) ## let ruff lay the code out
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## ratios measured in one run; writes bench.json
	$(BIN)/python -m bench

shape: $(READY) ## our file and function sizes beside those of the code bases we admire
	$(BIN)/python tools/shape.py

clean: ## remove what the targets made
	rm -rf $(VENV) out bench.json
