package dev.waxwing.simulation;

import dev.waxwing.message.BlobId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What the relay said about blobs, and whether it stands by it. */
final class BlobWatch {
  private final Story story;
  private final Map<BlobId, Said> said = new HashMap<>();

  /** Blobs whose reader has told the relay's process of now how far it is. */
  private final Set<BlobId> stated = new HashSet<>();

  private int relayLife;
  private boolean restored;

  /**
   * What the uploader heard.
   *
   * @param kept every part below is kept
   * @param relayLife in which process of the relay
   */
  private record Said(long kept, int relayLife) {}

  BlobWatch(Story story) {
    this.story = story;
  }

  void relayStarted() {
    relayLife++;
    stated.clear();
  }

  /** The catalog is an older one: nothing that was said about blobs holds. */
  void restored() {
    said.clear();
    restored = true;
  }

  void stated(BlobId blob) {
    stated.add(blob);
  }

  void kept(BlobId blob, long upTo) {
    said.merge(blob, new Said(upTo, relayLife), (a, b) -> a.kept() >= b.kept() ? a : b);
  }

  /**
   * The relay asks for a blob from a part on.
   *
   * @param sent parts that were ever sent
   * @param most parts that a resume may send again
   */
  void putFrom(BlobId blob, long part, long sent, long most) {
    story.demand(part <= sent, Promise.RESUME, blob + " is wanted from a part nobody ever sent");
    Said before = said.getOrDefault(blob, new Said(0, relayLife));
    // What all readers held, and the relay did not, it knows again only when they say so.
    boolean readerAway = before.relayLife() != relayLife && !stated.contains(blob);
    boolean forgotten = restored && !said.containsKey(blob);
    story.demand(
        part >= before.kept() || readerAway,
        Promise.RESUME,
        blob + " is wanted from " + part + ", and " + before.kept() + " parts were kept");
    if (part < sent) {
      story.trouble(Story.Trouble.BLOB_RESENT, blob + " again from " + part + " of " + sent);
    }
    story.demand(
        sent - part <= most || readerAway || forgotten,
        Promise.RESUME,
        blob + " is wanted from " + part + ", and " + sent + " parts were sent");
  }
}
