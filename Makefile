# Everything runs in .venv, which the first target that needs it makes. Beyond Python >= 3.11 and make, nothing is needed.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
# CDK's own commands need its CLI; this version reads what this aws-cdk-lib writes.
CDK := npx --yes aws-cdk@2.1148.1

export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION := 1

.PHONY: demo test lint scan bench fuzz synth deploy clean

demo: .venv/demo
	@$(BIN)/python -m local

test: .venv/develop
	@$(BIN)/python -m pytest

lint: .venv/develop
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

# cfn-lint over the template of each variant of the stack; .cfnlintrc has its configuration.
scan: .venv/demo .venv-scan/ready
	@rm -rf build/scan
	@$(BIN)/python -m tools.scan.templates build/scan
	@.venv-scan/bin/cfn-lint

bench: .venv/develop
	@$(BIN)/python -m bench

# An hour: `make fuzz SECONDS=514`; there are seven targets.
SECONDS ?= 60
fuzz: .venv/develop
	@$(PIP) -r tests/fuzz/requirements.txt
	@$(BIN)/python -m tests.fuzz --seconds $(SECONDS)

synth: .venv/demo
	@$(BIN)/python app.py

deploy: .venv/demo
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(CDK) deploy --all

clean:
	rm -rf .venv .venv-scan cdk.out build

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=/path/to/it")'
	@$(PYTHON) -m venv .venv

.venv/demo: .venv/bin/python local/requirements.txt functions/requirements.txt
	@echo "installing what the demo needs into .venv (once)"
	@$(PIP) -r local/requirements.txt
	@touch $@

.venv/develop: .venv/demo requirements.txt
	@echo "installing what the tests need into .venv (once)"
	@$(PIP) -r requirements.txt
	@touch $@

.venv-scan/ready: requirements-scan.txt
	@$(PYTHON) -m venv .venv-scan
	@.venv-scan/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-scan.txt
	@touch $@
