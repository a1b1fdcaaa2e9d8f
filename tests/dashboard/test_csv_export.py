"""A download opens in a spreadsheet with every cent and without a formula."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.csv_export import HEADINGS, inert, to_csv
from dashboard.decoding import decode
from dashboard.shapes import Row
from tests.dashboard import answers


def _row(**changes: Any) -> Row:
    return decode(Row, answers.row(**changes))


def _read(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_row_has_its_fields_under_their_headings() -> None:
    heading, row = _read(to_csv([_row(hours=1.5)]))

    assert tuple(heading) == HEADINGS
    assert row == [
        "2026-02-03", "Gumroad", "ada@example.com", "Icon set", "29.00", "3.40", "one-time", "completed", "gumroad_a1",
        "", "1.5", "list_sales",
    ]  # fmt: skip


def test_a_refund_stays_a_negative_number_and_an_unknown_fee_stays_empty() -> None:
    (_, row) = _read(to_csv([_row(amount_usd=-29.0, fee_usd=None)]))

    assert row[4:6] == ["-29.00", ""]


@pytest.mark.parametrize(
    "text",
    ['=HYPERLINK("https://evil.example")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\u200b=1", "\uff1d1+1"],
)
def test_a_text_that_a_spreadsheet_would_compute_is_quoted(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Icon set", "a=b", "3 - 1", "'already"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert inert(text) == text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), st.integers(-(10**9), 10**9))
def test_any_text_survives_and_no_cell_starts_a_formula(text: str, cents: int) -> None:
    amount = Decimal(cents) / 100
    (_, row) = _read(to_csv([_row(client=text, description=text, amount_usd=float(amount))]))

    assert row[2].removeprefix("'") == text.removeprefix("'")
    assert Decimal(row[4]) == amount
    assert row[2][:1] not in set("=+-@\t\r")
