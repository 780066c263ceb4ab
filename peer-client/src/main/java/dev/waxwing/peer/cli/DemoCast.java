package dev.waxwing.peer.cli;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The programs of a demo, as processes of the operating system; all of them end with it. */
final class DemoCast implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 120;
  private static final int MOST_LINES = 10_000;

  private final List<Process> running = new ArrayList<>();
  private final Path peerJar;
  private final Path relayJar;

  DemoCast(Path peerJar, Path relayJar) {
    this.peerJar = peerJar;
    this.relayJar = relayJar;
  }

  /** Where a program's remarks and progress go. */
  enum Remarks {
    SHOWN,
    HIDDEN
  }

  /** A program that runs on; its output can be read line by line. */
  final class Role implements AutoCloseable {
    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>(MOST_LINES);

    private Role(Process process) {
      this.process = process;
      Thread reader = new Thread(() -> read(process.getInputStream()), "demo output");
      reader.setDaemon(true);
      reader.start();
    }

    private void read(InputStream from) {
      try (BufferedReader in =
          new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          lines.offer(line);
        }
      } catch (IOException e) {
        // The process ended; what it said before is there.
        return;
      }
    }

    /** The next line that contains {@code part}. */
    String await(String part) {
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      try {
        while (System.nanoTime() < until) {
          String line = lines.poll(100, TimeUnit.MILLISECONDS);
          if (line != null && line.contains(part)) {
            return line;
          }
          if (line == null && !process.isAlive() && lines.isEmpty()) {
            break;
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new Fault(FaultCode.INTERNAL, "the demo waited in vain for " + part);
    }

    /** Ends it as Ctrl-C would, and waits. */
    @Override
    public void close() {
      end(process);
    }
  }

  /** Starts the relay. */
  Role relay(List<String> arguments) {
    return new Role(start(command(relayJar, arguments), Remarks.HIDDEN));
  }

  /** Runs a command of the relay's; returns what it printed. */
  String relayCommand(List<String> arguments) {
    return run(command(relayJar, arguments), Remarks.HIDDEN);
  }

  /** Starts a peer's command that runs on. */
  Role peer(Path home, List<String> arguments) {
    return new Role(start(command(peerJar, at(home, arguments)), Remarks.HIDDEN));
  }

  /** Runs a peer's command; returns what it printed. */
  String peerCommand(Path home, Remarks remarks, List<String> arguments) {
    return run(command(peerJar, at(home, arguments)), remarks);
  }

  private static List<String> at(Path home, List<String> arguments) {
    List<String> all = new ArrayList<>(List.of("--home", home.toString()));
    all.addAll(arguments);
    return all;
  }

  private static List<String> command(Path jar, List<String> arguments) {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> command =
        new ArrayList<>(
            List.of(
                java.toString(),
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-Dio.netty.allocator.type=pooled",
                "-jar",
                jar.toString()));
    command.addAll(arguments);
    return command;
  }

  private Process start(List<String> command, Remarks remarks) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.PIPE)
              .redirectError(
                  remarks == Remarks.SHOWN
                      ? ProcessBuilder.Redirect.INHERIT
                      : ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      running.add(process);
      return process;
    } catch (IOException e) {
      throw new Fault(FaultCode.UNAVAILABLE, "a program of the demo cannot be started", e);
    }
  }

  private String run(List<String> command, Remarks remarks) {
    Process process = start(command, remarks);
    try (InputStream out = process.getInputStream()) {
      String printed = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new Fault(
            FaultCode.INTERNAL, "a step of the demo failed: " + describe(command) + exit(process));
      }
      return printed.strip();
    } catch (IOException e) {
      throw new Fault(FaultCode.INTERNAL, "a step of the demo failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Fault(FaultCode.CANCELLED, "interrupted", e);
    } finally {
      running.remove(process);
    }
  }

  private static String describe(List<String> command) {
    int jar = command.indexOf("-jar");
    List<String> words = new ArrayList<>(command.subList(jar + 2, command.size()));
    words.replaceAll(word -> word.startsWith("WAXWING-") ? "INVITE" : word);
    return String.join(" ", words);
  }

  private static String exit(Process process) {
    return process.isAlive() ? " (no end)" : " (exit " + process.exitValue() + ")";
  }

  private static void end(@Nullable Process process) {
    if (process == null) {
      return;
    }
    process.destroy();
    try {
      if (!process.waitFor(15, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** Ends whatever still runs. */
  @Override
  public void close() {
    running.forEach(DemoCast::end);
  }
}
