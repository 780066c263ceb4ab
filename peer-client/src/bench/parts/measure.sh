# Clocks, counters, files and the table; sourced by figures.sh.

now() { echo "${EPOCHREALTIME/,/.}"; }

# nap: 2 ms without starting a process
mkfifo "$work/nap"
exec {napping}<>"$work/nap"
nap() { read -r -t 0.002 -u "$napping" _ || true; }
nap_long() { read -r -t "$1" -u "$napping" _ || true; }

fail() {
  echo "figures: $1" >&2
  exit 1
}

# until_there PATH SECONDS PID: waits until PATH exists; fails when time or the process ends before
until_there() {
  local end=$((SECONDS + $2))
  until [ -e "$1" ]; do
    [ "$SECONDS" -lt "$end" ] || fail "$1 did not come in $2 s"
    nap
  done
}

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 20000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

# until_listening PORT SECONDS
until_listening() {
  local end=$((SECONDS + $2))
  until { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null; do
    [ "$SECONDS" -lt "$end" ] || fail "nothing listens on port $1 after $2 s"
    nap
  done
  exec 3>&-
}

# cpu PID: processor time so far, in clock ticks
cpu() {
  local stat
  stat=$(<"/proc/$1/stat")
  # shellcheck disable=SC2086 # fields
  set -- ${stat##*) }
  echo $((${12} + ${13}))
}

# peak PID: most memory so far, in KiB
peak() {
  local key value
  while read -r key value _; do
    if [ "$key" = VmHWM: ]; then echo "$value"; fi
  done <"/proc/$1/status"
}

random_file() {
  file=$work/big.bin
  rm -f "$file"
  head -c "$(($1 << 20))" /dev/urandom >"$file"
  mib=$1
  kind=file
  sync "$file"
}

sparse_file() {
  file=$work/big.bin
  rm -f "$file"
  truncate -s "$1M" "$file"
  mib=$1
  kind=sparse
}

# received PATH: it is forced to disk, with its name; the clock stops; it must be what was sent
received() {
  sync "$1" "$(dirname "$1")"
  ended=$(now)
  cmp "$file" "$1" || fail "$1 differs from what was sent"
}

# report WHAT STARTED [MORE JSON]: one line about what ended at $ended
report() {
  awk -v what="$1" -v a="$2" -v b="$ended" -v mib="$mib" -v kind="$kind" -v round="$round" -v more="${3:-}" 'BEGIN {
    s = b - a
    printf "{\"what\":\"%s\",\"kind\":\"%s\",\"mib\":%d,\"round\":%d,\"seconds\":%.3f,\"mb_s\":%.0f%s}\n",
      what, kind, mib, round, s, mib * 1.048576 / s, more == "" ? "" : "," more
  }' | tee -a "$lines"
}

# note WHAT MILLISECONDS: one line about a start
note() { printf '{"what":"%s","kind":"start","ms":%s}\n' "$1" "$2" | tee -a "$lines"; }

jdk_home() {
  local given=JDK$1 home
  if [ -n "${!given:-}" ]; then
    echo "${!given}"
    return
  fi
  for home in /usr/lib/jvm/*"$1"*; do
    if [ -x "$home/bin/java" ] && grep -q "^JAVA_VERSION=\"$1" "$home/release"; then
      echo "$home"
      return
    fi
  done
  fail "no JDK $1 under /usr/lib/jvm; set JDK$1"
}

java_version() { sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"/\1/p;s/^JAVA_VERSION="\(.*\)"/\1/p' "$(jdk_home "$1")/release" | head -1; }

header() {
  local jdk
  {
    echo "- machine: $(nproc) × $(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -1), $(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo), $(findmnt -no FSTYPE -T "$work") on $(findmnt -no SOURCE -T "$work")"
    echo "- system: $(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release), Linux $(uname -r); load before: $(cut -d' ' -f1-3 /proc/loadavg)"
    for jdk in "${jdks[@]}"; do echo "- JDK $jdk: $(java_version "$jdk")"; done
    echo "- commit: $(git -C "$clone" rev-parse --short HEAD 2>/dev/null)$(git -C "$clone" diff --quiet HEAD 2>/dev/null || echo ' and changes')"
    echo "- command: figures.sh $MIB $ROUNDS$WHAT"
  } | tee "$work/header"
}

# table: everything measured, by what and kind
table() {
  echo
  cat "$work/header"
  echo
  awk '
    function field(name,   at, rest) {
      at = index($0, "\"" name "\":")
      if (!at) return ""
      rest = substr($0, at + length(name) + 3)
      sub(/^"/, "", rest); sub(/[",}].*/, "", rest)
      return rest
    }
    function keep(row, col, value) {
      if (value == "") return
      n[row, col]++
      v[row, col, n[row, col]] = value + 0
    }
    function sorted(row, col,   i, j, t) {
      for (i = 1; i <= n[row, col]; i++) {
        t = v[row, col, i]
        for (j = i - 1; j > 0 && s[j] > t; j--) s[j + 1] = s[j]
        s[j + 1] = t
      }
      return n[row, col] + 0
    }
    function median(row, col,   c) {
      c = sorted(row, col)
      return c == 0 ? "" : c % 2 ? s[(c + 1) / 2] : (s[c / 2] + s[c / 2 + 1]) / 2
    }
    function least(row, col) { sorted(row, col); return s[1] }
    function most(row, col,   c) { c = sorted(row, col); return s[c] }
    function show(row, col, form,   m) { m = median(row, col); return m == "" ? "" : sprintf(form, m) }
    {
      row = field("what") ", " (field("kind") == "start" ? "" : field("mib") " MiB " field("kind"))
      sub(/, $/, "", row)
      if (!(row in seen)) { seen[row] = 1; order[++rows] = row; start[row] = field("kind") == "start" }
      keep(row, "s", field("seconds")); keep(row, "ms", field("ms"))
      keep(row, "cs", field("cpu_sender")); keep(row, "cr", field("cpu_relay")); keep(row, "cv", field("cpu_receiver"))
      keep(row, "ms_", field("rss_sender_mb")); keep(row, "mr", field("rss_relay_mb")); keep(row, "mv", field("rss_receiver_mb"))
      if (field("what") == "magic-wormhole") worm[field("mib")] = row
      size[row] = field("mib")
    }
    END {
      for (i = 1; i <= rows; i++) if (!start[order[i]]) any = 1
      if (any) {
        print "| what | rounds | median s | min–max s | MB/s | × magic-wormhole | CPU-s/GiB sender, relay, receiver | peak MB sender, relay, receiver |"
        print "|---|--:|--:|--:|--:|--:|--:|--:|"
      }
      for (i = 1; i <= rows; i++) {
        row = order[i]
        if (start[row]) { later = 1; continue }
        m = median(row, "s"); base = worm[size[row]] == "" ? "" : median(worm[size[row]], "s")
        cpus = show(row, "cs", "%.2f") == "" ? "" : show(row, "cs", "%.2f") ", " show(row, "cr", "%.2f") ", " show(row, "cv", "%.2f")
        rss = n[row, "mr"] ? most(row, "ms_") ", " most(row, "mr") ", " most(row, "mv") : ""
        printf "| %s | %d | %.2f | %.2f–%.2f | %.0f | %s | %s | %s |\n", row, n[row, "s"], m, least(row, "s"), most(row, "s"),
          size[row] * 1.048576 / m, base == "" ? "" : sprintf("%.2f", m / base), cpus, rss
      }
      if (later) { print ""; print "| start | times | median ms | min–max ms |"; print "|---|--:|--:|--:|" }
      for (i = 1; i <= rows; i++) {
        row = order[i]
        if (start[row]) printf "| %s | %d | %.0f | %.0f–%.0f |\n", row, n[row, "ms"], median(row, "ms"), least(row, "ms"), most(row, "ms")
      }
    }' "$lines"
}
