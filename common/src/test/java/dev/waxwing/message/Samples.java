package dev.waxwing.message;

import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One example or more of every message; a new message without one fails HeaderCodecTest. */
final class Samples {
  static final UserId ANA = new UserId("ana");
  static final DeviceId DEVICE = DeviceId.parse("0011223344556677");
  static final DeviceId OTHER_DEVICE = DeviceId.parse("8899aabbccddeeff");
  static final Address ADDRESS = new Address(new UserId("ben-2"), OTHER_DEVICE);
  static final MessageId MESSAGE = MessageId.parse("000102030405060708090a0b0c0d0e0f");
  static final BlobId BLOB = BlobId.parse("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
  static final EpochId EPOCH = EpochId.parse("101112131415161718191a1b1c1d1e1f");

  private Samples() {}

  static List<PeerMessage> ofPeers() {
    return List.of(
        new PeerMessage.Hello(WireLimits.VERSION, bytes(32)),
        new PeerMessage.Register(ANA, DEVICE, bytes(16), "pass word", bytes(64), bytes(64)),
        new PeerMessage.Register(ANA, DEVICE, null, null, bytes(64), bytes(64)),
        new PeerMessage.Login(ANA, DEVICE, bytes(64)),
        new PeerMessage.Bind(bytes(32)),
        new PeerMessage.PublishPrekeys(1, true),
        new PeerMessage.FindUser(2, ANA),
        new PeerMessage.FetchBundles(Integer.MAX_VALUE, ANA),
        new PeerMessage.Send(
            MESSAGE,
            ANA,
            List.of(
                new PeerMessage.Target(DEVICE, 1),
                new PeerMessage.Target(OTHER_DEVICE, WireLimits.MAX_SEALED_MESSAGE))),
        new PeerMessage.Ack(
            EPOCH,
            List.of(
                new PeerMessage.Mail(1, MESSAGE), new PeerMessage.Mail(Long.MAX_VALUE, MESSAGE))),
        new PeerMessage.Who(3, false),
        new PeerMessage.SetBlocked(4, ANA, true),
        new PeerMessage.SetVisible(5, ANA, false),
        new PeerMessage.OpenData(6),
        new PeerMessage.CreateBlob(7, BLOB),
        new PeerMessage.DropBlob(8, BLOB),
        new PeerMessage.DeclineBlob(9, BLOB),
        new PeerMessage.FinishBlob(10, BLOB),
        new PeerMessage.Put(BLOB),
        new PeerMessage.Seal(BLOB, 1, 200),
        new PeerMessage.Get(BLOB, WireLimits.MAX_PARTS),
        new PeerMessage.Held(BLOB, 0),
        new Slice(BLOB, 0, 0, WireLimits.MAX_PART));
  }

  static List<RelayMessage> ofRelays() {
    return List.of(
        new RelayMessage.RelayHello(
            1, bytes(32), bytes(32), bytes(32), bytes(64), "Café \"Zur Post\" 🐦", true, false),
        new RelayMessage.Welcome(ANA, DEVICE, EPOCH, 1_795_000_000_000L, 100, 50, false, 7),
        new RelayMessage.Refused(1, MESSAGE, BLOB, FaultCode.MAILBOX_FULL, "full", 5000),
        new RelayMessage.Refused(null, null, null, FaultCode.INTERNAL, "", 0),
        new RelayMessage.Done(1),
        new RelayMessage.Accepted(MESSAGE),
        new RelayMessage.Deliver(42, MESSAGE, ADDRESS, 1_795_000_000_000L),
        new RelayMessage.UserFound(1),
        new RelayMessage.Bundles(1),
        new RelayMessage.People(1, true),
        new RelayMessage.Presence(ANA, true),
        new RelayMessage.PrekeysLow(19, 0),
        new RelayMessage.DataToken(1, bytes(32)),
        new RelayMessage.Bound(),
        new RelayMessage.Detached(BLOB, ADDRESS),
        new RelayMessage.PutFrom(BLOB, 3),
        new RelayMessage.Kept(BLOB, 3),
        new RelayMessage.Sealed(BLOB),
        new RelayMessage.End(BLOB, 1, 200),
        new RelayMessage.Bye(FaultCode.KICKED, "by the operator"),
        new Slice(BLOB, 1, WireLimits.SLICE, WireLimits.PART));
  }

  /** Samples by type, for the rule that every permitted type has one. */
  static Map<Class<?>, Object> byType(List<?> samples) {
    Map<Class<?>, Object> byType = new LinkedHashMap<>();
    samples.forEach(sample -> byType.put(sample.getClass(), sample));
    return byType;
  }

  private static Bytes bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (0xf8 + i);
    }
    return Bytes.of(bytes);
  }
}
