package dev.waxwing.crash;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ClassNotLoadedException;
import com.sun.jdi.IncompatibleThreadStateException;
import com.sun.jdi.InvalidTypeException;
import com.sun.jdi.Location;
import com.sun.jdi.Method;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Holds another JVM still at a place in its program: no thread of it runs on from there until it is
 * let go, or killed.
 */
final class Debugger implements AutoCloseable {
  private static final int RETURN_FIRST = 0xac;
  private static final int RETURN_LAST = 0xb1;
  private static final int GOTO = 0xa7;
  private static final long ATTACH_SECONDS = 20;

  private final VirtualMachine machine;
  private EventSet stopped;
  private ThreadReference standing;

  private Debugger(VirtualMachine machine) {
    this.machine = machine;
  }

  /** A place in a program. */
  record Place(String type, String method, Edge edge, int hit) {}

  /** Which end of a method. */
  enum Edge {
    ENTRY,
    /** Its last return: everything in it is done. */
    EXIT
  }

  /** Attaches to the JVM that listens there. */
  static Debugger attach(int port) {
    AttachingConnector sockets =
        Bootstrap.virtualMachineManager().attachingConnectors().stream()
            .filter(one -> one.name().equals("com.sun.jdi.SocketAttach"))
            .findFirst()
            .orElseThrow();
    Map<String, Connector.Argument> arguments = sockets.defaultArguments();
    arguments.get("hostname").setValue("127.0.0.1");
    arguments.get("port").setValue(Integer.toString(port));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ATTACH_SECONDS);
    while (true) {
      try {
        return new Debugger(sockets.attach(arguments));
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError("no JVM to debug on port " + port, e);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      } catch (IllegalConnectorArgumentsException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** The program is to stop there, every thread of it. */
  void stopAt(Place place) {
    List<ReferenceType> loaded = machine.classesByName(place.type());
    if (loaded.isEmpty()) {
      ClassPrepareRequest prepared = machine.eventRequestManager().createClassPrepareRequest();
      prepared.addClassFilter(place.type());
      prepared.setSuspendPolicy(EventRequest.SUSPEND_ALL);
      prepared.putProperty("place", place);
      prepared.enable();
    }
    loaded.forEach(type -> stopAt(type, place));
  }

  private void stopAt(ReferenceType type, Place place) {
    List<Method> methods =
        type.methodsByName(place.method()).stream().filter(one -> !one.isBridge()).toList();
    if (methods.isEmpty()) {
      throw new AssertionError("there is no such place: " + place);
    }
    for (Method method : methods) {
      BreakpointRequest request =
          machine.eventRequestManager().createBreakpointRequest(location(method, place.edge()));
      request.addCountFilter(place.hit());
      request.setSuspendPolicy(EventRequest.SUSPEND_ALL);
      request.enable();
    }
  }

  private static Location location(Method method, Edge edge) {
    if (edge == Edge.ENTRY) {
      return method.location();
    }
    byte[] code = method.bytecodes();
    int last = code.length - 1;
    int opcode = code[last] & 0xff;
    boolean operand = last >= 2 && (code[last - 2] & 0xff) == GOTO;
    if (opcode < RETURN_FIRST || opcode > RETURN_LAST || operand) {
      throw new AssertionError(method + " does not end with a return");
    }
    return method.locationOfCodeIndex(last);
  }

  /**
   * Waits until the program stands there.
   *
   * @return false when it did not come there in time
   */
  boolean awaitHit(long seconds) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (true) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      EventSet events = left <= 0 ? null : machine.eventQueue().remove(left);
      if (events == null) {
        return false;
      }
      for (Event event : events) {
        if (event instanceof BreakpointEvent hit) {
          stopped = events;
          standing = hit.thread();
          return true;
        }
        if (event instanceof ClassPrepareEvent prepare) {
          stopAt(prepare.referenceType(), (Place) prepare.request().getProperty("place"));
        }
      }
      events.resume();
    }
  }

  /**
   * Lets the program run on as if the method it stands at the beginning of had done its work: a
   * planted fault.
   */
  void skip() {
    try {
      standing.forceEarlyReturn(machine.mirrorOfVoid());
    } catch (InvalidTypeException | ClassNotLoadedException | IncompatibleThreadStateException e) {
      throw new AssertionError(e);
    }
    goOn();
  }

  /** Lets the program run on to the next place it is to stop at. */
  void goOn() {
    stopped.resume();
  }

  /** Lets the program run on, if it is still there. */
  @Override
  public void close() {
    try {
      machine.dispose();
    } catch (VMDisconnectedException e) {
      // It was killed, as it should be.
      return;
    }
  }
}
