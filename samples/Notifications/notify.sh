#!/usr/bin/env bash
# usage: ./notify.sh <user> <title> [text]
# Publishes in the user's own channel. Sent again after a lost answer it is stored once, because the key of the request stays the same.
set -euo pipefail

user=$1 title=$2 text=${3:-}
server=${SERVER:-http://localhost:5000}
key=${API_KEY:-$(cat "$(dirname "${BASH_SOURCE[0]}")/api.key")}

# Makes a text the inside of a JSON string.
escape() { printf '%s' "$1" | tr '\n\t\r' '   ' | sed 's/[\\"]/\\&/g'; }

curl --silent --show-error --fail-with-body --retry 5 --retry-connrefused \
  --header "X-Api-Key: $key" \
  --header "Idempotency-Key: $(date +%s%N)-$$" \
  --json "{\"channel\":\"@$user\",\"data\":{\"title\":\"$(escape "$title")\",\"text\":\"$(escape "$text")\"}}" \
  "$server/v1/publish"
echo
