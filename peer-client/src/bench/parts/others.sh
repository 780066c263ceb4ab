# The programs Waxwing is measured beside; sourced by figures.sh. Each is started here, on loopback; no service of the system is.

# need PACKAGE…: installs what is missing, and lets no package start a service
need() {
  local missing=() package
  for package in "$@"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  if [ ${#missing[@]} -eq 0 ]; then return; fi
  local policy=/usr/sbin/policy-rc.d ours=no
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod +x $policy
    ours=yes
  fi
  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null ||
    { [ $ours = no ] || rm -f $policy; fail "cannot install ${missing[*]}"; }
  if [ $ours = yes ]; then rm -f $policy; fi
}

disk_copy() {
  local a
  a=$(now)
  cp "$file" "$work/copy.bin"
  received "$work/copy.bin"
  report disk-copy "$a"
  rm -f "$work/copy.bin"
}

# magic-wormhole through its own mailbox server and transit relay; whole commands, both started together
wormhole_up() {
  need magic-wormhole magic-wormhole-transit-relay python3-magic-wormhole-mailbox-server
  local mailbox transit
  mailbox=$(free_port)
  transit=$(free_port)
  mkdir -p "$work/wormhole"
  cd "$work/wormhole"
  twist3 wormhole-mailbox --port "tcp:$mailbox:interface=127.0.0.1" --channel-db mailbox.sqlite >mailbox.log 2>&1 &
  started+=("$!")
  twist3 transitrelay --port "tcp:$transit:interface=127.0.0.1" >transit.log 2>&1 &
  started+=("$!")
  cd "$clone"
  wormhole_flags=(--relay-url "ws://127.0.0.1:$mailbox/v1" --transit-helper "tcp:127.0.0.1:$transit")
  until_listening "$mailbox" 30
  until_listening "$transit" 30
}

wormhole_send() {
  local a sender code="$((round + 20))-loud-river" dir=$work/wormhole/in
  mkdir -p "$dir"
  a=$(now)
  wormhole "${wormhole_flags[@]}" send --no-listen --hide-progress --code "$code" "$file" >"$work/wormhole/send.log" 2>&1 &
  sender=$!
  started+=("$sender")
  (cd "$dir" && exec wormhole "${wormhole_flags[@]}" receive --no-listen --hide-progress --accept-file "$code") \
    >"$work/wormhole/receive.log" 2>&1 || fail "$(cat "$work/wormhole/receive.log")"
  wait "$sender" || fail "$(cat "$work/wormhole/send.log")"
  received "$dir/big.bin"
  report magic-wormhole "$a"
  rm -rf "$dir"
}

# OpenSSH: put to a server, then get from it. The server reads the file; one hop after the other.
sftp_up() {
  need openssh-server openssh-client
  mkdir -p /run/sshd "$work/ssh"
  ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/host"
  ssh-keygen -q -t ed25519 -N '' -f "$work/ssh/user"
  sftp_port=$(free_port)
  cat >"$work/ssh/config" <<-END
	Port $sftp_port
	ListenAddress 127.0.0.1
	HostKey $work/ssh/host
	AuthorizedKeysFile $work/ssh/user.pub
	StrictModes no
	PermitRootLogin yes
	PidFile none
	Subsystem sftp internal-sftp
	END
  /usr/sbin/sshd -D -f "$work/ssh/config" 2>"$work/ssh/log" &
  started+=("$!")
  until_listening "$sftp_port" 10
}

sftp_one() {
  echo "$1" | sftp -q -b - -i "$work/ssh/user" -P "$sftp_port" -o StrictHostKeyChecking=no \
    -o UserKnownHostsFile=/dev/null "$(id -un)@127.0.0.1" >"$work/ssh/client.log" 2>&1 || fail "$(cat "$work/ssh/client.log")"
}

sftp_send() {
  local a
  a=$(now)
  sftp_one "put $file $work/ssh/up.bin"
  sftp_one "get $work/ssh/up.bin $work/ssh/down.bin"
  received "$work/ssh/down.bin"
  report sftp-two-hops "$a"
  rm -f "$work/ssh/up.bin" "$work/ssh/down.bin"
}

# HAProxy, TLS in and TLS out: a floor. No users, no end-to-end encryption, nothing stored.
haproxy_up() {
  need haproxy socat openssl
  haproxy_in=$(free_port)
  haproxy_out=$(free_port)
  mkdir -p "$work/haproxy"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -keyout "$work/haproxy/key.pem" -out "$work/haproxy/cert.pem" 2>/dev/null
  cat "$work/haproxy/cert.pem" "$work/haproxy/key.pem" >"$work/haproxy/both.pem"
  cat >"$work/haproxy/config" <<-END
	global
	  nbthread 2
	defaults
	  mode tcp
	  timeout client 60s
	  timeout server 60s
	  timeout connect 5s
	frontend in
	  bind 127.0.0.1:$haproxy_in ssl crt $work/haproxy/both.pem
	  default_backend out
	backend out
	  server one 127.0.0.1:$haproxy_out ssl verify none
	END
  haproxy -db -f "$work/haproxy/config" >"$work/haproxy/log" 2>&1 &
  started+=("$!")
  until_listening "$haproxy_in" 10
}

haproxy_send() {
  local a sink
  socat -u -b 65536 "OPENSSL-LISTEN:$haproxy_out,bind=127.0.0.1,cert=$work/haproxy/both.pem,verify=0,reuseaddr" \
    "OPEN:$work/haproxy/out.bin,creat,trunc" &
  sink=$!
  started+=("$sink")
  nap_long 0.5
  a=$(now)
  socat -u -b 65536 "OPEN:$file" "OPENSSL:127.0.0.1:$haproxy_in,verify=0"
  wait "$sink"
  received "$work/haproxy/out.bin"
  report haproxy-tls-pipe "$a"
  rm -f "$work/haproxy/out.bin"
}
