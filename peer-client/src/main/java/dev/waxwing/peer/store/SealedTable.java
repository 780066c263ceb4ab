package dev.waxwing.peer.store;

import dev.waxwing.message.Address;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Fields;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the tables share: the database, the seal and their name. Damage is told by the table's name
 * only. A row is opened before its clear columns are parsed: once it opens, they are what was
 * written.
 *
 * @param name the table, as in the schema
 */
record SealedTable(String name, Database database, RowSeal seal) {

  byte[] seal(byte[] plaintext, Object... clear) {
    return seal.seal(Columns.aad(name, clear), plaintext);
  }

  byte[] seal(Fields.Writer columns, Object... clear) {
    return seal(columns.toArray(), clear);
  }

  byte[] open(byte @Nullable [] sealed, @Nullable Object... clear) {
    return seal.open(name, Columns.aad(name, clear), sealed == null ? new byte[0] : sealed);
  }

  /** Opens a row and reads its columns to the last byte. */
  <T> T open(
      Function<Fields.Reader, T> reader, byte @Nullable [] sealed, @Nullable Object... clear) {
    Fields.Reader in = new Fields.Reader(open(sealed, clear), FaultCode.PROFILE_CORRUPT);
    T value = reader.apply(in);
    in.end();
    return value;
  }

  /** An address out of clear columns that no tag vouches for. */
  Address address(@Nullable String user, byte @Nullable [] device) {
    if (device == null || device.length != DeviceId.LENGTH) {
      throw RowSeal.damaged(name);
    }
    return new Address(user(user), new DeviceId(Bytes.of(device)));
  }

  /** A user out of a clear column that no tag vouches for. */
  UserId user(@Nullable String user) {
    try {
      return new UserId(user == null ? "" : user);
    } catch (Fault e) {
      throw RowSeal.damaged(name);
    }
  }
}
