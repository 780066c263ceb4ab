#!/usr/bin/env bash
# Runs every test that ATTACKS.md names and prints what came of each case.
#   attacks.sh                a Markdown table on stdout, Maven's output on stderr; exit 1 when a case failed or never ran;
#                             a test that a machine cannot run (no published vectors, no root) is named in its row
# Needs what `mvn verify` needs, and python3.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../../.."
exec python3 "$here/parts/attacks.py" common/ATTACKS.md
