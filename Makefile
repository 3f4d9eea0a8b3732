# Every target starts from a fresh checkout: scripts/bootstrap.py installs what is missing and says so.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv/bin
ifeq ($(origin HOST),command line)
export GRIDSVC_HOST := $(HOST)
endif

.DEFAULT_GOAL := help
.PHONY: help run setup test check bench test-faults test-long bless upgrade

help:  ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run:  ## set up, load the demo the first time, serve on http://127.0.0.1:8000 (HOST=lan: https for the local network)
	@exec $(PYTHON) scripts/bootstrap.py run

setup:  ## only set up, for a system service (deploy/gridsvc.service)
	@$(PYTHON) scripts/bootstrap.py setup

test:  ## everything, browser tests included (T=tests/geodata: one part)
	@$(PYTHON) scripts/bootstrap.py test
	@$(VENV)/pytest -n 2 --dist loadfile $(T)

check:  ## fast checks: style, types, layers, sizes
	@$(PYTHON) scripts/bootstrap.py check
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/python scripts/check_budgets.py

bench:  ## measure beside the peers (T=locate: one part)
	@$(PYTHON) scripts/bootstrap.py bench
	@$(VENV)/python -m bench $(T)

test-faults:  ## only the tests that break things: killed processes, full disks, taken ports
	@$(PYTHON) scripts/bootstrap.py test
	@GRIDSVC_FAULTS=20 $(VENV)/pytest tests/faults tests/database/test_cluster.py

test-long:  ## only the long sequences: thousands of moves and undos at random, about ten minutes
	@$(PYTHON) scripts/bootstrap.py test
	@GRIDSVC_MOVES=2000 $(VENV)/pytest tests/operations/test_redrawing.py

bless:  ## accept what the golden tests see now
	@$(PYTHON) scripts/bootstrap.py test
	@GRIDSVC_BLESS=1 $(VENV)/pytest tests/golden

upgrade:  ## resolve the pinned requirements anew, to their newest versions
	@$(PYTHON) scripts/bootstrap.py upgrade
	@for name in run test bench assets upgrade; do \
	  $(VENV)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    requirements/$$name.in -o requirements/$$name.txt; done
