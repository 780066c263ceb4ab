package dev.waxwing.peer.cli;

/** What is known of the terminal, where there is one. */
interface Tty {
  /** Whether standard input is a person's keyboard. */
  boolean in();

  /** Whether standard output is a screen. */
  boolean out();

  /** Whether standard error is a screen. */
  boolean err();

  /** The screen's width now. */
  int columns();

  /** Reads a line that is not shown. */
  String secret(String prompt);

  /** No terminal anywhere. */
  Tty NONE =
      new Tty() {
        @Override
        public boolean in() {
          return false;
        }

        @Override
        public boolean out() {
          return false;
        }

        @Override
        public boolean err() {
          return false;
        }

        @Override
        public int columns() {
          return 80;
        }

        @Override
        public String secret(String prompt) {
          throw new IllegalStateException("nobody is there");
        }
      };
}
