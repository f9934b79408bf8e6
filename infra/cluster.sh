# A whole cluster on this machine, for './infra/dev.sh cluster', which sources this file: PostgreSQL, Redis, three silos, two edges,
# nginx in front. All of it listens on loopback, keeps its files under data/cluster, and ends with this script.

cluster_folder=data/cluster
cluster_port=5080                         # nginx
cluster_edge_ports=(5081 5082)
cluster_silo_ports=(5091 5092 5093)       # of /health and /metrics
cluster_first_orleans_port=11511          # two for each node
cluster_postgres_port=54329
cluster_redis_port=63799
cluster_patience=180                      # seconds that a part may take to start, on a machine that is busy otherwise

cluster_names=() cluster_pids=() cluster_signals=()

# The folder of PostgreSQL's newest version; Debian keeps it off PATH.
postgresql_folder() {
  local found
  found=$(compgen -G '/usr/lib/postgresql/*/bin/postgres' | sort -V | tail -n 1)
  dirname "${found:-$(command -v postgres)}"
}

# Starts a command in the background, away from the terminal's Ctrl-C, so that the parts can be stopped in order:
# cluster_start <name> <signal to stop it> <command …>
cluster_start() {
  local name=$1 signal=$2
  shift 2
  # Job control gives each part a process group of its own.
  set -m
  "$@" </dev/null >"$cluster_folder/logs/$name.log" 2>&1 &
  set +m
  disown
  cluster_names+=("$name") cluster_pids+=($!) cluster_signals+=("$signal")
}

cluster_pid() {
  local i
  for i in "${!cluster_names[@]}"; do [ "${cluster_names[i]}" = "$1" ] && echo "${cluster_pids[i]}"; done
}

# Waits until a part answers: cluster_await <name> <command that succeeds then …>
cluster_await() {
  local name=$1 deadline=$((SECONDS + cluster_patience))
  shift
  until "$@" >/dev/null 2>&1; do
    if ! kill -0 "$(cluster_pid "$name")" 2>/dev/null || [ $SECONDS -ge $deadline ]; then
      tail -n 15 "$cluster_folder/logs/$name.log" >&2
      echo "$name did not start; its log is $cluster_folder/logs/$name.log." >&2
      return 1
    fi
    sleep 0.2
  done
}

# Stops parts whose name begins with a word, all at once, and waits for them; those that take too long are killed.
cluster_stop() {
  local i deadline=$((SECONDS + 40)) mine=()
  for i in "${!cluster_names[@]}"; do
    case "${cluster_names[i]}" in "$1"*) mine+=("$i") ;; esac
  done
  for i in "${mine[@]}"; do kill "-${cluster_signals[i]}" "${cluster_pids[i]}" 2>/dev/null || true; done
  for i in "${mine[@]}"; do
    while kill -0 "${cluster_pids[i]}" 2>/dev/null; do
      if [ $SECONDS -ge $deadline ]; then
        echo "${cluster_names[i]} does not end, and is killed." >&2
        kill -KILL "${cluster_pids[i]}" 2>/dev/null || true
      fi
      sleep 0.1
    done
  done
}

# Edges first, so that clients are told while actors still answer; the stores last.
cluster_end() {
  trap '' INT TERM HUP
  [ ${#cluster_pids[@]} -eq 0 ] && return
  say "stopping the cluster"
  local part
  for part in edge silo nginx redis postgresql; do cluster_stop "$part"; done
  cluster_pids=() cluster_names=()
}

# Fails when somebody listens on one of the ports.
cluster_need_ports() {
  local port
  for port in "$@"; do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "Port $port is in use, and the cluster needs it." >&2
      return 1
    fi
  done
}

cluster_start_postgresql() {
  local binaries data=$PWD/$cluster_folder/postgresql as=()
  binaries=$(postgresql_folder)
  mkdir -p "$data"
  # PostgreSQL refuses to run as root; Debian's package brings a user for it.
  if [ "$(id -u)" -eq 0 ]; then
    as=(setpriv --reuid postgres --regid postgres --init-groups)
    chown postgres "$data"
    if ! "${as[@]}" test -w "$data"; then
      echo "The user postgres cannot reach $data: run this as yourself, or move the clone to where others may enter." >&2
      return 1
    fi
  fi
  # Without a password, for whoever is at this machine: what is in it are trials.
  if [ ! -f "$data/PG_VERSION" ]; then
    (cd / && "${as[@]}" "$binaries/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C) >"$cluster_folder/logs/initdb.log" 2>&1 ||
      { cat "$cluster_folder/logs/initdb.log" >&2; return 1; }
  fi
  # SIGINT is its fast stop: it ends sessions and does not wait for clients.
  cluster_start postgresql INT "${as[@]}" "$binaries/postgres" -D "$data" -p "$cluster_postgres_port" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c logging_collector=off
  cluster_await postgresql "$binaries/pg_isready" -h 127.0.0.1 -p "$cluster_postgres_port" -U postgres
}

# Members of earlier runs are dead: nothing is kept.
cluster_start_redis() {
  cluster_start redis TERM redis-server --bind 127.0.0.1 --port "$cluster_redis_port" --save '' --appendonly no
  cluster_await redis redis-cli -p "$cluster_redis_port" ping
}

# cluster_start_node <name> <role> <port> <number>
cluster_start_node() {
  local orleans=$((cluster_first_orleans_port + 2 * $4))
  cluster_start "$1" TERM env \
    DOTNET_ENVIRONMENT=Development ASPNETCORE_ENVIRONMENT=Development \
    Urls="http://localhost:$3" \
    Realtime__Runtime=orleans \
    Realtime__Storage__Provider=postgresql \
    Realtime__Storage__ConnectionString="Host=127.0.0.1;Port=$cluster_postgres_port;Username=postgres;Database=postgres" \
    Realtime__Cluster__Mode=redis \
    Realtime__Cluster__Redis="127.0.0.1:$cluster_redis_port" \
    Realtime__Cluster__Address=127.0.0.1 \
    Realtime__Cluster__Role="$2" \
    Realtime__Cluster__SiloPort="$orleans" \
    Realtime__Cluster__GatewayPort=$((orleans + 1)) \
    Realtime__Edge__TrustedProxies__0=127.0.0.1 \
    dotnet "$cluster_server" serve
}

# The example of infra/nginx with both edges behind it. The page of the server asks for development tokens, which are not given
# through a proxy: nginx, which listens on loopback itself, passes those requests on as if there were none.
cluster_start_nginx() {
  local folder=$PWD/$cluster_folder/nginx nginx edges='' port temporary='' kind
  nginx=$(command -v nginx || echo /usr/sbin/nginx)
  mkdir -p "$folder"
  for port in "${cluster_edge_ports[@]}"; do edges+="server 127.0.0.1:$port max_fails=1 fail_timeout=2s; "; done
  for kind in client_body proxy fastcgi uwsgi scgi; do temporary+="${kind}_temp_path $folder/$kind; "; done
  {
    printf 'daemon off;\nworker_processes 1;\npid %s/nginx.pid;\nerror_log stderr warn;\nevents { worker_connections 4096; }\n' "$folder"
    printf 'http {\naccess_log off;\n%s\n' "$temporary"
    sed -e "s/server 127\.0\.0\.1:5080;/$edges/" \
      -e "s/listen 80;/listen 127.0.0.1:$cluster_port;/" \
      -e 's|location /dev/ { return 404; }|location /dev/ { proxy_set_header X-Forwarded-For ""; proxy_set_header X-Forwarded-Proto ""; proxy_set_header X-Forwarded-Host ""; proxy_set_header Host $http_host; proxy_pass http://orleansrealtime; }|' \
      infra/nginx/orleansrealtime.conf
    echo '}'
  } >"$folder/nginx.conf"
  cluster_start nginx TERM "$nginx" -p "$folder" -c nginx.conf -e stderr
  cluster_await nginx curl -fsS "http://127.0.0.1:$cluster_port/health/ready"
}

cluster_start_nodes() {
  local i
  for i in "${!cluster_silo_ports[@]}"; do cluster_start_node "silo-$((i + 1))" silo "${cluster_silo_ports[i]}" "$i"; done
  for i in "${!cluster_silo_ports[@]}"; do cluster_await_node "silo-$((i + 1))" "${cluster_silo_ports[i]}"; done
  for i in "${!cluster_edge_ports[@]}"; do
    cluster_start_node "edge-$((i + 1))" edge "${cluster_edge_ports[i]}" $((${#cluster_silo_ports[@]} + i))
  done
  for i in "${!cluster_edge_ports[@]}"; do cluster_await_node "edge-$((i + 1))" "${cluster_edge_ports[i]}"; done
}

cluster_await_node() { cluster_await "$1" curl -fsS "http://localhost:$2/health/ready"; }

cluster_print() {
  local i
  printf '\n%-12s %8s  %s\n' part process address
  printf '%-12s %8s  %s\n' nginx "$(cluster_pid nginx)" "http://localhost:$cluster_port  (open it in two tabs; each may get another edge)"
  for i in "${!cluster_edge_ports[@]}"; do
    printf '%-12s %8s  %s\n' "edge-$((i + 1))" "$(cluster_pid "edge-$((i + 1))")" "http://localhost:${cluster_edge_ports[i]}"
  done
  for i in "${!cluster_silo_ports[@]}"; do
    printf '%-12s %8s  %s\n' "silo-$((i + 1))" "$(cluster_pid "silo-$((i + 1))")" "http://localhost:${cluster_silo_ports[i]}  (/health, /metrics)"
  done
  printf '%-12s %8s  %s\n' redis "$(cluster_pid redis)" "127.0.0.1:$cluster_redis_port"
  printf '%-12s %8s  %s\n' postgresql "$(cluster_pid postgresql)" "127.0.0.1:$cluster_postgres_port, user postgres"
  printf '\nLogs: %s/logs. Kill a process to see what happens. Ctrl-C stops all of it.\n' "$cluster_folder"
}

# Says once of each part that it ended, until someone stops the cluster.
cluster_watch() {
  local i
  while :; do
    for i in "${!cluster_names[@]}"; do
      if ! kill -0 "${cluster_pids[i]}" 2>/dev/null; then
        echo "$(date +%T) ${cluster_names[i]} (${cluster_pids[i]}) has ended; the others go on."
        unset "cluster_names[i]" "cluster_pids[i]" "cluster_signals[i]"
      fi
    done
    sleep 0.5
  done
}

run_cluster() {
  say "building"
  dotnet build "$server" -nologo -v minimal -clp:NoSummary </dev/null
  if ! has_orleans; then
    echo "This build has no Orleans runtime: the package sources lack some of Microsoft.Orleans, and without it there is no cluster." >&2
    exit 1
  fi
  cluster_server=$(dotnet msbuild "$server" -getProperty:TargetPath)
  need_packages "the cluster" postgresql redis nginx curl
  local missing
  for missing in postgresql redis nginx curl; do "has_$missing" || { echo "There is no $missing here." >&2; exit 1; }; done
  mkdir -p "$cluster_folder/logs"
  cluster_need_ports "$cluster_port" "${cluster_edge_ports[@]}" "${cluster_silo_ports[@]}" "$cluster_postgres_port" "$cluster_redis_port"

  trap cluster_end EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  say "starting PostgreSQL and Redis"
  cluster_start_postgresql
  cluster_start_redis
  # Whoever starts first makes up the keys of Development; all nodes must find the same.
  DOTNET_ENVIRONMENT=Development ASPNETCORE_ENVIRONMENT=Development dotnet "$cluster_server" token --user nobody >/dev/null
  say "starting ${#cluster_silo_ports[@]} silos, then ${#cluster_edge_ports[@]} edges"
  cluster_start_nodes
  cluster_start_nginx
  cluster_print
  cluster_watch
}
