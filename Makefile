# Two commands matter: `make demo` and `make test`. Both install what they need.
GO       ?= go
ADDR     ?= 127.0.0.1:8080
DATA     ?= $(CURDIR)/build/demo
VERSION  ?= $(shell git describe --always --dirty 2>/dev/null || echo development)
LDFLAGS  := -s -w -X main.version=$(VERSION)
export CGO_ENABLED := 0

.PHONY: build demo test check unit e2e cross screenshots fuzz bench clean

build: ## the program, one static file
	@mkdir -p build
	@echo "building assay ..."
	@$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o build/assay ./cmd/assay

demo: build ## a made-up marketplace on http://127.0.0.1:8080 (ADDR, DATA)
	@./build/assay demo --addr $(ADDR) --data $(DATA)

test: ## everything that must hold; installs PostgreSQL, Chromium and axe-core when missing
	@./scripts/test-tools.sh
	@$(MAKE) --no-print-directory check cross
	@echo "tests ..."
	@$(GO) test ./...

check: ## formatting, vet, static checks
	@echo "checking ..."
	@files=$$(gofmt -l cmd internal); test -z "$$files" || { echo "run gofmt -w on: $$files"; exit 1; }
	@$(GO) vet ./...
	@$(GO) tool staticcheck ./...

cross: ## the other systems it must build for
	@echo "building for other systems ..."
	@GOOS=darwin GOARCH=arm64 $(GO) build -o /dev/null ./cmd/assay
	@GOOS=windows GOARCH=amd64 $(GO) build -o /dev/null ./cmd/assay

fuzz: ## every fuzz target for FUZZTIME each
	@./scripts/fuzz.sh $(or $(FUZZTIME),30s)

bench: ## all benchmarks
	@$(GO) test -run '^$$' -bench . -benchmem ./...

clean:
	@rm -rf build
