package dev.waxwing.local;

import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The listening end of a directory's local socket, 0600. Its threads are daemons: one accepts, two
 * serve each connection. The handler is called on a connection's thread and must not block it.
 */
public final class LocalServer implements AutoCloseable {
  /** Most connections at once; one more is told so and closed. */
  public static final int MAX_CONNECTIONS = 32;

  private final ServerSocketChannel listener;
  private final Path socket;
  private final Consumer<LocalCall> handler;
  private final Set<LocalConnection> connections = ConcurrentHashMap.newKeySet();

  private LocalServer(ServerSocketChannel listener, Path socket, Consumer<LocalCall> handler) {
    this.listener = listener;
    this.socket = socket;
    this.handler = handler;
  }

  /**
   * Listens in the directory of {@code lock}, replacing what a dead holder left there.
   *
   * @throws Fault PERMISSIONS_OPEN or TARGET_UNWRITABLE
   */
  public static LocalServer start(ProfileLock lock, Consumer<LocalCall> handler) {
    if (!lock.held()) {
      throw new Fault(FaultCode.INTERNAL, "a local socket without its lock");
    }
    try {
      Path socket = LocalAddress.prepare(lock.directory());
      ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        listener.bind(LocalAddress.of(socket), MAX_CONNECTIONS);
        PrivateFiles.close(socket);
      } catch (IOException e) {
        listener.close();
        throw e;
      }
      LocalServer server = new LocalServer(listener, socket, handler);
      Thread thread = new Thread(server::accept, "local-accept");
      thread.setDaemon(true);
      thread.start();
      return server;
    } catch (IOException e) {
      throw new Fault(
          FaultCode.TARGET_UNWRITABLE, "cannot listen in the folder " + lock.directory(), e);
    }
  }

  /** Stops listening, ends every connection and removes the socket. */
  @Override
  public void close() {
    LineWriter.closeQuietly(listener);
    connections.forEach(LocalConnection::close);
    LocalAddress.deleteQuietly(socket);
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        SocketChannel channel = listener.accept();
        LocalConnection connection = new LocalConnection(channel, handler, connections::remove);
        connections.add(connection);
        if (!listener.isOpen()) {
          connection.close();
        } else if (connections.size() > MAX_CONNECTIONS) {
          connection.refuse(
              new Fault(FaultCode.RATE_LIMITED, "too many commands at once on this folder"));
        } else {
          connection.start();
        }
      } catch (IOException e) {
        // one connection that failed while being accepted, or the listener closed: the loop tells
      }
    }
  }
}
