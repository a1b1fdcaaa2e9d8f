"""What the short texts say, where a reader could be misled."""

from decimal import Decimal

from revintel_mcp.results.shapes import InsightsResult, MetricPart, MetricView
from revintel_mcp.results.text import insights_text


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
