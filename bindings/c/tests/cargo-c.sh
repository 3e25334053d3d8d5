#!/bin/sh
# cargo-c and `make install` install the same files of the library. Takes minutes the first time, when it compiles cargo-c.
set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
tools=${CARGO_TARGET_DIR:-$root/target}/tools
version=$(sed -n 's/^version *= *"\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset DESTDIR PREFIX LIBDIR INCLUDEDIR PKG_CONFIG_PATH

fail() { echo "cargo-c: $*" >&2; exit 1; }
files() { (cd "$1" && find . ! -type d | sort); }
# Its name, and that it stays loaded after dlclose().
marks() { readelf -d "$1/opt/usercom/lib/libusercom.so" | grep -E '\((SONAME|FLAGS_1)\)' | sort; }
flags() { PKG_CONFIG_LIBDIR=$1/opt/usercom/lib/pkgconfig pkg-config --cflags --libs "usercom = $version"; }

"$root/scripts/cargo-tools" cargo-c@0.10.24+cargo-0.98.0
(cd "$root" && PATH=$tools/bin:$PATH cargo cinstall --locked --debug \
    --prefix=/opt/usercom --libdir=/opt/usercom/lib --destdir="$work/theirs")
make -C "$root" --no-print-directory lib install-lib PROFILE=dev PREFIX=/opt/usercom DESTDIR="$work/ours" >/dev/null

files "$work/ours" >"$work/files"
[ -s "$work/files" ] || fail 'make install has installed nothing'
files "$work/theirs" | diff "$work/files" - || fail 'other files than those of make install'
marks "$work/ours" | grep -q NODELETE || fail 'what make install has installed may be unloaded'
[ "$(marks "$work/theirs")" = "$(marks "$work/ours")" ] || fail "another library: $(marks "$work/theirs")"
flags=$(flags "$work/theirs")
[ -n "$flags" ] && [ "$flags" = "$(flags "$work/ours")" ] || fail "pkg-config says $flags"
echo "cargo-c: $(wc -l <"$work/files") files, the same as make install's"
