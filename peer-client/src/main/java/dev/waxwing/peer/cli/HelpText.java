package dev.waxwing.peer.cli;

import java.util.Map;
import java.util.TreeMap;

/** The topics of {@code waxwing help}. */
final class HelpText {
  /** Topic to text. */
  static final Map<String, String> TOPICS =
      new TreeMap<>(
          Map.of(
              "environment",
              """
              Every long flag --some-flag can be given as WAXWING_SOME_FLAG; a flag given wins.
              Switches take 1, true, yes, on or 0, false, no, off.

                WAXWING_HOME              the profile's folder
                WAXWING_PASSPHRASE_FILE   a file that holds the profile's passphrase
                WAXWING_NO_INPUT          never ask anything
                WAXWING_JSON              documents instead of sentences
                WAXWING_DEBUG             stack traces of failures, for reports
                WAXWING_JAVA_OPTS         flags for the Java that runs this (launcher)
                WAXWING_CDS=off           no class-data archive (launcher)
                NO_COLOR, TERM=dumb       no colours
                XDG_DATA_HOME, XDG_DOWNLOAD_DIR, XDG_CACHE_HOME, JAVA_HOME as usual
              """,
              "exit-codes",
              """
              These never change their meaning.

                0    done
                1    failed otherwise
                2    usage, or an answer was needed and nobody could be asked
                3    the relay was not reached
                4    login: no identity, invite or password refused
                5    not found: a person, file, offer or transfer
                6    trust: a key changed or something is not what it says
                7    not delivered before --timeout
                8    partly done; the list is on standard error
                9    a limit: quota, disk, size, rate
                10   declined by the other person
                130  interrupted (Ctrl-C), 143 ended by a signal; transfers stay resumable
              """,
              "json",
              """
              With --json a command prints one document on standard output, {"v":1,…}. Commands that
              go on (listen, who --watch, chat, receive --watch, transfers watch) print one a line.
              Failures are one document on standard error:

                {"v":1,"error":{"code":"USER_UNKNOWN","message":"…","hint":"…","retryable":false}}

              Times are ISO 8601 in UTC, sizes bytes, states lower case. Read the code, show the
              message. New fields may come; skip what you do not know.

                waxwing listen | jq -r 'select(.type=="message") | "\\(.from): \\(.text)"'
              """,
              "paths",
              """
              Sending: a word is a path if it exists as a file or folder, contains a separator, or is
              - (standard input); people come before paths. Where a word could be both, say it:

                waxwing send --to ali -- report        or    waxwing send ali ./report

              Receiving: files go to --to DIR, else to Waxwing in your downloads folder, else, with
              --home DIR, to DIR/downloads. Nothing is ever written outside that folder; unsafe names
              are made safe; a file has a .part name until it is whole and verified.

              The profile: --home DIR or WAXWING_HOME, else $XDG_DATA_HOME/waxwing
              (~/.local/share/waxwing), ~/Library/Application Support/Waxwing, %LOCALAPPDATA%\\Waxwing.
              """,
              "security",
              """
              What you send is encrypted on this device for the devices of the person you name. The
              relay sees who sends to whom, when and how much; never what, nor any file's name.

                waxwing verify USER     compare the safety number once: if it is the same at both
                                        ends, nobody stands between you, not even the relay

              When somebody's key changes, sending to them is held (exit code 6) until you compare
              again or give --accept-new-key. If their old key signed the new one, only what was not
              sent yet is held. An invite pins the relay's identity: if that changes, nothing is
              sent. Secrets are never flags: give a file, standard input (-) or answer the question.
              Keys lie in the profile's folder, readable by you alone.
              """));

  private HelpText() {}
}
