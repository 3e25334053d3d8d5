#!/bin/sh
# Installs the packages that `make deb` has made into a Debian that has nothing else, builds and runs a program
# there, and removes them. Needs root; the Debian is this machine's own release, from where this machine has it.
set -eu
root=$(cd "$(dirname "$0")/../../.." && pwd)
deb=${CARGO_TARGET_DIR:-$root/target}/deb
work=$(mktemp -d)
chroot=$work/chroot
sandbox=
trap '[ -z "$sandbox" ] || kill "$sandbox"; rm -rf --one-file-system "$work"' EXIT

fail() { echo "deb: $*" >&2; exit 1; }
inside() { chroot "$chroot" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
quietly() { "$@" >"$work/log" 2>&1 || fail "$*: $(tail -n 20 "$work/log")"; }
files() { (cd "$chroot" && find . -xdev -name '*usercom*' | sort); }

[ "$(id -u)" = 0 ] || fail 'needs root, for debootstrap and chroot'
ls "$deb"/libusercom0_*.deb >/dev/null 2>&1 || fail "there are no packages in $deb: run make deb"
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(apt-get indextargets --format '$(REPO_URI)' "Created-By: Packages" "Codename: $release" "Component: main" | head -n 1)
[ -n "$mirror" ] || fail "apt knows no mirror of $release"
quietly debootstrap --variant=minbase --include=gcc,libc6-dev,pkg-config,ca-certificates "$release" "$chroot" "$mirror"

cp "$deb"/*.deb "$root/bindings/c/examples/first.c" "$chroot/root/"
# With apt, which does not install packages whose dependencies it can't satisfy.
quietly inside sh -c 'apt-get install -y --no-install-recommends /root/*.deb'

size=$(stat -c %s "$chroot"/usr/lib/*/libusercom.so.*.*)
[ "$size" -le 2600000 ] || fail "the library has $size bytes, 2,600,000 is what it should stay below"

mkfifo "$work/said"
USERCOM_TOKEN=$(printf 'k%.0s' $(seq 64))
USERCOM_TOKEN=$USERCOM_TOKEN "$USERCOM_PROGRAM" sandbox --port 0 >"$work/said" &
sandbox=$!
read -r said <"$work/said" || fail 'the sandbox does not start'
run() {
    printed=$(inside USERCOM_TOKEN="$USERCOM_TOKEN" USERCOM_BASE_URL="${said##* }" "$@" 2>&1) || fail "$*: $printed"
    [ "$printed" = '4 ids confirmed' ] || fail "$* prints $printed"
}
# shellcheck disable=SC2016  # for the shell inside
quietly inside sh -c 'cd /root && cc -Wall -Werror first.c -o first $(pkg-config --cflags --libs usercom) &&
    cc -static first.c -o first-static $(pkg-config --static --cflags --libs usercom)'
run /root/first
run /root/first-static

quietly inside apt-get purge -y libusercom0 libusercom-dev
left=$(files | grep -v '^\./root/\|^\./proc/' || true)
[ -z "$left" ] || fail "purged, and it leaves $left"
! inside USERCOM_TOKEN="$USERCOM_TOKEN" /root/first >/dev/null 2>&1 || fail 'the program runs without the library'
echo "deb: the packages install, work and go in a bare $release from $mirror; the library has $size bytes"
