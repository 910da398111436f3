# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
# Every target sets up what it needs; `make help` lists them.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

.PHONY: help setup demo flash deb deb-test crash kills test test-host test-micropython boards-docs lint format bench shape clean soak mutants power

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

flash: $(READY) ## make a board a recorder: BOARD=xiao_esp32s3_sense PORT=/dev/ttyACM0 FIRMWARE=firmware.bin
	$(BIN)/daylog flash --board $(BOARD) $(if $(PORT),--port $(PORT)) $(if $(FIRMWARE),--firmware $(FIRMWARE))

deb: $(READY) ## the Debian package of the recorder for a Raspberry Pi or another computer, in out/
	$(BIN)/daylog build deb -o out

deb-test: $(READY) ## install it in a Debian of its own, record, kill, upgrade, remove: as root, with debootstrap and systemd-nspawn; four minutes
	$(BIN)/python -m tests.debian.run

crash: $(READY) ## cut the power of a board at every write, of a computer at every call, and boot it: three quarters of an hour on 2 cores
	$(BIN)/daylog sim crash --rounds 3
	$(BIN)/daylog sim cuts

kills: $(READY) ## kill the real service of a computer 200 times at moments of SEED=n, on a disk that loses what was not synced: five minutes
	$(BIN)/daylog sim kills --seed $(or $(SEED),1)

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

boards-docs: $(READY) ## docs/boards/ anew: a page and a picture of each board
	$(BIN)/python tools/board_docs.py

lint: $(READY) ## ruff, codespell, pyright, mpy-cross over device code, documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/pyright
	$(BIN)/pyright -p hal/pyrightconfig.json
	$(BIN)/python tools/lint_device.py
	$(BIN)/python tools/lint_docs.py
	$(BIN)/python tools/board_docs.py --check

format: $(READY) ## let ruff lay the code out
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## ratios measured in one run; writes bench.json
	$(BIN)/python -m bench

shape: $(READY) ## our file and function sizes beside those of the code bases we admire
	$(BIN)/python tools/shape.py

clean: ## remove what the targets made
	rm -rf $(VENV) out bench.json
