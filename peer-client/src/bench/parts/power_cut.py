"""What is left of acknowledged messages; see power-cut-others.sh.

Each server is driven by a client of a few lines over a plain socket: one message after the other, the next
when the one before is acknowledged. So what is counted as acknowledged is what the server's own protocol calls so.
"""

import fcntl
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

EXT4_IOC_SHUTDOWN = 0x8004587D  # linux/fs/ext4/ext4.h
NO_LOG_FLUSH = 2
ANSWER_SECONDS = 30
SILENCE_SECONDS = 3
CLONE = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../../.."))


def text(n):
    """The payload of message n: 256 bytes."""
    return f"message {n} ".ljust(256, "x")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition, what, seconds=ANSWER_SECONDS):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"waited in vain for {what}")
        time.sleep(0.02)


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class CutDisk:
    """ext4 in a file whose power can be cut."""

    def __init__(self, scratch):
        self.image = os.path.join(scratch, "disk.img")
        self.place = os.path.join(scratch, "disk")
        os.mkdir(self.place)
        with open(self.image, "wb") as image:
            image.truncate(192 << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", self.image], check=True)
        self.mount()

    def mount(self):
        subprocess.run(["mount", "-o", "loop", self.image, self.place], check=True)
        os.chmod(self.place, 0o755)

    def unmount(self):
        until(lambda: subprocess.run(["umount", self.place], stderr=subprocess.DEVNULL).returncode == 0, "unmounting")

    def cut(self):
        place = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(place, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(place)


class Server:
    """A process with its data on the disk."""

    def __init__(self, disk):
        self.folder = os.path.join(disk.place, "data")
        os.makedirs(self.folder, exist_ok=True)
        self.log = open(disk.image + ".log", "ab")
        self.port = free_port()
        self.process = None

    def run(self, *command, **more):
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, **more)
        until(lambda: listens(self.port) or self.process.poll() is not None, command[0])
        if self.process.poll() is not None:
            raise RuntimeError(f"{os.path.basename(command[0])} ended by itself, as with a setting it does not know")

    def kill(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


class Line:
    """A socket read by lines and by counts."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), ANSWER_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = self.socket.makefile("rb")

    def send(self, data):
        self.socket.sendall(data)

    def line(self):
        line = self.stream.readline()
        if not line:
            raise EOFError
        return line.rstrip(b"\r\n")

    def take(self, count):
        data = self.stream.read(count)
        if len(data) < count:
            raise EOFError
        return data

    def close(self):
        self.stream.close()
        self.socket.close()


class Nats(Server):
    """JetStream, one stream on disk (docs.nats.io, client protocol and JetStream wire API)."""

    name = "NATS JetStream"

    def __init__(self, disk, setting):
        super().__init__(disk)
        self.config = os.path.join(disk.place, "nats.conf")
        always = "sync_interval: always" if setting == "sync_interval always" else ""
        with open(self.config, "w", encoding="utf-8") as config:
            config.write(f'host: 127.0.0.1\nport: {self.port}\njetstream {{ store_dir: "{self.folder}" {always} }}\n')
        os.sync()

    @staticmethod
    def settings():
        return ["defaults", "sync_interval always"]

    @staticmethod
    def version():
        return subprocess.run(["nats-server", "--version"], capture_output=True, text=True).stdout.split()[-1]

    def start(self):
        self.run("nats-server", "-c", self.config)

    def connect(self):
        line = Line(self.port)
        line.line()
        line.send(b'CONNECT {"verbose":false,"pedantic":false,"headers":true,"no_responders":true}\r\nSUB _INBOX.x 1\r\n')
        return line

    @staticmethod
    def ask(line, subject, payload):
        line.send(f"PUB {subject} _INBOX.x {len(payload)}\r\n".encode() + payload + b"\r\n")
        while True:
            words = line.line().split()
            if words and words[0] in (b"MSG", b"HMSG"):
                body = line.take(int(words[-1]))
                line.take(2)
                skip = int(words[-2]) if words[0] == b"HMSG" else 0
                return json.loads(body[skip:] or b'{"error":"nobody answers"}')
            if words and words[0] == b"PING":
                line.send(b"PONG\r\n")

    def publish(self, count):
        line = self.connect()
        stream = {"name": "S", "subjects": ["s"], "storage": "file", "num_replicas": 1, "retention": "limits",
                  "max_consumers": -1, "max_msgs": -1, "max_bytes": -1, "discard": "old"}
        until(lambda: "config" in self.ask(line, "$JS.API.STREAM.CREATE.S", json.dumps(stream).encode()), "the stream")
        acknowledged = [n for n in range(count) if "seq" in self.ask(line, "s", text(n).encode())]
        line.close()
        return acknowledged

    def left(self):
        import base64

        line = self.connect()
        state = self.ask(line, "$JS.API.STREAM.INFO.S", b"").get("state", {"first_seq": 1, "last_seq": 0})
        found = []
        for seq in range(state["first_seq"], state["last_seq"] + 1):
            answer = self.ask(line, "$JS.API.STREAM.MSG.GET.S", json.dumps({"seq": seq}).encode())
            if "message" in answer:
                found.append(base64.b64decode(answer["message"]["data"]).decode())
        line.close()
        return found


class Mosquitto(Server):
    """QoS 1 to a session that is away (MQTT 3.1.1)."""

    name = "mosquitto"

    def __init__(self, disk, setting):
        super().__init__(disk)
        self.config = os.path.join(disk.place, "mosquitto.conf")
        saving = "autosave_on_changes true\nautosave_interval 1\n" if setting == "saves at every change" else ""
        with open(self.config, "w", encoding="utf-8") as config:
            config.write(f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\nuser root\n"
                         f"persistence_location {self.folder}/\nmax_queued_messages 0\n{saving}")
        os.sync()

    @staticmethod
    def settings():
        return ["persistence on", "saves at every change"]

    @staticmethod
    def version():
        shown = subprocess.run(["/usr/sbin/mosquitto", "-h"], capture_output=True, text=True).stdout
        return shown.split()[2]

    def start(self):
        self.run("/usr/sbin/mosquitto", "-c", self.config)

    @staticmethod
    def string(value):
        return struct.pack("!H", len(value)) + value

    @staticmethod
    def packet(kind, body):
        length, rest = b"", len(body)
        while True:
            rest, digit = rest >> 7, rest & 127
            length += bytes([digit | (128 if rest else 0)])
            if not rest:
                return bytes([kind]) + length + body

    @staticmethod
    def read(line):
        kind, length, shift = line.take(1)[0], 0, 0
        while True:
            digit = line.take(1)[0]
            length |= (digit & 127) << shift
            shift += 7
            if digit < 128:
                return kind, line.take(length)

    def connect(self, client):
        line = Line(self.port)
        line.send(self.packet(0x10, self.string(b"MQTT") + b"\x04\x00\x00\x00" + self.string(client)))
        kind, body = self.read(line)
        if kind != 0x20 or body[1] != 0:
            raise RuntimeError("no connection")
        return line

    def publish(self, count):
        away = self.connect(b"away")
        away.send(self.packet(0x82, struct.pack("!H", 1) + self.string(b"s") + b"\x01"))
        self.read(away)
        away.send(b"\xe0\x00")
        away.close()
        line = self.connect(b"writer")
        acknowledged = []
        for n in range(count):
            line.send(self.packet(0x32, self.string(b"s") + struct.pack("!H", n % 65535 + 1) + text(n).encode()))
            if self.read(line)[0] == 0x40:
                acknowledged.append(n)
        line.close()
        return acknowledged

    def left(self):
        line = self.connect(b"away")
        line.socket.settimeout(SILENCE_SECONDS)
        found = []
        try:
            while True:
                kind, body = self.read(line)
                if kind & 0xF0 == 0x30:
                    topic = struct.unpack("!H", body[:2])[0]
                    found.append(body[4 + topic:].decode())
                    line.send(self.packet(0x40, body[2 + topic:4 + topic]))
        except (TimeoutError, EOFError, OSError):
            line.socket.close()
        return found


class Waxwing(Server):
    """The relay of this clone; mail for somebody who is away, read from their history in the end."""

    name = "Waxwing"

    def __init__(self, disk, setting):
        super().__init__(disk)
        self.scratch = os.path.dirname(disk.image)
        self.launcher = os.path.join(CLONE, "relay-server/target/waxwing-relay")
        self.peer = os.path.join(CLONE, "peer-client/target/waxwing")

    @staticmethod
    def settings():
        return ["defaults"]

    @staticmethod
    def version():
        shown = subprocess.run([os.path.join(CLONE, "peer-client/target/waxwing"), "version"],
                               capture_output=True, text=True).stdout
        return next((word for word in shown.split() if word[0].isdigit()), "of this clone")

    def start(self):
        self.run(self.launcher, "serve", "--dir", self.folder, "--host", "127.0.0.1", "--port", str(self.port),
                 "--login-rate", "1000", "--lookup-rate", "1000", "--message-rate", "100000")

    def home(self, name):
        return os.path.join(self.scratch, name)

    def talker(self, name):
        classes = os.path.join(CLONE, "peer-client/target/")
        java = os.path.join(os.environ["JAVA_HOME"], "bin/java") if "JAVA_HOME" in os.environ else "java"
        command = [java, "-cp", f"{classes}waxwing.jar:{classes}test-classes", "dev.waxwing.crash.Talker", self.home(name)]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)

    def publish(self, count):
        for name in ("writer", "away"):
            shutil.rmtree(self.home(name), ignore_errors=True)
            invite = subprocess.run([self.launcher, "invite", "create", "--uses", "1", "--dir", self.folder],
                                    check=True, capture_output=True, text=True).stdout.strip()
            subprocess.run([self.peer, "--home", self.home(name), "--no-input", "join", invite, "--name", name],
                           check=True, stdout=self.log, stderr=self.log)
        talker = self.talker("writer")
        accepted = set()
        for n in range(count):
            talker.stdin.write(f"text away {text(n)}\n")
            talker.stdin.flush()
            while n not in accepted:
                said = json.loads(talker.stdout.readline())
                if said["at"] == "accepted":
                    accepted.add(int(said["text"].split()[1]))
        # Killed before the blow: nothing may come from the sender's own outbox afterwards.
        talker.kill()
        talker.wait()
        return sorted(accepted)

    def left(self):
        talker = self.talker("away")
        found, end = [], time.monotonic() + ANSWER_SECONDS
        quiet = 0
        while time.monotonic() < end and quiet < 20:
            talker.stdin.write("history 0\n")
            talker.stdin.flush()
            said = {"at": ""}
            while said["at"] != "history":
                said = json.loads(talker.stdout.readline())
            now = [line["text"] for line in said["lines"] if not line["out"]]
            # Two seconds without anything new, counted once something has come or could have.
            quiet = quiet + 1 if len(now) == len(found) and (now or time.monotonic() > end - 15) else 0
            found = now
            time.sleep(0.1)
        talker.kill()
        talker.wait()
        return found


def one(kind, setting, blow, count):
    """One run: (acknowledged, lost, twice, reordered, invented)."""
    scratch = tempfile.mkdtemp(prefix="power-cut.")
    disk = CutDisk(scratch)
    server = None
    try:
        server = kind(disk, setting)
        server.start()
        acknowledged = server.publish(count)
        if blow == "power cut":
            disk.cut()
        server.kill()
        if blow == "power cut":
            disk.unmount()
            disk.mount()
        server.start()
        left = server.left()
        known = {text(n): n for n in range(count)}
        numbers = [known[each] for each in left if each in known]
        firsts = list(dict.fromkeys(numbers))
        return (len(acknowledged), len(set(acknowledged) - set(numbers)), len(numbers) - len(firsts),
                sum(1 for a, b in zip(firsts, firsts[1:]) if b < a), len(left) - len(numbers))
    finally:
        if server is not None:
            server.kill()
            server.log.close()
        disk.unmount()
        shutil.rmtree(scratch)


def main():
    count, runs = int(sys.argv[1]), int(sys.argv[2])
    kinds = {"nats": Nats, "mosquitto": Mosquitto, "waxwing": Waxwing}
    print("| server | version | setting | blow | run | acknowledged | lost | twice | reordered | invented |")
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
    ours_wrong = 0
    for kind in [kinds[what] for what in sys.argv[3:]]:
        version = kind.version()
        for setting in kind.settings():
            for blow in ("kill -9", "power cut"):
                for run in range(1, runs + 1):
                    begin = f"| {kind.name} | {version} | {setting} | {blow} | {run} | "
                    try:
                        figures = one(kind, setting, blow, count)
                        ours_wrong += sum(figures[1:]) if kind is Waxwing else 0
                        print(begin + " | ".join(map(str, figures)) + " |", flush=True)
                    except (RuntimeError, OSError, EOFError, subprocess.CalledProcessError) as failed:
                        ours_wrong += 1 if kind is Waxwing else 0
                        print(begin + f"no figures: {failed} | | | | |", flush=True)
                        break
    sys.exit(1 if ours_wrong else 0)


if __name__ == "__main__":
    main()
