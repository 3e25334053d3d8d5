#!/bin/sh
# caught.sh WORDS COMMAND...: the command, which makes a mistake, must fail and say WORDS.
set -u
words=$1
shift
if said=$("$@" 2>&1); then
    echo "not caught: $* ended well, and said: $said" >&2
    exit 1
fi
case $said in
*"$words"*) echo "caught: $words" ;;
*)
    echo "not caught: $* did not say \"$words\" but: $said" >&2
    exit 1
    ;;
esac
