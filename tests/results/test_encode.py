import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from revintel_mcp.domain.transaction import Channel
from revintel_mcp.results.encode import to_json


@dataclass(frozen=True)
class Example:
    amount: Decimal
    day: date
    channel: Channel
    rows: tuple[Decimal, ...]


def test_a_result_becomes_plain_json_with_exact_numbers() -> None:
    example = Example(Decimal("1200.10"), date(2026, 2, 19), Channel.UPWORK, (Decimal("0.30"),))
    assert json.dumps(to_json(example)) == '{"amount": 1200.1, "day": "2026-02-19", "channel": "Upwork", "rows": [0.3]}'


def test_what_has_no_json_form_is_an_error_and_never_a_guess() -> None:
    with pytest.raises(TypeError, match="object"):
        to_json({"x": object()})
