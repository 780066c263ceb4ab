package dev.waxwing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.waxwing.ProtocolPage.Example;
import dev.waxwing.crypto.Labels;
import dev.waxwing.crypto.Secret;
import dev.waxwing.crypto.Signing;
import dev.waxwing.crypto.Suite;
import dev.waxwing.identity.Invite;
import dev.waxwing.identity.LoginTranscript;
import dev.waxwing.identity.Prekeys;
import dev.waxwing.identity.UserRecord;
import dev.waxwing.merkle.LeafHash;
import dev.waxwing.merkle.MerkleTree;
import dev.waxwing.message.Address;
import dev.waxwing.message.DeviceId;
import dev.waxwing.message.HeaderCodec;
import dev.waxwing.message.PeerMessage;
import dev.waxwing.message.RelayMessage;
import dev.waxwing.message.Slice;
import dev.waxwing.message.UserId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Fields;
import dev.waxwing.wire.Frame;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** PROTOCOL.md and the code say the same: its examples, its messages, its faults. */
class ProtocolExamplesTest {
  private static final ProtocolPage PAGE = ProtocolPage.read(Path.of("PROTOCOL.md"));
  private static final Map<String, Example> EXAMPLES = PAGE.examples();
  private static final Signing SIGNING = Suite.wx1().signing();

  /** Examples of what lives in peer-client, checked there. */
  private static final Set<String> CHECKED_ELSEWHERE = Set.of("safety", "agekeys");

  @Test
  void everyExampleIsChecked() {
    Set<String> checked =
        Arrays.stream(getClass().getDeclaredMethods())
            .map(method -> method.getName())
            .filter(name -> name.endsWith("Example"))
            .map(name -> name.substring(0, name.length() - "Example".length()))
            .collect(Collectors.toCollection(TreeSet::new));
    checked.addAll(CHECKED_ELSEWHERE);
    assertEquals(checked, new TreeSet<>(EXAMPLES.keySet()));
  }

  @Test
  void frameExample() {
    Example example = EXAMPLES.get("frame");
    Frame frame = Frame.parse(example.bytes("hex").toArray());
    PeerMessage message = HeaderCodec.peerMessage(frame);
    assertEquals(example.bytes("hex"), Bytes.of(HeaderCodec.frame(message, new byte[0]).array()));
    assertEquals(example.text("json"), header(frame));
  }

  @Test
  void sliceExample() {
    Example example = EXAMPLES.get("slice");
    Frame frame = Frame.parse(example.bytes("hex").toArray());
    Slice slice = (Slice) HeaderCodec.relayMessage(frame);
    assertEquals(slice, HeaderCodec.peerMessage(frame));
    assertEquals(example.text("json"), header(frame));
    assertEquals(example.bytes("body"), Bytes.of(frame.body()));
    Frame written = HeaderCodec.frame(slice, frame.body(), frame.bodyLength());
    assertEquals(example.bytes("hex"), Bytes.of(written.array()));
  }

  private static String header(Frame frame) {
    return new String(frame.array(), 2, frame.headerLength(), UTF_8);
  }

  @Test
  void fieldsExample() {
    Example example = EXAMPLES.get("fields");
    Fields.Writer out = new Fields.Writer();
    for (Map.Entry<String, String> field : example.entries()) {
      switch (field.getKey()) {
        case "text" -> out.text(field.getValue());
        case "number" -> out.number(Long.parseLong(field.getValue()));
        case "bytes" -> out.bytes(Bytes.fromHex(field.getValue()));
        default -> assertEquals("hex", field.getKey());
      }
    }
    assertEquals(example.bytes("hex"), Bytes.of(out.toArray()));
  }

  @Test
  void infoExample() {
    Example example = EXAMPLES.get("info");
    byte[][] fields =
        example.all("field").stream()
            .map(hex -> Bytes.fromHex(hex).toArray())
            .toArray(byte[][]::new);
    assertEquals(example.bytes("hex"), Bytes.of(Labels.info(example.text("label"), fields)));
  }

  @Test
  void signedExample() {
    Example example = EXAMPLES.get("signed");
    byte[] signed = Labels.signed(example.text("type"), example.bytes("bytes").toArray());
    assertEquals(example.bytes("hex"), Bytes.of(signed));
  }

  @Test
  void recordExample() throws Exception {
    Example example = EXAMPLES.get("record");
    Signing.Pair account = pair(example, "account seed");
    Signing.Pair device = pair(example, "device seed");
    assertEquals(example.bytes("AIK"), account.publicKey());
    assertEquals(example.bytes("DSK"), device.publicKey());
    UserRecord record =
        new UserRecord(
            new UserId(example.text("user")),
            0,
            Bytes.EMPTY,
            account.publicKey(),
            example.bytes("vault key"),
            List.of(
                new UserRecord.Device(
                    DeviceId.parse(example.text("device")),
                    device.publicKey(),
                    example.bytes("agreement key"))),
            Long.parseLong(example.text("time")));
    byte[] encoded = record.encode();
    assertEquals(Integer.parseInt(example.text("encoded length")), encoded.length);
    assertArrayEquals(
        example.bytes("encoded SHA-256").toArray(),
        MessageDigest.getInstance("SHA-256").digest(encoded));
    assertEquals(example.bytes("signature"), record.sign(SIGNING, account).signature());
  }

  @Test
  void loginExample() {
    Example example = EXAMPLES.get("login");
    Signing.Pair relay = pair(example, "relay seed");
    Signing.Pair device = pair(example, "device seed");
    assertEquals(example.bytes("relay"), relay.publicKey());
    LoginTranscript transcript =
        new LoginTranscript(
            relay.publicKey(),
            example.bytes("nonce"),
            example.bytes("challenge"),
            example.bytes("binding"));
    Address who = Address.parse(example.text("who"));
    Bytes hello = example.bytes("relay-hello signature");
    Bytes auth = example.bytes("relay-auth signature");
    assertEquals(hello, transcript.signAsRelay(SIGNING, relay));
    assertEquals(auth, transcript.signAsDevice(SIGNING, device, who));
    assertTrue(SIGNING.verify(relay.publicKey(), bytes(example, "relay-hello bytes"), hello));
    assertTrue(SIGNING.verify(device.publicKey(), bytes(example, "relay-auth bytes"), auth));
  }

  @Test
  void prekeyExample() {
    Example example = EXAMPLES.get("prekey");
    Signing.Pair device = pair(example, "device seed");
    Prekeys.Prekey prekey =
        Prekeys.Prekey.sign(
            SIGNING,
            device,
            Address.parse(example.text("owner")),
            new Prekeys.Unsigned(
                Prekeys.Kind.SIGNED,
                Long.parseLong(example.text("id")),
                Long.parseLong(example.text("created")),
                example.bytes("key")));
    assertEquals(example.bytes("signature"), prekey.signature());
    assertTrue(
        SIGNING.verify(device.publicKey(), bytes(example, "signed bytes"), prekey.signature()));
    String label = new Fields.Reader(prekey.encode(), FaultCode.PREKEY_INVALID).text(8);
    assertEquals(example.text("label"), label);
  }

  @Test
  void inviteExample() {
    Example example = EXAMPLES.get("invite");
    Invite invite =
        new Invite(
            example.all("address"),
            example.bytes("relay"),
            Invite.Binding.CERTIFICATE,
            example.bytes("token"));
    assertEquals(example.text("text"), invite.toText());
    assertEquals(invite, Invite.parse(example.text("text")));
  }

  @Test
  void treeExample() {
    Example example = EXAMPLES.get("tree");
    MerkleTree tree = new MerkleTree();
    List<Bytes> leaves = new ArrayList<>();
    for (String part : example.all("part")) {
      leaves.add(LeafHash.of(part.getBytes(US_ASCII)));
    }
    leaves.forEach(tree::append);
    assertEquals(example.bytes("leaf 0"), leaves.get(0));
    assertEquals(example.bytes("root"), tree.root());
  }

  @Test
  void everyMessageOfThePeerHasItsRow() {
    assertEquals(fields(PeerMessage.class), fields("## Messages of the peer"));
  }

  @Test
  void everyMessageOfTheRelayHasItsRow() {
    assertEquals(fields(RelayMessage.class), fields("## Messages of the relay"));
  }

  /** Name of each message in the code and its fields, those that may be absent with {@code ?}. */
  private static Map<String, String> fields(Class<?> direction) {
    Map<String, String> messages = new TreeMap<>();
    for (Class<?> type : direction.getPermittedSubclasses()) {
      String simple = type.getSimpleName();
      messages.put(
          "`" + Character.toLowerCase(simple.charAt(0)) + simple.substring(1) + "`",
          Arrays.stream(type.getRecordComponents())
              .map(ProtocolExamplesTest::field)
              .collect(Collectors.joining(", ")));
    }
    return messages;
  }

  private static String field(RecordComponent component) {
    boolean optional = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    return component.getName() + (optional ? "?" : "");
  }

  private static Map<String, String> fields(String heading) {
    Map<String, String> messages = new TreeMap<>();
    PAGE.rows(heading).forEach(row -> messages.put(row.get(0), row.get(1)));
    return messages;
  }

  @Test
  void everyFaultStandsInTheRowOfItsKind() {
    Map<String, String> expected = new TreeMap<>();
    for (FaultCode.Kind kind : FaultCode.Kind.values()) {
      expected.put(
          kind.name() + " " + kind.exitCode(),
          Arrays.stream(FaultCode.values())
              .filter(code -> code.kind() == kind)
              .map(FaultCode::name)
              .sorted()
              .collect(Collectors.joining(", ")));
    }
    Map<String, String> page = new TreeMap<>();
    for (List<String> row : PAGE.rows("## Faults")) {
      page.put(
          row.get(0) + " " + row.get(1),
          Arrays.stream(row.get(2).split(", ")).sorted().collect(Collectors.joining(", ")));
    }
    assertEquals(expected, page, "PROTOCOL.md, \"Faults\": put each code into the row of its kind");
  }

  private static Signing.Pair pair(Example example, String seed) {
    return SIGNING.pair(Secret.take(bytes(example, seed)));
  }

  private static byte[] bytes(Example example, String key) {
    return example.bytes(key).toArray();
  }
}
