package dev.waxwing.peer.api;

import dev.waxwing.identity.UserRecord;
import dev.waxwing.message.Address;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.ratchet.SafetyNumber;
import dev.waxwing.peer.session.Identity;
import dev.waxwing.peer.session.PeerInput;
import dev.waxwing.peer.session.PeerStore;
import dev.waxwing.peer.session.Trust;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.ArrayList;
import java.util.List;

/** Whom the profile knows; for {@link PeerClient}. */
final class ContactBook {
  private final PeerLoop loop;
  private final PeerHost host;
  private final Identity identity;

  ContactBook(PeerLoop loop, PeerHost host, Identity identity) {
    this.loop = loop;
    this.host = host;
    this.identity = identity;
  }

  List<Contact> contacts() {
    return loop.store(tx -> tx.contacts().stream().map(Views::contact).toList());
  }

  Contact contact(String name) {
    return contacts().stream()
        .filter(one -> name.equals(one.alias()) || name.equals(one.user().name()))
        .findFirst()
        .orElseThrow(() -> new Fault(FaultCode.CONTACT_UNKNOWN, "nobody here is called that"));
  }

  UserId resolve(String name) {
    return contacts().stream()
        .filter(one -> name.equals(one.alias()))
        .map(Contact::user)
        .findFirst()
        .orElseGet(() -> new UserId(name));
  }

  Contact addContact(UserId user) {
    host.look(user);
    return decide(user, PeerInput.Decide.Decision.ADD);
  }

  private Contact decide(UserId user, PeerInput.Decide.Decision decision) {
    loop.input(new PeerInput.Decide(user, decision));
    return contact(user.name());
  }

  Contact renameContact(UserId user, String alias) {
    String wanted = alias.strip();
    boolean taken =
        !wanted.isEmpty()
            && contacts().stream()
                .anyMatch(
                    one ->
                        !one.user().equals(user)
                            && (wanted.equals(one.alias()) || wanted.equals(one.user().name())));
    if (taken || wanted.length() > 64) {
      throw new Fault(FaultCode.USAGE, "that alias is taken or too long");
    }
    loop.store(
        tx -> {
          PeerStore.ContactRow row =
              tx.contact(user)
                  .orElseThrow(
                      () -> new Fault(FaultCode.CONTACT_UNKNOWN, user + " is not known here"));
          tx.putContact(
              new PeerStore.ContactRow(
                  row.user(),
                  wanted.isEmpty() ? null : wanted,
                  row.displayName(),
                  row.record(),
                  row.pending(),
                  row.trust(),
                  row.marks(),
                  row.since()));
          return true;
        });
    return contact(user.name());
  }

  void removeContact(UserId user) {
    loop.input(new PeerInput.Decide(user, PeerInput.Decide.Decision.FORGET));
  }

  Contact blockContact(UserId user, boolean blocked) {
    if (loop.store(tx -> tx.contact(user)).isEmpty()) {
      host.look(user);
    }
    host.ask(ref -> new PeerMessage.SetBlocked(ref, user, blocked), new byte[0]);
    return decide(
        user, blocked ? PeerInput.Decide.Decision.BLOCK : PeerInput.Decide.Decision.UNBLOCK);
  }

  SafetyView safetyNumber(UserId user) {
    if (user.equals(identity.user())) {
      throw new Fault(FaultCode.USAGE, "a safety number is between two people");
    }
    if (loop.store(tx -> tx.contact(user)).isEmpty()) {
      host.look(user);
    }
    PeerStore.ContactRow row = known(user);
    SafetyNumber number = number(row);
    return new SafetyView(user, number.digits(), number.qrText(), row.trust());
  }

  Contact markVerified(UserId user, String digits) {
    PeerStore.ContactRow row = known(user);
    if (!number(row).matches(digits)) {
      throw new Fault(FaultCode.KEY_CHANGED, user + "'s safety number is another one now");
    }
    // The session takes this key only, should another be shown in between.
    loop.input(PeerInput.Decide.compared(user, theirs(row).accountKey()));
    return contact(user.name());
  }

  Contact unmarkVerified(UserId user) {
    return decide(user, PeerInput.Decide.Decision.UNVERIFY);
  }

  private PeerStore.ContactRow known(UserId user) {
    return loop.store(tx -> tx.contact(user))
        .orElseThrow(() -> new Fault(FaultCode.CONTACT_UNKNOWN, user + " is not known here"));
  }

  /** The record to compare: the held one where there is one. */
  private static UserRecord theirs(PeerStore.ContactRow row) {
    Bytes pending = row.pending();
    return UserRecord.Signed.parse((pending == null ? row.record() : pending).toArray()).record();
  }

  private SafetyNumber number(PeerStore.ContactRow row) {
    return SafetyNumber.of(identity.record().record(), theirs(row));
  }

  Contact acceptNewKey(UserId user) {
    return decide(user, PeerInput.Decide.Decision.ACCEPT_NEW_KEY);
  }

  /** Refuses to send to somebody whose key changed. */
  void refuseChanged(UserId to) {
    boolean changed =
        loop.store(tx -> tx.contact(to)).filter(row -> row.trust() == Trust.CHANGED).isPresent();
    if (changed) {
      throw new Fault(FaultCode.KEY_CHANGED, to + "'s safety number changed; nothing was sent");
    }
  }

  /** The addresses of everybody's devices, as pinned. */
  List<Address> devices(List<UserId> people) {
    List<Address> devices = new ArrayList<>();
    for (UserId user : people) {
      PeerStore.ContactRow row = loop.store(tx -> tx.contact(user)).orElse(null);
      if (row == null) {
        host.look(user);
        row =
            loop.store(tx -> tx.contact(user))
                .orElseThrow(
                    () -> new Fault(FaultCode.USER_UNKNOWN, "there is no " + user + " here"));
      }
      UserRecord.Signed.parse(row.record().toArray())
          .record()
          .devices()
          .forEach(device -> devices.add(new Address(user, device.device())));
    }
    return devices;
  }

  /** Whether this profile's own user is among these. */
  boolean isSelf(List<UserId> people) {
    return people.contains(identity.user());
  }
}
