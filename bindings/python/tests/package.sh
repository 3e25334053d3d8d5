#!/bin/sh
# package.sh DIR [sdist]: installs the wheel of DIR into a fresh venv and uses it against a sandbox (USERCOM_PROGRAM).
# With `sdist` also that: pip compiles it, with cargo and the registries of Python and Rust. $PYTHON makes the venv.
# USERCOM_SHORT=1 only installs and uses it.
set -eu
: "${USERCOM_PROGRAM:?is the program that serves as the sandbox}"
root=$(cd "$(dirname "$0")/../../.." && pwd)
dist=$(cd "$1" && pwd)
long=${2-}
python=${PYTHON:-python3}
# With the tools of the tests where there are any; a bare Debian has none.
auditwheel=$root/.venv/bin/auditwheel
work=$(mktemp -d)
sandbox=
trap '[ -z "$sandbox" ] || kill "$sandbox"; rm -rf "$work"' EXIT
fail() { echo "package: $*" >&2; exit 1; }
clean() { env -i PATH=/usr/local/bin:/usr/bin:/bin HOME="$work" "$@"; }
only() { [ $# = 1 ] && [ -f "$1" ] || fail "there is not one of it: $*"; echo "$1"; }
wheel=$(only "$dist"/usercom-*-py3-none-*.whl)
sdist=$(only "$dist"/usercom-[0-9]*[0-9].tar.gz)

cat >"$work/use.py" <<'PYTHON'
import os
import usercom

token = os.environ["USERCOM_TOKEN"]
usercom.mass_update("acme", token, [10, 15, 22, 23], "plan", "pro")
with usercom.Client("acme", token, base_url=os.environ["USERCOM_BASE_URL"], rate_limit=0) as client:
    report = client.mass_update_rows({10: 7, 15: 9}, "score", progress=lambda progress: None)
    custom = client.mass_update_custom_ids(["u-1"], "plan", "pro")
loaded = {line.split()[-1] for line in open("/proc/self/maps") if "libusercom" in line}
assert loaded == {os.path.join(os.path.dirname(usercom.__file__), "libusercom.so")}, loaded
assert os.path.exists(os.path.join(os.path.dirname(usercom.__file__), "py.typed"))
print(usercom.__version__, report.confirmed, custom.status.name)
PYTHON
USERCOM_TOKEN=$(printf 'k%.0s' $(seq 64))
mkfifo "$work/said"
USERCOM_TOKEN=$USERCOM_TOKEN "$USERCOM_PROGRAM" sandbox --port 0 >"$work/said" &
sandbox=$!
read -r said <"$work/said" || fail 'the sandbox does not start'
cd "$work"
version=$(basename "$sdist" .tar.gz | sed 's/^usercom-//')
use() { # venv
    printed=$(clean USERCOM_TOKEN="$USERCOM_TOKEN" USERCOM_BASE_URL="${said##* }" "$work/$1/bin/python" use.py 2>&1) ||
        fail "the $1: $printed"
    [ "$printed" = "$version 2 OK" ] || fail "the $1 prints $printed"
}

# Where there is a pip for it, the venv needs none of its own, which takes long to install.
if [ -x "$root/.venv/bin/python" ]; then
    "$python" -m venv --without-pip wheel
    pip="$root/.venv/bin/python -m pip --python wheel/bin/python"
else
    "$python" -m venv wheel
    pip='wheel/bin/python -m pip'
fi
# shellcheck disable=SC2086  # words
clean $pip install --quiet --no-index --disable-pip-version-check "$wheel" >log 2>&1 || fail "$(cat log)"
use wheel
for licence in LICENSE-MIT LICENSE-APACHE THIRD-PARTY-LICENSES; do
    [ -s "$(find wheel -path "*usercom-$version.dist-info/licenses/$licence")" ] || fail "$licence is not in the wheel"
done
if [ -x "$auditwheel" ] && [ -z "${USERCOM_SHORT-}" ]; then
    tag=$(basename "$wheel" .whl | sed 's/.*-//; s/\..*//')
    platforms=$(PATH="$root/.venv/bin:$PATH" "$auditwheel" show "$wheel" | tr '\n' ' ')
    oldest=$(echo "$platforms" | sed -n 's/.*platform tag: "\(manylinux_[0-9_]*\)_x86_64".*/\1/p')
    [ -n "$oldest" ] || fail "auditwheel finds the wheel fit for no manylinux: $platforms"
    [ "$(printf '%s\n' "${oldest}_x86_64" "$tag" | sort -V | tail -n 1)" = "$tag" ] ||
        fail "the wheel is tagged $tag, and auditwheel says that it needs $oldest"
fi

# What pip says where the sdist has to be compiled, and can't be. Without an index pip needs a copy of hatchling.
tar -xzf "$sdist"
[ -f "usercom-$version/rust/Cargo.lock" ] && [ -f "usercom-$version/LICENSE-MIT" ] || fail 'the sdist lacks the crate'
if [ -x "$root/.venv/bin/hatchling" ] && [ -z "${USERCOM_SHORT-}" ]; then
    ! clean PATH=/usr/bin:/bin:"$root/.venv/bin" "$root/.venv/bin/python" -m pip wheel --quiet --no-index --no-deps \
        --no-build-isolation "$sdist" >log 2>&1 || fail 'the sdist needs no cargo'
    grep -q 'usercom: there is no wheel for this platform, and cargo is missing.*install Rust' log || fail "$(cat log)"
fi
if [ "$long" = sdist ]; then
    "$python" -m venv sdist
    # With this machine's settings: its cargo, its mirrors, a target directory that is kept.
    CARGO_TARGET_DIR=$(realpath -m "${CARGO_TARGET_DIR:-$root/target}")/sdist sdist/bin/python -m pip install \
        --quiet --disable-pip-version-check "$sdist" >log 2>&1 || fail "$(cat log)"
    use sdist
fi
echo "package: $(basename "$wheel") ${long:+and $(basename "$sdist") }work with $("$python" --version)"
