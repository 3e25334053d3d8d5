#!/bin/sh
# Installs the npm packages of a folder into a fresh project and uses them against a sandbox, from ESM, CommonJS and
# TypeScript: package.sh <folder with the two .tgz files> [<folder to keep the project in>]
# Needs USERCOM_PROGRAM, npm, and the registry (or npm's cache) for koffi and TypeScript. USERCOM_SHORT=1 leaves out
# TypeScript.
set -eu
fail() { echo "package: $*" >&2; exit 1; }
[ $# -ge 1 ] || fail "use: $0 <folder with the two .tgz files> [<folder to keep the project in>]"
artifacts=$(cd "$1" && pwd)
work=$(mktemp -d)
project=${2:-$work/project}
sandbox=
trap '[ -z "$sandbox" ] || kill "$sandbox"; rm -rf "$work"' EXIT
ls "$artifacts"/usercom-[0-9]*.tgz "$artifacts"/usercom-linux-x64-gnu-*.tgz >/dev/null || fail "the packages are missing in $artifacts"

mkdir -p "$work/bin" "$project"
USERCOM_TOKEN=$(printf 'k%.0s' $(seq 64))
export USERCOM_TOKEN
mkfifo "$work/said"
"$USERCOM_PROGRAM" sandbox --port 0 >"$work/said" &
sandbox=$!
read -r said <"$work/said" || fail 'the sandbox does not start'
export USERCOM_BASE_URL="${said##* }"

# Nothing of this repository: neither the library nor node_modules.
unset USERCOM_LIBRARY USERCOM_PROGRAM LD_LIBRARY_PATH NODE_PATH
cd "$project"
echo '{"private": true}' >package.json
# Without install scripts: they are not needed, and careful people forbid them.
# A stalled connection to the registry is tried again soon.
npm install --silent --no-audit --no-fund --prefer-offline --fetch-timeout=30000 --ignore-scripts "$artifacts"/*.tgz
[ -n "${USERCOM_SHORT-}" ] ||
    npm install --silent --no-audit --no-fund --prefer-offline --ignore-scripts --save-dev typescript@5 @types/node@18
for package in usercom @usercom/linux-x64-gnu; do
    ls node_modules/$package/LICENSE-MIT node_modules/$package/LICENSE-APACHE >/dev/null || fail "$package has no licences"
done
[ ! -e node_modules/usercom/tests ] || fail 'the package has its tests in it'

cat >esm.mjs <<'EOF'
import usercom, { Client, massUpdate } from 'usercom';

const report = await massUpdate('acme', process.env.USERCOM_TOKEN, [1, 2, 3], 'plan', 'pro');
const client = new Client('acme', process.env.USERCOM_TOKEN, { baseUrl: process.env.USERCOM_BASE_URL });
const seen = [];
const rows = await client.massUpdateRows(new Map([[1, 5], [2, 6]]), 'score', { onProgress: (progress) => { seen.push(progress); } });
console.log('esm', usercom.version, report.confirmed, rows.confirmed, seen.at(-1).done);
EOF
cat >cjs.cjs <<'EOF'
const { Client, InvalidArgument } = require('usercom');

const client = new Client('acme', process.env.USERCOM_TOKEN, { baseUrl: process.env.USERCOM_BASE_URL });
const confirmed = client.massUpdateSync([1, 2n], 'plan', 'basic').confirmed;
client.massUpdate([1.5], 'plan', 'basic').catch((error) => console.log('cjs', confirmed, error instanceof InvalidArgument));
EOF
cat >typed.mts <<'EOF'
import { Client, type Report } from 'usercom';

const client: Client = new Client('acme', process.env.USERCOM_TOKEN, { baseUrl: process.env.USERCOM_BASE_URL });
const report: Report<string> = await client.massUpdateCustomIds(['u-1'], 'plan', 'pro');
console.log('typed', report.confirmed satisfies number);
EOF
version=$(sed -n 's/.*"version": "\(.*\)".*/\1/p' node_modules/usercom/package.json)
said() { [ "$2" = "$3" ] || fail "$1 says: $2, not: $3"; }
said ESM "$(node esm.mjs)" "esm $version 3 2 2"
said CommonJS "$(node cjs.cjs)" 'cjs 2 true'
if [ -z "${USERCOM_SHORT-}" ]; then
    node_modules/.bin/tsc --strict --target es2022 --module node16 --types node typed.mts
    said TypeScript "$(node typed.mjs)" 'typed 1'
fi

# Where there is no library for the platform, one sentence says what to do.
mv node_modules/@usercom "$work/away"
! node cjs.cjs 2>error || fail 'it works without its library'
grep -q 'usercom: there is no C library for linux x64, .*make lib.*USERCOM_LIBRARY' error || fail "without a library it says: $(cat error)"
mv "$work/away" node_modules/@usercom
echo "package: $(cd "$artifacts" && echo usercom-*.tgz) work in a fresh project, with Node.js $(node --version)"
