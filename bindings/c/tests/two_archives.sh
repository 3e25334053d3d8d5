#!/bin/sh
# two_archives.sh LIBRARY: the static library and one of another Rust project in one program, in any order, and that one
# with the shared library.
set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
libraries=$(dirname "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >other.rs <<'RUST'
#[unsafe(no_mangle)]
pub extern "C" fn other_answer() -> i32 {
    let caught = std::panic::catch_unwind(|| -> i32 { panic!("is caught") });
    std::thread::spawn(move || if caught.is_err() { 42 } else { 0 }).join().unwrap_or(0)
}
RUST
cat >both.c <<'C'
#include <string.h>
#include <usercom.h>
int other_answer(void);
int main(void) {
    uc_options *options = uc_options_new();
    int status = uc_options_set_workers(options, 33);
    uc_options_free(options);
    return status == UC_STATUS_INVALID_ARGUMENT && strncmp(uc_last_error(), "workers: ", 9) == 0 ? other_answer() : 1;
}
C
links() { # what, arguments of the linker
    what=$1
    shift
    cc -I"$root/include" both.c -o both "$@" -Wl,-rpath,"$libraries" -lpthread -ldl -lm >said 2>&1 ||
        { echo "two Rust archives, $what: $(cat said)" >&2; exit 1; }
    code=0
    ./both 2>said || code=$?
    [ $code = 42 ] || { echo "two Rust archives, $what: $code $(cat said)" >&2; exit 1; }
}
count=0
# Optimized as a whole, an archive has Rust's standard library in the object that has its functions.
for how in '-Clto=fat -Copt-level=2' '-Copt-level=0'; do
    # shellcheck disable=SC2086  # flags are words
    rustc --edition=2024 --crate-type=staticlib $how other.rs -o libother.a
    links "this one first ($how)" "$libraries/libusercom.a" libother.a
    links "the other one first ($how)" libother.a "$libraries/libusercom.a"
    links "the shared library ($how)" libother.a -L"$libraries" -lusercom
    count=$((count + 3))
done
echo "two Rust archives in one program: $count passed, 0 failed"
