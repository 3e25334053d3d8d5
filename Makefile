# `make` lists the targets.

VERSION := $(shell sed -n 's/^version *= *"\(.*\)"/\1/p' Cargo.toml | head -n 1)
# The number in libusercom.so.0. It changes only when programs must be recompiled.
SOVERSION := 0
SONAME := libusercom.so.$(SOVERSION)

# Packages use `release`; tests and the demo use `dev`: it compiles in a third of the time, shares the
# dependencies with `cargo test`, and detects arithmetic overflow.
PROFILE ?= release
TARGET := $(or $(CARGO_TARGET_DIR),target)
BUILT := $(TARGET)/$(if $(filter dev,$(PROFILE)),debug,$(PROFILE))
LIB := $(TARGET)/lib
# The static library as it is installed: without symbols of Rust that another Rust archive has, too.
ARCHIVE := $(BUILT)/libusercom-private.a
# The library of the tests has full debug information: `make test-abi` compares the types of its functions.
DEBUG := $(if $(filter dev,$(PROFILE)),-Cdebuginfo=2)

# Where `make install` installs. DESTDIR is a prefix of all of them, for packages.
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
CMAKEDIR := $(PREFIX)/share/cmake/usercom

CARGO ?= cargo
CARGO_FLAGS ?=
PHP ?= php
PHPUNIT ?= /usr/bin/phpunit
NODE ?= node
PYTHON := .venv/bin/python
MAKE_QUIET = $(MAKE) --no-print-directory

.DEFAULT_GOAL := help
.PHONY: help setup lib portable generate program install install-lib install-program uninstall deb dist demo test reliability abi-baseline bench torture soak mutants coverage sanitize fuzz clean
.NOTPARALLEL:

help:                   ## this list
	@echo 'usercom $(VERSION). Targets:'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
	  while IFS='|' read -r name text; do printf '%-16s%s\n' "$$name" "$$text"; done
	@echo 'PROFILE=dev compiles faster, without optimization. CARGO_TARGET_DIR is used if set.'

setup:                  ## install what the demo and the tests need (Debian, Ubuntu)
	@scripts/setup

# One compilation for both. The soname can't come from build.rs: the program would get it, too. nodelete keeps the
# library loaded: std registers a destructor for each thread that used it, and after dlclose() that would be gone.
lib:                    ## the C library, shared and static, into target/lib
	@! rustc --print cfg $(RUSTFLAGS) | grep -qzE 'target_env="musl".*crt-static|crt-static.*target_env="musl"' || { \
	  echo 'make lib: this Rust links musl into everything, so it makes no shared library; run' \
	    'RUSTFLAGS=-Ctarget-feature=-crt-static make lib' >&2; exit 1; }
	$(CARGO) rustc $(CARGO_FLAGS) --profile $(PROFILE) --lib --features capi --crate-type cdylib,staticlib -- \
	  -Clink-arg=-Wl,-soname,$(SONAME),-z,nodelete $(DEBUG)
	@mkdir -p $(LIB)
	@cmp -s $(BUILT)/libusercom.so $(LIB)/libusercom.so.$(VERSION) || \
	  install -m 755 $(BUILT)/libusercom.so $(LIB)/libusercom.so.$(VERSION)
	@test $(ARCHIVE) -nt $(BUILT)/libusercom.a || \
	  bindings/c/packaging/private $(BUILT)/libusercom.a $(BUILT)/libusercom.so $(ARCHIVE)
	@cmp -s $(ARCHIVE) $(LIB)/libusercom.a || install -m 644 $(ARCHIVE) $(LIB)/libusercom.a
	@ln -sf libusercom.so.$(VERSION) $(LIB)/$(SONAME)
	@ln -sf $(SONAME) $(LIB)/libusercom.so

# The library and the program for every Linux with this glibc or a newer one, on x86_64: zig has the headers and the
# symbols of each glibc. RUSTFLAGS keeps the folders of this machine out of the files.
GLIBC := 2.17
PORTABLE := $(TARGET)/x86_64-unknown-linux-gnu/release
ZIG_VENV := .venv-dist
portable:
	@PATH="$(CURDIR)/$(ZIG_VENV)/bin:$$PATH" \
	  RUSTFLAGS="$$RUSTFLAGS --remap-path-prefix=$${CARGO_HOME:-$$HOME/.cargo}/registry/src=crates" \
	  $(MAKE_QUIET) lib program PROFILE=release CARGO=cargo-zigbuild \
	  CARGO_FLAGS='--locked --target x86_64-unknown-linux-gnu.$(GLIBC)' BUILT=$(PORTABLE) LIB=$(PORTABLE)/lib

generate:               ## write everything that is generated from src/interface and src/ffi
	$(CARGO) build --lib --features generate

program:                ## the program, target/release/usercom
	$(CARGO) rustc $(CARGO_FLAGS) --profile $(PROFILE) --features cli --bin usercom

# Copies what `make lib` and `make program` have built, with the same PROFILE: `sudo make install` compiles nothing.
install: install-lib    ## the C library, headers, pkg-config and CMake files, and the program if built, into PREFIX (/usr/local)
	@test ! -e $(BUILT)/usercom || $(MAKE_QUIET) install-program

install-lib:
	@test -e $(BUILT)/libusercom.so || { echo '$(BUILT)/libusercom.so is missing: run `make lib` first' >&2; exit 1; }
	install -d $(addprefix $(DESTDIR),$(LIBDIR)/pkgconfig $(INCLUDEDIR) $(CMAKEDIR))
	install -m 755 $(BUILT)/libusercom.so $(DESTDIR)$(LIBDIR)/libusercom.so.$(VERSION)
	ln -sf libusercom.so.$(VERSION) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libusercom.so
	install -m 644 $(ARCHIVE) $(DESTDIR)$(LIBDIR)/libusercom.a
	install -m 644 include/usercom.h include/usercom.json bindings/cpp/usercom.hpp $(DESTDIR)$(INCLUDEDIR)
	install -m 644 bindings/c/packaging/usercom-config*.cmake $(DESTDIR)$(CMAKEDIR)
	sed -e 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' \
	  -e 's|@LIBDIR@|$(LIBDIR:$(PREFIX)/%=$${prefix}/%)|; s|@INCLUDEDIR@|$(INCLUDEDIR:$(PREFIX)/%=$${prefix}/%)|' \
	  bindings/c/packaging/usercom.pc.in | install -m 644 /dev/stdin $(DESTDIR)$(LIBDIR)/pkgconfig/usercom.pc
	@test -n '$(DESTDIR)' || bindings/c/packaging/searched $(LIBDIR)

# With its man pages and the completions for bash, zsh and fish, which it writes itself.
install-program:
	@test -e $(BUILT)/usercom || { echo '$(BUILT)/usercom is missing: run `make program` first' >&2; exit 1; }
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(BUILT)/usercom $(DESTDIR)$(PREFIX)/bin
	umask 022; $(BUILT)/usercom generate-docs $(DESTDIR)$(PREFIX)/share

uninstall:              ## remove what `make install` installed
	rm -f $(addprefix $(DESTDIR)$(LIBDIR)/,libusercom.so.$(VERSION) $(SONAME) libusercom.so libusercom.a pkgconfig/usercom.pc)
	rm -f $(addprefix $(DESTDIR)$(INCLUDEDIR)/,usercom.h usercom.json usercom.hpp)
	rm -rf $(DESTDIR)$(CMAKEDIR)
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/,bin/usercom share/bash-completion/completions/usercom \
	  share/zsh/site-functions/_usercom share/fish/vendor_completions.d/usercom.fish)
	rm -f $(DESTDIR)$(PREFIX)/share/man/man1/usercom.1 $(DESTDIR)$(PREFIX)/share/man/man1/usercom-*.1

deb:                    ## the Debian packages of the library and the program, into target/deb
	@scripts/setup deb
	@$(MAKE_QUIET) lib program PROFILE=release
	@bindings/c/packaging/deb $(TARGET)/release $(TARGET)/deb

# The languages whose package has the library inside. `bindings/<language>/package LIBRARY_DIR OUT` makes it, and
# `bindings/<language>/tests/package.sh DIR` tests it: see CONTRIBUTING.md.
LANGUAGES := python php node
export LANGUAGES
dist:                   ## all packages and archives for x86_64 Linux, into dist
	@scripts/dist/machine $(GLIBC)
	@scripts/setup dist
	@$(MAKE_QUIET) portable
	@GLIBC=$(GLIBC) scripts/dist/build $(PORTABLE) dist

demo:                   ## a shop's updates from five languages in a sandbox, checked id by id
	@scripts/setup demo
	@examples/demo/run

# ---- tests: `make test` runs all stages, `make test-<stage>` one of them ---------------------------

STAGES := format data core
# Rows of stages run side by side, since one compiles while the other's tests wait for something. Cargo sees to it that
# only one of them compiles.
ROW_1 := rust conformance node readme php python
ROW_2 := clippy doc abi c cpp install dist demo
ROW_3 := soak

test: setup             ## all tests of all languages
	@start=$$(date +%s); run() { for stage in "$$@"; do \
	  scripts/stage $$stage $(MAKE_QUIET) test-$$stage || return; done; }; \
	  run $(STAGES) || exit; \
	  logs=$$(mktemp -d); run $(ROW_2) >"$$logs/2" 2>&1 & second=$$!; run $(ROW_3) >"$$logs/3" 2>&1 & third=$$!; \
	  failed=0; run $(ROW_1) || failed=1; wait $$second || failed=1; wait $$third || failed=1; \
	  cat "$$logs/2" "$$logs/3"; rm -r "$$logs"; [ $$failed = 0 ] || exit 1; \
	  echo; echo "All stages passed ($(STAGES) $(ROW_1) $(ROW_2) $(ROW_3)) in $$(($$(date +%s) - start)) s"

.PHONY: $(STAGES:%=test-%) $(ROW_1:%=test-%) $(ROW_2:%=test-%) $(ROW_3:%=test-%) test-lib test-packages test-php-versions test-spark

test-format:
	$(CARGO) fmt --check

test-data:
	examples/data/make_users.py --check
	scripts/reliability --check
	benches/page --check

# The crate as its users compile it: a dev-dependency must not enable a feature that the crate forgot.
test-core:
	$(CARGO) check --lib
	$(CARGO) check --lib --features capi

# Most tests wait for something most of the time.
test-rust:
	RUST_TEST_THREADS=8 $(CARGO) test --features cli,capi

# `make soak` for two minutes; the other rows go first.
test-soak:
	@$(CARGO) test --quiet --features cli,capi --test faults --no-run
	nice -n 10 $(MAKE_QUIET) soak SOAK_SECONDS=120

test-clippy:
	$(CARGO) clippy --all-targets --features cli,capi -- -D warnings

test-doc:
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --no-deps --lib --features capi,sandbox

# The bindings' tests load this library and start this program as their sandbox.
test-c test-cpp test-python test-php test-php-versions test-spark test-node test-conformance test-readme: export USERCOM_LIBRARY := $(abspath $(LIB)/libusercom.so)
test-c test-cpp test-install test-dist test-packages test-python test-php test-php-versions test-spark test-node test-readme: export USERCOM_PROGRAM := $(abspath $(TARGET)/debug/usercom)
# The program is the one that `cargo test` builds and starts: another one in its place would be missing for a moment.
test-lib:
	@mkdir -p $(TARGET)
	@flock $(TARGET)/test-lib.lock $(MAKE_QUIET) lib PROFILE=dev
	@$(CARGO) build --quiet --features cli,capi --bin usercom --examples

test-c: test-lib
	$(MAKE_QUIET) -C bindings/c test

test-cpp: test-lib
	$(MAKE_QUIET) -C bindings/cpp test

test-install: test-lib
	bindings/c/tests/install.sh

test-abi: test-lib
	bindings/c/packaging/abi check $(LIB)/libusercom.so
	bindings/c/tests/size.sh $(LIB)/libusercom.so

test-python: test-lib
	$(PYTHON) -m pytest -q bindings/python
	cd bindings/python && ../../.venv/bin/ruff check --quiet . && ../../.venv/bin/ruff format --check --quiet .
	.venv/bin/vermin --quiet --no-tips --violations -t=3.9- bindings/python/usercom

test-php: test-lib
	$(PHP) $(PHPUNIT) -c bindings/php
	phpcs -q --standard=bindings/php/phpcs.xml

# The same cases from every language, through a driver each.
test-conformance: export PYTHON := $(abspath $(PYTHON))
test-conformance: export PHP := $(PHP)
test-conformance: export NODE := $(NODE)
test-conformance: test-lib
	$(MAKE_QUIET) -C bindings/c build/conformance
	$(MAKE_QUIET) -C bindings/cpp build/conformance
	PYTHONPATH=$(abspath bindings/python) $(CARGO) test --features cli,capi --test conformance -- --ignored

# Most tests wait for something most of the time.
test-node: test-lib
	cd bindings/node && $(NODE) --test --test-concurrency=4 tests/*.test.js
	cd bindings/node && node_modules/.bin/tsc -p tests/tsconfig.json

test-readme: test-lib
	scripts/docs
	scripts/readme

test-demo:
	examples/demo/run

# The same artifacts as `make dist`, with the library and the program of the other tests in them, installed and used once
# each. In `make torture` test-packages does so with those that are published.
test-dist: test-lib
	@scripts/dist/machine $(GLIBC)
	@scripts/dist/build $(TARGET)/debug $(TARGET)/dist
	USERCOM_SHORT=1 scripts/dist/test $(TARGET)/dist

reliability: setup      ## run the tests and write what came of each fault into docs/reliability.md
	@scripts/reliability

abi-baseline: test-lib ## make the present C interface the baseline of `make test-abi`
	bindings/c/packaging/abi accept $(LIB)/libusercom.so

# ---- long tests, before a release ----------------------------------------------------------------

torture:                ## the journal killed at every call, 10,000 simulated jobs, real proxies, sanitizers, packages, Spark, licences
	@scripts/setup torture
	@$(MAKE_QUIET) sanitize
	@scripts/torture
	@$(MAKE_QUIET) test-packages
	@$(MAKE_QUIET) test-php-versions
	@$(MAKE_QUIET) test-spark
	@$(MAKE_QUIET) deny

# A part of `make torture`, because it links for minutes, downloads bare Debians, needs root for that, and compiles
# cargo-c.
test-packages: dist test-lib
	scripts/dist/test dist
	GLIBC=$(GLIBC) scripts/dist/reproducible $(PORTABLE) dist
	scripts/dist/bare-debian dist bookworm trixie
	scripts/dist/crate dist
	bindings/c/tests/cargo-c.sh
	bindings/python/tests/package.sh dist sdist
	bindings/python/tests/debian.sh dist bookworm trixie
	bindings/python/tests/recipes.sh dist
	bindings/node/tests/debian.sh dist

# PHP 8.4 in a bare Debian 13, the Debian 12 that most servers have, and 8.1, the oldest.
test-php-versions: test-lib
	$(MAKE_QUIET) lib
	bindings/php/package $(LIB) $(TARGET)/php-package
	bindings/php/tests/debian.sh bookworm $(TARGET)/php-package
	bindings/php/tests/debian.sh trixie $(TARGET)/php-package
	bindings/php/tests/php81 $(TARGET)/php81

# usercom.spark on a cluster of this machine, with each PySpark, and Dask and Ray. Needs 3 GB of memory.
test-spark: test-lib
	@scripts/setup spark
	cd bindings/python && for spark in 3.5 4; do \
	  timeout 3600 ../../.venv-spark$$spark/bin/python -m pytest -q -rP -p no:cacheprovider tests/spark/on_spark.py && \
	  ../../.venv/bin/mypy --strict --cache-dir $(abspath $(TARGET))/mypy-spark$$spark --disable-error-code import-untyped \
	    --python-executable ../../.venv-spark$$spark/bin/python usercom/spark || exit; done

SOAK_SECONDS ?= 3600
soak:                   ## random faults, cancels and kills for SOAK_SECONDS (an hour): nothing is lost, nothing grows
	SOAK_SECONDS=$(SOAK_SECONDS) $(CARGO) test --features cli,capi --test faults -- --exact soak::soak --nocapture

# Of all parts it takes many hours: MUTANTS='-f src/wire/judge.rs' tries one file, --shard=0/50 a fiftieth of all.
MUTANTS ?=
mutants:                ## change the code of the core in one place at a time: a test must fail each time (MUTANTS='-f FILE')
	@scripts/setup mutants
	@scripts/mutants $(MUTANTS)

coverage:               ## which lines of the Rust source the tests run; fewer than 95 % of the core's fail
	@scripts/setup mutants
	@scripts/coverage

sanitize:               ## the C tests with AddressSanitizer, then ThreadSanitizer, in the library
	@scripts/sanitize

.PHONY: deny
deny:                   ## licences and sources of the dependencies, and known vulnerabilities
	@scripts/deny

FUZZ_SECONDS ?= 12
fuzz:                   ## run each fuzz target for FUZZ_SECONDS (12); a finding fails
	@fuzz/run $(FUZZ_SECONDS)

bench: export USERCOM_LIBRARY := $(abspath $(LIB)/libusercom.so)
bench: export USERCOM_PROGRAM := $(abspath $(BUILT)/usercom)
bench: export CARGO := $(CARGO)
bench: export PHP := $(PHP)
bench: export NODE := $(NODE)
bench: lib program              ## what calls cost, compared with other HTTP clients; writes docs/performance.md
	@scripts/setup bench
	@benches/run

clean:                  ## remove what was built (not .venv)
	$(CARGO) clean
