package dev.waxwing.relay.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.WireLimits;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Many blobs of many owners in one small memory, through the hub: the sum stays bounded whatever
 * they do, nobody is starved by owners who take room and send nothing, and all come to an end.
 */
class BlobBudgetModelTest {
  private static final int SEEDS = 12;
  private static final int PARTS = 5;
  private static final long MEMORY = 16L << 20;
  private static final byte[] CONTENT = new byte[WireLimits.MAX_PART];

  /** Slices that may be on their way when reading is paused. */
  private static final int ON_THE_WAY = 2;

  private static HubRig rig() {
    Policy.Rate much = new Policy.Rate(1_000_000, 1_000_000);
    return new HubRig(
        new Policy(
            "model",
            Policy.Registration.OPEN,
            Policy.Visibility.OPEN,
            new Policy.Limits(
                1_000,
                10_000,
                much,
                much,
                much,
                new Policy.Blobs(200L << 20, 1_000, 4_096, 4L << 20, MEMORY))));
  }

  @Test
  void memoryIsBoundedAndEveryBlobArrives() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        new Run(seed).play();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void ownersWhoTakeRoomAndSendNothingDoNotStarveOthers() {
    Run run = new Run(1);
    for (int i = 0; i < 6; i++) {
      run.hoarder("hoarder" + i, 20 + i);
    }
    Upload fair = run.upload(run.rig.known("fair", 50), 0);
    int seconds = 0;
    for (; seconds < 2_000 && !fair.done; seconds++) {
      run.second();
      for (int i = 0; i < 10; i++) {
        fair.go();
        run.turnDisk();
      }
      run.readers.forEach(Reader::hold);
    }
    assertTrue(fair.done, "starved: at part " + fair.part);
    // Seven owners in line, a turn of ten seconds each, for every part and once more.
    assertTrue(seconds <= 7 * 10 * (PARTS + 1), seconds + " s");
  }

  /** A relay with its disk, uploaders and readers. */
  private static final class Run {
    final HubRig rig = rig();
    final Random random;
    final List<Upload> uploads = new ArrayList<>();
    final List<Reader> readers = new ArrayList<>();
    private final Deque<HubEffect> disk = new ArrayDeque<>();
    private final Set<ConnectionId> paused = new HashSet<>();
    private final Map<Address, ConnectionId> controls = new HashMap<>();
    private int ids;

    Run(long seed) {
      random = new Random(seed);
    }

    void play() {
      for (int i = 0; i < 4; i++) {
        HubRig.Person owner = rig.known("owner" + i, 20 + i);
        for (int j = 0; j < 4; j++) {
          upload(owner, random.nextInt(3));
        }
      }
      for (int i = 0; i < 1_500; i++) {
        switch (random.nextInt(6)) {
          case 0, 1, 2 -> uploads.get(random.nextInt(uploads.size())).go();
          case 3 -> readers.get(random.nextInt(readers.size())).hold();
          case 4 -> turnDisk();
          default -> {
            if (random.nextInt(8) == 0) {
              second();
            }
          }
        }
        check();
      }
      for (int i = 0; i < 3_000 && !uploads.stream().allMatch(one -> one.done); i++) {
        uploads.forEach(Upload::go);
        readers.forEach(Reader::hold);
        turnDisk();
        turnDisk();
        turnDisk();
        if (i % 8 == 0) {
          second();
        }
        check();
      }
      for (Upload upload : uploads) {
        demand(upload.done, upload.blob + " stands at part " + upload.part);
      }
    }

    void second() {
      rig.now += 1_000;
      // Everybody pings.
      List.copyOf(rig.out.keySet()).forEach(connection -> rig.on(new HubEvent.Alive(connection)));
      rig.on(new HubEvent.Tick());
    }

    Upload upload(HubRig.Person owner, int readerLag) {
      BlobId blob = blob();
      HubRig.Person person = rig.known("reader" + ids, 100 + ids);
      ConnectionId control = control(owner);
      rig.say(
          control, new PeerMessage.CreateBlob(1, blob), Address.encodeList(List.of(person.who)));
      Reader reader = new Reader(this, person, blob, readerLag);
      readers.add(reader);
      Upload upload = new Upload(this, rig.data(control), blob, reader);
      uploads.add(upload);
      return upload;
    }

    private ConnectionId control(HubRig.Person person) {
      return controls.computeIfAbsent(person.who, who -> rig.login(person));
    }

    private BlobId blob() {
      return new BlobId(Bytes.of(ByteBuffer.allocate(16).putInt(++ids).array()));
    }

    /** Begins forty uploads and never sends a slice. */
    void hoarder(String name, int number) {
      HubRig.Person owner = rig.known(name, number);
      ConnectionId control = control(owner);
      ConnectionId data = rig.data(control);
      for (int i = 0; i < 40; i++) {
        BlobId blob = blob();
        rig.say(
            control,
            new PeerMessage.CreateBlob(1, blob),
            Address.encodeList(List.of(new HubRig.Person("nobody1", 99).who)));
        rig.say(data, new PeerMessage.Put(blob));
      }
    }

    boolean isPaused(ConnectionId connection) {
      collect();
      return paused.contains(connection);
    }

    private void collect() {
      for (HubEffect effect : rig.all) {
        if (effect instanceof HubEffect.WritePart || effect instanceof HubEffect.ReadPart) {
          disk.add(effect);
        } else if (effect instanceof HubEffect.PauseReading pause) {
          paused.add(pause.connection());
        } else if (effect instanceof HubEffect.ResumeReading resume) {
          paused.remove(resume.connection());
        }
      }
      rig.all.clear();
    }

    void turnDisk() {
      collect();
      HubEffect effect = disk.poll();
      if (effect instanceof HubEffect.WritePart write) {
        rig.on(new HubEvent.PartForced(write.blob(), write.part() + 1));
      } else if (effect instanceof HubEffect.ReadPart read) {
        rig.on(
            new HubEvent.PartRead(
                read.connection(),
                read.blob(),
                read.part(),
                SliceGrid.cut(
                    read.blob(),
                    read.part(),
                    java.util.Arrays.copyOf(CONTENT, WireLimits.partLength(read.part())))));
      }
    }

    private void check() {
      long memory = rig.hub.status().blobs().memoryBytes();
      long most = MEMORY + (long) uploads.size() * ON_THE_WAY * (WireLimits.SLICE + 200);
      demand(memory <= most, "memory of " + memory);
    }
  }

  private static void demand(boolean right, String what) {
    if (!right) {
      throw new AssertionError(what);
    }
  }

  /** Sends slices while it may, and a little after it may not. */
  private static final class Upload {
    final BlobId blob;
    final Reader reader;
    long part;
    boolean done;
    private final Run run;
    private final ConnectionId data;
    private int at;
    private int late;
    private boolean sealSent;

    Upload(Run run, ConnectionId data, BlobId blob, Reader reader) {
      this.run = run;
      this.data = data;
      this.blob = blob;
      this.reader = reader;
      run.rig.say(data, new PeerMessage.Put(blob));
    }

    void go() {
      reader.begin();
      done |= !run.rig.said(data, RelayMessage.Sealed.class).isEmpty();
      if (done) {
        return;
      }
      late = run.isPaused(data) ? late + 1 : 0;
      if (late > ON_THE_WAY) {
        return;
      }
      if (part == PARTS) {
        if (!sealSent) {
          sealSent = true;
          run.rig.say(data, new PeerMessage.Seal(blob, PARTS, WireLimits.partStart(PARTS)));
        }
        return;
      }
      int of = WireLimits.partLength(part);
      Slice slice = new Slice(blob, part, at, of);
      int length = SliceGrid.length(slice);
      run.rig.on(new HubEvent.Received(data, slice, HeaderCodec.frame(slice, CONTENT, length)));
      at += length;
      if (at == of) {
        part++;
        at = 0;
      }
    }
  }

  /** Holds what it got, some parts late. */
  private static final class Reader {
    private final Run run;
    private final HubRig.Person person;
    private final BlobId blob;
    private final int lag;
    private ConnectionId data;

    Reader(Run run, HubRig.Person person, BlobId blob, int lag) {
      this.run = run;
      this.person = person;
      this.blob = blob;
      this.lag = lag;
    }

    void begin() {
      if (data == null) {
        data = run.rig.data(run.control(person));
        run.rig.say(data, new PeerMessage.Get(blob, 0));
      }
    }

    void hold() {
      if (data == null) {
        return;
      }
      boolean ended = !run.rig.said(data, RelayMessage.End.class).isEmpty();
      long got = ended ? PARTS : Math.max(0, forwarded() / WireLimits.MAX_PART - lag);
      run.rig.say(data, new PeerMessage.Held(blob, got));
    }

    private long forwarded() {
      return run.rig.forwarded.getOrDefault(data, 0L);
    }
  }
}
