# Waxwing through its shipped launchers; sourced by figures.sh. Arguments named "jdk" are 17 or 25.

export XDG_CACHE_HOME=$work/cache
declare -A relay_pid receiver_pid port_of
version_dir() { echo "$work/jdk$1"; }

relay() { JAVA_HOME=$(jdk_home "$1") "$clone/relay-server/target/waxwing-relay" "${@:2}"; }
peer() { JAVA_HOME=$(jdk_home "$1") "$clone/peer-client/target/waxwing" "${@:2}"; }

# waxwing_relay JDK: starts one, in its own folder, and waits until it listens
waxwing_relay() {
  local dir
  dir=$(version_dir "$1")
  mkdir -p "$dir"
  port_of[$1]=$(free_port)
  JAVA_HOME=$(jdk_home "$1") "$clone/relay-server/target/waxwing-relay" serve --dir "$dir/relay" \
    --host 127.0.0.1 --port "${port_of[$1]}" --address "127.0.0.1:${port_of[$1]}" >"$dir/relay.log" 2>&1 &
  relay_pid[$1]=$!
  started+=("$!")
  until_listening "${port_of[$1]}" 30
}

# again COMMAND…: up to five times, since on a busy machine a relay may listen before it answers
again() {
  local left=5
  until "$@" 2>"$work/again.log"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || fail "$(cat "$work/again.log")"
    nap_long 1
  done
}

# waxwing_people JDK: alice and bob join
waxwing_people() {
  local dir invite
  dir=$(version_dir "$1")
  invite=$(again relay "$1" invite create --dir "$dir/relay" --uses 2)
  again peer "$1" --home "$dir/alice" join "$invite" --name alice >"$dir/join.log"
  again peer "$1" --home "$dir/bob" join "$invite" --name bob >"$dir/join.log"
}

# waxwing_up JDK: relay and `receive --watch` running, class-data archives written, everything used once
waxwing_up() {
  local dir jdk=$1 i
  dir=$(version_dir "$jdk")
  waxwing_relay "$jdk"
  waxwing_people "$jdk"
  mkdir -p "$dir/in" "$dir/warm"
  head -c 33554432 /dev/urandom >"$work/warm.bin"
  for i in 1 2; do
    peer "$jdk" --home "$dir/alice" send bob "$work/warm.bin" >"$dir/warm.log" 2>&1 || fail "$(cat "$dir/warm.log")"
    peer "$jdk" --home "$dir/bob" receive --all --to "$dir/warm" --no-input >"$dir/warm.log" 2>&1 || fail "$(cat "$dir/warm.log")"
    nap_long 0.2
  done
  JAVA_HOME=$(jdk_home "$jdk") "$clone/peer-client/target/waxwing" --home "$dir/bob" --json --no-input receive --watch --to "$dir/in" \
    >"$dir/receive.log" 2>&1 &
  receiver_pid[$jdk]=$!
  started+=("$!")
  peer "$jdk" --home "$dir/alice" send bob "$work/warm.bin" >"$dir/warm.log" 2>&1 || fail "$(cat "$dir/warm.log")"
  until_there "$dir/in/warm.bin" 60
  rm -rf "$dir/in/warm.bin" "$dir/warm"
  nap_long 0.5
}

# waxwing_send JDK: from the start of `waxwing send` to the receiver's file, named and forced
waxwing_send() {
  local dir jdk=$1 sender a relay_before receiver_before user system memory
  dir=$(version_dir "$jdk")
  relay_before=$(cpu "${relay_pid[$jdk]}")
  receiver_before=$(cpu "${receiver_pid[$jdk]}")
  a=$(now)
  JAVA_HOME=$(jdk_home "$jdk") /usr/bin/time -q -f '%U %S %M' -o "$dir/time" "$clone/peer-client/target/waxwing" \
    --home "$dir/alice" send bob "$file" >"$dir/send.log" 2>&1 &
  sender=$!
  started+=("$sender")
  until_there "$dir/in/big.bin" $((60 + mib / 5))
  received "$dir/in/big.bin"
  wait "$sender" || fail "$(cat "$dir/send.log")"
  read -r user system memory <"$dir/time"
  nap_long 0.3
  report "waxwing-jdk$jdk" "$a" "$(awk -v user="$user" -v sys="$system" -v m="$memory" -v gib="$mib" -v hz="$(getconf CLK_TCK)" \
    -v relay=$(($(cpu "${relay_pid[$jdk]}") - relay_before)) -v receiver=$(($(cpu "${receiver_pid[$jdk]}") - receiver_before)) \
    -v mr="$(peak "${relay_pid[$jdk]}")" -v mv="$(peak "${receiver_pid[$jdk]}")" 'BEGIN {
      per = 1024 / gib
      printf "\"cpu_sender\":%.2f,\"cpu_relay\":%.2f,\"cpu_receiver\":%.2f,", (user + sys) * per, relay / hz * per, receiver / hz * per
      printf "\"rss_sender_mb\":%.0f,\"rss_relay_mb\":%.0f,\"rss_receiver_mb\":%.0f", m / 1000 * 1.024, mr / 1000 * 1.024, mv / 1000 * 1.024
    }')"
  rm -f "$dir/in/big.bin"
}

# waxwing_down JDK: ends what waxwing_up started, and forgets its people
waxwing_down() {
  local jdk=$1
  [ -n "${receiver_pid[$jdk]:-}" ] || return 0
  kill "${receiver_pid[$jdk]}" "${relay_pid[$jdk]}" 2>/dev/null || true
  wait "${receiver_pid[$jdk]}" "${relay_pid[$jdk]}" 2>/dev/null || true
  rm -rf "$(version_dir "$jdk")"
  unset "receiver_pid[$jdk]" "relay_pid[$jdk]"
}

# took WHAT STARTED: a start took from then to now
took() { note "$1" "$(awk -v a="$2" -v b="$(now)" 'BEGIN {printf "%.1f", (b - a) * 1000}')"; }

# waxwing_startup JDK: 20 of each, after three that are not counted
waxwing_startup() {
  local jdk=$1 i a
  for ((i = -2; i <= 20; i++)); do
    a=$(now)
    peer "$jdk" version >/dev/null
    if [ "$i" -gt 0 ]; then took "waxwing version, JDK $jdk" "$a"; fi
  done
  for ((i = -2; i <= 20; i++)); do
    a=$(now)
    waxwing_relay "$jdk"
    if [ "$i" -gt 0 ]; then took "relay listening, JDK $jdk" "$a"; fi
    kill "${relay_pid[$jdk]}"
    wait "${relay_pid[$jdk]}" || true
  done
  unset "relay_pid[$jdk]"
  rm -rf "$(version_dir "$jdk")"
}

# waxwing_chat JDK: message latency, then the same with the relay stopped for a second, which must show. Rate and length
# from CHAT_RATE and CHAT_SECONDS. Both peers run with the launcher's JVM flags.
waxwing_chat() {
  local dir jdk=$1 target=$clone/peer-client/target histogram mode
  dir=$(version_dir "$jdk")
  histogram=$(find "${MAVEN_REPOSITORY:-$HOME/.m2/repository}/org/hdrhistogram" -name 'HdrHistogram-*.jar' | sort | tail -1)
  [ -d "$target/test-classes/dev/waxwing/bench" ] || fail "the test classes are missing; build with: mvn package"
  waxwing_relay "$jdk"
  waxwing_people "$jdk"
  local flags=(-Xms64m -Xmn40m -Xmx128m -XX:MaxDirectMemorySize=64m -XX:+UseSerialGC -Dio.netty.allocator.type=pooled)
  if [ "$jdk" -ge 24 ]; then flags+=(--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow); fi
  for mode in measure stall; do
    "$(jdk_home "$jdk")/bin/java" "${flags[@]}" -cp "$target/test-classes:$target/waxwing.jar:$histogram" \
      dev.waxwing.bench.ChatLatency "$dir" "${CHAT_RATE:-100}" "${CHAT_SECONDS:-60}" "${relay_pid[$jdk]}" "$mode" | tee -a "$work/chat.json"
  done
  kill "${relay_pid[$jdk]}"
  wait "${relay_pid[$jdk]}" || true
  unset "relay_pid[$jdk]"
  rm -rf "$dir"
}
