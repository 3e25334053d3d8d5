#!/bin/sh
# Uses the npm packages with the Node.js of bare Debians, which have nothing else: debian.sh <folder with the two .tgz files>
# A fresh project is made with this machine's npm, by package.sh, and copied. Needs root and USERCOM_PROGRAM.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
sandbox=
trap '[ -z "$sandbox" ] || kill "$sandbox"; rm -rf --one-file-system "$work"' EXIT

fail() { echo "debian: $*" >&2; exit 1; }
quietly() { "$@" >"$work/log" 2>&1 || fail "$*: $(tail -n 20 "$work/log")"; }
inside() { chroot "$chroot" env -i PATH=/usr/bin:/bin USERCOM_TOKEN="$USERCOM_TOKEN" USERCOM_BASE_URL="${said##* }" "$@" 2>&1; }

[ "$(id -u)" = 0 ] || fail 'needs root, for debootstrap and chroot'
[ $# -eq 1 ] || fail "use: $0 <folder with the two .tgz files>"
mirror=$(apt-get indextargets --format '$(REPO_URI)' "Created-By: Packages" "Component: main" | grep -v security | head -n 1)
[ -n "$mirror" ] || fail 'apt knows no mirror'
"$here/package.sh" "$1" "$work/project"

USERCOM_TOKEN=$(printf 'k%.0s' $(seq 64))
export USERCOM_TOKEN
mkfifo "$work/said"
"$USERCOM_PROGRAM" sandbox --port 0 >"$work/said" &
sandbox=$!
read -r said <"$work/said" || fail 'the sandbox does not start'
for release in bookworm trixie; do
    chroot=$work/$release
    quietly debootstrap --variant=minbase --include=nodejs,ca-certificates "$release" "$chroot" "$mirror"
    cp -R "$work/project" "$chroot/project"
    version=$(inside node --version)
    for script in esm.mjs cjs.cjs typed.mjs; do
        printed=$(inside node /project/$script) || fail "$release, Node.js $version, $script: $printed"
        case $printed in
            'esm '*' 3 2 2' | 'cjs 2 true' | 'typed 1') ;;
            *) fail "$release, Node.js $version, $script prints: $printed" ;;
        esac
    done
    # The end of the process during a run, as in ending.test.js.
    code=0
    inside node -e "
        const { Client } = require('/project/node_modules/usercom');
        const client = new Client('acme', process.env.USERCOM_TOKEN, { baseUrl: process.env.USERCOM_BASE_URL, batchSize: 1 });
        client.massUpdate([1, 2, 3, 4, 5, 6, 7, 8, 9], 'v', 1, { onProgress: () => process.exit(7) });" >"$work/log" || code=$?
    [ $code -eq 7 ] || fail "$release, Node.js $version, process.exit(7) in a run ends with $code: $(cat "$work/log")"
    rm -rf --one-file-system "$chroot"
    echo "debian: the packages work in a bare $release, with Node.js $version"
done
