package dev.waxwing.peer.cli;

import dev.waxwing.identity.Invite;
import dev.waxwing.message.UserId;
import dev.waxwing.peer.api.JoinRequest;
import dev.waxwing.peer.api.Self;
import dev.waxwing.wire.Fault;
import dev.waxwing.wire.FaultCode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code waxwing join}. */
@Command(
    header = {"waxwing join WAXWING-… --name sara", ""},
    description = {"%nJoins the relay an invite leads to and makes your identity there.%n"})
final class JoinCommand extends Task {
  @Parameters(
      arity = "0..1",
      paramLabel = "INVITE",
      description = "the invite; - reads it from standard input")
  @Nullable String invite;

  @Option(names = "--name", paramLabel = "USERID", description = "what you are called there")
  @Nullable String name;

  @Option(
      names = "--hub-password-file",
      paramLabel = "FILE",
      description = "holds the hub's password, where there is one; - for standard input")
  @Nullable String hubPasswordFile;

  @Override
  int run(Session session) {
    Invite parsed = Invite.parse(inviteText(session));
    UserId user = user(session, name);
    String password = hubPasswordFile == null ? null : session.secretFrom(hubPasswordFile);
    Self self = join(session, new JoinRequest(parsed, user, password, session.givenPassphrase()));
    tell(session, self);
    return 0;
  }

  private String inviteText(Session session) {
    if (invite == null) {
      return session.ask().line("Invite", null, "INVITE, or - and standard input");
    }
    return invite.equals("-") ? session.secretFrom("-") : invite;
  }

  private static UserId user(Session session, @Nullable String given) {
    String chosen =
        given != null
            ? given
            : session.ask().line("Your name", suggestion(session), "--name USERID");
    UserId user = new UserId(chosen);
    if (user.reserved()) {
      throw new Fault(FaultCode.USER_RESERVED, "'" + user + "' is reserved");
    }
    return user;
  }

  /** Asks again where a person is there and the answer can be another one. */
  private Self join(Session session, JoinRequest request) {
    JoinRequest attempt = request;
    while (true) {
      try {
        return session.door().join(attempt);
      } catch (Fault fault) {
        boolean asks = session.ask().possible();
        if (asks && fault.code() == FaultCode.USER_TAKEN && name == null) {
          session.voice().warn("%s is taken", attempt.name());
          UserId other = user(session, null);
          attempt =
              new JoinRequest(attempt.invite(), other, attempt.hubPassword(), attempt.passphrase());
        } else if (asks && fault.code() == FaultCode.HUB_PASSWORD_NEEDED) {
          String typed = session.ask().secret("The hub's password", "--hub-password-file FILE");
          attempt = new JoinRequest(attempt.invite(), attempt.name(), typed, attempt.passphrase());
        } else {
          throw fault;
        }
      }
    }
  }

  private static void tell(Session session, Self self) {
    Voice voice = session.voice();
    if (voice.json()) {
      voice.document(Json.document().with(Shapes.self(self)));
      return;
    }
    voice.done("the relay is the one in your invite: %s", self.relayAddress());
    voice.result("You are %s on %s", new Safe(self.user().name(), Ink.BOLD), self.relayName());
    voice.note("Your keys are in %s", session.door().folder());
    voice.next("waxwing who · waxwing send USER FILE · waxwing chat USER");
  }

  /** The name of the account here, made a possible user ID; null when nothing is left of it. */
  private static @Nullable String suggestion(Session session) {
    String account = session.world().env().getOrDefault("USER", System.getProperty("user.name"));
    String form = account.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]", "");
    form = form.replaceFirst("^[._-]+", "");
    try {
      UserId user = new UserId(form.substring(0, Math.min(32, form.length())));
      return user.reserved() ? null : user.name();
    } catch (Fault fault) {
      return null;
    }
  }
}
