package dev.waxwing.relay.net;

import dev.waxwing.message.UserId;
import dev.waxwing.relay.core.StoreCall;
import dev.waxwing.relay.core.StoreReply;
import dev.waxwing.relay.store.BlobCatalog;
import dev.waxwing.relay.store.Directory;
import dev.waxwing.relay.store.Mailbox;
import dev.waxwing.relay.store.Store;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Carries out the hub's calls on a store, inside the store thread's transaction.
 *
 * @param store the store during this transaction
 */
public record StoreCalls(Store store) implements StoreCall.Cases<StoreReply> {

  private Directory directory() {
    return store.directory();
  }

  @Override
  public StoreReply loadLogin(StoreCall.LoadLogin call) {
    return new StoreReply.Login(directory().find(call.user()).orElse(null));
  }

  @Override
  public StoreReply enter(StoreCall.Enter call) {
    UserId user = call.who().user();
    // Removed since the login was checked, or since the registration.
    if (directory()
        .find(user)
        .filter(entry -> entry.devices().contains(call.who().device()))
        .isEmpty()) {
      throw new Fault(FaultCode.LOGIN_REFUSED, "that login is not valid here");
    }
    directory().seen(user, call.now());
    return new StoreReply.Entered(
        store.mailbox().epoch(),
        directory().prekeysLeft(call.who()),
        Set.copyOf(directory().blockedBy(user)),
        Set.copyOf(directory().visibleTo(user)),
        store.mailbox().waiting(call.who()));
  }

  @Override
  public StoreReply register(StoreCall.Register call) {
    return new StoreReply.Registered(directory().register(call.wish(), call.now()));
  }

  @Override
  public StoreReply publish(StoreCall.Publish call) {
    return new StoreReply.Left(
        directory().publishPrekeys(call.device(), call.batch(), call.replace()));
  }

  @Override
  public StoreReply find(StoreCall.Find call) {
    return new StoreReply.Login(directory().find(call.user()).orElse(null));
  }

  @Override
  public StoreReply takeBundles(StoreCall.TakeBundles call) {
    if (directory().isBlocked(call.user(), call.requester())) {
      throw new Fault(FaultCode.DECLINED, "the person has blocked this sender");
    }
    return new StoreReply.Bundles(directory().takeBundles(call.user()).orElse(null));
  }

  @Override
  public StoreReply listPeople(StoreCall.ListPeople call) {
    UserId after = call.after();
    List<UserId> candidates = new ArrayList<>();
    if (call.contactsOnly()) {
      directory().mutual(call.viewer()).stream()
          .filter(user -> after == null || user.compareTo(after) > 0)
          .limit(call.limit())
          .forEach(candidates::add);
    } else {
      directory().list(after, call.limit()).forEach(entry -> candidates.add(entry.user()));
    }
    UserId next = candidates.size() < call.limit() ? null : candidates.get(candidates.size() - 1);
    candidates.removeAll(directory().blockedBy(call.viewer()));
    candidates.removeIf(user -> directory().isBlocked(user, call.viewer()));
    return new StoreReply.People(candidates, next);
  }

  @Override
  public StoreReply setList(StoreCall.SetList call) {
    switch (call.list()) {
      case BLOCKED -> directory().setBlocked(call.owner(), call.other(), call.member());
      case VISIBLE -> directory().setVisible(call.owner(), call.other(), call.member());
    }
    return new StoreReply.Changed(true);
  }

  @Override
  public StoreReply append(StoreCall.Append call) {
    List<Mailbox.Appended> results = new ArrayList<>();
    for (Mailbox.Message message : call.messages()) {
      Mailbox.Appended result = store.mailbox().append(message, call.now());
      results.add(result);
      if (!result.outcome().taken()) {
        break;
      }
    }
    return new StoreReply.Appended(results);
  }

  @Override
  public StoreReply fetch(StoreCall.Fetch call) {
    return new StoreReply.Mail(
        store.mailbox().fetch(call.device(), call.afterSeq(), call.maxRows(), call.maxBytes()));
  }

  @Override
  public StoreReply ack(StoreCall.Ack call) {
    return new StoreReply.Acked(store.mailbox().ack(call.device(), call.epoch(), call.mail()));
  }

  @Override
  public StoreReply createBlob(StoreCall.CreateBlob call) {
    BlobCatalog blobs = store.blobs();
    return new StoreReply.Created(
        blobs.create(call.blob(), call.owner(), call.recipients(), call.ran()));
  }

  @Override
  public StoreReply sealBlob(StoreCall.SealBlob call) {
    return new StoreReply.Sealed(store.blobs().seal(call.blob(), call.seal(), call.ran()));
  }

  @Override
  public StoreReply setRecipient(StoreCall.SetRecipient call) {
    return new StoreReply.Changed(
        store.blobs().setRecipient(call.blob(), call.recipient(), call.state(), call.ran()));
  }

  @Override
  public StoreReply touchBlob(StoreCall.TouchBlob call) {
    store.blobs().touch(call.blob(), call.ran());
    return new StoreReply.Changed(true);
  }

  @Override
  public StoreReply removeBlob(StoreCall.RemoveBlob call) {
    return new StoreReply.Changed(store.blobs().remove(call.blob(), call.reason(), call.now()));
  }

  @Override
  public StoreReply removeUser(StoreCall.RemoveUser call) {
    return new StoreReply.Changed(directory().remove(call.user(), call.reason(), call.now()));
  }

  /** About what a call holds in memory, for the limit of the store's queue; bytes. */
  static long size(StoreCall call) {
    if (call instanceof StoreCall.Append append) {
      return append.messages().stream()
          .mapToLong(one -> 512 + one.copies().stream().mapToLong(c -> c.body().length()).sum())
          .sum();
    }
    if (call instanceof StoreCall.Fetch fetch) {
      return 512 + fetch.maxBytes();
    }
    if (call instanceof StoreCall.CreateBlob create) {
      return 512 + 160L * create.recipients().size();
    }
    // A publication is at most one frame; all others are small.
    return call instanceof StoreCall.Publish ? WireLimits.MAX_BODY : 512;
  }
}
