package dev.waxwing.peer.api;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The methods of {@link Peer} as calls on the local socket: the method's name, its arguments as an
 * array, a list result item by item. Adding a method to {@link Peer} adds the call.
 */
final class PeerCalls {
  static final JsonMapper MAPPER = HeaderCodec.mapper(1 << 20);

  private static final String ARGUMENTS = "args";
  private static final String KIND = "kind";
  private static final String EVENT = "event";

  private static final Map<String, Method> METHODS = methods();
  private static final Map<String, Class<?>> EVENTS = events();

  private PeerCalls() {}

  private static Map<String, Method> methods() {
    Map<String, Method> methods = new HashMap<>();
    for (Method method : Peer.class.getMethods()) {
      if (methods.put(method.getName(), method) != null) {
        throw new IllegalStateException("two calls named " + method.getName());
      }
    }
    methods.remove("close");
    methods.remove("subscribe");
    return methods;
  }

  private static Map<String, Class<?>> events() {
    Map<String, Class<?>> events = new HashMap<>();
    for (Class<?> type : PeerEvent.class.getPermittedSubclasses()) {
      events.put(type.getSimpleName(), type);
    }
    return events;
  }

  /** The method called {@code name}, or a refusal. */
  static Method method(String name) {
    Method method = METHODS.get(name);
    if (method == null) {
      throw new Fault(FaultCode.USAGE, "the program that holds this profile is of another version");
    }
    return method;
  }

  static ObjectNode encodeArguments(Object[] arguments) {
    ObjectNode node = MAPPER.createObjectNode();
    ArrayNode array = node.putArray(ARGUMENTS);
    for (Object argument : arguments) {
      array.add(MAPPER.<JsonNode>valueToTree(argument));
    }
    return node;
  }

  static Object[] decodeArguments(Method method, JsonNode node) {
    Type[] types = method.getGenericParameterTypes();
    JsonNode array = node.path(ARGUMENTS);
    if (array.size() != types.length) {
      throw new Fault(FaultCode.USAGE, "the program that holds this profile is of another version");
    }
    Object[] arguments = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      arguments[i] = decode(array.get(i), MAPPER.constructType(types[i]));
    }
    return arguments;
  }

  static Object decode(JsonNode node, JavaType type) {
    try {
      return MAPPER.readerFor(type).readValue(node);
    } catch (IOException e) {
      throw new Fault(FaultCode.USAGE, "a call that cannot be read", e);
    }
  }

  static boolean returnsList(Method method) {
    return List.class.isAssignableFrom(method.getReturnType());
  }

  static JsonNode encodeEvent(PeerEvent event) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put(KIND, event.getClass().getSimpleName());
    node.set(EVENT, MAPPER.valueToTree(event));
    return node;
  }

  static PeerEvent decodeEvent(JsonNode node) {
    Class<?> type = EVENTS.get(node.path(KIND).asText());
    if (type == null) {
      throw new Fault(FaultCode.USAGE, "the program that holds this profile is of another version");
    }
    return (PeerEvent) decode(node.path(EVENT), MAPPER.constructType(type));
  }
}
