#!/bin/sh
# Does what docs/c.md says, in an empty directory: its commands run, its programs are the files that they claim to be.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
page=$root/docs/c.md
work=$(mktemp -d)
sandbox=
trap '[ -z "$sandbox" ] || kill "$sandbox"; rm -rf "$work"' EXIT

fail() { echo "docs/c.md: $*" >&2; exit 1; }

# blocks MARK: the fenced blocks right after each `<!-- MARK -->`, to $work/block.1, .2, ...
blocks() {
    rm -f "$work"/block.*
    awk -v mark="<!-- $1 -->" -v to="$work/block." '
        /^```/ && open { open = 0; next }
        /^```/ && marked { open = 1; marked = 0; n++; next }
        open { print > (to n) }
        { marked = $0 == mark }' "$page"
    [ -e "$work/block.1" ] || fail "has no block marked $1"
}

blocks bindings/c/examples/first.c
cmp "$work/block.1" "$root/bindings/c/examples/first.c" || fail 'its first program is not the file'
for example in bindings/c/examples/ids_from_file.c bindings/c/tests/cmake/CMakeLists.txt; do
    blocks "part of $example"
    for block in "$work"/block.*; do
        # Both as one line each, so that a block of lines can be looked for.
        tr '\n' '\r' <"$root/$example" | grep -qF "$(tr '\n' '\r' <"$block")" || fail "not in $example: $(cat "$block")"
    done
done

# The checkout beside the empty directory, as the page has it; what the other tests use is compiled already.
ln -s "$root" "$work/usercom"
mkdir "$work/empty"
export PROFILE=dev
: >"$work/said"
"$USERCOM_PROGRAM" sandbox --port 0 --token "$(printf 'k%.0s' $(seq 64))" >"$work/said" &
sandbox=$!
until grep -q listening "$work/said"; do sleep 0.05; done
USERCOM_TOKEN=$(printf 'k%.0s' $(seq 64))
USERCOM_BASE_URL=$(sed -n 's/^usercom sandbox listening on //p' "$work/said")
export USERCOM_TOKEN USERCOM_BASE_URL
unset LD_LIBRARY_PATH MAKEFLAGS

cp "$root/bindings/c/examples/first.c" "$work/empty/"
blocks run
cd "$work/empty"
count=0
for block in "$work"/block.*; do
    count=$((count + 1))
    sh -eu "$work/block.$count" >"$work/printed.$count" || fail "this does not run: $(cat "$work/block.$count")"
done
blocks printed
cmp "$work/block.1" "$work/printed.3" || fail "it prints something else: $(cat "$work/printed.3")"
[ "$(cat "$work/printed.4")" = '4 ids confirmed' ] || fail 'the static program prints something else'
echo "docs/c.md: $count blocks of commands ran"
