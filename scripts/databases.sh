# To be sourced: starts PostgreSQL and MariaDB on loopback, in folders of $work, for a test. Needs `fail MESSAGE`. They
# don't run as root. The shell that sources this ends them: they are its jobs.

database_user=$(id -un) as=()
if [ "$database_user" = root ]; then
  database_user=nobody as=(setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups)
fi
chmod 755 "$work"

free_port() { python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
logged() { # name, command
  "${@:2}" >>"$work/$1.log" 2>&1 || fail "$1: ${*:2}: $(tail -n 30 "$work/$1.log")"
}
until_ready() { # name, command
  for _ in $(seq 600); do "${@:2}" >/dev/null 2>&1 && return; sleep 0.2; done
  fail "$1 does not start: $(tail -n 30 "$work/$1.log")"
}

# Sets postgres_port; the user is shop, the database is postgres.
start_postgres() {
  local bin
  bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
  postgres_port=$(free_port)
  install -d -m 700 -o "$database_user" "$work/postgres"
  logged PostgreSQL "${as[@]}" "$bin/initdb" --pgdata "$work/postgres/data" --username shop --auth trust --no-sync \
    --encoding UTF8 --locale C
  "${as[@]}" "$bin/postgres" -D "$work/postgres/data" -h 127.0.0.1 -p "$postgres_port" -k "$work/postgres" -F \
    >>"$work/PostgreSQL.log" 2>&1 &
  until_ready PostgreSQL "$bin/pg_isready" -h 127.0.0.1 -p "$postgres_port"
}

# Sets mariadb_port; the user is root, without a password.
start_mariadb() {
  mariadb_port=$(free_port)
  install -d -m 700 -o "$database_user" "$work/mariadb"
  logged MariaDB "${as[@]}" mariadb-install-db --no-defaults --datadir="$work/mariadb/data" --skip-test-db \
    --auth-root-authentication-method=normal
  "${as[@]}" "$(PATH=$PATH:/usr/sbin command -v mariadbd)" --no-defaults --datadir="$work/mariadb/data" \
    --bind-address=127.0.0.1 --port="$mariadb_port" --socket="$work/mariadb/socket" --pid-file="$work/mariadb/pid" \
    >>"$work/MariaDB.log" 2>&1 &
  until_ready MariaDB python3 -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])))' "$mariadb_port"
}
