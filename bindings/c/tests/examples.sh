#!/bin/sh
# Runs the examples in the folder $1 against a sandbox: what they print, how they end, and what the service holds.
# shellcheck disable=SC2086  # words are meant to be split where quotes are missing
set -u
folder=$(cd "$1" && pwd)
work=$(mktemp -d)
passed=0 failed=0 sandbox=
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

export USERCOM_TOKEN=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
export NO_PROXY=127.0.0.1
unset USERCOM_BASE_URL
command -v curl >/dev/null || { echo 'curl is missing: run make setup' >&2; exit 1; }
[ -x "${USERCOM_PROGRAM:-}" ] || { echo 'USERCOM_PROGRAM must name the program `usercom`' >&2; exit 1; }

stop() {
    [ -z "$sandbox" ] || { kill "$sandbox"; wait "$sandbox"; } 2>/dev/null
    sandbox=
}

# start SWITCH...: a fresh sandbox, whose address the examples take from the environment.
start() {
    stop
    : >"$work/said"
    "$USERCOM_PROGRAM" sandbox --port 0 "$@" >"$work/said" &
    sandbox=$!
    tries=0
    until url=$(sed -n 's/^usercom sandbox listening on //p' "$work/said") && [ -n "$url" ]; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { echo "the sandbox did not start: $(cat "$work/said")" >&2; exit 1; }
        sleep 0.05
    done
    export USERCOM_BASE_URL="$url"
}

check() { # what, expected, actual
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED: %s\n  expected: %s\n  actual:   %s\n' "$1" "$2" "$3" >&2
    fi
}

run() { # program, arguments: leaves $out, $err, $code
    program=$1
    shift
    "$folder/$program" "$@" >"$work/out" 2>"$work/err"
    code=$?
    out=$(cat "$work/out") err=$(cat "$work/err")
}

ledger() { curl -sS "$USERCOM_BASE_URL/_sandbox/ledger?attribute=$1" | tail -n +2; }
requests() { curl -sS "$USERCOM_BASE_URL/_sandbox/requests" | sed 's/{"total":\([0-9]*\).*/\1/'; }

# ---- first ---------------------------------------------------------------------------------------

start
run first
check 'first says' '0 4 ids confirmed' "$code $err$out"
check 'first sends' '10,"""pro""",1 15,"""pro""",1 22,"""pro""",1 23,"""pro""",1' "$(ledger plan | tr '\n' ' ' | sed 's/ $//')"
token=$USERCOM_TOKEN
unset USERCOM_TOKEN
run first
check 'first asks for the token' '1 Nothing was sent: an argument is invalid. The message says which one and what to do. token: is NULL' "$code $err"
export USERCOM_TOKEN="$token"

# ---- one_shot ------------------------------------------------------------------------------------

start
run one_shot acme plan '"pro"' 10 15 22 23
check 'one_shot says' '4 ids confirmed' "$out"
check 'one_shot ends' '0 ' "$code $err"
check 'one_shot sends' '10,"""pro""",1 15,"""pro""",1 22,"""pro""",1 23,"""pro""",1' "$(ledger plan | tr '\n' ' ' | sed 's/ $//')"
run one_shot acme plan pro 10
check 'one_shot: an invalid argument' '1' "$code"
check 'one_shot says what to do' 'value: is not one JSON value' "$(echo "$err" | grep -o 'value: is not one JSON value')"
run one_shot acme plan 1 10 x
check 'one_shot reads ids' '2 "x" is not an id' "$code $err"
run one_shot acme plan
check 'one_shot has a usage' '2 usage:' "$code $(echo "$err" | head -n 1 | cut -c 1-6)"
check 'nothing more was sent' 1 "$(requests)"
token=$USERCOM_TOKEN
unset USERCOM_TOKEN
for program in one_shot ids_from_file rows resume; do
    run $program acme plan 1 1
    check "$program asks for the token" '2 usage: USERCOM_TOKEN=...' "$code $(echo "$err" | head -n 1 | cut -d ' ' -f 1,2)"
done
export USERCOM_TOKEN="$token"

# ---- ids_from_file -------------------------------------------------------------------------------

{ echo id; seq 1 1300; } >"$work/users.csv"
start --users "$work/users.csv" --unknown-ids reject
seq 1 1300 >"$work/ids"
run ids_from_file acme newsletter false "$work/ids"
check 'ids_from_file confirms' '0 ' "$code $out"
check 'ids_from_file shows progress' '1300 of 1300 ids' "$(tr '\r' '\n' <"$work/err" | grep -o '1300 of 1300 ids,' | tail -n 1 | tr -d ,)"
check 'ids_from_file says' '1300 confirmed, 0 rejected, 0 unknown, 0 not attempted' "$(tail -n 1 "$work/err")"
check 'ids_from_file sends' '1300' "$(ledger newsletter | grep -c ',false,1$')"

{ cat "$work/ids"; echo; printf '424242\r\n'; } >"$work/more" # an empty line, a line end of Windows
run ids_from_file acme newsletter true "$work/more"
check 'ids_from_file is partial' '1' "$code"
check 'ids_from_file prints failures' '424242 rejected 400' "$(echo "$out" | cut -f 1-3 | tr '\t' ' ')"
check 'ids_from_file sends the others' '1300' "$(ledger newsletter | grep -c ',true,')"

sent=$(requests)
printf '1\n2 3\n' >"$work/bad"
run ids_from_file acme newsletter true "$work/bad"
check 'ids_from_file names the line' "2 $work/bad:2: \"2 3\" is not an id" "$code $err"
run ids_from_file acme newsletter true "$work/none"
check 'ids_from_file names the file' "2 $work/none: No such file or directory" "$code $err"
run ids_from_file acme.user.com newsletter true "$work/ids"
check 'ids_from_file: an invalid argument' '2 subdomain' "$code $(echo "$err" | cut -d : -f 1)"
run ids_from_file acme newsletter nope "$work/ids"
check 'ids_from_file: an invalid value' '2' "$code"
check 'nothing more was sent' "$sent" "$(requests)"

# Ctrl-C: the run ends in good order, and what was said to be confirmed is.
start --latency 300
seq 1 20000 >"$work/ids"
"$folder/ids_from_file" acme newsletter false "$work/ids" >"$work/out" 2>"$work/err" &
child=$!
sleep 1
kill -INT $child
wait $child
check 'Ctrl-C ends it' '130' "$?"
said=$(tail -n 1 "$work/err")
confirmed=${said%% *}
check 'Ctrl-C comes in the middle' 'yes' "$([ "$confirmed" -gt 0 ] && [ "$confirmed" -lt 20000 ] && echo yes)"
check 'Ctrl-C leaves nothing unknown' "$confirmed confirmed, 0 rejected, 0 unknown, $((20000 - confirmed)) not attempted" "$said"
check 'Ctrl-C tells the truth' "$confirmed" "$(ledger newsletter | wc -l | tr -d ' ')"

# ---- rows ----------------------------------------------------------------------------------------

start
printf '1,5.00\n2,100\n3,2500.5\n4,99.99\n2,1000\n' >"$work/spent"
run rows acme tier "$work/spent"
check 'rows ends' '0 ' "$code $err"
check 'rows says' 'all 4 ids confirmed; 2 requests|line 2, id 2: not confirmed' "$(echo "$out" | tr '\n' '|' | sed 's/|$//')"
check 'rows sends' '1,"""bronze""",1 2,"""gold""",1 3,"""gold""",1 4,"""bronze""",1' "$(ledger tier | tr '\n' ' ' | sed 's/ $//')"
printf '1,5\n2;6\n' >"$work/spent"
run rows acme tier "$work/spent"
check 'rows names the line' "2 $work/spent:2: is not \"id,spent\"" "$code $err"
check 'nothing more was sent' 2 "$(requests)"

# ---- resume --------------------------------------------------------------------------------------

# Killed in the middle, the same call resumes: no batch is sent twice but the one that was in flight.
start
seq 1 9500 >"$work/ids"
"$folder/resume" acme plan '"pro"' "$work/ids" "$work/journal" >"$work/out" 2>"$work/err" &
child=$!
tries=0
until [ "$(requests)" -ge 4 ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || { echo "resume did not start: $(cat "$work/err")" >&2; exit 1; }
    sleep 0.05
done
run resume acme plan '"pro"' "$work/ids" "$work/journal"
check 'resume is not run twice at once' '2 is running the identical job' "$code $(echo "$err" | grep -o 'is running the identical job')"
kill -KILL $child
wait $child 2>/dev/null
check 'resume was killed' '137' "$?"
check 'resume leaves a journal' 1 "$(find "$work/journal" -name '*.journal' | wc -l | tr -d ' ')"
before=$(requests)
run resume acme plan '"pro"' "$work/ids" "$work/journal"
check 'resume ends' '0 ' "$code $err"
check 'resume tells the whole job' '9500 of 9500 ids confirmed' "${out%%,*}"
check 'resume says what it sent' "$(($(requests) - before))" "$(echo "$out" | sed 's/.*, \([0-9]*\) requests.*/\1/')"
check 'resume was in the middle' yes "$([ "$before" -lt 10 ] && echo yes)"
check 'resume sends what was left' yes "$([ "$(requests)" -le 11 ] && echo yes)"
check 'resume reaches everybody' 9500 "$(ledger plan | grep -c ',"""pro""",[12]$')"
check 'resume leaves no journal' 0 "$(find "$work/journal" -type f | wc -l | tr -d ' ')"
printf '1\nx\n' >"$work/bad"
run resume acme plan '"pro"' "$work/bad" "$work/journal"
check 'resume names the line' "2 $work/bad: what comes after 1 ids is not an id" "$code $err"
run resume acme plan '"pro"' "$work/none" "$work/journal"
check 'resume names the file' "2 $work/none: No such file or directory" "$code $err"

echo "$passed passed, $failed failed"
[ $failed = 0 ]
