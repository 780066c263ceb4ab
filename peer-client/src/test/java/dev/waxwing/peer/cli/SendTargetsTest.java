package dev.waxwing.peer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SendTargetsTest {
  private static final Set<String> KNOWN = Set.of("ali", "sara", "boss");
  private static final Set<String> FILES =
      Set.of("photo.jpg", "notes", "boss", "./boss", "/etc/hosts", "bob");

  private static SendTargets split(List<String> to, String... words) {
    return SendTargets.split(List.of(words), to, KNOWN, FILES::contains);
  }

  private static Fault refused(String... words) {
    return assertThrows(Fault.class, () -> split(List.of(), words));
  }

  @Test
  void peopleComeFirstAndPathsAreWhatExists() {
    assertEquals(
        new SendTargets(List.of("ali", "sara"), List.of("photo.jpg", "notes")),
        split(List.of(), "ali", "sara", "photo.jpg", "notes"));
  }

  @Test
  void aSeparatorOrADashIsAPath() {
    assertEquals(
        new SendTargets(List.of("ali"), List.of("/etc/hosts")),
        split(List.of(), "ali", "/etc/hosts"));
    assertEquals(new SendTargets(List.of("ali"), List.of("-")), split(List.of(), "ali", "-"));
  }

  @Test
  void dashesSeparateWhateverTheWordsAre() {
    assertEquals(
        new SendTargets(List.of("ali", "boss"), List.of("boss")),
        split(List.of(), "ali", "boss", Program.DASHES, "boss"));
  }

  @Test
  void withPeopleByFlagAllWordsArePaths() {
    assertEquals(
        new SendTargets(List.of("boss"), List.of("boss", "bob")),
        split(List.of("boss"), "boss", "bob"));
  }

  @Test
  void aWordThatIsAPersonAndAFileIsRefusedAndBothWaysOutAreNamed() {
    Fault fault = refused("ali", "boss", "photo.jpg");
    assertEquals(FaultCode.USAGE, fault.code());
    assertTrue(fault.advice().contains("--to"), fault.advice());
    assertTrue(fault.advice().contains("--"), fault.advice());
    assertTrue(fault.advice().contains("./boss"), fault.advice());
  }

  @Test
  void filesWithoutPeopleAreRefused() {
    Fault fault = refused("photo.jpg");
    assertEquals(FaultCode.USAGE, fault.code());
    assertTrue(fault.advice().contains("--to"));
  }

  @Test
  void aMistypedFileIsNotTakenForAPerson() {
    assertEquals(FaultCode.FILE_NOT_FOUND, refused("ali", "phto.jpg").code());
    assertEquals(FaultCode.FILE_NOT_FOUND, refused("ali", "photo.jpg", "sara").code());
    assertEquals(FaultCode.FILE_NOT_FOUND, refused("ali", "./gone").code());
  }

  @Test
  void nothingToSendAndStandardInputBesideFilesAreRefused() {
    assertEquals(FaultCode.USAGE, refused("ali").code());
    assertEquals(FaultCode.USAGE, refused().code());
    assertEquals(FaultCode.USAGE, refused("ali", "-", "photo.jpg").code());
  }
}
