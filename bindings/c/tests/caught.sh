#!/bin/sh
# caught.sh WORDS COMMAND...: the command, which makes a mistake, must fail and say WORDS. Whether two threads meet is
# a matter of luck, so it gets 20 tries.
set -u
words=$1
shift
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    said=$("$@" 2>&1) && continue
    case $said in
    *"$words"*)
        echo "caught: $words"
        exit
        ;;
    esac
    echo "not caught: $* did not say \"$words\" but: $said" >&2
    exit 1
done
echo "not caught: $* ended well, and said: $said" >&2
exit 1
