package dev.waxwing.message;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The name a person is known by on one relay: {@code [a-z0-9][a-z0-9._-]{1,31}}, compared byte by
 * byte. Look-alike letters cannot occur, since only ASCII can.
 *
 * @param name the name
 */
public record UserId(String name) implements Comparable<UserId> {
  private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9._-]{1,31}");
  private static final Set<String> RESERVED =
      Set.of(
          "admin",
          "administrator",
          "all",
          "everyone",
          "guest",
          "hub",
          "me",
          "nobody",
          "operator",
          "relay",
          "root",
          "self",
          "server",
          "support",
          "system",
          "waxwing",
          "waxwing-relay");

  /**
   * Checks the form.
   *
   * @throws Fault USER_MALFORMED
   */
  public UserId {
    if (!FORM.matcher(name).matches()) {
      throw new Fault(FaultCode.USER_MALFORMED, "that is not a possible user ID");
    }
  }

  /** Whether the name may not be registered because it could pass for the relay or its operator. */
  public boolean reserved() {
    return RESERVED.contains(name);
  }

  @Override
  public int compareTo(UserId other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }
}
