package dev.waxwing.peer.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.waxwing.crypto.Suite;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.EpochId;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.session.Identity;
import dev.waxwing.peer.session.PeerEffect;
import dev.waxwing.peer.session.PeerInput;
import dev.waxwing.peer.session.PeerSession;
import dev.waxwing.peer.store.MemoryPeerStore;
import dev.waxwing.peer.transfer.TransferBook;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The thread that owns a session carries out what comes of an input. */
class PeerLoopTest {
  private static final long SEED = 20261128;

  private final Random random = new Random(SEED);

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  @Test
  void anEffectThatFailsDoesNotTakeTheOthersAlong() {
    System.out.println("seed " + SEED);
    Suite suite = Suite.wx1();
    MemoryPeerStore store = new MemoryPeerStore();
    Identity identity = Identity.create(suite, new UserId("ann"), this::bytes, 1);
    PeerSession session = new PeerSession(store, suite, identity, this::bytes, new TransferBook());
    List<String> looked = new ArrayList<>();
    try (PeerLoop loop =
        new PeerLoop(
            store,
            session,
            effect -> {
              if (effect instanceof PeerEffect.Looked one) {
                looked.add(one.user().name());
                throw new Fault(FaultCode.USER_MALFORMED, "about " + one.user());
              }
            },
            () -> 1)) {
      loop.input(
          new PeerInput.LinkUp(
              new RelayMessage.Welcome(
                  identity.user(),
                  new DeviceId(Bytes.of(new byte[DeviceId.LENGTH])),
                  new EpochId(Bytes.of(new byte[EpochId.LENGTH])),
                  1,
                  100,
                  50,
                  false,
                  0)));
      for (String name : List.of("bob", "carol", "dave")) {
        loop.input(new PeerInput.Look(new UserId(name)));
      }
      assertEquals(List.of(), looked);
      Fault fault = assertThrows(Fault.class, () -> loop.input(new PeerInput.LinkDown()));
      assertEquals(3, looked.size());
      assertEquals("about " + looked.get(0), fault.what());
    }
  }
}
