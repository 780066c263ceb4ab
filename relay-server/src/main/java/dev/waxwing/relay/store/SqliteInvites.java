package dev.waxwing.relay.store;

import dev.waxwing.wire.Bytes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table invite. A damaged invite is no invite. */
final class SqliteInvites {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteInvites.class);

  private final Sql sql;

  SqliteInvites(Sql sql) {
    this.sql = sql;
  }

  void create(Invite invite) {
    sql.update(
        "INSERT INTO invite (token, created, expires, uses, used, revoked, note, sum)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (token) DO NOTHING",
        invite.token().value(),
        invite.limits().created(),
        invite.limits().expires(),
        invite.limits().uses(),
        invite.used(),
        invite.revoked() ? 1 : 0,
        invite.note(),
        sum(invite));
  }

  List<Invite> list() {
    return sql
        .list("SELECT * FROM invite ORDER BY created DESC, token", SqliteInvites::read)
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  boolean revoke(TokenHash token) {
    Optional<Invite> invite = find(token);
    invite.ifPresent(
        found -> change(new Invite(token, found.limits(), found.note(), found.used(), true)));
    return invite.isPresent();
  }

  /** Pays for one registration; REGISTERED when it did. */
  Registration.Outcome use(TokenHash token, long now) {
    Optional<Invite> invite = find(token);
    if (invite.isEmpty()) {
      return Registration.Outcome.INVITE_UNKNOWN;
    }
    Invite found = invite.get();
    if (found.revoked()) {
      return Registration.Outcome.INVITE_REVOKED;
    }
    if (found.used() >= found.limits().uses()) {
      return Registration.Outcome.INVITE_USED;
    }
    if (now >= found.limits().expires()) {
      return Registration.Outcome.INVITE_EXPIRED;
    }
    change(new Invite(token, found.limits(), found.note(), found.used() + 1, false));
    return Registration.Outcome.REGISTERED;
  }

  private Optional<Invite> find(TokenHash token) {
    return sql.first("SELECT * FROM invite WHERE token = ?", SqliteInvites::read, token.value())
        .flatMap(found -> found);
  }

  private void change(Invite invite) {
    sql.update(
        "UPDATE invite SET used = ?, revoked = ?, sum = ? WHERE token = ?",
        invite.used(),
        invite.revoked() ? 1 : 0,
        sum(invite),
        invite.token().value());
  }

  /** An invite, unless it is damaged. */
  static Optional<Invite> read(ResultSet row) throws SQLException {
    byte[] token = Sql.bytes(row, "token");
    int uses = row.getInt("uses");
    if (token.length == TokenHash.LENGTH && uses > 0) {
      Invite invite =
          new Invite(
              new TokenHash(Bytes.of(token)),
              new Invite.Limits(row.getLong("created"), row.getLong("expires"), uses),
              Sql.text(row, "note"),
              row.getInt("used"),
              row.getInt("revoked") != 0);
      if (sum(invite) == row.getLong("sum")) {
        return Optional.of(invite);
      }
    }
    LOG.warn("an invite is damaged and left out");
    return Optional.empty();
  }

  private static long sum(Invite invite) {
    return new RowSum()
        .add(invite.token().value())
        .add(invite.limits().created())
        .add(invite.limits().expires())
        .add(invite.limits().uses())
        .add(invite.used())
        .add(invite.revoked() ? 1 : 0)
        .add(invite.note())
        .value();
  }
}
