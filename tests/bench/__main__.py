"""Runs the benchmark and prints its table: `python -m tests.bench [--quick] [--only NAME] [--seconds N]`."""

from __future__ import annotations

import argparse
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial

from tests.bench import (
    against,
    alerts,
    crowd,
    culprits,
    delay,
    fanout,
    history,
    page,
    paint,
    scan,
    steady,
    telling,
)
from tests.bench.meter import machine
from tests.bench.table import Row, render

LONGEST_SECONDS = 2400
PARTS: dict[str, Callable[[bool], list[Row]]] = {
    "steady": steady.measure,
    "scan": scan.measure,
    "fanout": fanout.measure,
    "crowd": crowd.measure,
    "delay": delay.measure,
    "telling": telling.measure,
    "paint": paint.measure,
    "page": page.measure,
    "history": history.measure,
    "alerts": alerts.measure,
    "culprits": culprits.measure,
    "against": against.measure,
}


def main() -> int:
    """Measure what was asked for; 1 when something could not be measured, for a missed goal is no failure."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="What loadmon costs.")
    parser.add_argument("--only", action="append", choices=PARTS, help="only this part; may be repeated")
    parser.add_argument("--quick", action="store_true", help="few, short rounds, to try the benchmark")
    parser.add_argument("--seconds", type=int, help="of changing load for the part against independent tools")
    options = parser.parse_args()
    parts = PARTS | {"against": partial(against.measure, seconds=options.seconds)}
    _prepare()
    before, began = machine(), time.monotonic()
    rows, failed = [], 0
    for name in options.only or PARTS:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        try:
            rows += parts[name](options.quick)
        except Exception as error:  # the other parts are worth having all the same
            traceback.print_exc()
            rows.append(Row(name, f"failed: {type(error).__name__}", "", False))
            failed = 1
    quick = " (quick: too short to rely on)" if options.quick else ""
    print(render(rows))
    took = time.monotonic() - began
    print(f"\n{before}\nMedians of rounds, with the least and the greatest; {took:.0f} s{quick}.")
    return failed


def _prepare() -> None:
    """Many sockets, an end in any case, and processes that end with us when we are told to stop."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"The benchmark took longer than {LONGEST_SECONDS} s."))
    signal.alarm(LONGEST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
