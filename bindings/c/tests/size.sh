#!/usr/bin/env bash
# size.sh LIBRARY: how large the library of the tests is without debug information. More than 3 % over size.baseline fails;
# USERCOM_WRITE=1 makes it the baseline. The size of the library that is published is in docs/performance.md.
set -euo pipefail
baseline=$(dirname "${BASH_SOURCE[0]}")/size.baseline
stripped=$(mktemp)
trap 'rm "$stripped"' EXIT
strip -o "$stripped" "$1"
bytes=$(stat -c %s "$stripped")
compiler=$(rustc -V)
if [ -n "${USERCOM_WRITE:-}" ]; then
  printf '# libusercom.so of a test build, stripped: see size.sh.\n# %s\nbytes %d\n' "$compiler" "$bytes" >"$baseline"
fi
was=$(sed -n 's/^bytes //p' "$baseline")
most=$((was * 103 / 100))
grep -qF "$compiler" "$baseline" || most=$((was * 130 / 100))    # another compiler
if [ "$bytes" -gt "$most" ]; then
  echo "$1 has $bytes bytes without debug information, 3 % more than $baseline has ($was) are $most." >&2
  echo "If it is worth it: USERCOM_WRITE=1 ${BASH_SOURCE[0]} $1" >&2
  exit 1
fi
