#!/bin/sh
# tests/package.sh FOLDER: installs the Composer package of this folder into an empty project and uses it there, from
# the command line and under php-fpm, with nothing of this repository but a sandbox (USERCOM_PROGRAM).
set -eu
: "${USERCOM_PROGRAM:?is the program that serves as the sandbox}"
dist=$(cd "$1" && pwd)
php=${PHP:-php}
work=$(mktemp -d)
project=$work/project
vendor=$project/vendor/usercom/usercom
sandbox= fpm=
# shellcheck disable=SC2086,SC2154  # none, one or two numbers
trap '[ -z "$sandbox$fpm" ] || kill $sandbox $fpm 2>/dev/null; rm -rf "$work"' EXIT

fail() { echo "package: $*" >&2; exit 1; }
clean() { env -i PATH="/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" HOME="$work" COMPOSER_ALLOW_SUPERUSER=1 "$@"; }
# What a page or a script prints.
expect() {
    case $2 in "Confirmed $vendor/lib/libusercom.so.0 all 2 ids confirmed"*) ;; *) fail "$1: $2" ;; esac
}

mkdir "$project"
chmod 755 "$work"
cat >"$project/composer.json" <<EOF
{"repositories": [{"type": "artifact", "url": "$dist"}, {"packagist.org": false}]}
EOF
clean composer require --no-interaction --working-dir="$project" usercom/usercom >"$work/log" 2>&1 || fail "$(cat "$work/log")"
for licence in LICENSE-MIT LICENSE-APACHE; do
    [ -s "$vendor/$licence" ] || fail "$licence is missing"
done
[ ! -e "$vendor/tests" ] || fail 'the tests are in the package'

[ -x "$USERCOM_PROGRAM" ] || fail "there is no $USERCOM_PROGRAM"
token=$(printf 'k%.0s' $(seq 64))
mkfifo "$work/said"
USERCOM_TOKEN=$token "$USERCOM_PROGRAM" sandbox --port 0 >"$work/said" &
sandbox=$!
read -r said <"$work/said" || fail 'the sandbox does not start'
url=${said##* }

cat >"$project/update.php" <<'EOF'
<?php
require __DIR__ . '/vendor/autoload.php';

$token = $_SERVER['TOKEN'] ?? getenv('USERCOM_TOKEN');
$client = new UserCom\Client('acme', $token, baseUrl: $_SERVER['URL'] ?? getenv('USERCOM_BASE_URL'));
$report = $client->massUpdate([10, '15'], 'plan', new UserCom\Date('2026-11-23'), progress: fn () => null);
preg_match('~/\S*libusercom\S*~', file_get_contents('/proc/self/maps'), $library);
echo $report->state(1)->name, ' ', $library[0], ' ', $report->message, "\n";
EOF
expect 'command line' "$(clean USERCOM_TOKEN="$token" USERCOM_BASE_URL="$url" "$php" "$project/update.php" 2>&1)"
# With opcache, as some have it on the command line.
expect 'command line with opcache' "$(clean USERCOM_TOKEN="$token" USERCOM_BASE_URL="$url" "$php" -d opcache.enable_cli=1 "$project/update.php" 2>&1)"

# What is set is taken, or nothing.
chosen=$(clean USERCOM_LIBRARY=/nowhere/libusercom.so "$php" -d display_errors=1 "$project/update.php" 2>&1 || true)
case $chosen in *'/nowhere/libusercom.so: there is no such file'*) ;; *) fail "USERCOM_LIBRARY: $chosen" ;; esac

version=$("$php" -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;')
user=www-data
[ "$(id -u)" = 0 ] || user=$(id -un)
under_fpm() { # the name of the case, lines of php.ini, lines of the pool
    printf '%s\n' "zend_extension=opcache" "extension=ffi" "$2" >"$work/php.ini"
    printf '%s\n' "[global]" "error_log=$work/fpm.log" "[www]" "listen=$work/socket" "listen.mode=0666" \
        "pm=static" "pm.max_children=1" "$3" >"$work/fpm.conf"
    [ "$(id -u)" != 0 ] || echo "user=$user" >>"$work/fpm.conf"
    rm -f "$work/socket"
    # Without the files that this machine adds to php.ini.
    clean PHP_INI_SCAN_DIR= "php-fpm$version" -F -c "$work/php.ini" -y "$work/fpm.conf" >"$work/out" 2>&1 &
    fpm=$!
    while [ ! -S "$work/socket" ]; do
        kill -0 "$fpm" 2>/dev/null || fail "$1: $(cat "$work/out" "$work/fpm.log" 2>/dev/null)"
        sleep 0.05
    done
    for request in first second; do
        page=$(clean SCRIPT_FILENAME="$project/update.php" REQUEST_METHOD=GET TOKEN="$token" URL="$url" \
            cgi-fcgi -bind -connect "$work/socket" 2>&1 | sed '1,/^\r*$/d')
        expect "$1, the $request request" "$page"
    done
    kill "$fpm"
    wait "$fpm" || true
    fpm=
}
under_fpm 'php-fpm with ffi.enable=true' 'ffi.enable=true' ''
under_fpm 'php-fpm with ffi.enable for the pool' '' 'php_admin_value[ffi.enable]=true'
under_fpm 'php-fpm with preloading' "opcache.preload=$vendor/src/preload.php
opcache.preload_user=$user" ''

echo "package: installs with Composer and works on PHP $version, from the command line and under php-fpm"
