package dev.waxwing.peer.cli;

import io.nayuki.qrcodegen.QrCode;

/** QR codes in text: two modules a character, with the quiet zone scanners need. */
final class Qr {
  private static final int QUIET = 2;

  private Qr() {}

  /**
   * Draws light modules as blocks, which suits the dark background terminals mostly have; scanners
   * read the inverse as well.
   */
  static String draw(String text) {
    QrCode code = QrCode.encodeText(text, QrCode.Ecc.LOW);
    StringBuilder out = new StringBuilder();
    for (int y = -QUIET; y < code.size + QUIET; y += 2) {
      for (int x = -QUIET; x < code.size + QUIET; x++) {
        boolean upper = !code.getModule(x, y);
        boolean lower = y + 1 < code.size + QUIET && !code.getModule(x, y + 1);
        out.append(upper ? lower ? '█' : '▀' : lower ? '▄' : ' ');
      }
      out.append('\n');
    }
    return out.toString();
  }
}
