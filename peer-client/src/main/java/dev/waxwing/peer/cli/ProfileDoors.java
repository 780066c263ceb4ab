package dev.waxwing.peer.cli;

import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Suite;
import dev.waxwing.peer.api.JoinRequest;
import dev.waxwing.peer.api.Peer;
import dev.waxwing.peer.api.Profiles;
import dev.waxwing.peer.api.Self;
import dev.waxwing.peer.store.ProfileFolder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The profiles on this machine's disk. */
final class ProfileDoors implements Doors {
  @Override
  public PeerOpener at(@Nullable String home, Supplier<String> passphrase) {
    Path named = home == null ? null : Path.of(home);
    ProfileFolder folder = ProfileFolder.locate(named, ProfileFolder.Surroundings.current());
    return new OnDisk(folder, passphrase);
  }

  /** One profile; nothing of it is loaded before it is opened. */
  private record OnDisk(ProfileFolder place, Supplier<String> passphrase) implements PeerOpener {
    @Override
    public Path folder() {
      return place.data();
    }

    @Override
    public Path downloads() {
      return place.downloads();
    }

    @Override
    public boolean joined() {
      return Files.exists(place.database());
    }

    @Override
    public Peer open() {
      return profiles().open();
    }

    @Override
    public Self join(JoinRequest request) {
      return profiles().join(request);
    }

    @Override
    public List<String> engines() {
      return List.of(Suite.wx1().describe());
    }

    private Profiles profiles() {
      return new Profiles(
          place, () -> Secret.take(passphrase.get().getBytes(StandardCharsets.UTF_8)));
    }
  }
}
