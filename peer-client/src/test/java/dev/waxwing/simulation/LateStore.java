package dev.waxwing.simulation;

import dev.waxwing.peer.session.PeerStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A store that writes some of what it is given with the transaction after, so that it moves apart
 * from the rest. The process itself sees what it wrote at once; the next one may not.
 */
final class LateStore implements PeerStore {
  private final PeerStore real;
  private final String put;
  private final String get;
  private final Predicate<Object> which;
  private Map<Object, byte[]> late = new HashMap<>();

  /**
   * A late store over {@code real}.
   *
   * @param put the method that is late, of a name and bytes
   * @param get the method that reads what it wrote
   * @param which names that are late
   */
  LateStore(PeerStore real, String put, String get, Predicate<Object> which) {
    this.real = real;
    this.put = put;
    this.get = get;
    this.which = which;
  }

  @Override
  public <R> R transact(Function<Tx, R> work) {
    Map<Object, byte[]> fresh = new HashMap<>();
    R result =
        real.transact(
            tx -> {
              late.forEach((name, value) -> call(tx, put, name, value));
              return work.apply(proxy(tx, fresh));
            });
    late = fresh;
    return result;
  }

  private Tx proxy(Tx tx, Map<Object, byte[]> fresh) {
    return (Tx)
        Proxy.newProxyInstance(
            Tx.class.getClassLoader(),
            new Class<?>[] {Tx.class},
            (self, method, args) -> {
              if (method.getName().equals(put) && which.test(args[0])) {
                fresh.put(args[0], (byte[]) args[1]);
                return null;
              }
              if (method.getName().equals(get) && fresh.containsKey(args[0])) {
                return Optional.of(fresh.get(args[0]).clone());
              }
              return invoke(tx, method, args);
            });
  }

  private static void call(Tx tx, String name, Object key, byte[] value) {
    try {
      Class<?> type = key instanceof String ? String.class : key.getClass();
      Tx.class.getMethod(name, type, byte[].class).invoke(tx, key, value);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /** Calls the real one; what it throws goes on as it is. */
  static Object invoke(Tx tx, java.lang.reflect.Method method, Object[] args) throws Throwable {
    try {
      return method.invoke(tx, args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @Override
  public void close() {
    real.close();
  }
}
