#!/usr/bin/env bash
# What is left of acknowledged messages after kill -9 and after a power cut: NATS JetStream, mosquitto and Waxwing, one
# after the other, the same number of messages, on ext4 behind a loop device whose power is cut (EXT4_IOC_SHUTDOWN).
#   power-cut-others.sh [messages=2000] [runs=3] [WHAT…]     WHAT: nats mosquitto waxwing; all when none is named
# Needs root, a finished `mvn -DskipTests package`, python3; installs nats-server and mosquitto from Debian's packages
# where they are missing, and starts neither as a service. Loopback only. A Markdown table on stdout; exit 1 when
# Waxwing lost, repeated, reordered or made up anything. The others' losses are what this is for and no failure.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
messages=${1:-2000}
runs=${2:-3}
shift $(($# < 2 ? $# : 2))
what=("$@")
((${#what[@]})) || what=(nats mosquitto waxwing)
if [ "$(id -u)" != 0 ]; then
  echo 'power cuts need root' >&2
  exit 1
fi

fail() {
  echo "$*" >&2
  exit 1
}
# shellcheck source=parts/others.sh
. "$here/parts/others.sh"
for one in "${what[@]}"; do
  case $one in
    nats) need nats-server ;;
    mosquitto) need mosquitto ;;
    waxwing) ;;
    *) fail "what is $one?" ;;
  esac
done
exec python3 "$here/parts/power_cut.py" "$messages" "$runs" "${what[@]}"
