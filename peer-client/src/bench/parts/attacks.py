"""The table of attacks.sh: the tests a page names, run by Maven, and their reports read."""
import collections
import pathlib
import re
import subprocess
import sys
import time
import xml.etree.ElementTree

NAMED = re.compile(r"`(\w+)#(\w+)`")
ROW = re.compile(r"\| ([A-Z]\d+) \| (.*?) \|")
MODULES = ["common", "relay-server", "peer-client"]


def rows(page):
    for line in pathlib.Path(page).read_text("utf-8").splitlines():
        row = ROW.match(line)
        if row:
            yield row.group(1), row.group(2), NAMED.findall(line)


def sources():
    for module in MODULES:
        yield from pathlib.Path(module, "src/test/java").rglob("*.java")


def runners():
    """Classes that run the tests of a class: itself, or those that keep a contract."""
    found = collections.defaultdict(list)
    for path in sources():
        name = path.stem
        found[name].append(name)
        head = re.search(r"class \w+ (?:extends|implements) ([\w, ]+)", path.read_text("utf-8"))
        for contract in re.findall(r"\w+Contract", head.group(1)) if head else []:
            found[contract].append(name)
    return {name: [one for one in classes if not one.endswith("Contract")] for name, classes in found.items()}


def selection(wanted, last):
    by_class = collections.defaultdict(set)
    for name, method in wanted:
        if name.endswith("IT") == last:
            by_class[name].add(method)
    return ",".join(name + "#" + "+".join(sorted(methods)) for name, methods in sorted(by_class.items()))


def carry_out(wanted):
    subprocess.run(
        ["mvn", "-B", "verify", "-Dmaven.test.failure.ignore=true", "-Dleft.out=", "-Dspotless.check.skip=true",
         "-Dtest=" + selection(wanted, False), "-Dit.test=" + selection(wanted, True),
         "-Dsurefire.failIfNoSpecifiedTests=false", "-Dfailsafe.failIfNoSpecifiedTests=false"],
        stdout=sys.stderr)


def outcomes(since):
    """Runs and failures of each test; a run that was skipped is none."""
    runs = collections.Counter()
    wrong = collections.Counter()
    skipped = collections.Counter()
    for module in MODULES:
        for report in pathlib.Path(module, "target").glob("*-reports/TEST-*.xml"):
            if report.stat().st_mtime < since:
                continue
            for case in xml.etree.ElementTree.parse(report).getroot().iter("testcase"):
                key = case.get("classname").split(".")[-1], re.match(r"\w*", case.get("name")).group(0)
                (runs if case.find("skipped") is None else skipped)[key] += 1
                if case.find("failure") is not None or case.find("error") is not None:
                    wrong[key] += 1
    return runs, wrong, skipped


def main(page):
    cases = list(rows(page))
    by = runners()
    wanted = {(one, method) for _, _, tests in cases for name, method in tests for one in by[name]}
    since = time.time()
    carry_out(wanted)
    runs, wrong, skipped = outcomes(since)
    print("| case | tried | tests | runs | wrong |")
    print("|---|---|---:|---:|---:|")
    bad = 0
    for case, tried, tests in cases:
        if not tests:
            print(f"| {case} | {tried} | – | – | a reason is given |")
            continue
        each = [[(one, method) for one in by[name]] for name, method in tests]
        passed_over = [group[0] for group in each if not any(runs[key] for key in group)]
        never = [key for key in passed_over if not skipped[key]]
        ran = sum(runs[key] for group in each for key in group)
        failed = sum(wrong[key] for group in each for key in group)
        bad += bool(failed or never)
        said = "".join(
            f", {name}#{method} " + ("never ran" if (name, method) in never else "was skipped on this machine")
            for name, method in passed_over)
        print(f"| {case} | {tried} | {len(tests)} | {ran} | {failed}{said} |")
    print(f"| {len(cases)} cases | | {len(wanted)} | {sum(runs[key] for key in wanted)} | {bad} cases |")
    return 1 if bad else 0


sys.exit(main(sys.argv[1]))
