.POSIX:
.PHONY: run dev test bench build prepare clean

# Builds everything and serves the demonstration at http://127.0.0.1:3000
run:
	cargo xtask run

# The same, rebuilt and restarted on every change
dev:
	cargo xtask dev

# All stages, or some: make test STAGES="fmt clippy"
test:
	cargo xtask test $(STAGES)

# How long the heaviest pages take on the largest plan, in a release build
bench:
	cargo xtask bench

build:
	cargo xtask build

# After a change of a migration or a query: describes the queries anew in .sqlx
prepare:
	cargo xtask prepare

clean:
	cargo clean
	rm -rf frontend/node_modules end2end/node_modules end2end/test-results
