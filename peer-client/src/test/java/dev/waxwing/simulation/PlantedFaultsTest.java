package dev.waxwing.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each fault put in on purpose is found by the seeds of {@link SimulationTest}, and says how. */
@Tag("long")
class PlantedFaultsTest {
  private static final int SEEDS = 1_000;

  private static void found(Supplier<Plant> plant, Promise... how) {
    String name = plant.get().getClass().getSimpleName();
    Optional<Seeds.Found> found = Seeds.find(SEEDS, plant, Set.of(how));
    assertTrue(found.isPresent(), name + " was found by no seed");
    System.out.println(
        name + " found by seed " + found.get().seed() + ": " + found.get().how().getMessage());
  }

  @Test
  void acceptingBeforeTheForce() {
    found(RelayPlants.AcceptBeforeForce::new, Promise.NO_LOSS);
  }

  @Test
  void acceptingBeforeAllAreStored() {
    found(RelayPlants.AcceptBeforeAllAreStored::new, Promise.NO_LOSS, Promise.PROGRESS);
  }

  @Test
  void ignoringTheEpochOfAnAck() {
    found(RelayPlants.EpochOfAckIgnored::new, Promise.ACK);
  }

  @Test
  void ignoringTheIdOfAnAck() {
    found(RelayPlants.AckWithoutId::new, Promise.ACK);
  }

  @Test
  void anAckForAllThatIsOlder() {
    found(RelayPlants.AckIsCumulative::new, Promise.ACK);
  }

  @Test
  void aQuotaThatIsNotGivenBack() {
    found(RelayPlants.QuotaRowLeaked::new, Promise.REFUSAL);
  }

  @Test
  void overtakingWhatFoundNoRoom() {
    found(RelayPlants.FullMailboxOvertaken::new, Promise.ORDER);
  }

  @Test
  void aFetchThatLeavesOneOut() {
    found(RelayPlants.FetchSkips::new, Promise.PROGRESS, Promise.ORDER);
  }

  @Test
  void aOneTimeKeyHandedOutTwice() {
    found(RelayPlants.OneTimeKeyTwice::new, Promise.RATCHET, Promise.PROGRESS);
  }

  @Test
  void mailThatExpiresTooEarly() {
    found(RelayPlants.ExpiryTooEarly::new, Promise.NO_LOSS);
  }

  @Test
  void goingOnAfterAFailedForce() {
    found(RelayPlants.FailedForceForgotten::new, Promise.FAIL_STOP, Promise.NO_LOSS);
  }

  @Test
  void believingAnyClock() {
    found(PeerPlants.ClockBelieved::new, Promise.NO_LOSS);
  }

  @Test
  void resumingTooFar() {
    found(RelayPlants.ResumeTooFar::new, Promise.RESUME, Promise.PROGRESS);
  }

  @Test
  void partsThatAreNeverForced() {
    found(RelayPlants.PartsNeverForced::new, Promise.RESUME, Promise.FILE, Promise.PROGRESS);
  }

  @Test
  void aTailFreedTooEarly() {
    found(RelayPlants.TailFreedTooEarly::new, Promise.FILE, Promise.RESUME);
  }

  @Test
  void aRatchetSavedLate() {
    found(PeerPlants.RatchetSavedLate::new, Promise.RATCHET);
  }

  @Test
  void aReceiptForWhatIsNotStored() {
    found(PeerPlants.ReceiptForWhatIsNotStored::new, Promise.NO_LOSS);
  }

  @Test
  void forgettingWhatWasStored() {
    found(PeerPlants.DedupForgotten::new, Promise.NO_DUPLICATE, Promise.RATCHET);
  }

  @Test
  void storingWhatNobodySaid() {
    found(PeerPlants.StoredWrong::new, Promise.NOTHING_INVENTED);
  }

  @Test
  void randomnessThatRepeats() {
    found(PeerPlants.SaltRepeats::new, Promise.RATCHET);
  }

  @Test
  void anAckBeforeStoring() {
    found(PeerPlants.AckBeforeStored::new, Promise.ACK);
  }

  @Test
  void orderLostOnReconnect() {
    found(PeerPlants.OrderLostOnReconnect::new, Promise.ORDER);
  }

  @Test
  void aRefusalThatIsForgotten() {
    found(PeerPlants.RefusalForgotten::new, Promise.PROGRESS);
  }

  @Test
  void aNewEpochThatIsNotNoticed() {
    found(PeerPlants.EpochIgnored::new, Promise.PROGRESS, Promise.NO_LOSS);
  }

  @Test
  void aPartHeldBeforeItIsForced() {
    found(PeerPlants.HeldBeforeForced::new, Promise.FILE, Promise.RESUME);
  }
}
