package dev.waxwing.disk;

import dev.waxwing.peer.age.AgeWriter;
import dev.waxwing.peer.files.OnClash;
import dev.waxwing.peer.files.PartFile;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A file of some parts is received; the disk fails at one call; the receiver tries again. */
final class PartFileScript extends Script {
  private static final int PARTS = 12;
  private static final int TAIL = 777;
  private static final int TRIES = 4;

  private byte[] content;
  private PartFile file;
  private Path path;
  private long told;

  public static void main(String[] args) throws Exception {
    new PartFileScript().all(args);
  }

  @Override
  void run(Path folder, long nth, FailingDisk.Kind kind, long seed) throws IOException {
    content = new byte[(PARTS - 1) * AgeWriter.PART_PLAINTEXT + TAIL];
    new Random(seed).nextBytes(content);
    file = null;
    path = null;
    told = 0;
    ended = "";
    Path to = Files.createDirectory(folder.resolve("in"));
    FailingDisk.plan(folder, nth, nth, kind);
    FaultCode code = null;
    for (int attempt = 0; attempt < TRIES; attempt++) {
      code = fault(() -> receive(to));
      if (code == null) {
        break;
      }
      ended = code.name();
      requireOneOf(
          code, FaultCode.DISK_FULL, FaultCode.TARGET_UNWRITABLE, FaultCode.FILE_UNREADABLE);
      require(!Files.exists(to.resolve("a.bin")) || whole(to), "a name without the whole file");
      if (file != null) {
        fault(file::close);
        file = null;
      }
    }
    FailingDisk.heal();
    require(code == null, "never well again: " + code);
    require(whole(to), "another file");
    try (var names = Files.list(to)) {
      List<String> all = names.map(name -> String.valueOf(name.getFileName())).sorted().toList();
      require(all.equals(List.of("a.bin")), all.toString());
    }
  }

  private boolean whole(Path to) throws IOException {
    return Arrays.equals(content, Files.readAllBytes(to.resolve("a.bin")));
  }

  private void receive(Path to) {
    path = path == null ? PartFile.place(to, "a.bin") : path;
    file = PartFile.open(path);
    require(file.held() >= told, "told " + told + ", held " + file.held());
    while (file.written() < PARTS) {
      long part = file.written();
      int from = (int) part * AgeWriter.PART_PLAINTEXT;
      int length = Math.min(AgeWriter.PART_PLAINTEXT, content.length - from);
      file.write(part, leaf(part), ByteBuffer.wrap(content, from, length));
      if (part % 3 == 2) {
        file.force();
        told = file.held();
      }
      told = planted ? file.written() : told;
    }
    file.complete("a.bin", OnClash.RENAME);
    told = file.held();
    file.remove();
    file = null;
  }

  private static Bytes leaf(long part) {
    return RelayStoreScript.bytes(32, part);
  }
}
