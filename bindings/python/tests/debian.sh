#!/bin/sh
# debian.sh DIR RELEASE…: installs the wheel of DIR into a venv of a Debian that has nothing but Python: 12 (bookworm) has
# 3.11, 13 (trixie) 3.13. Uses it there with package.sh, and runs those tests that need no more than pytest. Needs root,
# debootstrap, USERCOM_PROGRAM.
set -eu
: "${USERCOM_PROGRAM:?is the program that serves as the sandbox}"
dist=$(cd "$1" && pwd)
shift
root=$(cd "$(dirname "$0")/../../.." && pwd)
work=$(mktemp -d)
trap 'umount "$work"/*/proc 2>/dev/null || true; rm -rf --one-file-system "$work"' EXIT
fail() { echo "debian: $*" >&2; exit 1; }
inside() { chroot "$chroot" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive "$@"; }
quietly() { "$@" >"$work/log" 2>&1 || fail "$*: $(tail -n 20 "$work/log")"; }

[ "$(id -u)" = 0 ] || fail 'needs root, for debootstrap and chroot'
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' | head -n 1)
downloads=$(realpath -m "${CARGO_TARGET_DIR:-$root/target}")/debootstrap
for release in "$@"; do
    begun=$(date +%s)
    chroot=$work/$release
    mkdir -p "$downloads/$release"
    quietly debootstrap --variant=minbase --cache-dir="$downloads/$release" --include=ca-certificates \
        "$release" "$chroot" "${mirror:-http://deb.debian.org/debian}"
    quietly inside apt-get install -y --no-install-recommends python3-venv python3-pytest python3-numpy
    mount -t proc proc "$chroot/proc"

    # Where the tests look for them, as in a clone; but the package is the wheel's.
    mkdir -p "$chroot/usercom/bindings/python" "$chroot/usercom/dist"
    cp -R "$root/bindings/python/tests" "$chroot/usercom/bindings/python"
    cp -R "$root/include" "$chroot/usercom"
    cp "$dist"/usercom-*.whl "$dist"/usercom-[0-9]*[0-9].tar.gz "$chroot/usercom/dist"
    cp "$USERCOM_PROGRAM" "$chroot/usercom/usercom"
    inside USERCOM_PROGRAM=/usercom/usercom /usercom/bindings/python/tests/package.sh /usercom/dist
    quietly inside python3 -m venv --system-site-packages /venv
    quietly inside sh -c '/venv/bin/python -m pip install --no-index /usercom/dist/*.whl'
    library=$(cd "$chroot" && echo venv/lib/python3.*/site-packages/usercom/libusercom.so)
    inside USERCOM_PROGRAM=/usercom/usercom USERCOM_LIBRARY="/$library" /venv/bin/python -m pytest -q -p no:cacheprovider \
        --rootdir /usercom/bindings/python $(cd "$root" && ls bindings/python/tests/test_*.py | sed 's|^|/usercom/|' |
            grep -E 'test_(callbacks|client|ending|options|pickle|read|values)\.py') || fail "tests fail on $release"
    echo "debian: wheel and tests work on $release with $(inside python3 --version); $(($(date +%s) - begun)) s"
    umount "$chroot/proc"
    rm -rf --one-file-system "$chroot"
done
