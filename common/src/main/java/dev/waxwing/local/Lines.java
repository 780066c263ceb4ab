package dev.waxwing.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * JSON Lines on a local socket: one JSON object a line, UTF-8, at most 1 MiB.
 *
 * <pre>
 *  {"id":n,"call":"name","args":{…}}            a request; ids are the caller's, from 1
 *  {"id":n,"event":…}                           zero or more, for calls that stream
 *  {"id":n,"result":…}                          its end, or
 *  {"id":n,"error":{"code":…,"what":…,"advice":…}}
 *  {"cancel":n}                                 the caller wants no more of it
 * </pre>
 */
final class Lines {
  /** Longest line in bytes, its line end not counted. */
  static final int MAX = 1 << 20;

  static final JsonMapper MAPPER = mapper();

  private Lines() {}

  /** Reads lines from one channel; one thread. */
  static final class Reader {
    private final SocketChannel channel;
    private final ByteBuffer chunk = ByteBuffer.allocate(16 * 1024).limit(0);
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Reader(SocketChannel channel) {
      this.channel = channel;
    }

    /**
     * The next object; null at the end of the stream, also in the middle of a line.
     *
     * @throws Fault FRAME_TOO_LARGE or HEADER_MALFORMED
     */
    @Nullable ObjectNode next() throws IOException {
      while (true) {
        while (chunk.hasRemaining()) {
          byte b = chunk.get();
          if (b == '\n') {
            byte[] whole = line.toByteArray();
            line.reset();
            return parse(whole);
          }
          if (line.size() == MAX) {
            throw new Fault(FaultCode.FRAME_TOO_LARGE, "a line over " + MAX + " bytes");
          }
          line.write(b);
        }
        chunk.clear();
        int read = channel.read(chunk);
        chunk.flip();
        if (read < 0) {
          return null;
        }
      }
    }
  }

  /** The line of an object, its end included. */
  static byte[] encode(ObjectNode object) {
    try {
      byte[] text = MAPPER.writeValueAsBytes(object);
      if (text.length > MAX) {
        throw new Fault(FaultCode.FRAME_TOO_LARGE, "an answer over " + MAX + " bytes");
      }
      byte[] line = java.util.Arrays.copyOf(text, text.length + 1);
      line[text.length] = '\n';
      return line;
    } catch (JsonProcessingException e) {
      throw new Fault(FaultCode.INTERNAL, "an answer that cannot be written", e);
    }
  }

  static ObjectNode parse(byte[] line) {
    try {
      if (MAPPER.readTree(line) instanceof ObjectNode object) {
        return object;
      }
    } catch (IOException e) {
      // the one refusal below
    }
    throw new Fault(FaultCode.HEADER_MALFORMED, "a line that is not a JSON object");
  }

  static ObjectNode error(Fault fault) {
    return MAPPER
        .createObjectNode()
        .put("code", fault.code().name())
        .put("what", fault.what())
        .put("advice", fault.advice());
  }

  /** The failure in an {@code error} field; a code this program does not know becomes INTERNAL. */
  static Fault fault(JsonNode error) {
    String name = error.path("code").asText();
    String what = error.path("what").asText("no reason given");
    for (FaultCode code : FaultCode.values()) {
      if (code.name().equals(name)) {
        return new Fault(code, what, error.path("advice").asText(code.advice()));
      }
    }
    return new Fault(FaultCode.INTERNAL, what);
  }

  private static JsonMapper mapper() {
    JsonMapper mapper =
        JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    mapper
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(32)
                .maxStringLength(MAX)
                .maxNameLength(256)
                .maxNumberLength(32)
                .build());
    return mapper;
  }
}
