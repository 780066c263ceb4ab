# Class-data archive: halves the time to start. Each is for one jar, one Java and one kind of command. It is written
# by the JVM at the end of a first run under a name of that run's own, and taken into use by a later run once that
# process is gone; so nobody ever sees half of one.
# use_archive KIND LEAST [keep]: sets archive_flag. Less than LEAST bytes make a poor one, to be made again: a command
# that ended at once has loaded next to nothing. keep: this run makes none.
archive_flag=
use_archive() {
  archive_dir=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
  { [ -n "$version" ] && [ -n "$archive_dir" ] && [ "${WAXWING_CDS:-}" != off ]; } || return 0
  archive_dir=$archive_dir/waxwing
  [ -d "$archive_dir" ] || (umask 077 && mkdir -p "$archive_dir") 2>/dev/null
  # Someone else's archive would be someone else's code.
  { [ -O "$archive_dir" ] && [ -w "$archive_dir" ]; } || return 0
  stamp=$({ ls -lnL "$jar" "$home/release" && echo "$here"; } 2>/dev/null | cksum)
  stamp=${stamp%% *}
  archive=$archive_dir/$program-$stamp-$version-$1.jsa
  if [ ! -f "$archive" ]; then
    for made in "$archive".*; do
      [ -f "$made" ] || continue
      kill -0 "${made##*.}" 2>/dev/null && continue
      # The JVM writes the first bytes last: with zeros there, it was stopped half-way.
      if [ ! -f "$archive" ] && [ "$(wc -c <"$made")" -ge "$2" ] && [ "$(head -c 4 "$made" | tr -d '\000' | wc -c)" -gt 0 ]; then
        mv -f "$made" "$archive"
      else
        rm -f "$made"
      fi
    done
  fi
  if [ -f "$archive" ]; then
    archive_flag=-XX:SharedArchiveFile=$archive
  elif [ "${3:-}" != keep ]; then
    chmod 700 "$archive_dir" 2>/dev/null
    find "$archive_dir" -name 'waxwing-*.jsa*' -mtime +30 -exec rm -f {} + 2>/dev/null
    archive_flag=-XX:ArchiveClassesAtExit=$archive.$$
  fi
}
