#!/bin/sh
# usercom.hpp beside Arrow's own header, which pyarrow brings: before it, after it, and where it finds it by itself.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
arrow=$(echo ../../.venv/lib/python3*/site-packages/pyarrow/include)
[ -e "$arrow/arrow/c/abi.h" ] || { echo "there is no arrow/c/abi.h in $arrow: run make setup" >&2; exit 1; }

own='#include <usercom.hpp>'
theirs="#include \"$(realpath "$arrow/arrow/c/abi.h")\""
use='int main() { return sizeof(ArrowDeviceArray) + ARROW_FLAG_NULLABLE + sizeof(usercom::ArrowColumns) == 0; }'
compiles() { # lines, flags
    printf '%s\n' "$1" "$use" >"$work/program.cpp"
    shift
    g++ -std=c++17 -Wall -Werror -fsyntax-only -I../../include -I. "$@" "$work/program.cpp"
}
compiles "$theirs
$own"
compiles "$own
$theirs"
compiles "$own" "-I$arrow"
! compiles "$own" 2>/dev/null || { echo 'Arrow is found without its folder: this tests nothing' >&2; exit 1; }
echo "beside Arrow's header: 4 passed, 0 failed"
