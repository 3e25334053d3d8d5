#!/bin/sh
# run.sh COMMAND...: runs it with a sandbox in USERCOM_BASE_URL, and in STRICT_URL one that knows the users 1 to 100
# and rejects other ids and attributes.
set -eu
work=$(mktemp -d)
first='' second=''
trap 'kill $first $second 2>/dev/null || true; rm -rf "$work"' EXIT
[ -x "${USERCOM_PROGRAM:-}" ] || { echo "USERCOM_PROGRAM must name the program usercom" >&2; exit 1; }
command -v curl >/dev/null || { echo 'curl is missing: run make setup' >&2; exit 1; }
USERCOM_TOKEN=$(printf 'k%.0s' $(seq 64))
export USERCOM_TOKEN

{ echo id,plan; seq 1 100 | sed 's/$/,free/'; } >"$work/users.csv"
touch "$work/first" "$work/second"
"$USERCOM_PROGRAM" sandbox --port 0 >"$work/first" & first=$!
"$USERCOM_PROGRAM" sandbox --port 0 --users "$work/users.csv" --unknown-ids reject --unknown-attributes reject \
    >"$work/second" & second=$!
url() {
    tries=0
    until sed -n 's/^usercom sandbox listening on //p' "$work/$1" | grep .; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { echo 'the sandbox did not start' >&2; exit 1; }
        sleep 0.05
    done
}
USERCOM_BASE_URL=$(url first)
STRICT_URL=$(url second)
export USERCOM_BASE_URL STRICT_URL
"$@"
