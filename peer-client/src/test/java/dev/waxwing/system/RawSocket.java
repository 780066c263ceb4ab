package dev.waxwing.system;

import dev.waxwing.wire.WireLimits;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * A WebSocket over TLS that sends whatever it is told, right or wrong, byte by byte if need be;
 * written for tests from RFC 6455, with the JDK's own TLS.
 */
final class RawSocket implements AutoCloseable {
  static final int FIN = 0x80;
  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private static final int PATIENCE_MILLIS = 20_000;

  private final SSLSocket socket;
  private final DataInputStream in;
  private final OutputStream out;

  /** What came: an opcode, and its payload; opcode -1 for the end of the connection. */
  record Came(int opcode, byte[] payload) {
    boolean ended() {
      return opcode < 0 || opcode == CLOSE;
    }

    /** The reason in a close frame. */
    String reason() {
      return payload.length < 2
          ? ""
          : new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
    }
  }

  /** Connects and upgrades. */
  RawSocket(int port) throws IOException {
    socket = tls(port, "TLSv1.3");
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
    String request =
        "GET "
            + WireLimits.PEER_PATH
            + " HTTP/1.1\r\nHost: relay\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
    raw(request.getBytes(StandardCharsets.US_ASCII));
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    if (!head.toString().startsWith("HTTP/1.1 101")) {
      throw new IOException("no upgrade: " + head);
    }
  }

  /** A TLS connection that speaks one version and believes any certificate. */
  static SSLSocket tls(int port, String version) throws IOException {
    SSLSocket socket = unshaken(port);
    socket.setEnabledProtocols(new String[] {version});
    socket.startHandshake();
    return socket;
  }

  /** The same before its handshake. */
  static SSLSocket unshaken(int port) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Anybody()}, null);
      SSLSocket socket =
          (SSLSocket)
              context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      return socket;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /** The served certificate. */
  Certificate certificate() throws IOException {
    return socket.getSession().getPeerCertificates()[0];
  }

  /** SHA-256 of the served certificate's public key. */
  byte[] certificateHash() throws IOException {
    try {
      return MessageDigest.getInstance("SHA-256").digest(certificate().getPublicKey().getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /** Bytes as they are. */
  void raw(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** One whole binary message, unmasked. */
  void binary(byte[] payload) throws IOException {
    raw(frame(FIN | BINARY, payload));
  }

  /** One WebSocket frame, unmasked; {@code first} is its first byte. */
  static byte[] frame(int first, byte[] payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.writeBytes(announced(first, payload.length));
    frame.writeBytes(payload);
    return frame.toByteArray();
  }

  /** The same masked. */
  static byte[] masked(int first, byte[] payload) {
    byte[] head = announced(first, payload.length);
    head[1] |= (byte) 0x80;
    byte[] mask = {1, 2, 3, 4};
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.writeBytes(head);
    frame.writeBytes(mask);
    for (int i = 0; i < payload.length; i++) {
      frame.write(payload[i] ^ mask[i % 4]);
    }
    return frame.toByteArray();
  }

  /** The head of a frame that claims a length. */
  static byte[] announced(int first, long length) {
    if (length >= 0 && length < 126) {
      return new byte[] {(byte) first, (byte) length};
    }
    if (length >= 0 && length < 65_536) {
      return ByteBuffer.allocate(4)
          .put((byte) first)
          .put((byte) 126)
          .putShort((short) length)
          .array();
    }
    return ByteBuffer.allocate(10).put((byte) first).put((byte) 127).putLong(length).array();
  }

  /** The next frame; waits for it. Never throws for an end, however it came. */
  Came next() throws IOException {
    try {
      int opcode = in.readUnsignedByte() & 0x0f;
      int length = in.readUnsignedByte() & 0x7f;
      long size = length < 126 ? length : length == 126 ? in.readUnsignedShort() : in.readLong();
      byte[] payload = new byte[Math.toIntExact(size)];
      in.readFully(payload);
      return new Came(opcode, payload);
    } catch (EOFException | SocketException | SSLException e) {
      return new Came(-1, new byte[0]);
    }
  }

  /** Ends the connection with a reset, in the middle of whatever it was. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** The relay's own certificate proves nothing by itself; the signed hello does. */
  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
