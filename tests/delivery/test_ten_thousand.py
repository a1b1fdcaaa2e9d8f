"""Ten thousand payments over a hundred pages: none is lost, none is there twice, every figure is exact."""

import sys
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.delivery.ledger_server import FIRST, STEP_S
from tests.delivery.place import Place, by_name

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ROWS = 10_000
SINCE = ("--since", "2026-01-01")


@pytest.fixture
def busy(place: Place) -> Place:
    place.environ["REVINTEL_NOW"] = "2026-11-23T12:00:00+00:00"
    server = str(Path(__file__).with_name("ledger_server.py"))
    place.configure(stripe={"command": sys.executable, "args": [server, str(ROWS)]})
    return place


def test_ten_thousand_payments_come_in_once_and_exactly(busy: Place) -> None:
    report = busy.result("refresh", *SINCE, timeout_s=100)
    source = by_name(report["sources"], "Stripe")
    assert (source["status"], source["added"]) == ("complete", ROWS)
    cents: Counter[str] = Counter()
    for n in range(ROWS):
        cents[datetime.fromtimestamp(FIRST + n * STEP_S, UTC).strftime("%b %Y")] += 1000 + n
    shown = {row["month"]: Decimal(row["stripe"]) for row in report["summary"]["rows"] if row["stripe"]}
    assert shown == {month: Decimal(amount).scaleb(-2) for month, amount in cents.items()}

    before = busy.tracker.read_bytes()
    again = busy.result("refresh", *SINCE, timeout_s=100)
    assert (again["added"], again["months_changed"]) == (0, [])
    assert len(before) == len(busy.tracker.read_bytes())
