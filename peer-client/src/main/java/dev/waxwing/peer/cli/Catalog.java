package dev.waxwing.peer.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Every command there is, none of them built before it is named. */
final class Catalog {
  /** What {@code waxwing} alone does. */
  static final Entry BARE = one(Group.START, "", "", StatusCommand.Bare::new);

  /** In the order help shows them. */
  static final List<Entry> ENTRIES =
      List.of(
          one(Group.START, "join", "join a relay with an invite", JoinCommand::new),
          one(Group.START, "status", "who you are here, the link, what waits", StatusCommand::new),
          one(Group.START, "demo", "see all of it work on this machine", DemoCommand::new),
          one(Group.TALK, "who", "the people on this relay", WhoCommand::new),
          one(Group.TALK, "chat", "talk with somebody", ChatCommand::new),
          one(Group.TALK, "msg", "send one message", MsgCommand::new),
          one(Group.TALK, "inbox", "read what came", InboxCommand::new),
          one(Group.TALK, "history", "read, search or export a conversation", HistoryCommand::new),
          one(Group.TALK, "listen", "what happens, as JSON Lines", ListenCommand::new),
          new Entry(
              Group.FILES, "send", "send files or folders", SendCommand::new, List.of(), true),
          one(Group.FILES, "receive", "take offered files", ReceiveCommand::new),
          group(
              Group.FILES,
              "transfers",
              "see and steer transfers",
              List.of(
                  inner("ls", "all of them", TransfersCommand.Ls::new),
                  inner("show", "one of them, or its key", TransfersCommand.Show::new),
                  inner("watch", "progress until all have ended", TransfersCommand.Watch::new),
                  inner("pause", "stop for now", TransfersCommand.Pause::new),
                  inner("resume", "go on", TransfersCommand.Resume::new),
                  inner("cancel", "withdraw, or decline", TransfersCommand.Cancel::new),
                  inner("retry", "try failed ones again", TransfersCommand.Retry::new))),
          one(Group.TRUST, "id", "your own ID", IdCommand::new),
          group(
              Group.TRUST,
              "contacts",
              "the people you know",
              List.of(
                  inner("ls", "all of them", ContactsCommand.Ls::new),
                  inner("add", "add somebody on this relay", ContactsCommand.Add::new),
                  inner("rename", "give somebody a name of your own", ContactsCommand.Rename::new),
                  inner("rm", "forget somebody", ContactsCommand.Rm::new),
                  inner("block", "take nothing from somebody", ContactsCommand.Block::new),
                  inner("unblock", "take things again", ContactsCommand.Unblock::new))),
          one(Group.TRUST, "verify", "make sure somebody is who you think", VerifyCommand::new),
          one(Group.SETUP, "doctor", "find out what is wrong", DoctorCommand::new),
          one(Group.SETUP, "completion", "completion for your shell", CompletionCommand::new),
          one(Group.SETUP, "help", "help on a command or topic", HelpCommand::new),
          one(Group.SETUP, "version", "the version", VersionCommand::new));

  private Catalog() {}

  /** The command of a name. */
  static Optional<Entry> find(String name) {
    return ENTRIES.stream().filter(entry -> entry.name().equals(name)).findFirst();
  }

  /** All names. */
  static List<String> names() {
    return ENTRIES.stream().map(Entry::name).toList();
  }

  private static Entry one(Group group, String name, String line, Supplier<Task> task) {
    return new Entry(group, name, line, task, List.of(), false);
  }

  private static Entry inner(String name, String line, Supplier<Task> task) {
    return one(Group.START, name, line, task);
  }

  private static Entry group(Group group, String name, String line, List<Entry> inner) {
    return new Entry(group, name, line, inner.get(0).task(), inner, false);
  }

  /** Where help lists a command. */
  enum Group {
    START,
    TALK,
    FILES,
    TRUST,
    SETUP
  }

  /**
   * One command.
   *
   * @param group where help lists it
   * @param name the word
   * @param line what it does, for lists
   * @param task makes it
   * @param inner the commands it has; its first is what it does alone
   * @param dashesMatter whether it must know where {@code --} stood
   */
  record Entry(
      Group group,
      String name,
      String line,
      Supplier<Task> task,
      List<Entry> inner,
      boolean dashesMatter) {}
}
