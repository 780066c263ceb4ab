package dev.waxwing.crash;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.relay.store.BlobStore;
import dev.waxwing.relay.store.FileBlobStore;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.relay.store.SqliteStore;
import dev.waxwing.system.Program;
import dev.waxwing.wire.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Power cuts under a process that is the relay's stores and nothing else: what it said to be kept
 * is compared with what the stores hold afterwards. Says more often than a whole relay could.
 */
final class StoreCuts {
  private static final long NUMBERS_A_CUT = 1_000_000;
  private static final int MOST_LINES = 150;

  static {
    // Else the library would be loaded from the disk that is to be unmounted.
    System.setProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir"));
  }

  private final CutDisk disk;
  private final Path scratch;
  private final Moments moments;
  private final Set<Long> kept = new HashSet<>();
  private int cuts;
  private long said;
  private long partsKept;
  private long lost;
  private long partsLost;
  private long twice;
  private long reordered;
  private long invented;

  StoreCuts(CutDisk disk, Path scratch, Moments moments) {
    this.disk = disk;
    this.scratch = scratch;
    this.moments = moments;
  }

  /**
   * One cut.
   *
   * @param before a program below which the stores run, with its arguments; empty for none
   */
  void cut(List<String> before) throws IOException, InterruptedException {
    Path folder = disk.folder("stores");
    BlobId blob = StoreWriter.blob(++cuts);
    Program writer = writer(before, folder);
    long last = 0;
    try {
      int lines = 5 + moments.draw(MOST_LINES);
      if (!Voice.becomes(
          () -> writer.lines(lines).size() > 0, Program.PATIENCE, () -> writer.alive())) {
        throw new AssertionError("the stores do not work: " + writer);
      }
      Kill.freeze(writer);
      disk.cut();
    } finally {
      Kill.withChildren(writer);
    }
    for (String line : writer.lines(0)) {
      if (line.matches("mail [0-9]+")) {
        kept.add(Long.parseLong(line.substring(5)));
      } else if (line.matches("part [0-9]+")) {
        last = 1 + Long.parseLong(line.substring(5));
      }
    }
    partsKept += last;
    disk.restore();
    look(folder, blob, last);
  }

  private Program writer(List<String> before, Path folder) {
    Path target = Path.of(System.getProperty("waxwing.target", "target")).toAbsolutePath();
    Path relay = target.resolve("../../relay-server/target/waxwing-relay.jar").normalize();
    String java = System.getProperty("test.java", "");
    Path jdk = Path.of(java.isEmpty() ? System.getProperty("java.home") : java);
    List<String> command = new ArrayList<>(before);
    command.addAll(
        List.of(
            jdk.resolve("bin").resolve("java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            relay + ":" + target.resolve("test-classes"),
            StoreWriter.class.getName(),
            folder.toString(),
            Long.toString(cuts * NUMBERS_A_CUT + 1),
            Integer.toString(cuts)));
    return Program.start(command, Map.of(), scratch.resolve("stores-" + cuts + ".err"));
  }

  private void look(Path folder, BlobId blob, long partsSaid) {
    SqliteStore store;
    try {
      store = SqliteStore.open(folder.resolve("data"), StoreWriter.OPTIONS);
    } catch (Fault fault) {
      throw new AssertionError("cut " + cuts + ": the store does not open", fault);
    }
    Set<Long> there = new HashSet<>();
    try {
      store.begin();
      long before = 0;
      List<PeerMessage.Mail> acks = new ArrayList<>();
      for (Mailbox.Row row : rows(store)) {
        acks.add(new PeerMessage.Mail(row.seq(), row.id()));
        long id = java.nio.ByteBuffer.wrap(row.id().value().toArray()).getLong(8);
        twice += there.add(id) ? 0 : 1;
        reordered += id < before ? 1 : 0;
        boolean written = StoreWriter.mail(id).copies().get(0).body().equals(row.body());
        invented += written && id / NUMBERS_A_CUT == cuts ? 0 : 1;
        before = id;
      }
      // What is acked must stay away: with the next cut it would count as invented.
      store.mailbox().ack(StoreWriter.BEN, store.mailbox().epoch(), acks);
      store.commit();
    } finally {
      store.close();
    }
    lost += kept.stream().filter(id -> !there.contains(id)).count();
    said += kept.size();
    kept.clear();
    FileBlobStore blobs = FileBlobStore.open(folder.resolve("blobs"));
    BlobStore.Extent extent = blobs.recover().getOrDefault(blob, BlobStore.Extent.NONE);
    for (long part = 0; part < partsSaid; part++) {
      boolean whole =
          extent.holds(part) && Arrays.equals(blobs.read(blob, part), StoreWriter.part(part));
      partsLost += whole ? 0 : 1;
    }
    blobs.delete(blob);
    blobs.close();
  }

  private static List<Mailbox.Row> rows(SqliteStore store) {
    return store.mailbox().fetch(StoreWriter.BEN, 0, Integer.MAX_VALUE, Long.MAX_VALUE);
  }

  /** Mail said to be kept and parts of blobs said to be kept that are not there. */
  long lost() {
    return lost + partsLost;
  }

  /** Whatever is wrong. */
  long wrong() {
    return lost() + twice + reordered + invented;
  }

  /** Mail and parts said to be kept. */
  long said() {
    return said + partsKept;
  }

  static String head() {
    return "| store | cuts | mail kept | parts kept | mail lost | parts lost | twice | reordered"
        + " | invented |\n|---|---|---|---|---|---|---|---|---|";
  }

  String line(String name) {
    return "| "
        + String.join(" | ", name, "" + cuts, "" + said, "" + partsKept)
        + " | "
        + lost
        + " | "
        + partsLost
        + " | "
        + twice
        + " | "
        + reordered
        + " | "
        + invented
        + " |";
  }
}
