# Targets explain themselves: make help

GO ?= go
# pinned: the tools CI uses, built by the go command itself
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
# how often `make crash` kills the program; the long form is 10000
ROUNDS ?= 300

.PHONY: help run check test lint bench crash fuzz transcripts clean

help: ## show this
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

run: ## the daemon on the shipped sample: http://127.0.0.1:8080
	$(GO) run . run

check: lint test ## what CI runs

test: ## all tests with the race detector
	$(GO) test -race ./...

lint: ## gofmt, vet and staticcheck
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "run gofmt -w on the files above"; exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

bench: ## the figures: bot steps, planning, start, ledger, memory
	$(GO) test -run '^$$' -bench . -benchmem ./...
	cd channel/telegram/telegramtest/interop && $(GO) test -run '^$$' -bench .

crash: ## kill the real program at random and at each step, start it again: make crash ROUNDS=10000
	$(GO) test ./crash -count=1 -v -timeout 0 -rounds $(ROUNDS)

fuzz: ## each fuzz target for half a minute
	@for p in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p 2>/dev/null | grep '^Fuzz'); do \
	    echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime 30s $$p || exit 1; \
	  done; done

transcripts: ## rewrite the golden conversations; read the difference before you commit
	$(GO) test ./bot -update

clean: ## remove what running leaves behind
	rm -rf data rehearsal beaware
