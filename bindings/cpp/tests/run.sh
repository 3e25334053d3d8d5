#!/bin/sh
# run.sh COMMAND...: runs it with a sandbox in USERCOM_BASE_URL, in STRICT_URL one that knows the users 1 to 100 and
# rejects other ids and attributes, and in TYPED_URL one with three users and an integer attribute score, which ignores
# other values.
set -eu
work=$(mktemp -d)
first='' second='' third=''
trap 'kill $first $second $third 2>/dev/null || true; rm -rf "$work"' EXIT
[ -x "${USERCOM_PROGRAM:-}" ] || { echo "USERCOM_PROGRAM must name the program usercom" >&2; exit 1; }
command -v curl >/dev/null || { echo 'curl is missing: run make setup' >&2; exit 1; }
USERCOM_TOKEN=$(printf 'k%.0s' $(seq 64))
export USERCOM_TOKEN

{ echo id,plan; seq 1 100 | sed 's/$/,free/'; } >"$work/users.csv"
cat >"$work/typed.csv" <<'END'
id,custom_id,email,score
1,u-1,ann@shop.example,5
2,,,5
3,u-3,bob@shop.example,
END
touch "$work/first" "$work/second" "$work/third"
"$USERCOM_PROGRAM" sandbox --port 0 >"$work/first" & first=$!
"$USERCOM_PROGRAM" sandbox --port 0 --users "$work/users.csv" --unknown-ids reject --unknown-attributes reject \
    >"$work/second" & second=$!
"$USERCOM_PROGRAM" sandbox --port 0 --users "$work/typed.csv" --attribute score:integer --ignore-bad-values \
    --page-size 2 >"$work/third" & third=$!
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
TYPED_URL=$(url third)
export USERCOM_BASE_URL STRICT_URL TYPED_URL
"$@"
