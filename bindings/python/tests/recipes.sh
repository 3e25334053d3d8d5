#!/usr/bin/env bash
# recipes.sh DIR: runs the recipes with SQLAlchemy, Airflow and dlt, with the wheel of DIR, PostgreSQL, MariaDB, and a
# sandbox (USERCOM_PROGRAM). They are installed into a venv that is kept; the servers are on loopback, in a temporary folder.
set -euo pipefail
: "${USERCOM_PROGRAM:?is the program that serves as the sandbox}"
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
recipes=$here/../examples/recipes
wheel=$(realpath "$1"/usercom-*-py3-none-*.whl)
venv=$(realpath -m "${CARGO_TARGET_DIR:-$root/target}")/recipes-venv
work=$(mktemp -d)
# The servers get a moment to end, and no more: nothing of theirs is kept.
trap 'kill -INT $(jobs -p) 2>/dev/null; sleep 1; kill -9 $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT
fail() { echo "recipes: $*" >&2; exit 1; }
quietly() { "$@" >"$work/log" 2>&1 || fail "$*: $(tail -n 30 "$work/log")"; }
# shellcheck source=scripts/databases.sh
. "$root/scripts/databases.sh"
cd "$work"

if ! cmp -s "$here/recipes-requirements.txt" "$venv/requirements.txt"; then
  quietly python3 -m venv --clear "$venv"
  quietly "$venv/bin/python" -m pip install --quiet -r "$here/recipes-requirements.txt"
  cp "$here/recipes-requirements.txt" "$venv/requirements.txt"
fi
quietly "$venv/bin/python" -m pip install --quiet --force-reinstall --no-deps --no-index "$wheel"
python=$venv/bin/python
unset USERCOM_LIBRARY PYTHONPATH

USERCOM_TOKEN=$(printf 'k%.0s' $(seq 64))
export USERCOM_TOKEN
mkfifo said
"$USERCOM_PROGRAM" sandbox --port 0 --unknown-ids reject --users <(printf 'id\n10\n15\n') >said &
read -r said <said || fail 'the sandbox does not start'
export USERCOM_BASE_URL=${said##* }
held() { # what the sandbox holds of an attribute must be this
  local ledger
  ledger=$(curl -sS "$USERCOM_BASE_URL/_sandbox/ledger?attribute=$1" | tail -n +2 | cut -d, -f1-2 | tr '\n' ' ')
  [ "$ledger" = "$2 " ] || fail "$3: the sandbox holds $ledger of $1, not $2"
  curl -sS -X POST "$USERCOM_BASE_URL/_sandbox/reset" >/dev/null
}
rows="CREATE TABLE visits (user_id BIGINT, points INTEGER, day DATE);
  INSERT INTO visits VALUES (10, 3, '2026-11-22'), (15, 9, '2026-11-22'), (10, 4, '2026-11-22'), (10, 1, '2026-11-23');"

# ---- PostgreSQL, MariaDB --------------------------------------------------------------------------------------

start_postgres
postgres="127.0.0.1:$postgres_port/postgres"
quietly psql -X -v ON_ERROR_STOP=1 "postgresql://shop@$postgres" -c "$rows"
start_mariadb
mariadb="mysql+pymysql://root@127.0.0.1:$mariadb_port/shop"
"$python" - "$mariadb_port" "$rows" <<'PYTHON' || fail "MariaDB: $(cat MariaDB.log)"
import sys
import pymysql
database = pymysql.connect(host="127.0.0.1", port=int(sys.argv[1]), user="root", autocommit=True)
cursor = database.cursor()
for statement in ["CREATE DATABASE shop", "USE shop", *sys.argv[2].split(";")[:2]]:
    cursor.execute(statement)
PYTHON

for url in "postgresql+psycopg://shop@$postgres" "$mariadb"; do
  DATABASE_URL=$url quietly "$python" "$recipes/with_sqlalchemy.py"
  held points '10,8 15,9' "SQLAlchemy, ${url%%:*}"
  echo "recipes: SQLAlchemy works with ${url%%:*}"
done

# ---- Airflow, with PostgreSQL; dlt ----------------------------------------------------------------------------

export AIRFLOW_HOME=$work/airflow AIRFLOW__CORE__LOAD_EXAMPLES=False AIRFLOW__CORE__DAGS_FOLDER=$work/dags
export AIRFLOW_CONN_SHOP="postgresql://shop@$postgres"
AIRFLOW_CONN_USERCOM=$(printf '{"conn_type": "generic", "host": "acme", "password": "%s", "extra": {"base_url": "%s", "journals": "%s"}}' \
  "$USERCOM_TOKEN" "$USERCOM_BASE_URL" "$work/journals")
export AIRFLOW_CONN_USERCOM
mkdir dags
cp "$recipes/with_airflow.py" dags
quietly "$venv/bin/airflow" db migrate
quietly timeout 300 "$venv/bin/airflow" dags test points_to_usercom 2026-11-22
held points '10,7 15,9' Airflow
! grep -q "$USERCOM_TOKEN" log || fail 'the log of Airflow has the token in it'
echo "recipes: Airflow $("$venv/bin/airflow" version 2>/dev/null | tail -n 1) runs the DAG"

DESTINATION__USERCOM__SUBDOMAIN=acme DESTINATION__USERCOM__TOKEN=$USERCOM_TOKEN DESTINATION__USERCOM__BASE_URL=$USERCOM_BASE_URL \
  DLT_DATA_DIR=$work/dlt RUNTIME__DLTHUB_TELEMETRY=false quietly "$python" "$recipes/with_dlt.py"
held points '10,7 15,9' dlt
echo "recipes: dlt $("$python" -c 'import dlt; print(dlt.__version__)') loads into its destination"
