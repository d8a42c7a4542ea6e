"""A script that reads reports until trade is over: python reader.py [HUB]."""

import sys

from exchange.blocking import connect

hub = sys.argv[1] if len(sys.argv) > 1 else "localhost:11111"

with connect(hub) as exchange, exchange.subscribe("feed", "nyse.*") as reports:
    reports.ready(timeout=10)
    print("reading")
    for price, report in reports:
        print(report.subject, price, "and missed", report.skipped)
        if report.subject == "nyse.close":
            break
