package dev.waxwing.relay.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.Address;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.EpochId;
import dev.waxwing.message.MessageId;
import dev.waxwing.message.UserId;
import dev.waxwing.relay.core.StoreCall;
import dev.waxwing.relay.core.StoreReply;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.relay.store.MemoryStore;
import dev.waxwing.relay.store.Registration;
import dev.waxwing.relay.store.RemovedReason;
import dev.waxwing.relay.store.StoreOptions;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoreCallsTest {
  private final MemoryStore store =
      new MemoryStore(new StoreOptions(1 << 20, new EpochId(Bytes.of(new byte[EpochId.LENGTH]))));
  private final StoreCalls calls = new StoreCalls(store);

  private static Bytes bytes(int length) {
    return Bytes.of(new byte[length]);
  }

  private Address person(String name) {
    Address who = new Address(new UserId(name), new DeviceId(bytes(8)));
    store
        .directory()
        .register(new Registration(who.user(), bytes(32), who.device(), bytes(200), null), 1);
    return who;
  }

  @Test
  void whoeverWasRemovedAfterTheLoginWasCheckedDoesNotEnter() {
    Address ana = person("ana");
    assertTrue(calls.enter(new StoreCall.Enter(ana, 5)) instanceof StoreReply.Entered);
    store.directory().remove(ana.user(), RemovedReason.USER_REMOVED, 6);
    Fault fault = assertThrows(Fault.class, () -> calls.enter(new StoreCall.Enter(ana, 7)));
    assertEquals(FaultCode.LOGIN_REFUSED, fault.code());
  }

  @Test
  void nothingIsStoredBehindAMessageThatFindsNoRoom() {
    Address ana = person("ana");
    Address ben = person("ben");
    List<Mailbox.Message> messages = new ArrayList<>();
    for (int length : new int[] {10, 1 << 20, 10}) {
      byte[] id = new byte[MessageId.LENGTH];
      id[0] = (byte) messages.size();
      messages.add(
          new Mailbox.Message(
              ana,
              new MessageId(Bytes.of(id)),
              ben.user(),
              List.of(new Mailbox.Copy(ben.device(), bytes(length)))));
    }
    StoreReply.Appended reply =
        (StoreReply.Appended) calls.append(new StoreCall.Append(messages, 1));
    assertEquals(
        List.of(Mailbox.Outcome.ACCEPTED, Mailbox.Outcome.MAILBOX_FULL),
        reply.results().stream().map(Mailbox.Appended::outcome).toList());
    assertEquals(1, store.mailbox().waiting(ben));
  }

  @Test
  void whatAFetchMayBringCountsWhileItWaits() {
    Address ana = person("ana");
    assertTrue(StoreCalls.size(new StoreCall.Fetch(ana, 0, 256, 200_000)) >= 200_000);
  }

  @Test
  void contactsAreListedInPagesToo() {
    Address me = person("me1");
    List<UserId> friends = new ArrayList<>();
    for (int i = 10; i < 35; i++) {
      Address friend = person("friend" + i);
      friends.add(friend.user());
      store.directory().setVisible(me.user(), friend.user(), true);
      store.directory().setVisible(friend.user(), me.user(), true);
    }
    List<UserId> listed = new ArrayList<>();
    UserId after = null;
    for (int pages = 0; pages < 3; pages++) {
      StoreReply.People page =
          (StoreReply.People)
              calls.listPeople(new StoreCall.ListPeople(me.user(), true, after, 10));
      assertTrue(page.people().size() <= 10, page.people().size() + " in one page");
      listed.addAll(page.people());
      after = page.next();
    }
    assertNull(after);
    assertEquals(friends, listed);
  }
}
