package dev.waxwing.system;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** What else may listen where a relay is expected. */
final class OtherServers implements AutoCloseable {
  private final Path keys;
  private final List<AutoCloseable> open = new ArrayList<>();

  /**
   * Servers on loopback.
   *
   * @param keys where a certificate and its key lie, as a relay keeps them
   */
  OtherServers(Path keys) {
    this.keys = keys;
  }

  /** A port where nobody listens. */
  int nothing() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** Answers whatever comes as HTTP servers answer what is not HTTP. */
  int plainHttp() throws IOException {
    return answering(
        socket -> {
          socket.getInputStream().read();
          String answer = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
          socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
          socket.getOutputStream().flush();
        });
  }

  int https() throws Exception {
    HttpsServer server = HttpsServer.create(loopback(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls()));
    server.start();
    open.add(() -> server.stop(0));
    return server.getAddress().getPort();
  }

  /** Sends a banner to whoever connects. */
  int ssh() throws IOException {
    return answering(
        socket -> {
          socket
              .getOutputStream()
              .write("SSH-2.0-OpenSSH_9.2\r\n".getBytes(StandardCharsets.UTF_8));
          socket.getOutputStream().flush();
        });
  }

  /** Takes connections and never says a word. */
  int silent() throws IOException {
    return answering(socket -> {});
  }

  private interface Greeting {
    void on(Socket socket) throws IOException;
  }

  private int answering(Greeting greeting) throws IOException {
    ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    open.add(server);
    Thread thread =
        new Thread(
            () -> {
              while (!server.isClosed()) {
                try {
                  Socket socket = server.accept();
                  open.add(socket);
                  greeting.on(socket);
                } catch (IOException e) {
                  return;
                }
              }
            },
            "other server");
    thread.setDaemon(true);
    thread.start();
    return server.getLocalPort();
  }

  private SSLContext tls() throws Exception {
    Certificate certificate =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(Files.readAllBytes(keys.resolve("tls-certificate.pem"))));
    String pem = Files.readString(keys.resolve("tls-key.pem"));
    byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    PrivateKey key =
        KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
            .generatePrivate(new PKCS8EncodedKeySpec(der));
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("tls", key, new char[0], new Certificate[] {certificate});
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable one : List.copyOf(open)) {
      one.close();
    }
  }
}
