package dev.waxwing.peer.content;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.waxwing.message.BlobId;
import dev.waxwing.message.MessageId;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.WireLimits;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Letters to JSON and back, and what is no letter. */
class ContentCodecTest {
  private static final MessageId ID = new MessageId(Bytes.of(new byte[MessageId.LENGTH]));
  private static final BlobId BLOB = new BlobId(Bytes.of(new byte[BlobId.LENGTH]));
  private static final Bytes KEY = Bytes.of(new byte[32]);

  private static final List<Content> EVERY_KIND =
      List.of(
          new Content.Text("héllo \uD83D\uDC26 \u0000\n\""),
          new Content.Offer(BLOB, KEY, "a.txt", Content.Shape.FILE, 5, -1, "", null),
          new Content.Offer(BLOB, KEY, "folder", Content.Shape.FOLDER, -1, 7, "see", BLOB),
          new Content.Final(BLOB, 200, KEY),
          new Content.Withdraw(BLOB),
          new Content.Withdraw(BLOB, FaultCode.TRANSFER_NOT_RESUMABLE),
          new Content.Receipt(List.of(ID)),
          new Content.Receipt(List.of()),
          new Content.FileOutcome(BLOB, Content.FileOutcome.Outcome.RECEIVED),
          new Content.FileOutcome(BLOB, Content.FileOutcome.Outcome.DECLINED),
          new Content.Resend(List.of(ID)),
          new Content.Restart(BLOB));

  private static byte[] json(String text) {
    return text.replace('\'', '"').replace("ID", ID.toString()).getBytes(StandardCharsets.UTF_8);
  }

  private static void refused(FaultCode code, byte[] plaintext) {
    assertEquals(code, assertThrows(Fault.class, () -> ContentCodec.decode(plaintext)).code());
  }

  private static void refused(FaultCode code, String text) {
    refused(code, json(text));
  }

  @Test
  void everyKindComesBackAsItWas() {
    Set<Class<?>> kinds = new HashSet<>();
    for (Content content : EVERY_KIND) {
      kinds.add(content.getClass());
      Letter letter = new Letter(ID, 1_800_000_000_000L, content);
      byte[] plaintext = ContentCodec.encode(letter);
      assertEquals(letter, ContentCodec.decode(plaintext));
      assertArrayEquals(plaintext, ContentCodec.encode(ContentCodec.decode(plaintext)));
    }
    assertEquals(Set.of(Content.class.getPermittedSubclasses()), kinds);
  }

  @Test
  void smallestLetterIsRead() {
    byte[] text = json("{'id':'ID','sentAt':1,'type':'text','body':{'text':'hi','later':1}}");
    assertEquals(new Letter(ID, 1, new Content.Text("hi")), ContentCodec.decode(text));
  }

  @Test
  void whatIsNotStrictlyALetterIsRefused() {
    FaultCode malformed = FaultCode.HEADER_MALFORMED;
    refused(malformed, "{'sentAt':1,'type':'text','body':{'text':'hi'}}");
    refused(malformed, "{'id':'short','sentAt':1,'type':'text','body':{'text':'hi'}}");
    refused(malformed, "{'id':7,'sentAt':1,'type':'text','body':{'text':'hi'}}");
    refused(malformed, "{'id':'ID','sentAt':'1','type':'text','body':{'text':'hi'}}");
    refused(malformed, "{'id':'ID','sentAt':1.5,'type':'text','body':{'text':'hi'}}");
    refused(
        malformed, "{'id':'ID','sentAt':9223372036854775808,'type':'text','body':{'text':'h'}}");
    refused(malformed, "{'id':'ID','sentAt':1,'type':'text','body':{}}");
    refused(malformed, "{'id':'ID','sentAt':1,'type':'text','body':{'text':null}}");
    refused(malformed, "{'id':'ID','sentAt':1,'type':'text','body':{'text':7}}");
    refused(malformed, "{'id':'ID','sentAt':1,'type':'text','body':'hi'}");
    refused(malformed, "{'id':'ID','sentAt':1,'type':'text','body':{'text':'a','text':'b'}}");
    refused(malformed, "{'id':'ID','sentAt':1,'type':'text','body':{'text':'hi'}} x");
    refused(malformed, "{'id':'ID','sentAt':1,'type':'receipt','body':{'stored':[null]}}");
    refused(malformed, "{'id':'ID','sentAt':1,'type':'resend','body':{'ids':[]}}");
    refused(malformed, "{'id':'ID','sentAt':1,'type':'text','body':{'text':'\\ud83d'}}");
    refused(malformed, "not JSON");
    refused(malformed, new byte[] {(byte) 0xff, (byte) 0xfe});
    refused(malformed, "{'id':'ID'}".getBytes(StandardCharsets.UTF_16LE));
  }

  @Test
  void unknownKindsAndFieldsThatMustBeUnderstoodAreTold() {
    refused(FaultCode.HEADER_TYPE_UNKNOWN, "{'id':'ID','sentAt':1,'type':'poll','body':{}}");
    refused(FaultCode.HEADER_TYPE_UNKNOWN, "{'id':'ID','sentAt':1,'type':7,'body':{}}");
    refused(FaultCode.HEADER_TYPE_UNKNOWN, "[]");
    refused(
        FaultCode.HEADER_FIELD_CRITICAL,
        "{'id':'ID','sentAt':1,'type':'text','body':{'text':'hi'},'!expires':1}");
    refused(
        FaultCode.HEADER_FIELD_CRITICAL,
        "{'id':'ID','sentAt':1,'type':'text','body':{'text':'hi','!to':'x'}}");
  }

  @Test
  void lettersOverTheLimitAreRefusedBothWays() {
    int room =
        WireLimits.MAX_PLAINTEXT
            - ContentCodec.encode(new Letter(ID, 1, new Content.Text(""))).length;
    Letter fits = new Letter(ID, 1, new Content.Text("x".repeat(room)));
    assertEquals(fits, ContentCodec.decode(ContentCodec.encode(fits)));
    Letter over = new Letter(ID, 1, new Content.Text("x".repeat(room + 1)));
    assertEquals(
        FaultCode.MESSAGE_TOO_LARGE,
        assertThrows(Fault.class, () -> ContentCodec.encode(over)).code());
    refused(FaultCode.MESSAGE_TOO_LARGE, new byte[WireLimits.MAX_PLAINTEXT + 1]);
  }

  @Test
  void longestListsFitAndLongerOnesAreRefused() {
    Letter receipt =
        new Letter(ID, 1, new Content.Receipt(Collections.nCopies(Content.Receipt.MAX, ID)));
    assertEquals(receipt, ContentCodec.decode(ContentCodec.encode(receipt)));
    assertThrows(
        Fault.class, () -> new Content.Receipt(Collections.nCopies(Content.Receipt.MAX + 1, ID)));
    assertThrows(
        Fault.class, () -> new Content.Resend(Collections.nCopies(Content.Resend.MAX + 1, ID)));
  }

  @Test
  void impossibleOffersAndDescriptorsAreRefused() {
    Bytes shortKey = Bytes.of(new byte[31]);
    assertThrows(
        Fault.class,
        () -> new Content.Offer(BLOB, shortKey, "n", Content.Shape.FILE, 1, 1, "", null));
    assertThrows(
        Fault.class, () -> new Content.Offer(BLOB, KEY, "n", Content.Shape.FILE, -2, 1, "", null));
    assertThrows(Fault.class, () -> new Content.Final(BLOB, -1, KEY));
    assertThrows(Fault.class, () -> new Content.Final(BLOB, 1, shortKey));
  }

  @Test
  void textWithHalfACharacterIsNotSealed() {
    assertEquals(
        FaultCode.HEADER_MALFORMED,
        assertThrows(
                Fault.class,
                () -> ContentCodec.encode(new Letter(ID, 1, new Content.Text("\uD83D"))))
            .code());
  }

  @Test
  void offerPrintsNoKey() {
    assertFalse(EVERY_KIND.get(1).toString().contains(KEY.toBase64()));
  }
}
