package dev.waxwing.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Frame;
import dev.waxwing.wire.WireLimits;
import java.io.IOException;
import java.lang.reflect.Executable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * JSON headers ⇄ messages, strictly: no duplicate keys, no trailing text, no unknown type, no
 * missing field, no coercion between JSON types. A field this program does not know is ignored,
 * unless its name starts with {@code !}, which says that ignoring it would be wrong. Stateless; any
 * thread.
 */
public final class HeaderCodec {
  private static final String TYPE = "t";

  private static final JsonMapper MAPPER = mapper(WireLimits.MAX_HEADER);

  private static final Direction PEER = new Direction(PeerMessage.class);
  private static final Direction RELAY = new Direction(RelayMessage.class);

  private HeaderCodec() {}

  /** A frame carrying {@code message} and {@code body}. */
  public static Frame frame(PeerMessage message, byte[] body) {
    return Frame.of(PEER.encode(message), body);
  }

  /** A frame carrying {@code message} and {@code body}. */
  public static Frame frame(RelayMessage message, byte[] body) {
    return Frame.of(RELAY.encode(message), body);
  }

  /** A frame carrying a slice of {@code part}, in the form both directions share. */
  public static Frame frame(Slice slice, byte[] part, int length) {
    return Frame.of(PEER.encode(slice), part, slice.at(), length);
  }

  /** The header bytes of {@code message}. */
  public static byte[] encode(RelayMessage message) {
    return RELAY.encode(message);
  }

  /**
   * Reads what a peer said.
   *
   * @throws Fault HEADER_MALFORMED, HEADER_TYPE_UNKNOWN, HEADER_FIELD_CRITICAL or the message's own
   */
  public static PeerMessage peerMessage(Frame frame) {
    return (PeerMessage) PEER.decode(frame);
  }

  /**
   * Reads what the relay said.
   *
   * @throws Fault as {@link #peerMessage}
   */
  public static RelayMessage relayMessage(Frame frame) {
    return (RelayMessage) RELAY.decode(frame);
  }

  /**
   * A mapper for other small documents, strict in every way Jackson can be, that writes this
   * project's values as headers do.
   *
   * @param longestString in characters
   */
  public static JsonMapper mapper(int longestString) {
    SimpleModule values = new SimpleModule();
    text(values, Bytes.class, Bytes::fromBase64, Bytes::toBase64);
    text(values, UserId.class, UserId::new, UserId::toString);
    text(values, DeviceId.class, DeviceId::parse, DeviceId::toString);
    text(values, MessageId.class, MessageId::parse, MessageId::toString);
    text(values, BlobId.class, BlobId::parse, BlobId::toString);
    text(values, EpochId.class, EpochId::parse, EpochId::toString);
    text(values, Address.class, Address::parse, Address::toString);
    JsonMapper mapper =
        JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .defaultPropertyInclusion(
                JsonInclude.Value.construct(
                    JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .withCoercionConfig(
                LogicalType.Textual,
                config -> {
                  config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                  config.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                  config.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
                })
            .annotationIntrospector(new RequiredFields())
            .addHandler(new CriticalFields())
            .addModule(values)
            .build();
    mapper
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(WireLimits.MAX_DEPTH)
                .maxStringLength(longestString)
                .maxNameLength(64)
                .maxNumberLength(20)
                .build());
    return mapper;
  }

  /**
   * The header as text. Decoded here, since Jackson would guess UTF-16 and UTF-32, skip a byte
   * order mark and let some malformed UTF-8 pass.
   */
  private static String text(Frame frame) throws CharacterCodingException {
    return StandardCharsets.UTF_8
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT)
        .decode(ByteBuffer.wrap(frame.array(), WireLimits.PREFIX, frame.headerLength()))
        .toString();
  }

  private static <T> void text(
      SimpleModule module, Class<T> type, Function<String, T> read, Function<T, String> write) {
    module.addDeserializer(
        type,
        new StdDeserializer<T>(type) {
          private static final long serialVersionUID = 1L;

          @Override
          public T deserialize(JsonParser parser, DeserializationContext context)
              throws IOException {
            if (!parser.hasToken(JsonToken.VALUE_STRING)) {
              throw new Fault(FaultCode.HEADER_MALFORMED, "a field that should be text is not");
            }
            return read.apply(parser.getText());
          }
        });
    module.addSerializer(
        type,
        new StdSerializer<T>(type) {
          private static final long serialVersionUID = 1L;

          @Override
          public void serialize(T value, JsonGenerator out, SerializerProvider provider)
              throws IOException {
            out.writeString(write.apply(value));
          }
        });
  }

  /**
   * Every component of a record, at any depth, must be there and not null unless it is nullable.
   */
  private static final class RequiredFields extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public Boolean hasRequiredMarker(AnnotatedMember member) {
      return required(member) ? Boolean.TRUE : super.hasRequiredMarker(member);
    }

    @Override
    public JsonSetter.Value findSetterInfo(Annotated member) {
      return required(member)
          ? JsonSetter.Value.forValueNulls(Nulls.FAIL, Nulls.FAIL)
          : super.findSetterInfo(member);
    }

    private static boolean required(Annotated member) {
      return member instanceof AnnotatedParameter parameter
          && parameter.getDeclaringClass().isRecord()
          && !((Executable) parameter.getOwner().getAnnotated())
              .getAnnotatedParameterTypes()[parameter.getIndex()].isAnnotationPresent(
                  Nullable.class);
    }
  }

  /** Refuses unknown fields that say they must be understood, at any depth. */
  private static final class CriticalFields extends DeserializationProblemHandler {
    @Override
    public boolean handleUnknownProperty(
        DeserializationContext context,
        JsonParser parser,
        JsonDeserializer<?> deserializer,
        Object bean,
        String name) {
      if (name.startsWith("!")) {
        throw new Fault(FaultCode.HEADER_FIELD_CRITICAL, "a field that must be understood");
      }
      return false;
    }
  }

  /** The messages of one direction, by the name in their {@code t} field. */
  private static final class Direction {
    private final Map<String, Class<?>> typeByName = new HashMap<>();
    private final Map<Class<?>, String> nameByType = new HashMap<>();

    Direction(Class<?> sealed) {
      for (Class<?> type : sealed.getPermittedSubclasses()) {
        String simple = type.getSimpleName();
        String name = Character.toLowerCase(simple.charAt(0)) + simple.substring(1);
        typeByName.put(name, type);
        nameByType.put(type, name);
      }
    }

    byte[] encode(Object message) {
      ObjectNode node = MAPPER.createObjectNode();
      node.put(TYPE, nameByType.get(message.getClass()));
      node.setAll((ObjectNode) MAPPER.valueToTree(message));
      try {
        return MAPPER.writeValueAsBytes(node);
      } catch (IOException e) {
        throw new Fault(FaultCode.INTERNAL, "a header that cannot be written", e);
      }
    }

    Object decode(Frame frame) {
      try {
        JsonNode node = MAPPER.readTree(text(frame));
        if (!(node instanceof ObjectNode)) {
          throw new Fault(FaultCode.HEADER_MALFORMED, "a header that is not a JSON object");
        }
        JsonNode name = node.get(TYPE);
        Class<?> type = name == null || !name.isTextual() ? null : typeByName.get(name.asText());
        if (type == null) {
          throw new Fault(FaultCode.HEADER_TYPE_UNKNOWN, "a message of unknown type");
        }
        return MAPPER.treeToValue(node, type);
      } catch (IOException | RuntimeException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
          if (cause instanceof Fault fault) {
            throw fault;
          }
        }
        throw new Fault(
            FaultCode.HEADER_MALFORMED, "a header that is not the JSON it should be", e);
      }
    }
  }
}
