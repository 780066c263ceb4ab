package dev.waxwing.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.waxwing.system.Program;
import dev.waxwing.system.Town;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The supervisor's end of a {@link Talker}: tells it what to do and notes what it says. */
final class Voice implements AutoCloseable {
  private static final JsonMapper MAPPER = new JsonMapper();

  final String name;
  private final Town town;
  private final Path home;
  private final Map<String, Ledger> said = new TreeMap<>();
  private final List<String> faults = new ArrayList<>();
  private Program program;
  private int debugPort;
  private int heard;
  private JsonNode history;

  Voice(Town town, String name, Path home) {
    this.town = town;
    this.name = name;
    this.home = home;
  }

  /** What stands in a history and among the transfers. */
  record Seen(List<Ledger.Line> lines, List<String> files, List<JsonNode> transfers) {}

  /** Starts its program, ready to be debugged, and waits until the profile is open. */
  void start() throws IOException, InterruptedException {
    start(List.of());
  }

  /**
   * The same below another program.
   *
   * @param before that program with its arguments
   */
  void start(List<String> before) throws IOException, InterruptedException {
    debugPort = freePort();
    Path target = Path.of(System.getProperty("waxwing.target", "target")).toAbsolutePath();
    String java = System.getProperty("test.java", "");
    Path jdk = Path.of(java.isEmpty() ? System.getProperty("java.home") : java);
    List<String> command = new ArrayList<>(before);
    command.addAll(
        List.of(
            jdk.resolve("bin").resolve("java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            debugging(debugPort),
            "-cp",
            target.resolve("waxwing.jar") + ":" + target.resolve("test-classes"),
            Talker.class.getName(),
            home.toString()));
    heard = 0;
    history = null;
    program = town.launch(command, name + "-talker", Map.of());
    await(() -> program.lines(0).stream().anyMatch(line -> line.contains("\"ready\"")), "ready");
  }

  /** The JVM's flag with which a debugger can come later. */
  static String debugging(int port) {
    return "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,quiet=y,address=127.0.0.1:"
        + port;
  }

  static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  int debugPort() {
    return debugPort;
  }

  Program program() {
    return program;
  }

  /** What it says to somebody. */
  Ledger saidTo(String other) {
    return said.computeIfAbsent(other, to -> new Ledger(name));
  }

  /** Writes the next text to somebody. */
  void say(String other) {
    tell("text " + other + " " + saidTo(other).ask());
  }

  void send(String other, Path file) {
    tell("file " + other + " " + file);
  }

  void take(Path folder) {
    tell("take " + folder);
  }

  /** A killed program hears nothing; what it was told then was asked, and no more. */
  private void tell(String line) {
    try {
      program.in().write((line + "\n").getBytes(UTF_8));
      program.in().flush();
    } catch (IOException e) {
      return;
    }
  }

  /** Notes what the program has said since the last call. */
  synchronized void listen() {
    List<String> lines = program.lines(heard);
    heard += lines.size();
    for (String line : lines) {
      JsonNode node = parse(line);
      String text = node.path("text").asText();
      String to = node.path("to").asText();
      switch (node.path("at").asText()) {
        case "stored" -> saidTo(to).stored(text);
        case "accepted" -> saidTo(to).accepted(text);
        case "history" -> history = node;
        case "fault" -> faults.add(line);
        default -> {}
      }
    }
  }

  /** The last line of a killed program may be cut short. */
  private static JsonNode parse(String line) {
    try {
      return MAPPER.readTree(line);
    } catch (IOException e) {
      return MAPPER.createObjectNode();
    }
  }

  /** What its program was refused since the last call. */
  synchronized List<String> takeFaults() {
    List<String> taken = List.copyOf(faults);
    faults.clear();
    return taken;
  }

  /**
   * What came from somebody, and every transfer.
   *
   * @param since milliseconds since 1970
   */
  Seen seen(String other, long since) throws InterruptedException {
    history = null;
    tell("history " + since);
    await(
        () -> {
          listen();
          return history != null;
        },
        "history");
    List<Ledger.Line> lines = new ArrayList<>();
    List<String> files = new ArrayList<>();
    for (JsonNode line : history.path("lines")) {
      if (line.path("out").asBoolean() || !line.path("to").asText().equals(other)) {
        continue;
      }
      if (line.path("kind").asText().equals("TEXT")) {
        lines.add(new Ledger.Line(line.path("id").asText(), line.path("text").asText()));
      } else {
        files.add(line.path("text").asText());
      }
    }
    List<JsonNode> transfers = new ArrayList<>();
    history.path("transfers").forEach(transfers::add);
    return new Seen(lines, files, transfers);
  }

  /** Something that must become true. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  private void await(Condition condition, String what) throws InterruptedException {
    if (!becomes(condition, Program.PATIENCE, () -> program.alive())) {
      throw new AssertionError(name + " never said " + what + ": " + program);
    }
  }

  /** Waits until something is true, for as long as there is hope; false when it did not come. */
  static boolean becomes(Condition condition, long seconds, Condition hope)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    try {
      while (!condition.holds()) {
        if (!hope.holds() || System.nanoTime() > deadline) {
          return condition.holds();
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }
      return true;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Ends its program as a power cut would, and notes what it had said. */
  void kill() throws InterruptedException {
    program.kill();
    becomes(() -> program.ended(), Program.PATIENCE, () -> true);
    listen();
  }

  @Override
  public void close() {
    if (program != null) {
      program.close();
    }
  }
}
