package dev.waxwing.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs the built programs with their launchers, on the Java named by {@code -Dtest.java}, in one
 * scratch folder. What they say goes to files there, so that it can be searched afterwards.
 */
final class Stage implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 90;

  final Path root;
  private final AtomicInteger runs = new AtomicInteger();
  private final List<Process> started = new ArrayList<>();

  Stage(Path root) throws IOException {
    this.root = root;
    Files.createDirectories(said());
  }

  /** Where output of every program is kept. */
  Path said() {
    return root.resolve("said");
  }

  /** A command at a profile, with nothing on standard input. */
  Ran at(Path home, String... words) throws IOException, InterruptedException {
    return finish(begin(home, List.of(words), ""));
  }

  /** The same with a text on standard input. */
  Ran typing(String text, Path home, String... words) throws IOException, InterruptedException {
    return finish(begin(home, List.of(words), text));
  }

  /** A command that runs on. */
  Running begin(Path home, String... words) throws IOException {
    return begin(home, List.of(words), "");
  }

  private Running begin(Path home, List<String> words, String input) throws IOException {
    List<String> all = new ArrayList<>(List.of("--home", home.toString()));
    all.addAll(words);
    return start(peerProgram(), all, input);
  }

  /** A command of the relay's. */
  Ran relay(String... words) throws IOException, InterruptedException {
    return finish(start(relayProgram(), List.of(words), ""));
  }

  /** A program that runs, and where it says what. */
  record Running(List<String> command, Process process, Path out, Path err) {
    String said() throws IOException {
      return Files.readString(out) + Files.readString(err);
    }
  }

  Running start(Path program, List<String> words, String input) throws IOException {
    int number = runs.incrementAndGet();
    Path in = Files.writeString(said().resolve(number + ".in"), input);
    Path out = said().resolve(number + ".out");
    Path err = said().resolve(number + ".err");
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(words);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(root.toFile())
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    environment(builder.environment());
    Process process = builder.start();
    synchronized (started) {
      started.add(process);
    }
    return new Running(command, process, out, err);
  }

  private static void environment(Map<String, String> environment) {
    String java = System.getProperty("test.java", "");
    environment.keySet().removeIf(name -> name.startsWith("WAXWING"));
    environment.put("JAVA_HOME", java.isEmpty() ? System.getProperty("java.home") : java);
    // Shared by the runs of this build: the archive of loaded classes halves each start.
    environment.put("XDG_CACHE_HOME", target().resolve("stage-cache").toString());
    environment.put("LC_ALL", "C.UTF-8");
  }

  /** Waits for its end. */
  static Ran finish(Running running) throws IOException, InterruptedException {
    if (!running.process().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      running.process().destroyForcibly();
      throw new AssertionError(
          String.format(Locale.ROOT, "no end of %s%n%s", running.command(), running.said()));
    }
    return new Ran(
        running.command(),
        running.process().exitValue(),
        Files.readString(running.out(), StandardCharsets.UTF_8),
        Files.readString(running.err(), StandardCharsets.UTF_8));
  }

  /** Tells it to end, as Ctrl-C or an init system would, and waits. */
  static Ran stop(Running running) throws IOException, InterruptedException {
    running.process().destroy();
    return finish(running);
  }

  static Path relayProgram() {
    return program("relay-server", "waxwing-relay");
  }

  static Path peerProgram() {
    return program("peer-client", "waxwing");
  }

  private static Path target() {
    return Path.of(System.getProperty("waxwing.target")).toAbsolutePath();
  }

  private static Path program(String module, String name) {
    return target().resolve("../../" + module + "/target/" + name).normalize();
  }

  @Override
  public void close() throws InterruptedException {
    synchronized (started) {
      started.forEach(Process::destroy);
      for (Process process : started) {
        if (!process.waitFor(15, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
        }
      }
    }
  }
}
