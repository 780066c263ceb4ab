package dev.waxwing.crash;

import dev.waxwing.crash.Debugger.Edge;
import dev.waxwing.crash.Debugger.Place;
import java.util.ArrayList;
import java.util.List;

/**
 * A moment at which a program is struck, and what has to hold when it comes back; on top of what
 * always has to: nothing accepted is lost, nothing comes twice, out of order or out of nowhere, and
 * a file is whole or has no name.
 *
 * @param name short, stable
 * @param side whose program it is
 * @param place where in that program
 * @param files when the receiver takes the file, on which depends whether the relay has to keep it
 * @param holds what this moment is about
 */
record CrashPoint(String name, Side side, Place place, Files files, String holds) {
  /** A program. Alice sends the file; both talk. */
  enum Side {
    RELAY,
    ALICE,
    BOB
  }

  /** When the receiver takes files. */
  enum Files {
    AT_ONCE,
    /** When the relay has all of it, still before the blow. */
    ONCE_KEPT,
    /** After the blow. */
    AFTERWARDS
  }

  private static final String STORE = "dev.waxwing.relay.store.";
  private static final String CORE = "dev.waxwing.relay.core.";
  private static final String NET = "dev.waxwing.relay.net.";
  private static final String PEER = "dev.waxwing.peer.";

  /** Every point. */
  static List<CrashPoint> all() {
    List<CrashPoint> points = new ArrayList<>(relay());
    points.addAll(relayFiles());
    points.addAll(sender());
    points.addAll(receiver());
    return List.copyOf(points);
  }

  /** A point of those above. */
  static CrashPoint named(String name) {
    return all().stream().filter(one -> one.name.equals(name)).findFirst().orElseThrow();
  }

  private static List<CrashPoint> relay() {
    return List.of(
        relay("frame-read", NET + "PeerConnection", "received", Edge.ENTRY, 9, "not accepted yet"),
        relay(
            "appending", STORE + "SqliteMailbox", "append", Edge.ENTRY, 5, "nothing of it is kept"),
        relay(
            "appended", STORE + "SqliteMailbox", "append", Edge.EXIT, 5, "rows written, not kept"),
        relay("before-commit", STORE + "SqliteStore", "commit", Edge.ENTRY, 4, "all of it or none"),
        relay("committed", STORE + "SqliteStore", "commit", Edge.EXIT, 4, "kept though untold"),
        relay(
            "before-telling", STORE + "StoreThread$Piece", "tell", Edge.ENTRY, 6, "a retry is one"),
        relay(
            "accepted-queued",
            CORE + "Sending",
            "appended",
            Edge.EXIT,
            5,
            "told or not, it is one"),
        relay(
            "accepted-written", NET + "OutboundQueue", "flush", Edge.EXIT, 12, "told: it is there"),
        relay(
            "before-delivery", CORE + "Mail", "deliverNow", Edge.ENTRY, 3, "delivered afterwards"),
        relay("delivered", CORE + "Mail", "deliverNow", Edge.EXIT, 3, "perhaps again, stored once"),
        relay("ack-read", STORE + "SqliteMailbox", "ack", Edge.ENTRY, 3, "delivered again, once"),
        relay("rows-removed", STORE + "SqliteMailbox", "ack", Edge.EXIT, 3, "what is acked only"),
        relay("checkpoint-begins", STORE + "Sql", "run", Edge.ENTRY, 1, "the log has everything"),
        relay("checkpoint-done", STORE + "Sql", "run", Edge.EXIT, 1, "the file has everything"));
  }

  private static CrashPoint relay(
      String name, String type, String method, Edge edge, int hit, String holds) {
    return new CrashPoint(
        "relay/" + name, Side.RELAY, new Place(type, method, edge, hit), Files.AT_ONCE, holds);
  }

  private static List<CrashPoint> relayFiles() {
    return List.of(
        kept("blob-row", "SqliteBlobCatalog", "create", Edge.EXIT, "asked for again"),
        kept("part-written", "Segment", "write", Edge.EXIT, "not kept: sent again"),
        kept("part-forcing", "Segment", "force", Edge.ENTRY, "not kept: sent again"),
        kept("part-forced", "Segment", "force", Edge.EXIT, "forced without its sum: sent again"),
        kept("sum-forced", "BlobFolder", "force", Edge.EXIT, "kept: not sent again"),
        kept("sealing", "SqliteBlobCatalog", "seal", Edge.ENTRY, "sealed afterwards"),
        kept("sealed", "SqliteBlobCatalog", "seal", Edge.EXIT, "sealed once"),
        read("part-read", "Segment", "read", Edge.EXIT, "read again"),
        read("recipient-done", "SqliteBlobCatalog", "setRecipient", Edge.EXIT, "goes in the end"),
        read("row-removed", "SqliteBlobCatalog", "remove", Edge.EXIT, "parts go at the start"),
        read("parts-deleting", "BlobFolder", "delete", Edge.ENTRY, "parts go at the start"));
  }

  private static CrashPoint kept(String name, String type, String method, Edge edge, String holds) {
    Place place = new Place(STORE + type, method, edge, 1);
    return new CrashPoint("relay/" + name, Side.RELAY, place, Files.AFTERWARDS, holds);
  }

  private static CrashPoint read(String name, String type, String method, Edge edge, String holds) {
    Place place = new Place(STORE + type, method, edge, 1);
    return new CrashPoint("relay/" + name, Side.RELAY, place, Files.ONCE_KEPT, holds);
  }

  private static List<CrashPoint> sender() {
    return List.of(
        alice("submitting", "session.Outbox", "submit", Edge.ENTRY, 4, "never said to be stored"),
        alice("sealed", "session.Outbox", "handOver", Edge.ENTRY, 4, "state and text together"),
        alice("committing", "store.Database", "commit", Edge.ENTRY, 6, "all of it or none"),
        alice("committed", "store.Database", "checkpointWhenDue", Edge.ENTRY, 6, "sent afterwards"),
        alice("transmitted", "api.RelayLink", "transmit", Edge.EXIT, 4, "the same again is one"),
        alice("accepted-read", "session.Outbox", "accepted", Edge.ENTRY, 3, "asked again, is one"),
        alice("accepted-noted", "session.OutboxRows", "accepted", Edge.EXIT, 3, "noted afterwards"),
        alice("receipt-noted", "session.OutboxRows", "receipt", Edge.EXIT, 2, "or it stays open"),
        alice("file-begun", "transfer.NewSendings", "begin", Edge.EXIT, 1, "it goes by itself"),
        alice("leaves-made", "transfer.Upload", "leaves", Edge.EXIT, 1, "nothing was told"),
        alice("offer-told", "transfer.Upload", "offer", Edge.EXIT, 1, "offered once"),
        alice("offering", "api.PeerHost", "tell", Edge.EXIT, 1, "offered once"),
        alice("leaf-written", "files.LeafLog", "append", Edge.EXIT, 2, "its part has not left"),
        alice("leaf-forced", "files.LeafLog", "force", Edge.EXIT, 1, "its part may be compared"),
        alice("part-sent", "transfer.Upload", "send", Edge.EXIT, 2, "comes out the same again"),
        alice("finishing", "transfer.Upload", "finish", Edge.ENTRY, 1, "the descriptor follows"),
        alice("final-told", "transfer.Upload", "finish", Edge.EXIT, 1, "sealed afterwards"),
        alice("seal-known", "transfer.Upload", "noteSealed", Edge.ENTRY, 1, "asked again"),
        alice("settling", "transfer.Work", "settle", Edge.ENTRY, 1, "whole at the relay"),
        alice("settled", "transfer.Work", "settle", Edge.EXIT, 1, "nothing is left behind"));
  }

  private static CrashPoint alice(
      String name, String type, String method, Edge edge, int hit, String holds) {
    return new CrashPoint(
        "sender/" + name,
        Side.ALICE,
        new Place(PEER + type, method, edge, hit),
        Files.AT_ONCE,
        holds);
  }

  private static List<CrashPoint> receiver() {
    return List.of(
        bob("mail-read", "session.Inbox", "deliver", Edge.ENTRY, 4, "delivered again"),
        bob("decrypted", "session.Sessions", "open", Edge.EXIT, 4, "the key is not spent"),
        bob("written", "session.Inbox", "flush", Edge.EXIT, 4, "all of it or none"),
        bob("committing", "store.Database", "commit", Edge.ENTRY, 7, "all of it or none"),
        bob("committed", "store.Database", "checkpointWhenDue", Edge.ENTRY, 7, "stored, not again"),
        bob("acking", "api.RelayLink", "transmit", Edge.ENTRY, 3, "comes again, is one"),
        bob("acked", "api.RelayLink", "transmit", Edge.EXIT, 3, "stored before it was acked"),
        bob("offer-taken", "transfer.Transfers", "receive", Edge.EXIT, 1, "goes by itself"),
        bob("part-file-made", "files.PartFile", "<init>", Edge.EXIT, 1, "no name but its own"),
        bob("part-written", "files.PartFile", "write", Edge.EXIT, 2, "not held: comes again"),
        bob("leaf-written", "files.LeafLog", "append", Edge.EXIT, 2, "not held: comes again"),
        bob("part-forced", "files.PartFile$Batch", "force", Edge.EXIT, 1, "held"),
        bob("held-said", "transfer.Download", "say", Edge.EXIT, 1, "held, though freed"),
        bob("verifying", "transfer.Download", "verify", Edge.ENTRY, 1, "verified again"),
        bob("naming", "files.Placement", "file", Edge.ENTRY, 1, "named afterwards"),
        bob("named", "files.Placement", "file", Edge.EXIT, 1, "found under its name"),
        bob("name-forced", "files.Placement", "forceFolder", Edge.EXIT, 1, "told afterwards"),
        bob("dated", "transfer.Download", "dated", Edge.EXIT, 1, "told afterwards"),
        bob("file-done", "files.PartFile", "remove", Edge.ENTRY, 1, "nothing is left behind"),
        bob("part-removed", "files.PartFile", "remove", Edge.EXIT, 1, "the relay lets it go"));
  }

  private static CrashPoint bob(
      String name, String type, String method, Edge edge, int hit, String holds) {
    return new CrashPoint(
        "receiver/" + name,
        Side.BOB,
        new Place(PEER + type, method, edge, hit),
        Files.AT_ONCE,
        holds);
  }
}
