package dev.waxwing.network;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A running proxy, and the words it is told. Thread-safe. */
public final class ProxyProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;
  private final Writer in;

  private ProxyProcess(Process process) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.in = process.outputWriter(StandardCharsets.UTF_8);
  }

  /** Starts one on the Java these tests run on. */
  public static ProxyProcess start(long seed) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process process =
        new ProcessBuilder(
                java.toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                ProxyMain.class.getName(),
                Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return new ProxyProcess(process);
  }

  /** Opens a door to a port on loopback. */
  public Door door(int target) {
    String[] answer = ask("door " + target).split(" ");
    return new Door(Integer.parseInt(answer[0]), Integer.parseInt(answer[1]));
  }

  private synchronized String ask(String line) {
    try {
      in.write(line + "\n");
      in.flush();
      String answer = out.readLine();
      if (answer == null || !answer.startsWith("ok")) {
        throw new AssertionError(line + ": " + answer);
      }
      return answer.substring(Math.min(3, answer.length()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One port of the proxy's. */
  public final class Door {
    private final int number;
    private final int port;

    private Door(int number, int port) {
      this.number = number;
      this.port = port;
    }

    /** Where to dial, as invites have it. */
    public String address() {
      return "127.0.0.1:" + port;
    }

    /** What is done to the next connection that has no plan yet. */
    public void next(Plan plan) {
      ask("next " + number + " " + plan);
    }

    /** What is done to all others. */
    public void usual(Plan plan) {
      ask("usual " + number + " " + plan);
    }

    /** Ends every connection. */
    public void sever() {
      ask("sever " + number);
    }

    /** What passed so far. */
    public FaultProxy.Count count() {
      long[] numbers =
          Arrays.stream(ask("count " + number).split(" ")).mapToLong(Long::parseLong).toArray();
      return new FaultProxy.Count(
          (int) numbers[0], numbers[1], numbers[2], (int) numbers[3], numbers[4], numbers[5]);
    }

    /** When connections came, in nanoseconds of some clock that never goes back. */
    public List<Long> connects() {
      String answer = ask("connects " + number);
      return answer.isEmpty()
          ? List.of()
          : Arrays.stream(answer.split(" ")).map(Long::valueOf).toList();
    }
  }
}
