#!/usr/bin/env bash
# Measures Waxwing on this machine, on loopback only, beside what people use today.
#   figures.sh [MiB=1024] [rounds=5] [WHAT…]     WHAT, in any order; "transfer" when none is named:
#     transfer   one file user to user, JDK 25, JDK 17 and magic-wormhole in turn
#     sftp haproxy disk    with transfer: two sftp hops, a TLS pipe through HAProxy, the disk alone, in the same turns
#     only25 only17        with transfer, sparse, startup or chat: one JDK only;  alone: no magic-wormhole
#     sparse     one sparse file of MiB through the same path, for its peak memory
#     startup    `waxwing version` and a relay listening, 20 times each
#     chat       messages at a fixed rate, and the check that a stalled relay shows
# JDK25, JDK17: homes of the two JDKs; otherwise looked for under /usr/lib/jvm.   BENCH_TMP: where files go, otherwise /tmp.
# Needs a finished `mvn package`, GNU time, and root for installing what is missing from Debian's packages.
# One JSON line a measurement on stdout; a Markdown table at the end.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
clone=$(cd "$here/../../.." && pwd)
MIB=${1:-1024}
ROUNDS=${2:-5}
shift $(($# < 2 ? $# : 2))
WHAT=" ${*:-transfer} "
asked() { [[ $WHAT == *" $1 "* ]]; }

work=$(mktemp -d "${BENCH_TMP:-/tmp}/waxwing-figures.XXXXXX")
lines=$work/lines.json
started=()
finish() {
  local pid
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

# shellcheck source=parts/measure.sh
. "$here/parts/measure.sh"
# shellcheck source=parts/waxwing.sh
. "$here/parts/waxwing.sh"
# shellcheck source=parts/others.sh
. "$here/parts/others.sh"

jdks=()
asked only17 || jdks+=(25)
asked only25 || jdks+=(17)
header

if asked transfer || asked disk || asked sftp || asked haproxy; then
  random_file "$MIB"
  turns=()
  if asked transfer; then
    for jdk in "${jdks[@]}"; do
      waxwing_up "$jdk"
      turns+=("waxwing_send $jdk")
    done
    if ! asked alone; then
      wormhole_up
      turns+=(wormhole_send)
    fi
  fi
  if asked sftp; then
    sftp_up
    turns+=(sftp_send)
  fi
  if asked haproxy; then
    haproxy_up
    turns+=(haproxy_send)
  fi
  if asked disk; then turns+=(disk_copy); fi
  for ((round = 1; round <= ROUNDS; round++)); do
    for turn in "${turns[@]}"; do $turn; done
  done
  if asked transfer; then for jdk in "${jdks[@]}"; do waxwing_down "$jdk"; done; fi
fi
if asked sparse; then
  for jdk in "${jdks[@]}"; do
    random_file 1024
    round=1
    waxwing_up "$jdk"
    waxwing_send "$jdk"
    waxwing_down "$jdk"
    sparse_file "$MIB"
    waxwing_up "$jdk"
    waxwing_send "$jdk"
    waxwing_down "$jdk"
  done
fi
if asked startup; then for jdk in "${jdks[@]}"; do waxwing_startup "$jdk"; done; fi
if asked chat; then for jdk in "${jdks[@]}"; do waxwing_chat "$jdk"; done; fi
if [ -s "$lines" ]; then table; fi
