package dev.waxwing.peer.api;

import dev.waxwing.identity.Invite;
import dev.waxwing.peer.net.RelayTarget;
import dev.waxwing.wire.Bytes;
import dev.waxwing.wire.FaultCode;
import dev.waxwing.wire.Fields;
import java.util.ArrayList;
import java.util.List;

/**
 * The relay a profile joined.
 *
 * @param target where it is and who it must be
 * @param name what its operator calls it
 */
record Membership(RelayTarget target, String name) {
  byte[] encode() {
    Fields.Writer out =
        new Fields.Writer()
            .bytes(target.relay())
            .text(target.binding().name())
            .text(name)
            .number(target.addresses().size());
    target.addresses().forEach(out::text);
    return out.toArray();
  }

  static Membership decode(byte[] encoded) {
    Fields.Reader in = new Fields.Reader(encoded, FaultCode.PROFILE_CORRUPT);
    Bytes relay = in.exactly(32);
    Invite.Binding binding = Invite.Binding.valueOf(in.text(32));
    String name = in.text(1024);
    int count = in.count(8);
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      addresses.add(in.text(255));
    }
    in.end();
    return new Membership(new RelayTarget(addresses, relay, binding), name);
  }
}
