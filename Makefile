# `make` lists the targets; `make demo` and `make test` do everything, set-up included.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

export SAM_CLI_TELEMETRY := 0

BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null)
FIND_PYTHON := for python in python3.13 python3 python; do \
  $$python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null && { echo $$python; break; } || true; done
NO_PYTHON := Lowtide needs Python 3.13 and found none. Install it, for example with \
  \"uv python install 3.13\", \"pyenv install 3.13\" or from https://www.python.org/downloads/, and run make again.
PYTEST_FLAGS := --numprocesses auto --dist worksteal --durations 10
# The command runs on 3.12, too: where there is one, tests run it with the dependencies it needs.
PYTHON_3_12 := $(shell python3.12 -c 'import ensurepip, sys; print(sys.executable)' 2>/dev/null)
REAL_TRACE := ../shared/traces/nabank2003_bankdur.csv.gz

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: .venv/.installed ## Make .venv with everything pinned in requirements-dev.txt, and the lowtide command

.venv/.installed: requirements-dev.txt pyproject.toml .python-version
	@echo "Setting up .venv (a minute or two the first time)"
ifdef UV
	@uv venv --quiet --allow-existing --no-python-downloads --python 3.13 .venv || { echo "$(NO_PYTHON)"; exit 1; }
	@uv pip sync --quiet --python .venv --require-hashes requirements-dev.txt
	@uv pip install --quiet --python .venv --no-deps --no-build-isolation --editable .
else
	@python=$$($(FIND_PYTHON)); test -n "$$python" || { echo "$(NO_PYTHON)"; exit 1; }; \
	  test -x $(BIN)/python3.13 || $$python -m venv --clear .venv
	@$(BIN)/python -m pip install -qq --require-hashes --requirement requirements-dev.txt
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --editable .
endif
	@touch $@

.PHONY: demo
demo: setup ## Play two working days and compare a week, or TRACE=file.csv.gz DAYS=1; leaves build/demo/report.html
	$(BIN)/lowtide demo $(if $(TRACE),--trace $(TRACE)) $(if $(DAYS),--days $(DAYS))

.PHONY: picture
picture: demo ## Draw docs/images/week.svg anew from the demo
	cp build/demo/week.svg docs/images/week.svg

.PHONY: test
test: lint types build real-day pytest ## Everything CI checks: style, types, build, the demo on a real day, tests

.PHONY: lint
lint: setup ## Check style, and which package imports which
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-cache --no-logo

.PHONY: format
format: setup ## Fix style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: types
types: setup ## Check types
	$(BIN)/mypy

.PHONY: pytest
pytest: setup $(if $(PYTHON_3_12),.venv/python3.12/.installed) ## Run the unit, integration and template tests
	$(BIN)/pytest $(PYTEST_FLAGS) tests/unit tests/integration tests/template

.venv/python3.12/.installed: .venv/.installed
	@$(PYTHON_3_12) -m venv --clear .venv/python3.12
	@sed -E '/--hash/d; s/ *\\$$//' requirements-dev.txt > .venv/python3.12/constraints.txt
	@.venv/python3.12/bin/python -m pip install -qq --constraint .venv/python3.12/constraints.txt .
	@.venv/python3.12/bin/python -m pip uninstall -qq --yes lowtide
	@touch $@

.PHONY: test-long
test-long: setup ## Play every crash and many more random stories (an hour and more)
	LOWTIDE_CRASH=all $(BIN)/pytest $(PYTEST_FLAGS) tests/integration/crash

.PHONY: test-month
test-month: setup ## Play thirty days of ten endpoints, four times (hours); DAYS=2 or SPAN=autumn plays less
	$(if $(DAYS),LOWTIDE_MONTH_DAYS=$(DAYS)) $(BIN)/pytest $(PYTEST_FLAGS) tests/month $(if $(SPAN),-k $(SPAN))

.PHONY: test-sam
test-sam: build ## Drive the real SAM CLI through deploy, update, failure and delete (a minute or two)
	$(BIN)/pytest tests/sam_cli

.PHONY: build
build: setup ## Validate the template and build what is deployed, into .aws-sam
	$(BIN)/sam validate --lint
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/sam build # SAM wants a python3.13 with pip on PATH

.PHONY: real-day
real-day: setup
	@if test -f $(REAL_TRACE); then \
	  $(MAKE) --no-print-directory demo TRACE=$(REAL_TRACE) DAYS=1; \
	else \
	  echo "No $(REAL_TRACE) here: the demo on a real day is left out"; \
	fi

.PHONY: bench
bench: setup ## Measure how fast functions and the embedded AWS are; takes some minutes
	for bench in cold-start publisher scheduler aws; do $(BIN)/python -m lowtide_workbench.benchmarks $$bench; done

.PHONY: lock
lock: ## Pin anew what pyproject.toml asks for (needs uv)
	@test -n "$(UV)" || { echo "make lock needs uv: https://docs.astral.sh/uv/"; exit 1; }
	uv pip compile pyproject.toml --extra workbench --group dev --python-version 3.13 --universal \
	  --generate-hashes --no-header --no-annotate -o requirements-dev.txt
	uv pip compile --group layer --python-version 3.13 --python-platform aarch64-manylinux_2_28 \
	  --generate-hashes --no-header --no-annotate -c requirements-dev.txt -o layers/common/requirements.txt

.PHONY: clean
clean: ## Remove what was built and cached; .venv stays
	rm -rf .aws-sam build .mypy_cache .pytest_cache .ruff_cache .hypothesis
