package dev.waxwing.relay.store;

import dev.waxwing.message.Address;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.EpochId;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.UserId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Mail in memory. */
final class MemoryMailbox implements Mailbox {
  private final UndoMap<Long, Mail> mail;
  private final UndoMap<Long, Gone> gone;
  private final UndoMap<Long, Long> marks;
  private final StoreOptions options;
  private final UndoLog log;
  MemoryDirectory directory;
  EpochId epoch;
  private long nextSeq = 1;
  private long nextGone = 1;

  MemoryMailbox(UndoLog log, StoreOptions options) {
    this.mail = new UndoMap<>(log);
    this.gone = new UndoMap<>(log);
    this.marks = new UndoMap<>(log);
    this.options = options;
    this.log = log;
    this.epoch = options.epoch();
  }

  private record Mail(Address to, Row row) {
    long cost() {
      return ROW_OVERHEAD + row.body().length();
    }
  }

  private record Gone(Address sender, Removed removed) {}

  @Override
  public EpochId epoch() {
    return epoch;
  }

  @Override
  public Appended append(Message message, long now) {
    UserEntry user = directory.find(message.recipient()).orElse(null);
    if (user == null) {
      return refused(Outcome.USER_UNKNOWN);
    }
    Set<DeviceId> targets = new HashSet<>();
    message.copies().forEach(copy -> targets.add(copy.device()));
    if (targets.size() != message.copies().size()
        || !targets.equals(new HashSet<>(user.devices()))) {
      return refused(Outcome.DEVICES_STALE);
    }
    List<Copy> fresh =
        message.copies().stream()
            .filter(
                copy ->
                    mail.view().values().stream()
                        .noneMatch(
                            one ->
                                one.to.equals(new Address(message.recipient(), copy.device()))
                                    && one.row.id().equals(message.id())
                                    && one.row.sender().equals(message.sender())))
            .toList();
    if (fresh.isEmpty()) {
      return refused(Outcome.DUPLICATE);
    }
    UserId sender = message.sender().user();
    if (directory.isBlocked(message.recipient(), sender)) {
      return refused(Outcome.DECLINED);
    }
    long cost = fresh.stream().mapToLong(copy -> ROW_OVERHEAD + copy.body().length()).sum();
    if (usage(message.recipient()).bytes() + cost > options.mailQuota()) {
      return refused(Outcome.MAILBOX_FULL);
    }
    long share =
        count(
                one ->
                    one.to.user().equals(message.recipient())
                        && one.row.sender().user().equals(sender))
            .bytes();
    if (share + cost > options.mailQuota() / SHARE_DIVISOR) {
      return refused(Outcome.MAILBOX_SHARE_FULL);
    }
    List<NewRow> rows = new ArrayList<>();
    for (Copy copy : fresh) {
      long seq = nextSeq++;
      log.add(() -> nextSeq = seq);
      mail.put(
          seq,
          new Mail(
              new Address(message.recipient(), copy.device()),
              new Row(seq, message.id(), message.sender(), now, copy.body())));
      rows.add(new NewRow(copy.device(), seq));
    }
    return new Appended(Outcome.ACCEPTED, rows);
  }

  private static Appended refused(Outcome outcome) {
    return new Appended(outcome, List.of());
  }

  @Override
  public List<Row> fetch(Address device, long afterSeq, int maxRows, long maxBytes) {
    List<Row> found = new ArrayList<>();
    long bytes = 0;
    for (Mail one : mail.view().tailMap(afterSeq, false).values()) {
      if (one.to.equals(device)) {
        bytes += one.row.body().length();
        if (found.size() == maxRows || (!found.isEmpty() && bytes > maxBytes)) {
          break;
        }
        found.add(one.row);
      }
    }
    return found;
  }

  @Override
  public int ack(Address device, EpochId epoch, List<PeerMessage.Mail> acked) {
    int removed = 0;
    for (PeerMessage.Mail one : acked) {
      Mail found = mail.get(one.seq());
      if (epoch.equals(epoch())
          && found != null
          && found.to.equals(device)
          && found.row.id().equals(one.id())) {
        mail.remove(one.seq());
        removed++;
      }
    }
    return removed;
  }

  @Override
  public long ran() {
    return marks.view().isEmpty() ? 0 : marks.view().lastKey();
  }

  @Override
  public void note(long ran) {
    if (ran > ran()) {
      marks.put(ran, nextSeq);
    }
  }

  @Override
  public int expire(long ran, int limit, long now) {
    if (marks.view().isEmpty() || ran - ran() >= MARK_MILLIS) {
      note(ran);
    }
    Map.Entry<Long, Long> mark = marks.view().floorEntry(ran - KEPT_MILLIS);
    int removed = 0;
    for (Mail one : List.copyOf(mail.view().values())) {
      if (removed == limit || mark == null || one.row.seq() >= mark.getValue()) {
        break;
      }
      remove(one, RemovedReason.EXPIRED, now);
      removed++;
    }
    return removed;
  }

  void removeOf(Address device, RemovedReason reason, long now) {
    List.copyOf(mail.view().values()).stream()
        .filter(one -> one.to.equals(device))
        .forEach(one -> remove(one, reason, now));
  }

  private void remove(Mail one, RemovedReason reason, long now) {
    mail.remove(one.row.seq());
    long number = nextGone++;
    PeerMessage.Mail name = new PeerMessage.Mail(one.row.seq(), one.row.id());
    gone.put(number, new Gone(one.row.sender(), new Removed(number, name, one.to, reason, now)));
  }

  @Override
  public List<Removed> removed(Address sender, long after, int limit) {
    return gone.view().tailMap(after, false).values().stream()
        .filter(one -> one.sender.equals(sender))
        .map(Gone::removed)
        .limit(limit)
        .toList();
  }

  @Override
  public long waiting(Address device) {
    return mail.view().values().stream().filter(one -> one.to.equals(device)).count();
  }

  @Override
  public Usage usage(UserId user) {
    return count(one -> one.to.user().equals(user));
  }

  @Override
  public Usage total() {
    return count(one -> true);
  }

  private Usage count(Predicate<Mail> which) {
    List<Mail> found = mail.view().values().stream().filter(which).toList();
    return new Usage(found.size(), found.stream().mapToLong(Mail::cost).sum());
  }

  @Override
  public long quarantined() {
    return 0;
  }
}
