package dev.waxwing.peer.content;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.MessageId;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Letters ⇄ JSON, as strict as frame headers. The bytes that are decoded are the bytes the ratchet
 * authenticated; nothing is ever written again to be checked.
 */
public final class ContentCodec {
  private static final Map<String, Class<? extends Content>> TYPES = types();
  private static final JsonMapper MAPPER = HeaderCodec.mapper(WireLimits.MAX_PLAINTEXT);

  private ContentCodec() {}

  /**
   * The plaintext of a letter.
   *
   * @throws Fault MESSAGE_TOO_LARGE over 64 KiB; HEADER_MALFORMED for text that is not Unicode
   */
  public static byte[] encode(Letter letter) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("id", letter.id().toString());
    node.put("sentAt", letter.sentAt());
    node.put("type", name(letter.content().getClass()));
    node.set("body", MAPPER.valueToTree(letter.content()));
    requireUnderstood(node);
    try {
      byte[] plaintext = MAPPER.writeValueAsBytes(node);
      if (plaintext.length > WireLimits.MAX_PLAINTEXT) {
        throw new Fault(FaultCode.MESSAGE_TOO_LARGE, "a message of " + plaintext.length + " bytes");
      }
      return plaintext;
    } catch (IOException e) {
      throw new Fault(FaultCode.HEADER_MALFORMED, "a message with text that is not Unicode", e);
    }
  }

  /** Decoded here, as for headers: Jackson would guess other encodings. */
  private static String text(byte[] plaintext) throws CharacterCodingException {
    if (plaintext.length > WireLimits.MAX_PLAINTEXT) {
      throw new Fault(FaultCode.MESSAGE_TOO_LARGE, "a message of " + plaintext.length + " bytes");
    }
    return StandardCharsets.UTF_8
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT)
        .decode(ByteBuffer.wrap(plaintext))
        .toString();
  }

  /** Refuses fields that must be understood and text no store or terminal could write again. */
  private static void requireUnderstood(JsonNode node) {
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (name.startsWith("!")) {
                throw new Fault(FaultCode.HEADER_FIELD_CRITICAL, "a field that must be understood");
              }
            });
    if (node.isTextual() && !StandardCharsets.UTF_8.newEncoder().canEncode(node.textValue())) {
      throw new Fault(FaultCode.HEADER_MALFORMED, "text with half a character");
    }
    node.forEach(ContentCodec::requireUnderstood);
  }

  /**
   * Reads a plaintext.
   *
   * @throws Fault HEADER_MALFORMED, HEADER_TYPE_UNKNOWN, HEADER_FIELD_CRITICAL or MESSAGE_TOO_LARGE
   */
  public static Letter decode(byte[] plaintext) {
    try {
      JsonNode node = MAPPER.readTree(text(plaintext));
      JsonNode type = node.path("type");
      Class<? extends Content> content = type.isTextual() ? TYPES.get(type.asText()) : null;
      if (content == null) {
        throw new Fault(FaultCode.HEADER_TYPE_UNKNOWN, "a message of a newer kind");
      }
      if (!node.path("id").isTextual()
          || !node.path("sentAt").isIntegralNumber()
          || !node.path("sentAt").canConvertToLong()
          || !node.path("body").isObject()) {
        throw new Fault(FaultCode.HEADER_MALFORMED, "a message without its fields");
      }
      requireUnderstood(node);
      for (var component : content.getRecordComponents()) {
        boolean optional = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
        if (!optional && !node.get("body").hasNonNull(component.getName())) {
          throw new Fault(FaultCode.HEADER_MALFORMED, "a message without its fields");
        }
      }
      return new Letter(
          MessageId.parse(node.get("id").asText()),
          node.get("sentAt").asLong(),
          MAPPER.treeToValue(node.get("body"), content));
    } catch (IOException | RuntimeException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof Fault fault) {
          throw fault;
        }
      }
      throw new Fault(FaultCode.HEADER_MALFORMED, "a message that is not the JSON it should be", e);
    }
  }

  private static Map<String, Class<? extends Content>> types() {
    Map<String, Class<? extends Content>> types = new TreeMap<>();
    for (Class<?> type : Content.class.getPermittedSubclasses()) {
      types.put(name(type), type.asSubclass(Content.class));
    }
    return types;
  }

  private static String name(Class<?> type) {
    String simple = type.getSimpleName();
    return Character.toLowerCase(simple.charAt(0)) + simple.substring(1);
  }
}
