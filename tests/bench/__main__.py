"""The bench: ``python -m tests.bench`` measures `exchange` beside AMP, a bare relay, NATS and `twisted.web.xmlrpc`.

Every load is run on every system, one right after the other, and that several times
over, because a machine is never as quiet as it seems; each system of the calls is run
with its processes left to the kernel and spread over two processors, and the fastest
counts. What is compared are ratios within a round, and medians of them. Nothing is
written but the tables.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from tests.bench.calls import measured_calls
from tests.bench.gateways import measured_gateways
from tests.bench.gateways_table import gateways_lines_of, gateways_verdicts_on
from tests.bench.idle import IDLE
from tests.bench.nats_server import missing
from tests.bench.paced import PACED
from tests.bench.reports import measured_reports
from tests.bench.reports_table import reports_lines_of, reports_verdicts_on
from tests.bench.security import measured_security, security_lines_of, security_verdicts_on
from tests.bench.start import START
from tests.bench.steady import STEADY
from tests.bench.table import lines_of, verdicts_on

ROWS_PARTS = {"paced": PACED, "idle": IDLE, "start": START, "steady": STEADY}


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is measured (3)")
    parser.add_argument("--seconds", type=float, default=0.8, help="how long each load is measured (0.8)")
    parts = ["calls", "hop", "gateways", "reports", "security", *ROWS_PARTS]
    parser.add_argument("--only", choices=parts, help="measure only these")
    options = parser.parse_args()
    tables, verdicts = [""], [""]
    if options.only in (None, "calls", "hop"):
        calls = measured_calls(options.rounds, options.seconds, _say, options.only == "hop")
        tables += [*lines_of(calls), ""]
        verdicts += verdicts_on(calls)
    if options.only in (None, "gateways"):
        gateways = measured_gateways(options.rounds, options.seconds, _say)
        tables += [*gateways_lines_of(gateways), ""]
        verdicts += gateways_verdicts_on(gateways)
    if options.only in (None, "reports"):
        reports = measured_reports(options.rounds, options.seconds, _say)
        tables += [*reports_lines_of(reports), "", *_left_out()]
        verdicts += reports_verdicts_on(reports)
    if options.only in (None, "security"):
        secured = measured_security(options.rounds, options.seconds, _say)
        tables += [*security_lines_of(secured), ""]
        verdicts += security_verdicts_on(secured)
    for name, part in ROWS_PARTS.items():
        if options.only in (None, name):
            rows = part.measured(options.rounds, options.seconds, _say)
            tables += [*part.lines_of(rows), ""]
            verdicts += part.verdicts_on(rows)
    print(*tables[1:-1], *verdicts, sep="\n")


def _left_out() -> Iterator[str]:
    if missing():
        yield f"NATS is left out, because this is not installed: {missing()}"
        yield ""


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
