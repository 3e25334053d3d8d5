#!/bin/sh
# tests/debian.sh RELEASE FOLDER: runs the tests, and tests/package.sh with the package of this folder, in a Debian that
# has nothing but PHP and what the tests need: 12 (bookworm) has PHP 8.2, 13 (trixie) 8.4. Needs root, debootstrap,
# USERCOM_PROGRAM and USERCOM_LIBRARY.
set -eu
: "${USERCOM_PROGRAM:?is the program that serves as the sandbox}" "${USERCOM_LIBRARY:?is the library}"
release=$1
dist=$(cd "$2" && pwd)
root=$(cd "$(dirname "$0")/../../.." && pwd)
work=$(mktemp -d)
chroot=$work/chroot
trap 'umount "$chroot/proc" 2>/dev/null || true; rm -rf --one-file-system "$work"' EXIT

fail() { echo "debian: $*" >&2; exit 1; }
inside() { chroot "$chroot" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
quietly() { "$@" >"$work/log" 2>&1 || fail "$*: $(tail -n 20 "$work/log")"; }

[ "$(id -u)" = 0 ] || fail 'needs root, for debootstrap and chroot'
# The machine's own mirror has the other releases, too.
mirror=$(apt-get indextargets --format '$(REPO_URI)' "Created-By: Packages" "Component: main" | grep -v security | head -n 1)
[ -n "$mirror" ] || fail 'apt knows no mirror'
quietly debootstrap --variant=minbase --include=ca-certificates "$release" "$chroot" "$mirror"
quietly inside apt-get install -y --no-install-recommends \
    php-cli php-fpm php-sqlite3 php-zip composer phpunit libfcgi-bin gcc libc6-dev
mount -t proc proc "$chroot/proc"

# Where the tests look for them, as in a clone.
mkdir -p "$chroot/usercom/bindings" "$chroot/usercom/dist"
cp -r "$root/bindings/php" "$chroot/usercom/bindings"
cp -r "$root/include" "$root/tests" "$root/docs" "$root"/LICENSE-* "$root/Cargo.toml" "$chroot/usercom"
cp "$dist"/usercom-php-*.zip "$chroot/usercom/dist"
cp "$USERCOM_PROGRAM" "$chroot/usercom/usercom"
cp "$USERCOM_LIBRARY" "$chroot/usercom/libusercom.so"
cd /
inside USERCOM_PROGRAM=/usercom/usercom USERCOM_LIBRARY=/usercom/libusercom.so phpunit -c /usercom/bindings/php
inside USERCOM_PROGRAM=/usercom/usercom /usercom/bindings/php/tests/package.sh /usercom/dist
echo "debian: the tests and the package work on $release with $(inside php -r 'echo PHP_VERSION;') and $(inside phpunit --version | cut -d' ' -f1-2)"
