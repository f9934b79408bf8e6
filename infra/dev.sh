#!/usr/bin/env bash
# The one command to remember. Run it without arguments to see what it can do.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

server=src/OrleansRealtime.Server
results=artifacts/test-results
package=OrleansRealtime.Client.TypeScript
samples=OrleansRealtime.Samples.Tests
end_to_end=OrleansRealtime.EndToEnd.Tests

usage() {
  cat <<'TEXT'
usage: ./infra/dev.sh <command>

  run [args]          serve in Development: embedded runtime, SQLite under ./data; prints the address of the page
  cluster             serve from two edges and three silos on this machine, behind nginx, over Redis and PostgreSQL; needs a build
                      with Orleans; Ctrl-C stops all of it
  token [args]        print a token for that server, e.g. --user alice --caps 'chat:*=subscribe,publish' --minutes 30
  sample [name]       run a sample, e.g. chat; without a name: list them
  bundle [name ...]   restore the npm packages of the samples, check the types of their pages and bundle them
  test [project ...]  build once and run all test projects and those of the npm package (npm ci, type check, vitest), or those
                      whose name contains a word
  publish [folder]    put the server into a folder (artifacts/server), for release and compiled ahead of time for this machine; start it
                      there with ./OrleansRealtime.Server
  bench [args]        start this server and its peers in turn, put the same load on each, and compare; without arguments all of it,
                      which takes about an hour; --help says what can be asked, infra/bench/README.md how to read it
  micro [filter]      run the benchmarks of single parts whose name matches, e.g. '*Parse*', or all of them; other arguments are those
                      of BenchmarkDotNet, e.g. --job short
  fmt                 format the code
  check               format check, build, all tests
TEXT
}

say() { printf '\n== %s\n' "$*" >&2; }

need_sdk() {
  command -v dotnet >/dev/null 2>&1 && return
  echo "The .NET SDK 10 is needed: https://dotnet.microsoft.com/download" >&2
  exit 1
}

# Debian keeps the server's binaries off PATH, in a folder per version.
has_postgresql() { command -v postgres >/dev/null 2>&1 || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; }
has_nginx() { command -v nginx >/dev/null 2>&1 || [ -x /usr/sbin/nginx ]; }
has_chromium() { command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; }

has_redis() { command -v redis-server >/dev/null 2>&1; }
has_curl() { command -v curl >/dev/null 2>&1; }

# Installs what is missing, where that can be done without asking: need_packages <what for> <name …>
need_packages() {
  local purpose=$1 name missing=()
  shift
  for name in "$@"; do
    "has_$name" && continue
    case "$name" in
      redis) missing+=(redis-server) ;;
      nginx) missing+=(nginx-light) ;;
      *) missing+=("$name") ;;
    esac
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "installing ${missing[*]} for $purpose"
    mkdir -p artifacts
    if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } \
        </dev/null >artifacts/apt.log 2>&1; then
      tail -n 5 artifacts/apt.log >&2
      echo "Could not install ${missing[*]}, which $purpose needed." >&2
    fi
  else
    echo "Missing for $purpose: ${missing[*]}. Install with: sudo apt-get install ${missing[*]}" >&2
  fi
}

# Whether the build has the Orleans runtime; known once something was built.
has_orleans() { [ "$(dotnet msbuild "$server" -getProperty:WithOrleans)" = true ]; }

# The suites against PostgreSQL, in a browser and behind nginx need these; without them they are skipped, and in CI they fail. A
# cluster over Redis is only tested in a build that has clusters.
need_test_packages() {
  need_packages "the tests" postgresql chromium curl nginx
  if has_orleans; then need_packages "the tests" redis; fi
}

build() {
  say "building"
  dotnet build OrleansRealtime.sln -nologo -v minimal -clp:NoSummary </dev/null
}

test_projects() {
  local path name word
  for path in test/*.Tests/*.csproj; do
    name=$(basename "$path" .csproj)
    if [ $# -eq 0 ]; then echo "$path"; continue; fi
    for word in "$@"; do
      case "$name" in *"$word"*) echo "$path"; break ;; esac
    done
  done
}

# Whether the npm package is meant too: always, unless there are words and none is in its name.
wants_package() {
  [ $# -eq 0 ] && return
  local word
  for word in "$@"; do
    case "$package" in *"$word"*) return ;; esac
  done
  return 1
}

# Restores the npm package when its lock file is another than the one that was restored last.
restore_package() {
  command -v npm >/dev/null 2>&1 || { echo "Node.js 20 with npm is needed: https://nodejs.org" >&2; return 1; }
  cmp -s package-lock.json node_modules/.restored-lock.json && return
  npm ci --no-audit --no-fund </dev/null && cp package-lock.json node_modules/.restored-lock.json
}

# The folder of a sample, whatever the case of its name.
sample_folder() {
  local path
  for path in samples/*/*.csproj; do
    path=$(basename "$(dirname "$path")")
    if [ "${path,,}" = "${1,,}" ]; then echo "$path"; return; fi
  done
  return 1
}

# Prints each sample and the first sentence of its README.
list_samples() {
  local path name
  for path in samples/*/*.csproj; do
    path=$(dirname "$path")
    name=$(basename "$path")
    printf '  %-15s %s\n' "${name,,}" "$(sed -n '3{s/\. .*/./;p;}' "$path/README.md")"
  done
}

bundle_samples() (
  cd samples
  restore_package && npm run --silent check </dev/null && npm run --silent bundle -- "$@" </dev/null
)

run_sample() {
  local name=${1:-}
  if [ -z "$name" ]; then
    echo "usage: ./infra/dev.sh sample <name> [args]"
    list_samples
    return
  fi
  name=$(sample_folder "$name") || { echo "There is no sample $1, but:" >&2; list_samples >&2; return 2; }
  shift
  bundle_samples "$name"
  exec dotnet run --project "samples/$name" -- "$@"
}

test_package() (
  local output=$PWD/$results/$package.json
  cd "src/$package"
  restore_package && npm run --silent check </dev/null &&
    npm run --silent test -- --reporter=default --reporter=json --outputFile.json="$output" </dev/null
)

# Totals of the results of vitest, as those of a TRX file.
vitest_counts() {
  local field
  for field in Total Passed Failed; do
    printf '%s ' "$(grep -o "\"num${field}Tests\":[0-9]*" "$1" 2>/dev/null | head -n 1 | grep -o '[0-9]*$' || echo 0)"
  done
}

# Totals of one TRX file: "executed passed failed", with zeros when it is missing.
trx_counts() {
  local counters=""
  [ -f "$1" ] && counters=$(grep -o '<Counters [^>]*>' "$1" | head -n 1)
  local field
  for field in total passed failed; do
    printf '%s ' "$(sed -n "s/.* $field=\"\([0-9]*\)\".*/\1/p" <<<"$counters" | grep . || echo 0)"
  done
}

run_tests() {
  local projects failed=() project name total passed wrong lines=()
  projects=$(test_projects "$@")
  [ -n "$projects" ] || wants_package "$@" || { echo "No test project is called like: $*" >&2; exit 1; }
  if [ -n "$projects" ]; then
    need_test_packages
    case "$projects" in
      *"$samples"*) say "bundling the samples"; bundle_samples || failed+=("the pages of the samples") ;;
    esac
    # The SDKs are tested against the real server in one suite.
    case "$projects" in
      *"$end_to_end"*) say "restoring $package"; (cd "src/$package" && restore_package) || failed+=("the restore of $package") ;;
    esac
    build
  fi
  rm -rf "$results"
  mkdir -p "$results"
  for project in $projects; do
    name=$(basename "$project" .csproj)
    say "$name"
    dotnet test "$project" --no-build -nologo \
      --logger "trx;LogFileName=$PWD/$results/$name.trx" --logger "console;verbosity=minimal" \
      --blame-hang-timeout 5m --results-directory "$results/blame" </dev/null || failed+=("$name")
    read -r total passed wrong < <(trx_counts "$results/$name.trx") || true
    lines+=("$(printf '%-42s %5d passed %4d failed %4d skipped' "$name" "$passed" "$wrong" $((total - passed - wrong)))")
  done
  if wants_package "$@"; then
    say "$package"
    test_package || failed+=("$package")
    read -r total passed wrong < <(vitest_counts "$results/$package.json") || true
    lines+=("$(printf '%-42s %5d passed %4d failed %4d skipped' "$package" "$passed" "$wrong" $((total - passed - wrong)))")
  fi
  say "summary"
  printf '%s\n' "${lines[@]}"
  if [ ${#failed[@]} -gt 0 ]; then
    echo "failed: ${failed[*]}"
    return 1
  fi
}

# Ahead of time, since a server is often started while its clients wait: compiling then would make all of them wait longer.
publish_server() {
  say "publishing the server to $1"
  dotnet publish "$server" -c Release -p:PublishReadyToRun=true -o "$1" -nologo -v quiet </dev/null
}

run_bench() {
  local bench=test/OrleansRealtime.LoadTest
  publish_server artifacts/server
  say "building for release"
  dotnet build "$bench" -c Release -nologo -v quiet -clp:NoSummary </dev/null
  say "restoring the peers"
  (cd "$bench/Peers" && restore_package)
  exec dotnet "$bench/bin/Release/net10.0/OrleansRealtime.LoadTest.dll" "$@"
}

run_micro() {
  local benchmarks=test/OrleansRealtime.Benchmarks filter=()
  case "${1:-}" in
    '') filter=(--filter '*') ;;
    -*) ;;
    *) filter=(--filter "$1"); shift ;;
  esac
  say "building for release"
  dotnet build "$benchmarks" -c Release -nologo -v quiet -clp:NoSummary </dev/null
  exec dotnet "$benchmarks/bin/Release/net10.0/OrleansRealtime.Benchmarks.dll" "${filter[@]}" --inProcess --artifacts artifacts/micro "$@"
}

format_check() {
  say "checking the format"
  dotnet format whitespace OrleansRealtime.sln --verify-no-changes --no-restore </dev/null
  dotnet format style OrleansRealtime.sln --verify-no-changes --no-restore </dev/null
}

need_sdk
command=${1:-help}
[ $# -gt 0 ] && shift

# Before a folder is called --help: only these pass options on.
case "$command:${1:-}" in
  run:* | token:* | sample:* | bench:* | micro:*) ;;
  *:-h | *:--help) usage; exit 0 ;;
  *:-*) usage >&2; exit 2 ;;
esac

case "$command" in
  run) exec env DOTNET_ENVIRONMENT=Development ASPNETCORE_ENVIRONMENT=Development dotnet run --project "$server" -- "$@" ;;
  token) exec env DOTNET_ENVIRONMENT=Development ASPNETCORE_ENVIRONMENT=Development dotnet run --project "$server" -- token "$@" ;;
  sample) run_sample "$@" ;;
  bundle) bundle_samples "$@" ;;
  cluster) . infra/cluster.sh; run_cluster ;;
  test) run_tests "$@" ;;
  publish) publish_server "${1:-artifacts/server}" ;;
  bench) run_bench "$@" ;;
  micro) run_micro "$@" ;;
  fmt) dotnet format OrleansRealtime.sln </dev/null ;;
  check) build; format_check; run_tests ;;
  help | -h | --help) usage ;;
  *) usage >&2; exit 2 ;;
esac
