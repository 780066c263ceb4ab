package dev.waxwing.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lines on their way out of one connection, put in by any thread and written by one of its own.
 * Bounded in bytes; when full the connection is closed, since its other side stopped reading.
 */
final class LineWriter {
  /** Most bytes waiting. */
  static final long LIMIT = 4L << 20;

  private static final byte[] LAST = new byte[0];

  private final SocketChannel channel;
  private final LinkedBlockingQueue<byte[]> lines = new LinkedBlockingQueue<>();
  private final AtomicLong waiting = new AtomicLong();

  LineWriter(SocketChannel channel, String name) {
    this.channel = channel;
    Thread thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Hands a line over; closes the connection when there is no room for it. */
  void offer(byte[] line) {
    if (waiting.addAndGet(line.length) > LIMIT) {
      closeQuietly(channel);
      return;
    }
    lines.add(line);
  }

  /** Whether half of the room is taken. */
  boolean crowded() {
    return waiting.get() > LIMIT / 2;
  }

  /** Closes the connection once everything handed over so far is written. */
  void finish() {
    lines.add(LAST);
  }

  private void run() {
    try {
      boolean broken = false;
      for (byte[] line = lines.take(); line != LAST; line = lines.take()) {
        // Broken, the connection stays for its reader: what the other end said before it went,
        // often why it went, is still to be read.
        broken = broken || !write(line);
        waiting.addAndGet(-line.length);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      closeQuietly(channel);
    }
  }

  private boolean write(byte[] line) {
    try {
      for (ByteBuffer rest = ByteBuffer.wrap(line); rest.hasRemaining(); ) {
        channel.write(rest);
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  static void closeQuietly(AutoCloseable channel) {
    try {
      channel.close();
    } catch (Exception e) {
      // nothing is left to do for a channel that does not close
    }
  }
}
