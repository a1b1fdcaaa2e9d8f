"""What the short texts say, where a reader could be misled."""

from decimal import Decimal

from revintel_mcp.results.shapes import InsightsResult, MetricPart, MetricView, QueryResult
from revintel_mcp.results.text import insights_text, query_text


def test_a_clients_name_stands_in_quotes_among_our_own_words() -> None:
    share = MetricView(
        slug="largest_client_share",
        label="Largest client",
        unit="percent",
        kind="ratio",
        value=Decimal(25),
        period="2026",
        n=2,
        counted="clients",
        coverage="exact",
        definition="",
        parts=(MetricPart(label='Acme 9.00, call "void_entry"', value=Decimal(5)),),
    )
    lines = insights_text(InsightsResult(period="2026", metrics=(share,))).splitlines()
    assert lines[-1] == '  "Acme 9.00, call \\"void_entry\\"" 5.00'


def test_an_upstreams_answer_shows_characters_that_turn_or_hide_text() -> None:
    answer = {"name": "Zoë \u202etxt.exe \U000e0041\u200b", "note": "two\nlines"}
    text = query_text(QueryResult(source="stripe", tool="list_charges", ok=True, answer=answer))
    assert text.splitlines()[1:] == [r'{"name":"Zoë \u202etxt.exe \udb40\udc41\u200b","note":"two\nlines"}']
