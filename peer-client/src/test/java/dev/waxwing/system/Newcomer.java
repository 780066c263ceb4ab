package dev.waxwing.system;

import dev.waxwing.identity.Invite;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.JoinRequest;
import dev.waxwing.peer.api.Profiles;
import dev.waxwing.peer.store.ProfileFolder;
import java.nio.file.Path;

/** Joins by the library, which costs a test less than a program; {@link JoinFailureIT} has that. */
final class Newcomer {
  private Newcomer() {}

  static void join(Path home, Invite invite, String name) {
    new Profiles(ProfileFolder.locate(home, ProfileFolder.Surroundings.current()), () -> null)
        .join(new JoinRequest(invite, new UserId(name), null));
  }
}
