package dev.waxwing.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A program under test as a process of the operating system; killed when closed. */
public final class Program implements AutoCloseable {
  /** Most seconds any step may take, on a machine that has other work too. */
  public static final long PATIENCE = Long.getLong("patience", 120);

  private static final JsonMapper MAPPER = new JsonMapper();

  private final String name;
  private final Process process;
  private final Path err;
  private final List<String> lines = new ArrayList<>();
  private final Thread reader;
  private int taken;

  private Program(String name, Process process, Path err) {
    this.name = name;
    this.process = process;
    this.err = err;
    this.reader = new Thread(this::read, "output of " + name);
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts one; what it says on standard error goes to a file. */
  public static Program start(List<String> command, Map<String, String> environment, Path err) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove("WAXWING_HOME");
    builder.environment().putAll(environment);
    try {
      builder.redirectError(err.toFile());
      return new Program(String.join(" ", command), builder.start(), err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader in = process.inputReader(UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        add(line);
      }
    } catch (IOException e) {
      // Killed: what it said before is here.
      return;
    }
  }

  private synchronized void add(String line) {
    lines.add(line);
    notifyAll();
  }

  /** The next line of JSON that is as wanted; those before it are passed over. */
  public synchronized JsonNode await(Predicate<JsonNode> wanted) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
    while (true) {
      while (taken < lines.size()) {
        JsonNode line = parse(lines.get(taken++));
        if (wanted.test(line)) {
          return line;
        }
      }
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0 || (!process.isAlive() && !reader.isAlive() && taken == lines.size())) {
        throw new AssertionError("waited in vain for a line of " + this);
      }
      wait(Math.min(left, 200));
    }
  }

  /** Waits for its end; returns the exit code. */
  public int exit() throws InterruptedException {
    if (!process.waitFor(PATIENCE, TimeUnit.SECONDS)) {
      throw new AssertionError("did not end: " + this);
    }
    reader.join(TimeUnit.SECONDS.toMillis(PATIENCE));
    return process.exitValue();
  }

  /** The document it printed last. */
  synchronized JsonNode document() {
    if (lines.isEmpty()) {
      throw new AssertionError("printed nothing: " + this);
    }
    return parse(lines.get(lines.size() - 1));
  }

  /** The document it complained with. */
  JsonNode complaint() {
    String[] said = err().strip().split("\n", -1);
    return parse(said[said.length - 1]);
  }

  private JsonNode parse(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (IOException e) {
      throw new AssertionError("no JSON: " + text + "\n" + name + "\n" + err(), e);
    }
  }

  /** The lines it printed, from one on. */
  public synchronized List<String> lines(int from) {
    return List.copyOf(lines.subList(Math.min(from, lines.size()), lines.size()));
  }

  /** Whether it runs. */
  public boolean alive() {
    return process.isAlive();
  }

  /** Whether it is over and everything it printed is here. */
  public boolean ended() {
    return !process.isAlive() && !reader.isAlive();
  }

  synchronized String out() {
    return String.join("\n", lines);
  }

  /** What it complained. */
  public String err() {
    try {
      return Files.readString(err);
    } catch (IOException e) {
      return "(nothing on standard error: " + e + ")";
    }
  }

  /** Its standard input. */
  public OutputStream in() {
    return process.getOutputStream();
  }

  /** Its process ID; launchers replace themselves by what they start. */
  public long pid() {
    return process.pid();
  }

  /**
   * Ends it as a power cut would, for its own process alone. What it printed before can still be
   * read: through its handle, since the process itself would close the stream.
   */
  public void kill() throws InterruptedException {
    process.toHandle().destroyForcibly();
    process.waitFor(PATIENCE, TimeUnit.SECONDS);
  }

  /** Ends it as Ctrl-C does. */
  public int end() throws InterruptedException {
    process.destroy();
    return exit();
  }

  /** Sends STOP or CONT. */
  public void signal(String signal) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).start().waitFor();
  }

  @Override
  public String toString() {
    String exit = process.isAlive() ? "running" : "exit " + process.exitValue();
    return name + " (" + exit + ")\n" + out() + "\n" + err();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
