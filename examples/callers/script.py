"""A script that calls: python script.py [HUB]."""

import sys
from concurrent.futures import ThreadPoolExecutor

from exchange import CallError
from exchange.blocking import connect

hub = sys.argv[1] if len(sys.argv) > 1 else "localhost:11111"

with connect(hub) as exchange:
    math = exchange.service("math", wait=5)
    print(math.multiply(6, 7))
    with ThreadPoolExecutor(4) as pool:
        print(list(pool.map(math.multiply, range(5), range(5))))
    print([instance.name for instance in exchange.instances(group="web-services")])
    try:
        math.multiply(6)
    except CallError as error:
        print(error, "- delivered:", error.delivered)
