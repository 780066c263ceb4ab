package dev.waxwing.network;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The proxy as a program of its own, so that a pause of the peers' JVM is none of the network's.
 * Does what the lines on standard input say and answers each with one line; ends when they do.
 *
 * <pre>
 *  door PORT             ok NUMBER PORT          leads to that port from now on
 *  next NUMBER PLAN      ok
 *  usual NUMBER PLAN     ok
 *  sever NUMBER          ok
 *  count NUMBER          ok CONNECTS UP DOWN TROUBLES UP-OF-NEWEST DOWN-OF-NEWEST
 *  connects NUMBER       ok NANOS…
 * </pre>
 */
public final class ProxyMain {
  private static final int MOST_DOORS = 256;

  private final List<FaultProxy> doors = new ArrayList<>();
  private final long seed;

  private ProxyMain(long seed) {
    this.seed = seed;
  }

  /** Runs with a seed as its only argument. */
  public static void main(String[] args) throws IOException {
    ProxyMain program = new ProxyMain(Long.parseLong(args[0]));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println(program.answer(line));
    }
    // Threads are daemons: the end of this one is the end.
  }

  private String answer(String line) {
    try {
      String[] words = line.split(" ", 3);
      if (words[0].equals("door") && doors.size() < MOST_DOORS) {
        doors.add(new FaultProxy(Integer.parseInt(words[1]), seed + doors.size()));
        int last = doors.size() - 1;
        return "ok " + last + " " + doors.get(last).port();
      }
      FaultProxy door = doors.get(Integer.parseInt(words[1]));
      return switch (words[0]) {
        case "next" -> {
          door.next(Plan.parse(words[2]));
          yield "ok";
        }
        case "usual" -> {
          door.usual(Plan.parse(words[2]));
          yield "ok";
        }
        case "sever" -> {
          door.sever();
          yield "ok";
        }
        case "count" -> {
          FaultProxy.Count now = door.count();
          yield "ok "
              + now.connects()
              + " "
              + now.up()
              + " "
              + now.down()
              + " "
              + now.troubles()
              + " "
              + now.newestUp()
              + " "
              + now.newestDown();
        }
        case "connects" ->
            door.connects().stream()
                .map(Object::toString)
                .collect(Collectors.joining(" ", "ok ", ""));
        default -> "error what is " + words[0] + "?";
      };
    } catch (IOException | RuntimeException e) {
      return "error " + e;
    }
  }
}
