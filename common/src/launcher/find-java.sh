# A link to this script may lie anywhere; the jar lies beside the script itself.
self=$0
while [ -h "$self" ]; do
  link=$(readlink "$self")
  case $link in
    /*) self=$link ;;
    *)
      case $self in
        */*) self=${self%/*}/$link ;;
        *) self=$link ;;
      esac
      ;;
  esac
done
case $self in
  */*) here=$(CDPATH= cd -- "${self%/*}/" && pwd -P) ;;
  *) here=$(pwd -P) ;;
esac
jar=$here/$program.jar
if [ ! -f "$jar" ]; then
  echo "$program: $jar is missing; build it with: mvn package" >&2
  exit 1
fi

if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then
  java=$JAVA_HOME/bin/java
  home=$JAVA_HOME
elif java=$(command -v java); then
  home=$(readlink -f "$java" 2>/dev/null)
  home=${home%/bin/java}
else
  echo "$program: no Java found; install Java 17 or newer, or set JAVA_HOME" >&2
  exit 1
fi

# The version from the release file: starting a JVM to ask would cost more than the flags save.
version=
if [ -r "$home/release" ]; then
  while IFS='=' read -r key value; do
    if [ "$key" = JAVA_VERSION ]; then
      version=${value#\"}
      version=${version%%\"*}
      break
    fi
  done <"$home/release"
fi
major=${version%%[!0-9]*}
if [ -n "$major" ] && [ "$major" -lt 17 ]; then
  echo "$program: needs Java 17 or newer, but $java is $version" >&2
  exit 1
fi
