#!/bin/sh
# The examples, run as people would: $1 ids_from_file, $2 looking.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
check() { [ "$2" = "$3" ] || { printf 'FAILED: %s\n  expected: %s\n  actual:   %s\n' "$1" "$2" "$3" >&2; exit 1; }; }

seq 1 1200 >"$work/ids"
"$1" acme plan pro "$work/ids" 2>"$work/err" || exit 1
check 'it says' 'all 1200 ids confirmed' "$(tail -n 1 "$work/err")"
check 'it sends' 1200 "$(curl -sS "$USERCOM_BASE_URL/_sandbox/ledger?attribute=plan" | grep -c ',"""pro""",1$')"
USERCOM_BASE_URL=$STRICT_URL
seq 99 101 >"$work/ids"
code=0
out=$("$1" acme plan pro "$work/ids" 2>"$work/err") || code=$?
check 'a failure is shown' '1 101' "$code ${out%%	*}"
code=0
"$1" acme.user.com plan pro "$work/ids" 2>"$work/err" || code=$?
check 'an invalid argument is shown' '2 subdomain' "$code $(tail -n 1 "$work/err" | cut -d : -f 1)"
code=0
"$1" acme mistyped pro "$work/ids" 2>"$work/err" || code=$?
check 'a stop is shown' '1 0 ids were confirmed before' "$code $(tail -n 1 "$work/err")"
code=0
"$1" acme plan pro "$work/none" 2>"$work/err" || code=$?
check 'a missing file is shown' 2 "$code"
export USERCOM_BASE_URL=$TYPED_URL
check 'addresses are looked up' '2 updated; read back: 2 as sent, 0 otherwise' "$("$2" acme | tail -n 1)"
check 'what was set' '12 7' "$(curl -sS "$TYPED_URL/_sandbox/ledger?attribute=score" | awk -F, 'NR > 1 && $3 > 0 { print $2 }' | xargs)"
code=0
"$2" acme. >/dev/null 2>"$work/err" || code=$?
check 'an error is shown' '2 subdomain' "$code $(cut -d : -f 1 "$work/err")"
echo 'the examples: 9 passed, 0 failed'
