# The front door. Needs Node >= 20.19, make, git and python3 with pip; everything else is fetched once, pinned, and kept
# in one folder: LTD_CACHE_DIR, or .cache/ here.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

NPM := npm run --silent
# The folders, too: their times tell of a file that was deleted.
SOURCES := $(shell find src/. scripts/. dev/. test/. bench/. -type d -o -name '*.ts')
DOCKER ?= docker
VERSION = $(shell node -p "require('./package.json').version")
# make ... NODE=24: with that version of Node.js instead of the one on PATH (dev/setup/node-version.mjs).
NODE ?=
ifneq ($(NODE),)
NODE_FOLDER := $(shell node dev/setup/node-version.mjs $(NODE))
$(if $(NODE_FOLDER),,$(error Node $(NODE) cannot be used))
export PATH := $(NODE_FOLDER):$(PATH)
endif
NODE_VERSIONS := 20 24 26
# Two runs at once take turns at installing and compiling.
IN_TURN := python3 dev/setup/lock.py run .cache/setup.lock

.PHONY: help
help: ## Lists the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do \
	  printf '  make %-12s %s\n' "$$name" "$$text"; done

.PHONY: demo
demo: setup ## Publishes two versions of a real site on a stack of its own (KEEP=1 leaves it running)
	@exec node build/dev/demo/main.js

.PHONY: dev
dev: setup ## Runs the whole stack in the foreground; what to open is printed (DEV_PORTS=auto, DEV_DIR, DEV_S3_LATENCY_MS)
	@exec node build/dev/main.js

.PHONY: test
test: setup ## Runs all tests and demands their coverage (NODE=24: on that version of Node.js)
	@rm -rf coverage
	@$(NPM) test
	@node build/dev/check-coverage.js

.PHONY: kustomize
kustomize: build ## Builds kustomize, for the tests of k8s/ where there is neither it nor kubectl (needs Go)
	@node build/dev/kubernetes/build-kustomize.js

.PHONY: test-k8s
test-k8s: setup kustomize ## Applies k8s/ to a real API server of Kubernetes, built first (needs Go and etcd)
	@node_modules/.bin/mocha build/test/k8s/apply-manifests.js

.PHONY: smoke
smoke: setup ## A minute's worth of the tests: decisions, and one publication (NODE=24: on that version of Node.js)
	@$(NPM) smoke

.PHONY: test-all
test-all: ## Runs all tests on each version of Node.js that is supported
	@set -e; for version in $(NODE_VERSIONS); do $(MAKE) test NODE=$$version; done

.PHONY: test-upgrade
test-upgrade: setup ## Upgrades from another version and goes back, publishing all the while (FROM=<git ref>)
	@exec node build/dev/upgrade/main.js

.PHONY: chaos
chaos: setup ## Hurts a stack of its own at random and checks every promise (SEED, DURATION in seconds: 60, FAULTS; BREAK)
	@exec node build/dev/chaos/main.js

.PHONY: check
check: types lint format imports unused language ## Checks types, lint, format, imports, unused code, language

.PHONY: image
# Without it podman and buildah write OCI's format, which has no HEALTHCHECK.
image: export BUILDAH_FORMAT := docker
image: ## Builds the Docker image ltd-keeper:<version> (DOCKER=podman for another engine; IMAGE_OPTIONS)
	@command -v $(firstword $(DOCKER)) >/dev/null || { \
	  echo 'There is no $(firstword $(DOCKER)) here; install it, or name another engine: make image DOCKER=podman' >&2; exit 1; }
	$(DOCKER) build --tag ltd-keeper:$(VERSION) --build-arg VERSION=$(VERSION) \
	  --build-arg REVISION=$(shell git rev-parse HEAD 2>/dev/null) $(IMAGE_OPTIONS) .

.PHONY: test-image
test-image: setup ## Builds the image and publishes with it, without Docker (needs root, podman, runc, mmdebstrap)
	@node_modules/.bin/mocha --forbid-pending build/test/scenarios/image.test.js

.PHONY: bench
bench: setup ## Measures publication: time to the edge and of the PATCH, for sites of several sizes
	@exec node build/bench/main.js

.PHONY: bench-copy
bench-copy: setup ## Measures the copy engine against s5cmd, rclone, aws s3 sync and Keeper 1.9.0's way
	@exec node build/bench/copy/main.js

.PHONY: bench-api
bench-api: setup ## Measures the API against a stand-in for Keeper 1.x's stack
	@exec node build/bench/api/main.js

.PHONY: soak
soak: setup ## Publishes without a pause and prints how memory and connections go (DURATION in seconds, 300)
	@exec node build/bench/soak/main.js

.PHONY: schema
schema: build ## Renders src/db/schema.sql from what the migrations make
	@$(NPM) schema

.PHONY: configuration
configuration: build ## Renders the tables of docs/configuration.md from the declared settings
	@node build/scripts/configuration/main.js

.PHONY: openapi
openapi: build ## Renders openapi.json from what the routes say of themselves
	@$(NPM) openapi

.PHONY: audit
audit: node_modules/.installed ## Asks the registry for known vulnerabilities of what is shipped
	@npm audit --omit=dev

.PHONY: sbom
sbom: build ## Writes what the service is made of to build/sbom.cdx.json, in CycloneDX
	@node build/scripts/sbom/main.js

.PHONY: measure
measure: build ## Prints the size and the scatter of src (LIST=1 names the files with one user)
	@node build/dev/measure/main.js

.PHONY: language
language: build ## Checks what a machine can of the language rules: titles, phrases, lines, sentences
	@node build/dev/language/main.js

.PHONY: clean
clean: ## Removes what was built and the stack's state; fetched files stay (make clean CACHE=1 removes them, too)
	@test ! -f build/dev/clean-stack.js || node build/dev/clean-stack.js
	@rm -rf build coverage $(if $(CACHE),.cache node_modules)

# ---- the parts ----

.PHONY: setup
setup: build build/workflow-bundle.js ## Installs, compiles and fetches what the others need
	@node build/dev/fetch-tools.js

.PHONY: build
build: build/.compiled ## Compiles to build/

.PHONY: tools
tools:
	@sh dev/setup/check-tools.sh

node_modules/.installed: package-lock.json | tools
	@$(IN_TURN) node dev/setup/install.mjs

build/.compiled: node_modules/.installed package.json tsconfig.json $(SOURCES) $(wildcard assets/docs/*) | tools
	@$(IN_TURN) sh -c 'node_modules/.bin/tsc -p tsconfig.json && node build/scripts/prune-build.js && \
	  node build/scripts/docs-page/main.js && touch $@'

build/workflow-bundle.js: build/.compiled
	@$(IN_TURN) node build/scripts/bundle-workflows.js
	@touch $@

.PHONY: types
types: build ## Part of check: the compiler's types

.PHONY: lint
lint: build ## Part of check: eslint, with types
	@$(NPM) lint

.PHONY: format
format: node_modules/.installed ## Part of check: prettier (npm run format:write mends)
	@$(NPM) format

.PHONY: imports
imports: node_modules/.installed ## Part of check: the direction of imports
	@$(NPM) imports

.PHONY: unused
unused: node_modules/.installed ## Part of check: files, exports and packages that nobody uses
	@$(NPM) unused
