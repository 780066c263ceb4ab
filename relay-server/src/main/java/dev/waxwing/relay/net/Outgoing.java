package dev.waxwing.relay.net;

import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;

/** What a connection is told to do, on its way from the hub's loop to its own context. */
sealed interface Outgoing {

  /** Calls the case. */
  void on(Cases cases);

  /** One method per case. */
  interface Cases {
    void queue(Frame frame);

    void pause();

    void resume();

    void close(FaultCode code);

    void cutOff();
  }

  /** Write a frame; its room in the queue is reserved. */
  record Queue(Frame frame) implements Outgoing {
    @Override
    public void on(Cases cases) {
      cases.queue(frame);
    }
  }

  /** Read no more. */
  record Pause() implements Outgoing {
    @Override
    public void on(Cases cases) {
      cases.pause();
    }
  }

  /** Read again. */
  record Resume() implements Outgoing {
    @Override
    public void on(Cases cases) {
      cases.resume();
    }
  }

  /** Close once everything queued is written. */
  record Close(FaultCode code) implements Outgoing {
    @Override
    public void on(Cases cases) {
      cases.close(code);
    }
  }

  /** Close at once: the queue is full. */
  record CutOff() implements Outgoing {
    @Override
    public void on(Cases cases) {
      cases.cutOff();
    }
  }
}
