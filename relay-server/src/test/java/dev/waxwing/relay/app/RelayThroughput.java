package dev.waxwing.relay.app;

import dev.waxwing.identity.Invite;
import dev.waxwing.message.Address;
import dev.waxwing.message.BlobId;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Frame;
import dev.waxwing.wire.WireLimits;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One blob from one peer to another through a running relay, as fast as it goes: run by hand with
 * an invite of two uses and a number of parts. Prints bytes and seconds; the relay's own CPU time
 * is read beside it.
 */
final class RelayThroughput {
  private static final long AHEAD = 24;

  private final TestPeer up;
  private final BlobId blob;
  private final long parts;
  private final byte[] part0 = new byte[WireLimits.MAX_PART];
  private final byte[] part = new byte[WireLimits.PART];
  private long next;
  private long kept;
  private boolean waiting;

  private RelayThroughput(TestPeer up, BlobId blob, long parts) {
    this.up = up;
    this.blob = blob;
    this.parts = parts;
  }

  /** Arguments: the invite, the number of parts. */
  public static void main(String[] args) throws Exception {
    Vertx vertx = Vertx.vertx();
    Invite invite = Invite.parse(args[0]);
    int port = Integer.parseInt(invite.addresses().get(0).split(":")[1]);
    long parts = Long.parseLong(args[1]);
    Random random = new Random();
    TestPeer ali = new TestPeer(vertx, port, "ali" + random.nextInt(1000));
    ali.register(args[0]);
    TestPeer bob = new TestPeer(vertx, port, "bob" + random.nextInt(1000));
    bob.register(args[0]);
    BlobId blob = new BlobId(TestPeer.bytes(random, BlobId.LENGTH));
    ali.say(new PeerMessage.CreateBlob(1, blob), Address.encodeList(List.of(bob.who)));
    ali.expect(RelayMessage.Done.class);
    TestPeer up = data(vertx, port, ali, invite.relay());
    TestPeer down = data(vertx, port, bob, invite.relay());
    CompletableFuture<Long> ended = new CompletableFuture<>();
    long[] got = new long[1];
    down.socket.binaryMessageHandler(
        message -> {
          Frame frame = Frame.parse(message.getBytes());
          RelayMessage said = HeaderCodec.relayMessage(frame);
          if (said instanceof Slice slice) {
            got[0] += frame.bodyLength();
            if (slice.at() + frame.bodyLength() == slice.of() && slice.part() % 4 == 3) {
              down.say(new PeerMessage.Held(blob, slice.part() + 1));
            }
          } else if (said instanceof RelayMessage.End) {
            down.say(new PeerMessage.Held(blob, parts));
            ended.complete(got[0]);
          }
        });
    RelayThroughput upload = new RelayThroughput(up, blob, parts);
    up.socket.binaryMessageHandler(message -> upload.said(Frame.parse(message.getBytes())));
    up.socket.drainHandler(nothing -> upload.more());
    down.say(new PeerMessage.Get(blob, 0));
    long start = System.nanoTime();
    up.say(new PeerMessage.Put(blob));
    long bytes = ended.get(10, TimeUnit.MINUTES);
    double seconds = (System.nanoTime() - start) / 1e9;
    System.err.printf("%d bytes in %.2f s: %.0f MB/s%n", bytes, seconds, bytes / seconds / 1e6);
    vertx.close();
    System.exit(0);
  }

  private void said(Frame frame) {
    RelayMessage said = HeaderCodec.relayMessage(frame);
    if (said instanceof RelayMessage.PutFrom from) {
      next = from.part();
      waiting = true;
    } else if (said instanceof RelayMessage.Kept upTo) {
      kept = upTo.upTo();
    }
    more();
  }

  private void more() {
    while (waiting && next < parts && next < kept + AHEAD && !up.socket.writeQueueFull()) {
      byte[] bytes = next == 0 ? part0 : part;
      for (int at = 0; at < bytes.length; ) {
        int whole = WireLimits.SLICE + (next == 0 && at == 0 ? WireLimits.AGE_PREFIX : 0);
        int size = Math.min(whole, bytes.length - at);
        up.socket.writeBinaryMessage(
            Buffer.buffer(
                HeaderCodec.frame(new Slice(blob, next, at, bytes.length), bytes, size).array()));
        at += size;
      }
      next++;
    }
    if (waiting && next == parts) {
      waiting = false;
      up.say(new PeerMessage.Seal(blob, parts, WireLimits.partStart(parts)));
    }
    up.socket.drainHandler(nothing -> more());
  }

  private static TestPeer data(Vertx vertx, int port, TestPeer owner, Bytes relay)
      throws Exception {
    owner.say(new PeerMessage.OpenData(9));
    Bytes token = owner.expect(RelayMessage.DataToken.class).token();
    TestPeer data = new TestPeer(vertx, port, owner.who.user().name());
    data.hello(relay);
    data.say(new PeerMessage.Bind(token));
    data.expect(RelayMessage.Bound.class);
    return data;
  }
}
