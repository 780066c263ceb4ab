package dev.waxwing.peer.cli;

import dev.waxwing.peer.api.JoinRequest;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.Self;
import dev.waxwing.peer.store.ProfileFolder;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The profiles on this machine's disk. */
final class ProfileDoors implements Doors {
  @Override
  public PeerOpener at(@Nullable String home, Supplier<String> passphrase) {
    ProfileFolder folder =
        ProfileFolder.locate(
            home == null ? null : Path.of(home), ProfileFolder.Surroundings.current());
    return new PeerOpener() {
      @Override
      public Path folder() {
        return folder.data();
      }

      @Override
      public Path downloads() {
        return folder.downloads();
      }

      @Override
      public boolean joined() {
        return Files.exists(folder.database());
      }

      @Override
      public Peer open() {
        if (!joined()) {
          throw new Fault(FaultCode.NOT_JOINED, "this profile has not joined a relay");
        }
        throw new Fault(FaultCode.UNAVAILABLE, "profiles cannot be opened by this build");
      }

      @Override
      public Self join(JoinRequest request) {
        throw new Fault(FaultCode.UNAVAILABLE, "relays cannot be joined by this build");
      }

      @Override
      public List<String> engines() {
        return List.of();
      }
    };
  }
}
