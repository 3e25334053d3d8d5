#!/bin/sh
# Installs into empty folders as people and packagers do, and builds programs there through pkg-config and CMake.
set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
work=$(mktemp -d)
sandbox=
trap '[ -z "$sandbox" ] || kill "$sandbox"; rm -rf "$work"' EXIT
unset LD_LIBRARY_PATH PKG_CONFIG_PATH CMAKE_PREFIX_PATH DESTDIR PREFIX LIBDIR INCLUDEDIR

fail() { echo "install: $*" >&2; exit 1; }
root_make() { make -C "$root" --no-print-directory PROFILE=dev "$@" >"$work/log" || fail "make $*: $(cat "$work/log")"; }
files() { (cd "$1" && find . ! -type d | sort); }

USERCOM_TOKEN=$(printf 'k%.0s' $(seq 64))
export USERCOM_TOKEN
mkfifo "$work/said"
"$USERCOM_PROGRAM" sandbox --port 0 >"$work/said" &
sandbox=$!
read -r said <"$work/said" || fail 'the sandbox does not start'
export USERCOM_BASE_URL="${said##* }"
runs() { # what, program, arguments
    what=$1
    shift
    "$@" >"$work/printed" 2>&1 || fail "$what: $(cat "$work/printed")"
    grep -q 'ids confirmed$' "$work/printed" || fail "$what prints: $(cat "$work/printed")"
}

# ---- into a prefix -------------------------------------------------------------------------------

prefix=$work/prefix
root_make install PREFIX="$prefix"
version=$(sed -n 's/^version *= *"\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
cat >"$work/expected" <<LIST
./bin/usercom
./include/usercom.h
./include/usercom.hpp
./include/usercom.json
./lib/libusercom.a
./lib/libusercom.so
./lib/libusercom.so.0
./lib/libusercom.so.$version
./lib/pkgconfig/usercom.pc
./share/bash-completion/completions/usercom
./share/cmake/usercom/usercom-config-version.cmake
./share/cmake/usercom/usercom-config.cmake
./share/fish/vendor_completions.d/usercom.fish
./share/man/man1/usercom-apply.1
./share/man/man1/usercom-check.1
./share/man/man1/usercom-config.1
./share/man/man1/usercom-demo.1
./share/man/man1/usercom-resume.1
./share/man/man1/usercom-runs.1
./share/man/man1/usercom-sandbox.1
./share/man/man1/usercom-sync.1
./share/man/man1/usercom-update.1
./share/man/man1/usercom-users.1
./share/man/man1/usercom.1
./share/zsh/site-functions/_usercom
LIST
[ "$("$prefix/bin/usercom" --version)" = "usercom $version" ] || fail 'the program does not run from where it is installed'
grep -q "does not search $prefix/lib .*ld.so.conf.d.*-Wl,-rpath,$prefix/lib\$" "$work/log" ||
    fail "does not say how programs find the library: $(cat "$work/log")"
files "$prefix" | diff "$work/expected" - || fail 'these are not the files that it should install'
readelf -d "$prefix/lib/libusercom.so" | grep -q 'SONAME.*\[libusercom\.so\.0\]' || fail 'the soname is not libusercom.so.0'
needs=$(objdump -T "$prefix/lib/libusercom.so" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -uV | tail -n 1)
says=$(sed -n 's/.*glibc \([0-9.]*[0-9]\) or newer.*/\1/p' "$root/docs/c.md")
[ -n "$needs" ] && [ "$(printf '%s\n' "$needs" "$says" | sort -V | tail -n 1)" = "$says" ] ||
    fail "the library needs glibc $needs, docs/c.md says $says"

cd "$work"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
[ "$(pkg-config --modversion usercom)" = "$version" ] || fail "pkg-config says $(pkg-config --modversion usercom)"
# shellcheck disable=SC2046  # flags are words
cc -Werror "$root/bindings/c/examples/first.c" -o first $(pkg-config --cflags --libs usercom) \
    "$(pkg-config --variable=rpath usercom)"
runs 'pkg-config' ./first
# Nothing shared at all, so that a library which Libs.private lacks would be missed. The linker warns that
# looking up host names still loads the system's own libraries.
# shellcheck disable=SC2046
cc -static "$root/bindings/c/examples/first.c" -o first-static $(pkg-config --static --cflags --libs usercom) 2>"$work/log" ||
    fail "pkg-config --static: $(cat "$work/log")"
readelf -d first-static | grep -q 'no dynamic section' || fail 'first-static is not static'
runs 'pkg-config --static' ./first-static

cmake -S "$root/bindings/c/tests/cmake" -B cmake -DCMAKE_PREFIX_PATH="$prefix" -DCHECKOUT="$root" >"$work/log" 2>&1 &&
    cmake --build cmake >>"$work/log" 2>&1 || fail "cmake: $(cat "$work/log")"
runs 'usercom::usercom' cmake/shared
runs 'usercom::static' cmake/static
readelf -d cmake/shared | grep -q 'NEEDED.*libusercom\.so\.0' || fail 'usercom::usercom is not the shared library'
! readelf -d cmake/static | grep -q libusercom || fail 'usercom::static is not the static library'
seq 10 >ids
runs 'C++ with usercom::usercom' cmake/cpp acme plan pro ids

# The version file is literal: CMake must not accept a newer one, and accept exactly what Cargo.toml says.
for asked in "$version EXACT" 0.0.1 9.0 1.0 "0.99"; do
    printf 'cmake_minimum_required(VERSION 3.10)\nproject(asks NONE)\nfind_package(usercom %s)\nmessage("found=${usercom_FOUND}")\n' \
        "$asked" >CMakeLists.txt
    cmake -S . -B asks -DCMAKE_PREFIX_PATH="$prefix" 2>&1 | sed -n "s/^found=/$asked: /p"
    rm -rf asks
done >"$work/found"
diff - "$work/found" <<FOUND || fail 'CMake takes the wrong versions'
$version EXACT: 1
0.0.1: 1
9.0: 0
1.0: 0
0.99: 0
FOUND

root_make uninstall PREFIX="$prefix"
[ -z "$(files "$prefix")" ] || fail "uninstall leaves $(files "$prefix")"

# ---- as a package does: another place while it is put together, and a LIBDIR of its own -----------

root_make install PREFIX=/usr LIBDIR=/usr/lib/somewhere DESTDIR="$work/staged"
[ -e "$work/staged/usr/lib/somewhere/libusercom.so.0" ] && [ ! -e "$work/staged/usr/lib/libusercom.so" ] || fail 'LIBDIR is ignored'
! grep -rIq "$work" "$work/staged" || fail 'the files contain DESTDIR'
flags=$(PKG_CONFIG_PATH=$work/staged/usr/lib/somewhere/pkgconfig pkg-config --cflags --libs usercom)
[ "$flags" = '-L/usr/lib/somewhere -lusercom ' ] || fail "pkg-config says $flags for LIBDIR"
root_make uninstall PREFIX=/usr LIBDIR=/usr/lib/somewhere DESTDIR="$work/staged"
[ -z "$(files "$work/staged")" ] || fail "uninstall leaves $(files "$work/staged")"

# Nothing is compiled while installing: without the library it says so.
! CARGO_TARGET_DIR=$work/none make -C "$root" install DESTDIR="$work/none" >"$work/log" 2>&1 || fail 'installs what is not there'
grep -q 'run `make lib` first' "$work/log" || fail "does not say what to do: $(cat "$work/log")"

# A Rust that makes no shared library says so, before it compiles.
mkdir "$work/bin"
cat >"$work/bin/rustc" <<'RUSTC'
#!/bin/sh
echo 'target_env="musl"'
echo 'target_feature="crt-static"'
RUSTC
chmod +x "$work/bin/rustc"
! PATH="$work/bin:$PATH" make -C "$root" lib >"$work/log" 2>&1 || fail 'make lib makes a shared library of a static musl'
grep -q 'no shared library; run RUSTFLAGS=-Ctarget-feature=-crt-static make lib' "$work/log" ||
    fail "does not say what to do: $(cat "$work/log")"

echo 'install: a prefix and a DESTDIR; pkg-config, CMake and C++ build programs that run; uninstall leaves nothing'
