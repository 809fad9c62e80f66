# Every target sets up .venv first; set-up runs once per change of setup.py or the constraints.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
CONSTRAINTS := conf/constraints/spark35.txt
READY := $(VENV)/.ready
DEMO ?= demo
PEERS := .bench/peers
PEERS_READY := $(PEERS)/.ready
PEERS_PINNED := conf/constraints/peers.txt
DOLMA := .bench/dolma
DOLMA_READY := $(DOLMA)/.ready
DOLMA_PINNED := conf/constraints/dolma.txt
PAGES ?= 2500
ROUNDS ?= 5
JOB_ROUNDS ?= 3
PARTS ?= per-document signals minhash whole-job growth dedup

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench bench-extraction quality reference operator conformance clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

setup: $(READY) ## the virtual environment with everything pinned, and Spark's jars

$(READY): setup.py $(CONSTRAINTS)
	@$(PYTHON) -c 'import sys; sys.exit("lakesift needs Python 3.11 or newer: make PYTHON=/path/to/python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(CONSTRAINTS) setuptools wheel
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(CONSTRAINTS) --no-build-isolation --editable '.[local,spark-nlp,signals,dev]'
	$(BIN)/python -m lakesift doctor
	@touch $@

demo: $(READY) ## write a sample crawl, make data sets of it, and say what happened
	@$(BIN)/python -m lakesift demo $(DEMO)

test: $(READY) ## all tests, with the style, type and import checks
	@$(BIN)/python -m pytest -q --numprocesses 2 --dist loadfile --no-loadscope-reorder

check: $(READY) ## style, types and import directions only
	@$(BIN)/python -m pytest -q tests/test_code.py

$(PEERS_READY): $(PEERS_PINNED)
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement $(PEERS_PINNED)
	@touch $@

bench: $(READY) $(PEERS_READY) ## compare with the peers on the same pages and write docs/performance.md (PAGES, ROUNDS, JOB_ROUNDS, PARTS)
	@$(BIN)/python -m benchmarks --pages $(PAGES) --rounds $(ROUNDS) --job-rounds $(JOB_ROUNDS) --parts $(PARTS)

bench-extraction: $(READY) $(PEERS_READY) ## judge extractors on real pages and write docs/extraction.md (ROUNDS)
	@$(BIN)/python -m benchmarks.extraction --rounds $(ROUNDS)

quality: $(READY) ## measure what MinHash finds of real near-duplicates and write docs/deduplication.md
	@$(BIN)/python -m benchmarks.dedup_quality

$(DOLMA_READY): $(DOLMA_PINNED)
	$(PYTHON) -m venv $(DOLMA)
	$(DOLMA)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement $(DOLMA_PINNED)
	@touch $@

reference: $(READY) ## write what follows from the operators: docs/operators, docs/tables.md, the recipes' schema, the job
	@$(BIN)/python -m lakesift.commands.reference

operator: $(READY) ## write the files of a new operator (NAME, KIND=map|aggregate|fit, PACKAGE)
	@$(BIN)/python -m lakesift.operators.scaffold '$(NAME)' '$(KIND)' '$(PACKAGE)'

conformance: $(READY) $(PEERS_READY) $(DOLMA_READY) ## compare rules and values with datatrove, dolma and data-prep-kit; writes docs/conformance.md
	@$(BIN)/python -m conformance

clean: ## remove what set-up, the demo and the benchmark made
	rm -rf $(VENV) $(DEMO) .bench build dist lib/*.egg-info
