package dev.waxwing.relay.core;

import dev.waxwing.message.UserId;
import dev.waxwing.relay.core.BlobSurroundings.Wait;
import dev.waxwing.wire.WireLimits;

/** The room one blob takes, and whether its uploader may send another part. */
final class BlobRoom {
  private final BlobFlow flow;
  private final UserId owner;
  private final BlobUpload upload;
  private final BlobSealing sealing;
  private final BlobBudget budget;
  private final BlobBudget.Share share;
  private final BlobSurroundings around;

  BlobRoom(
      BlobFlow flow,
      BlobUpload upload,
      BlobSealing sealing,
      BlobBudget budget,
      BlobSurroundings around) {
    this.flow = flow;
    this.owner = flow.owner.user();
    this.upload = upload;
    this.sealing = sealing;
    this.budget = budget;
    this.share = budget.new Share(owner);
    this.around = around;
  }

  /** Says to the budget what the blob takes; nothing when it is gone. */
  void account(boolean gone) {
    long memory = gone ? 0 : flow.parts.wholeBytes() + upload.charge(flow.parts);
    if (share.set(memory, gone ? 0 : flow.parts.diskBytes())) {
      around.roomFreed();
    }
  }

  /** Grants room for the next part, or pauses the uploader until there is some. */
  void want(long now) {
    Wait wait = Wait.NONE;
    if (!sealing.open() || flow.parts.lastIsShort()) {
      upload.wantsNoMore();
    } else if (upload.wantsRoom()) {
      boolean quota = budget.roomInQuota(owner);
      if (quota && !inMemory()) {
        around.reclaim();
      }
      if (quota && inMemory() && inWindow() && around.mayOvertake(flow)) {
        upload.grant();
      } else {
        upload.await(now, !quota);
        boolean own = quota && budget.roomOfOwner(owner) && inWindow();
        wait = own ? Wait.SHARED_MEMORY : Wait.OWN_ROOM;
      }
    }
    around.waits(flow, wait);
  }

  private boolean inMemory() {
    return budget.roomInMemory() && budget.roomOfOwner(owner);
  }

  private boolean inWindow() {
    return flow.parts.wholeBytes() + WireLimits.MAX_PART <= budget.limits().windowBytes();
  }
}
