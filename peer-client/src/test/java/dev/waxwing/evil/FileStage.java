package dev.waxwing.evil;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.peer.age.AgeWriter;
import dev.waxwing.peer.api.ReceiveRequest;
import dev.waxwing.peer.api.SendRequest;
import dev.waxwing.peer.api.Transfer;
import dev.waxwing.peer.api.TransferState;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;

/** Alice offers files, bob takes them, and the relay is between them. */
abstract class FileStage extends EvilStage {
  static final int PART = AgeWriter.PART_PLAINTEXT;

  Path place;
  int files;

  @BeforeEach
  final void makePlace() throws IOException {
    acquaint();
    place = Files.createTempDirectory(folder, "taken");
  }

  final Path file(int length) {
    try {
      return Files.write(folder.resolve("file" + ++files + ".bin"), bytes(length));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Alice offers it to bob and perhaps others, and the relay has all of it. */
  final BlobId offered(Path file, Someone... others) {
    List<Someone> people = new ArrayList<>(List.of(bob));
    people.addAll(List.of(others));
    Transfer sent =
        alice
            .peer()
            .send(
                new SendRequest(
                    people.stream().map(one -> one.user).toList(),
                    List.of(file.toString()),
                    null,
                    ""));
    alice.peer().awaitTransfer(sent.id(), TransferState.AT_RELAY, Someone.PATIENCE_MILLIS);
    assertEquals(TransferState.AT_RELAY, alice.peer().transfer(sent.id()).state());
    Someone.until("the offer", () -> isOffered(sent.id()));
    return sent.id();
  }

  private boolean isOffered(BlobId blob) {
    return bob.peer().offers().stream().anyMatch(one -> one.id().equals(blob));
  }

  final Transfer take(BlobId blob) {
    bob.peer()
        .receive(new ReceiveRequest(blob, place.toString(), null, ReceiveRequest.Conflict.RENAME));
    return bob.peer().awaitTransfer(blob, TransferState.DONE, Someone.PATIENCE_MILLIS);
  }

  /** Names in the folder, those of unfinished files left out. */
  final List<String> named() {
    try (Stream<Path> all = Files.list(place)) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> !name.endsWith(".part") && !name.endsWith(".leaves"))
          .filter(name -> !name.startsWith("."))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bob takes it and fails, for one of these reasons; the file has no name. */
  final void refused(BlobId blob, FaultCode... codes) {
    Transfer then = take(blob);
    assertEquals(TransferState.FAILED, then.state(), then::toString);
    assertTrue(Set.of(codes).contains(then.problem().code()), then::toString);
    assertEquals(List.of(), named());
  }

  /** The relay behaves, bob tries again, and has what alice sent. */
  final void arrivesAfterAll(BlobId blob, Path file) throws IOException {
    evil.behave();
    bob.peer().retry(blob);
    Transfer then = bob.peer().awaitTransfer(blob, TransferState.DONE, Someone.PATIENCE_MILLIS);
    assertEquals(TransferState.DONE, then.state(), then::toString);
    assertArrayEquals(
        Files.readAllBytes(file), Files.readAllBytes(place.resolve(file.getFileName())));
  }

  final boolean slice(Passing it) {
    return it.to(bob.user, RelayMessage.class) && it.message() instanceof Slice;
  }
}
