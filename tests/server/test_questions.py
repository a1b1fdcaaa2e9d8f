"""What a freelancer asks, as calls over one known tracker: every figure is worked out by hand from its rows.

The tracker is `tests/data/questions/revenue-tracker.md`, today is 10 March 2026. Gumroad was read through 20 February,
a sale in yen waits for a price, Tern Studio has not paid its February invoice, a refund and a lost and won dispute
cross the turn of a month, and one row was struck by its owner.
"""

import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from fastmcp import Client, FastMCP

from tests.server.conftest import server_over

DATA = Path(__file__).parents[1] / "data" / "questions" / "revenue-tracker.md"


class Question(NamedTuple):
    """A question, the call that answers it, the answer's figures by their place, and words of its text."""

    asked: str
    tool: str
    arguments: dict[str, Any]
    figures: dict[str, Any]
    says: tuple[str, ...] = ()


QUESTIONS = (
    Question(
        "How much did I earn in February?",
        "get_monthly_summary",
        {"month": "2026-02"},
        # Upwork 900, Fiverr 450, Gumroad 39, GitHub 25, Stripe 100 + 800 (the dispute won back)
        {
            "rows.0.total": 2314.00,
            "rows.0.stripe": 900.00,
            "rows.0.cold_outreach": 0.00,
            "rows.0.coverage.upwork": "exact",
            "rows.0.coverage.gumroad": "floor",
            "rows.0.coverage.stripe": "floor",
            "rows.0.coverage.total": "floor",
        },
        ("Gumroad is read only through 2026-02-20", "1 record in Needs Attention"),
    ),
    Question(
        "And so far this year?",
        "get_monthly_summary",
        {"year": 2026},
        # 1,346 in January, 2,314 in February, 439 in March
        {
            "ytd_label": "2026",
            "ytd_total": 4099.00,
            "ytd_coverage": "floor",
            "rows.0.total": 1346.00,
            "rows.2.total": 439.00,
        },
        ("YTD 2026: $4,099.00+",),
    ),
    Question(
        "What did I make in all of 2025, by platform?",
        "get_insights",
        {"period": "2025"},
        # Upwork 600 + 900 + 1,200 + 600; Fiverr 500 + 250; Gumroad 29 + 29 + 58 + 29; GitHub 3 x 25; outreach
        # 1,000 + 1,200; Stripe 1,500 - 300 + 240 + 540 + 4 x 100 + 800; other 200
        {
            "metrics.income.value": 9850.00,
            "metrics.income.coverage": "exact",
            "metrics.income.parts.Upwork": 3300.00,
            "metrics.income.parts.Fiverr": 750.00,
            "metrics.income.parts.Gumroad": 145.00,
            "metrics.income.parts.GitHub Sponsors": 75.00,
            "metrics.income.parts.Cold Outreach": 2200.00,
            "metrics.income.parts.Stripe": 3180.00,
            "metrics.income.parts.Other": 200.00,
        },
    ),
    Question(
        "How much of February did the platforms leave me?",
        "get_monthly_summary",
        {"month": "Feb 2026", "basis": "net"},
        # 2,314.00 less 90.00 (Upwork), 90.00 (Fiverr), 4.40 (Gumroad) and 3.20 (Stripe)
        {"rows.0.total": 2126.40, "rows.0.upwork": 810.00, "rows.0.fiverr": 360.00, "rows.0.stripe": 896.80},
    ),
    Question(
        "What did fees cost me in 2025, and do I know all of them?",
        "get_insights",
        {"period": "2025"},
        # Upwork 330.00, Fiverr 150.00, Gumroad 3 x 3.40 + 6.30, Stripe 43.80 + 7.26 + 15.96 + 4 x 3.20 + 23.50;
        # the talk's fee is blank, so net is at most 9,850.00 - 599.82
        {
            "metrics.fees.value": 599.82,
            "metrics.fees.coverage": "floor",
            "metrics.net.value": 9250.18,
            "metrics.net.coverage": "unknown",
        },
    ),
    Question(
        "What is behind Stripe's figure for February, and what is missing from it?",
        "explain_total",
        {"month": "2026-02", "channel": "Stripe"},
        {
            "total": 900.00,
            "count": 2,
            "rows.0.row.id": "stripe_ch_care6",
            "rows.1.row.id": "stripe_ch_form_dispute_won",
            "needs_attention.0.id": "stripe_ch_yen",
            "needs_attention.0.amount": "30000",
            "needs_attention.0.currency": "JPY",
        },
        ("won dispute on stripe_ch_form (2025-12-18)", "no price for JPY"),
    ),
    Question(
        "Why was Stripe negative in January?",
        "explain_total",
        {"month": "Jan 2026", "channel": "Stripe"},
        # the care plan's 100 and the 800 charged back
        {"total": -700.00, "coverage": "exact", "rows.1.row.amount_usd": -800.00},
        ("chargeback of stripe_ch_form (2025-12-18)",),
    ),
    Question(
        "Who hasn't paid me yet, and how much is it?",
        "list_transactions",
        {"status": "pending"},
        {"count": 1, "sum_usd": 0.00, "not_counted_usd": 1300.00, "rows.0.client": "Tern Studio"},
        ("1 row, $0.00 (not counted: $1,300.00)",),
    ),
    Question(
        "What did Tern Studio bring me, ever?",
        "list_transactions",
        {"client": "tern"},
        # 1,000 + 1,200 + 1,300; the pending 1,300 is listed and not counted
        {"count": 4, "sum_usd": 3500.00, "not_counted_usd": 1300.00},
    ),
    Question(
        "Do I hang on one client? (2025)",
        "get_insights",
        {"period": "2025"},
        # Harbor Labs 3,300, Tern Studio 2,200, Orla Reyes 1,500 - 300 + 800 of 9,850
        {
            "metrics.top_client_share.value": 33.50,
            "metrics.top_client_share.n": 13,
            "metrics.top_client_share.listed_by.client": "Harbor Labs",
            "metrics.top_three_share.value": 76.14,
            "metrics.client_concentration.parts.Orla Reyes": 2000.00,
        },
        ('"Harbor Labs" 3,300.00, "Tern Studio" 2,200.00, "Orla Reyes" 2,000.00',),
    ),
    Question(
        "What does an hour of my work bring this year, before and after fees?",
        "get_insights",
        {},
        # 750 + 900 + 300 over 10 + 12 + 4 hours; less 195 of fees
        {
            "metrics.hourly_rate.value": 75.00,
            "metrics.hourly_rate_net.value": 67.50,
            "metrics.hourly_rate.parts.hours": 26.00,
        },
    ),
    Question(
        "And in 2025?",
        "get_insights",
        {"period": 2025},
        # 3,300 over 10 + 15 + 20 + 8 hours
        {"metrics.hourly_rate.value": 62.26, "metrics.hourly_rate.n": 4},
    ),
    Question(
        "What comes in every month by itself?",
        "get_insights",
        {},
        # the care plan's 100, a twelfth of 240 for hosting, GitHub's 25; of this year's income 3 x 100 + 2 x 25
        {
            "metrics.mrr.value": 145.00,
            "metrics.mrr.n": 3,
            "metrics.mrr.parts.Stripe": 120.00,
            "metrics.mrr.kind": "stock",
            "metrics.recurring_share.value": 8.54,
        },
    ),
    Question(
        "How much went back to clients in 2025, and this year?",
        "list_transactions",
        {"status": "refunded", "sort": "date"},
        # -300 in June 2025; in 2026 -29 (Gumroad), -800 charged back and won back
        {
            "count": 4,
            "sum_usd": -329.00,
            "rows.0.amount_usd": -300.00,
            "rows.1.amount_usd": -29.00,
            "rows.3.amount_usd": 800.00,
        },
    ),
    Question(
        "Am I ahead of last year?",
        "get_insights",
        {"period": "ytd"},
        # 4,099 to 10 March 2026 against 600 + 29 + 500 to 10 March 2025
        {"metrics.year_on_year.value": 263.06, "metrics.year_on_year.parts.2025-01-01 to 2025-03-10": 1129.00},
    ),
    Question(
        "Was February better than January?",
        "get_insights",
        {"period": "2026-02"},
        # 2,314 against 1,346
        {"metrics.month_on_month.value": 71.92, "metrics.month_on_month.coverage": "floor"},
    ),
    Question(
        "Where am I heading?",
        "get_insights",
        {},
        # February is not wholly read: 4 x (1,383 + 954 + 1,346); for April the 12 months to January, which sorted are
        # -60, 29, 29, 350, 725, 954, 1,100, 1,346, 1,383, 1,500, 1,500, 1,740
        {
            "metrics.run_rate.value": 14732.00,
            "metrics.run_rate.n": 3,
            "metrics.forecast.low": 29.00,
            "metrics.forecast.value": 1027.00,
            "metrics.forecast.high": 1500.00,
            "metrics.forecast.period": "Apr 2026",
        },
    ),
    Question(
        "Do I reach my 2,000 a month?",
        "get_insights",
        {},
        # 4,099 of 3 x 2,000
        {"metrics.goal.value": 68.32, "metrics.goal.parts.left": 1901.00},
    ),
    Question(
        "What should I have put aside for taxes this year, at a quarter?",
        "get_insights",
        {},
        # net 1,252.80 (1,346.00 - 75.00 - 3.20 - 15.00), 2,126.40 and 401.40 (439.00 - 30.00 - 3.20 - 4.40):
        # 313.20 + 531.60 + 100.35
        {"metrics.tax_set_aside.value": 945.15, "metrics.tax_set_aside.parts.net income": 3780.60},
        ("25 % of net income",),
    ),
    Question(
        "What did December's sales turn out to be worth?",
        "get_monthly_summary",
        {"month": "2025-12", "view": "restated"},
        # 100 + 800 - 800 + 800 on Stripe, 29 - 29 on Gumroad, 25 from GitHub
        {"rows.0.total": 925.00, "rows.0.gumroad": 0.00, "rows.0.stripe": 900.00, "ytd_total": 4128.00},
    ),
    Question(
        "Which rows is that?",
        "explain_total",
        {"month": "2025-12", "view": "restated"},
        {"total": 925.00, "count": 7},
        ("counted with its sale",),
    ),
    Question(
        "How was the last quarter of 2025?",
        "get_insights",
        {"period": "Q4 2025"},
        # 725 + 1,383 + 954
        {"metrics.income.value": 3062.00, "metrics.income.period": "Q4 2025"},
    ),
    Question(
        "Which payments were a thousand or more?",
        "list_transactions",
        {"min_amount": 1000, "sort": "-amount"},
        # 1,500 + 1,300 + 1,200 + 1,200 + 1,000; the struck 1,500 and the unpaid 1,300 stand in the list
        {"count": 7, "sum_usd": 6200.00, "not_counted_usd": 2800.00},
    ),
    Question(
        "Why is there a struck row in May, and does it count?",
        "explain_total",
        {"month": "2025-05"},
        {"total": 1500.00, "coverage": "exact", "left_out.0.row.id": "stripe_ch_twice"},
        ("struck: its status is excluded",),
    ),
    Question(
        "How did my November of 2024 count, before any platform was read?",
        "explain_total",
        {"month": "2024-11"},
        {"total": 300.00, "coverage": "floor", "count": 1},
        ("Stripe is read only from 2025-01-01 on",),
    ),
    Question(
        "How far does each platform's figure reach?",
        "get_source_status",
        {},
        {
            "sources.Gumroad.complete_to": "2026-02-20",
            "sources.Gumroad.last_failure": "auth: the token was rejected",
            "sources.Stripe.complete_to": "2026-03-09",
            "sources.Upwork.complete_to": "2026-03-08",
            "last_updated": "2026-03-10T08:00:00-04:00",
        },
    ),
    Question(
        "Is anything in my file to mend?",
        "check_tracker",
        {},
        {"ok": False, "problems.0.place": "revenue-tracker.md:40:1", "problems.0.severity": "warning"},
        ("no price for JPY on 2026-02-11", "1 problem found"),
    ),
)


def at(answer: Any, place: str) -> Any:
    """What stands at a place such as `metrics.mrr.parts.Stripe`: lists by number, or by what their items are called."""
    words = place.split(".")
    while words:
        word = words.pop(0)
        if isinstance(answer, list):
            named = {str(item.get("slug") or item.get("label") or item.get("source")): item for item in answer}
            answer = answer[int(word)] if word.isdigit() and word not in named else named[word]
            if not words and isinstance(answer, dict):
                answer = answer["value"]
        else:
            answer = answer[word]
    return answer


@pytest.fixture(scope="module")
def read_only_books(tmp_path_factory: pytest.TempPathFactory) -> FastMCP:
    return _server_in(tmp_path_factory.mktemp("books"))


@pytest.fixture
def books(tmp_path: Path) -> FastMCP:
    return _server_in(tmp_path)


def _server_in(folder: Path) -> FastMCP:
    tracker = folder / DATA.name
    shutil.copyfile(DATA, tracker)
    return server_over(tracker, monthly_goal="2000", tax_set_aside="25")


async def ask(client: Client[Any], tool: str, /, **arguments: Any) -> dict[str, Any]:
    answer = (await client.call_tool(tool, arguments)).structured_content
    assert answer is not None
    return answer


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.asked)
async def test_a_question_has_its_answer(read_only_books: FastMCP, era: str, question: Question) -> None:
    async with Client(read_only_books, mode=era) as client:
        result = await client.call_tool(question.tool, question.arguments)
    found = {place: at(result.structured_content, place) for place in question.figures}
    assert found == question.figures
    text = result.content[0].text
    assert [words for words in question.says if words not in text] == []


async def test_the_rows_an_insight_names_sum_to_it(books: FastMCP, era: str) -> None:
    async with Client(books, mode=era) as client:
        metrics = {each["slug"]: each for each in (await ask(client, "get_insights", period="2025"))["metrics"]}
        income = await ask(client, "list_transactions", **metrics["income"]["listed_by"])
        refunds = await ask(client, "list_transactions", **metrics["refunds"]["listed_by"])
        largest = await ask(client, "list_transactions", **metrics["top_client_share"]["listed_by"])
    assert metrics["income"]["listed_by"] == {"date_from": "2025-01-01", "date_to": "2025-12-31"}
    assert [each["sum_usd"] for each in (income, refunds, largest)] == [9850.00, -300.00, 3300.00]


async def test_tern_studio_paid_and_the_figures_follow(books: FastMCP, era: str) -> None:
    async with Client(books, mode=era) as client:
        owed = (await ask(client, "list_transactions", status="pending"))["rows"][0]
        paid = await ask(client, "update_entry", id=owed["id"], status="completed")
        year = await ask(client, "get_monthly_summary", year=2026)
    assert (paid["month"], paid["month_total"]) == ("2026-02", 3614.00)  # 2,314 + 1,300
    assert year["ytd_total"] == 5399.00  # 4,099 + 1,300
    assert [row["cold_outreach"] for row in year["rows"]] == [1300.00, 1300.00, 0.00]


async def test_a_fiverr_job_is_logged_and_struck_again_when_it_was_typed_twice(books: FastMCP, era: str) -> None:
    job = {"amount": "250.00", "fee": "50.00", "channel": "Fiverr", "client": "Bo Lind", "description": "Icons"}
    async with Client(books, mode=era) as client:
        first = await ask(client, "add_manual_entry", **job, idempotency_key="icons")
        again = await ask(client, "add_manual_entry", **job, idempotency_key="icons, typed anew")
        struck = await ask(client, "void_entry", id=again["entry"]["id"], reason="typed twice")
        march = await ask(client, "get_monthly_summary", month="2026-03", basis="net")
    assert (first["month_total"], first["warnings"]) == (689.00, [])  # 439 + 250
    assert (again["month_total"], len(again["warnings"])) == (939.00, 1)
    assert struck["month_total"] == 689.00
    assert march["rows"][0]["fiverr"] == 200.00  # 250 - 50; the struck one's fee is taken out with it
    assert march["rows"][0]["total"] == 601.40  # 401.40 + 200


async def test_money_in_yen_waits_for_a_price_and_in_euros_takes_the_one_of_its_day(books: FastMCP, era: str) -> None:
    async with Client(books, mode=era) as client:
        euros = await ask(
            client,
            "add_manual_entry",
            amount=100,
            currency="EUR",
            channel="Other",
            client="Lumen GmbH",
            date="2025-07-22",
        )
        yen = await ask(
            client,
            "add_manual_entry",
            amount=5000,
            currency="JPY",
            channel="Other",
            client="Aki Mori",
            date="2026-03-09",
        )
    assert euros["entry"]["amount_usd"] == 108.00  # 100 x 1.08, the price of 22 July 2025
    assert euros["month_total"] == 1848.00  # 1,740 + 108
    assert yen["entry"] is None
    assert yen["needs_attention"]["currency"] == "JPY"
    assert yen["month_total"] == 439.00
