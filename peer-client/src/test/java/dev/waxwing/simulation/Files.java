package dev.waxwing.simulation;

import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.peer.content.Content;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.simulation.Story.Trouble;
import dev.waxwing.wire.FaultCode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files one device sends and receives. */
final class Files {
  private static final long PUMP_MILLIS = 700;

  private final World world;
  private final Device device;
  private final Map<BlobId, Upload> uploads = new LinkedHashMap<>();
  private final Map<BlobId, Download> downloads = new LinkedHashMap<>();

  Files(World world, Device device) {
    this.world = world;
    this.device = device;
  }

  /** Offers somebody a new file. */
  void offer(Device to) {
    BlobId blob = new BlobId(world.dice.bytes(BlobId.LENGTH));
    Parts parts =
        new Parts(
            blob,
            world.dice.between(1, world.dice.oneIn(6) ? 12 : 5),
            (int) world.dice.between(200, 100_000));
    world.story.tell(
        device.user() + " has " + parts.count() + " parts for " + to.user() + ": " + blob);
    uploads.put(blob, new Upload(world, device, to, parts));
  }

  void started() {
    device.every(PUMP_MILLIS, this::pump);
  }

  private void pump() {
    uploads.values().forEach(Upload::pump);
    downloads.values().stream().filter(this::offered).forEach(Download::pump);
  }

  /** An offer counts when it is on disk. */
  private boolean offered(Download download) {
    return device.disk.look(tx -> tx.value("offer/" + download.blob())).isPresent();
  }

  void died() {
    uploads.values().forEach(Upload::died);
    downloads.values().forEach(Download::died);
  }

  /** What was asked on the control connection is not answered any more. */
  void linkDown() {
    uploads.values().forEach(Upload::stop);
    downloads.values().forEach(Download::stop);
  }

  void replied(RelayMessage message) {
    uploads.values().forEach(one -> one.replied(message));
    downloads.values().forEach(one -> one.replied(message));
  }

  /** What a content says about files is stored with it. */
  void store(PeerStore.Tx tx, Address from, Content content) {
    if (content instanceof Content.Offer offer) {
      tx.putValue("offer/" + offer.blob(), new byte[] {1});
      String[] shape = offer.name().split(" ");
      Parts parts = new Parts(offer.blob(), Long.parseLong(shape[0]), Integer.parseInt(shape[1]));
      downloads.putIfAbsent(
          offer.blob(), new Download(world, device, world.device(from.user()), parts));
    } else if (content instanceof Content.Final last) {
      tx.putValue("final/" + last.blob(), new byte[] {1});
    } else if (content instanceof Content.FileOutcome outcome) {
      tx.putValue("outcome/" + outcome.blob(), new byte[] {1});
    }
  }

  void arrived(Address from, Content content) {
    String line = content.toString();
    world.story.tell(
        device.user()
            + " stores of "
            + from.user()
            + ": "
            + line.substring(0, Math.min(60, line.length())));
  }

  /** Whether a crash would cost something of a file. */
  boolean unforced() {
    return downloads.values().stream().anyMatch(Download::unforced);
  }

  boolean over() {
    return uploads.values().stream().allMatch(this::through)
        && downloads.values().stream().filter(this::offered).allMatch(Download::over);
  }

  /** Whether an upload is sealed and read, or one of its ends gave it up. */
  private boolean through(Upload upload) {
    Download download = upload.to.files.downloads.get(upload.blob());
    return upload.unheard()
        || (upload.over() && (upload.lost() != null || (download != null && download.over())));
  }

  void check() {
    for (Upload upload : uploads.values()) {
      Download download = upload.to.files.downloads.get(upload.blob());
      excuse(upload.blob(), upload.lost());
      excuse(upload.blob(), download == null ? null : download.lost());
      world.story.demand(
          through(upload), Promise.PROGRESS, upload.blob() + " never came to an end");
    }
  }

  /** A blob is lost for a reason there was. */
  private void excuse(BlobId blob, FaultCode code) {
    if (code == null) {
      return;
    }
    Story story = world.story;
    boolean restored = story.count(Trouble.RELAY_RESTORED) > 0;
    boolean leapt = story.count(Trouble.WEEKS_PASSED) > 0;
    boolean excused =
        switch (code) {
          case BLOB_DETACHED -> world.climate.blobs().quotaBytes() < 1L << 30;
          default -> restored || leapt;
        };
    story.trouble(Trouble.BLOB_BEGUN_ANEW, blob + " is lost: " + code);
    story.demand(excused, Promise.FILE, blob + " is lost: " + code);
  }
}
