# Everything one does here. Needs GNU make and Python 3.11 to 3.13; sets up the rest by itself, inside this folder.
# Whatever is no result goes to standard error, so that `make run … FORMAT=json > leads.jsonl` writes clean JSON Lines.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check fix package check-policy deploy redrive re-read bench-capture bench-review train-review fuzz-capture clean supported-python

# Chalice packages for the Python it runs on, so only those that Lambda has will do.
IS_SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for one in python3 python3.13 python3.12 python3.11 python; do \
	$$one -c '$(IS_SUPPORTED)' 2>/dev/null && echo $$one && break; done)
BIN := .venv/bin
MINISTACK := .local/ministack
BENCH := .local/bench
PIP := -m pip install --quiet --quiet --disable-pip-version-check --no-input --require-hashes --only-binary=:all:
T ?= tests
PART ?= held
RUNS ?= 1000000

export ONCE DMS MARKET FORMAT PORT POLICY COMPANY

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' Makefile

run: .venv/ready $(MINISTACK)/ready ## The demo on this machine: [ONCE=1] [MARKET=SG] [DMS=file.jsonl] [FORMAT=json] [PORT=4566]
	@$(BIN)/python -m infra.local

test: .venv/ready $(MINISTACK)/ready ## Every test, or those below a path: [T=tests/capture]
	@$(BIN)/python -m pytest $(T)

check: package ## Format, lint, types, imports and the packaged template
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@if grep -q '^\[tool.importlinter\]' pyproject.toml || test -f .importlinter; then $(BIN)/lint-imports; fi
	@$(BIN)/cfn-lint .local/package/template.yaml

fix: .venv/ready ## Format, and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

package: .venv/ready ## Code and template for CloudFormation, in .local/package
	@$(BIN)/python -m infra.package

check-policy: .venv/ready ## What the review finds in a policy: POLICY=policy.pdf MARKET=ID COMPANY='PT Kopi Senja'
	@$(BIN)/python -m infra.check_policy

deploy: .venv/ready ## To AWS: STAGE=prod [REGION=ap-southeast-1] [BUCKET=…] [PARAMETERS="ReviewDelaySeconds=600 …"]
	@test -n '$(STAGE)' || { echo 'Say which stage: make deploy STAGE=prod' >&2; exit 2; }
	@$(BIN)/python -m infra.deploy --stage '$(STAGE)' $(if $(REGION),--region '$(REGION)') \
		$(if $(BUCKET),--bucket '$(BUCKET)') $(PARAMETERS)

re-read: .venv/ready ## Stored messages, read with the present rules: ACCOUNT=acc_… STAGE=prod [REGION=…] [API=…] [APPLY=1] [FORMAT=json]
	@$(BIN)/python -m infra.reread

bench-capture: $(BENCH)/ready ## Capture beside its peers: quality and speed, on the part put aside [PART=dev]
	@$(BENCH)/bin/python -m tests.bench.capture --part $(PART)

bench-review: .venv/ready ## The review beside a list of keywords: verdicts, checks and cost [PART=dev]
	@$(BIN)/python -m tests.bench.review --part $(PART)

train-review: $(BENCH)/ready ## The table of the review's second reader, of the statements in tests/corpora
	@$(BENCH)/bin/python -m tests.bench.training

fuzz-capture: $(BENCH)/ready ## Capture under a coverage-guided fuzzer [RUNS=1000000]
	@mkdir -p .local/fuzz
	@PYTHONPATH=. $(BENCH)/bin/python tests/bench/fuzz_capture.py -runs=$(RUNS) -max_len=1000 -print_final_stats=1 .local/fuzz

clean: ## Removes all that was made here, and what the demo has kept
	@rm -rf .venv .local .chalice/deployments .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

supported-python:
	@test -n '$(PYTHON)' && $(PYTHON) -c '$(IS_SUPPORTED)' 2>/dev/null || { echo \
		'This needs Python 3.11, 3.12 or 3.13: install one of them, or name it with make … PYTHON=/path/to/python.' >&2; exit 2; }

.venv/ready: requirements-dev.txt | supported-python
	@echo 'Installing what checks and packages (once, into .venv) …' >&2
	@$(call new-environment,.venv)
	@$(BIN)/python $(PIP) --requirement requirements-dev.txt >&2
	@touch $@

$(MINISTACK)/ready: requirements-local.txt | supported-python
	@echo 'Installing the local AWS (once, into $(MINISTACK)) …' >&2
	@$(call new-environment,$(MINISTACK))
	@$(MINISTACK)/bin/python $(PIP) --requirement requirements-local.txt >&2
	@touch $@

$(BENCH)/ready: requirements-bench.txt | supported-python
	@echo 'Installing the peers (once, into $(BENCH)) …' >&2
	@$(call new-environment,$(BENCH))
	@$(BENCH)/bin/python $(PIP) --requirement requirements-bench.txt >&2
	@touch $@

new-environment = rm -rf $(1) && mkdir -p $(dir $(1)) && $(PYTHON) -m venv $(1) >&2 || { echo \
	'$(PYTHON) can make no virtual environment: install its venv module (on Debian and Ubuntu, python3-venv).' >&2; exit 2; }
