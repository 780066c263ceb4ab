package dev.waxwing.evil;

/** What the evil relay does with each frame; called for one frame at a time. */
@FunctionalInterface
public interface Script {
  /** An honest relay. */
  Script HONEST = Passing::pass;

  /** Passes it on, or does not, or does something else. */
  void on(Passing it);
}
