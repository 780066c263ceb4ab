package dev.waxwing.peer.transfer;

import dev.waxwing.message.BlobId;
import dev.waxwing.peer.files.FileSource;
import dev.waxwing.peer.files.FolderTar;
import dev.waxwing.peer.files.Listing;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What transfers sent from here are read from: files and folders on this disk, texts and listings
 * in the store, and streams that are still being written, in memory. Thread-safe.
 */
final class Originals {
  /** Where the store keeps a text that is sent as a file, sealed like every message. */
  private static final String TEXT = "text/";

  /** Where the store keeps what a folder held when it was offered. */
  private static final String LISTING = "listing/";

  private final Host host;
  private final Map<BlobId, StreamParts> streams = new ConcurrentHashMap<>();

  Originals(Host host) {
    this.host = host;
  }

  /**
   * Opens a transfer's plaintext, from its start or again.
   *
   * @throws Fault what is not there, or is not what it was
   */
  PartSource open(Sending sending) {
    return switch (sending.source().kind()) {
      case FILE -> PartSource.of(file(sending.source()));
      case FOLDER -> PartSource.of(new FolderTar(listing(sending.blob())));
      case STREAM -> openStream(sending.blob());
      case TEXT -> PartSource.of(text(sending.blob()));
    };
  }

  /**
   * Opens a file that a person sent, if it is still that one.
   *
   * @throws Fault FILE_CHANGED, FILE_NOT_REGULAR, or why it cannot be read
   */
  static FileSource file(Sending.From from) {
    if (from.stamp() == null) {
      throw new Fault(FaultCode.PROFILE_CORRUPT, "a file without its stamp");
    }
    return FileSource.resume(Path.of(from.path()), from.stamp());
  }

  /** Keeps a text in the transaction that makes its transfer. */
  static void keepText(PeerStore.Tx tx, BlobId blob, byte[] content) {
    tx.putValue(TEXT + blob, content);
  }

  byte[] text(BlobId blob) {
    return host.store(tx -> tx.value(TEXT + blob))
        .orElseThrow(() -> new Fault(FaultCode.PROFILE_CORRUPT, "a text to be sent is missing"));
  }

  /** Keeps a listing in the transaction that makes its transfer. */
  static void keepListing(PeerStore.Tx tx, BlobId blob, Listing listing) {
    tx.putValue(LISTING + blob, listing.encode().toArray());
  }

  Listing listing(BlobId blob) {
    return host.store(tx -> tx.value(LISTING + blob))
        .map(bytes -> Listing.decode(Bytes.of(bytes)))
        .orElseThrow(() -> new Fault(FaultCode.PROFILE_CORRUPT, "a folder's listing is missing"));
  }

  /** What of a folder is not sent, and why; nothing for what is no folder. */
  List<Listing.Skipped> skipped(BlobId blob) {
    return host.store(tx -> tx.value(LISTING + blob))
        .map(bytes -> Listing.decode(Bytes.of(bytes)).skipped())
        .orElse(List.of());
  }

  void addStream(BlobId blob) {
    streams.put(blob, new StreamParts());
  }

  /**
   * A stream that takes bytes.
   *
   * @throws Fault TRANSFER_STATE when it does not, or not any more
   */
  StreamParts stream(BlobId blob) {
    StreamParts parts = streams.get(blob);
    if (parts == null) {
      throw new Fault(FaultCode.TRANSFER_STATE, "that transfer takes no more bytes");
    }
    return parts;
  }

  private PartSource openStream(BlobId blob) {
    StreamParts parts = streams.get(blob);
    if (parts == null) {
      throw NewSendings.unrepeatable();
    }
    return parts.reopened();
  }

  /** Whether this is a stream the relay has not all of. */
  boolean isStream(BlobId blob) {
    return streams.containsKey(blob);
  }

  /** Nanoseconds in which nothing of a stream moved; none for what is no stream any more. */
  OptionalLong still(BlobId blob) {
    StreamParts parts = streams.get(blob);
    return parts == null ? OptionalLong.empty() : OptionalLong.of(parts.still());
  }

  /** Whether a stream is still written to. */
  boolean isWritten(BlobId blob) {
    StreamParts parts = streams.get(blob);
    return parts != null && !parts.whole();
  }

  /** Nothing more is read from a stream: all of it is at the relay. */
  void forgetStream(BlobId blob) {
    streams.remove(blob);
  }

  /** Nothing more is read from a stream: whoever still writes to it is told why. */
  void failStream(BlobId blob, Fault fault) {
    StreamParts stream = streams.remove(blob);
    if (stream != null) {
      stream.fail(fault);
    }
  }
}
