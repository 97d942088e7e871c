.DEFAULT_GOAL := help
.PHONY: help run build test check bench sim docs fuzz phoenix dist clean

help: ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

run: ## Install what is missing, build, and serve with the embedded defaults and a demo provider
	@scripts/run

build: ## Build the program in release mode
	@scripts/build

test: ## Install what is missing, build, and run every test
	@scripts/test

check: ## Format, house rules, warnings as errors in our own targets, unit tests
	@scripts/check

bench: build ## Measure against nginx; PARTS="unary alloc" measures some of it (Benchmarks/README.md)
	@scripts/bench $(PARTS)

sim: ## Simulate the data plane in virtual time: SEED=n tells one run, SEEDS=10000 makes many
	@SEED=$(SEED) SEEDS=$(SEEDS) scripts/sim

docs: ## Write docs/config.md and docs/headgate.schema.json anew
	@scripts/bootstrap
	swift build --product headgate
	.build/debug/headgate schema --markdown > docs/config.md
	.build/debug/headgate schema > docs/headgate.schema.json

fuzz: ## Run the fuzz tests for HEADGATE_FUZZ_SECONDS each (default 30)
	@scripts/bootstrap
	HEADGATE_FUZZ_SECONDS=$${HEADGATE_FUZZ_SECONDS:-30} swift test --filter Fuzz

phoenix: ## Test the exporter against a real Arize Phoenix, installed at first
	@scripts/test-phoenix

dist: ## A release binary with the Swift runtime linked in, as dist/headgate-*.tar.gz
	@scripts/dist

clean: ## Remove what was built
	rm -rf .build dist Benchmarks/.build
