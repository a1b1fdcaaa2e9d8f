"""Canned answers in the shapes of the real tools: a small year with a floor, an unread source and a refund."""

from typing import Any

TODAY = "2026-03-18"
EVIL = '<img src=x onerror=alert(1)> [here](https://evil.example) **b** $x^2$ :material/home: :red[r] =HYPERLINK("x")'

_NONE = {
    "upwork": 0.0,
    "fiverr": 0.0,
    "gumroad": 0.0,
    "github_sponsors": 0.0,
    "cold_outreach": 0.0,
    "stripe": 0.0,
    "other": 0.0,
}
_EXACT = dict.fromkeys([*_NONE, "total"], "exact")


def month(label: str, *, unread: dict[str, str] | None = None, **amounts: float) -> dict[str, Any]:
    """A row of the summary; `unread` names columns that are a floor, or unknown if they have no amount, and why."""
    cells = {**_NONE, **amounts}
    why = dict(unread or {})
    coverage = {**_EXACT, **{key: "floor" if cells[key] else "unknown" for key in why}}
    if why:
        coverage["total"], why["total"] = "floor", "; ".join(why.values())
    return {"month": label, **cells, "total": round(sum(cells.values()), 2), "coverage": coverage, "why": why}


def summary(*rows: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The monthly summary."""
    found = rows or (
        month("Jan 2026", upwork=1200.0, gumroad=87.1),
        month(
            "Feb 2026", upwork=900.25, gumroad=29.0, stripe=450.0, unread={"stripe": "Stripe was read to 12 Feb 2026"}
        ),
        month("Mar 2026", upwork=610.0, unread={"gumroad": "Gumroad could not be read (auth)"}),
    )
    return {
        "rows": list(found),
        "ytd_label": "2026",
        "ytd_total": round(sum(row["total"] for row in found), 2),
        "ytd_coverage": "floor" if any(row["why"] for row in found) else "exact",
        "last_updated": "2026-03-18T09:30:00+00:00",
        "view": "booked",
        "basis": "gross",
        "currency": "USD",
        "today": TODAY,
        "waiting": 1,
        "revision": "",
        "notes": [],
    } | changes


def row(row_id: str = "gumroad_a1", **changes: Any) -> dict[str, Any]:
    """A row of the log."""
    return {
        "id": row_id,
        "date": "2026-02-03",
        "channel": "Gumroad",
        "client": "ada@example.com",
        "description": "Icon set",
        "amount_usd": 29.0,
        "fee_usd": 3.4,
        "transaction_type": "one-time",
        "status": "completed",
        "period": "",
        "hours": None,
        "via": "list_sales",
        "line": 41,
    } | changes


ROWS = (
    row(),
    row("gumroad_a1_refund", date="2026-02-09", amount_usd=-29.0, fee_usd=None, status="refunded", line=44),
    row("gumroad_evil", client=EVIL, description=EVIL, line=45),
    row("manual_2026-03-02_0123456789ab", date="2026-03-02", channel="Fiverr", via="", amount_usd=640.0, fee_usd=None),
    row(
        "manual_2026-03-09_ba9876543210",
        date="2026-03-09",
        channel="Cold Outreach",
        client="Moss & Fern",
        via="",
        amount_usd=1850.0,
        fee_usd=None,
        status="pending",
    ),
)

ATTENTION = {
    "id": "stripe_ch_eur",
    "date": "2026-02-11",
    "source": "Stripe",
    "client": "kontakt@example.org",
    "description": "Beratung",
    "amount": "180.00",
    "currency": "EUR",
    "why": "EUR has no price for 2026-02-11: add 2026-02-11 | EUR | (US dollars for one EUR) to the Prices table",
    "first_seen": "2026-02-12",
}

PROBLEM = {
    "code": "amount",
    "place": "revenue-tracker.md:57:40",
    "message": "the amount can't be read",
    "mend": "write it like 1,200.50",
    "severity": "error",
    "excerpt": "57 | | 2026-02-30 | … |",
}


def row_list(*rows: dict[str, Any]) -> dict[str, Any]:
    """A page of rows."""
    counted = [each["amount_usd"] for each in rows if each["status"] in ("completed", "refunded")]
    return {"rows": list(rows), "count": len(rows), "sum_usd": round(sum(counted), 2), "page": 1, "pages": 1} | {
        "not_counted_usd": round(sum(each["amount_usd"] for each in rows) - sum(counted), 2)
    }


def explanation(**changes: Any) -> dict[str, Any]:
    """A figure taken back to its rows."""
    return {
        "figure": "Feb 2026, Gumroad",
        "total": 29.0,
        "coverage": "floor",
        "why": "Stripe was read to 12 Feb 2026",
        "rows": [{"row": ROWS[0], "why": "Gumroad, read by list_sales"}],
        "count": 1,
        "known_fees": 3.4,
        "net": 25.6,
        "left_out": [{"row": ROWS[4], "why": "pending: counts once its status is completed"}],
        "needs_attention": [ATTENTION],
    } | changes


def metric(slug: str, value: float | None, unit: str = "USD", **changes: Any) -> dict[str, Any]:
    """A metric."""
    return {
        "slug": slug,
        "label": slug.replace("_", " ").capitalize(),
        "unit": unit,
        "kind": "flow",
        "value": value,
        "low": None,
        "high": None,
        "period": "2026 to 2026-03-18",
        "n": 12,
        "counted": "rows",
        "coverage": "exact",
        "definition": f"What {slug} is.",
        "why": "" if value is not None else "2025 was never read",
        "parts": [],
        "notes": [],
    } | changes


#: What finds the rows of the recurring share.
RECURRING = {"date_from": "2026-01-01", "date_to": "2026-12-31", "transaction_type": "subscription"}


def _parts(**values: float) -> list[dict[str, Any]]:
    return [{"label": label, "value": value} for label, value in values.items()]


def insights(period: str = "2026") -> dict[str, Any]:
    """The metrics of a period."""
    by_channel = _parts(Upwork=2710.25, Gumroad=116.1)
    clients = [{"label": "Northwind", "value": 2000.0}, {"label": EVIL, "value": 300.0}]
    return {
        "period": period,
        "metrics": [
            metric("gross", 2855.25, parts=by_channel),
            metric("refunds", 29.0, parts=_parts(Upwork=0.0, Gumroad=29.0)),
            metric("income", 2826.25, coverage="floor", why="Stripe was read to 12 Feb 2026", parts=by_channel),
            metric("fees", 120.5, parts=_parts(Upwork=117.1, Gumroad=3.4)),
            metric("net", 2705.75, coverage="unknown", why="Fees are not known for 2 rows", parts=by_channel),
            metric("month_on_month", -12.5, "percent", parts=_parts(before=697.14, now=610.0)),
            metric("year_on_year", None, "percent"),
            metric("run_rate", 14400.0, "USD a year", kind="stock", n=3, counted="full months"),
            metric("forecast", 1200.0, kind="range", low=800.0, high=1500.0, period="Apr 2026", counted="full months"),
            metric("goal", 61.0, "percent", parts=_parts(income=610.0, goal=1000.0, left=390.0)),
            metric("tax_set_aside", None, why="no percentage is set (REVINTEL_TAX_SET_ASIDE)"),
            metric("recurring_share", 21.5, "percent", kind="ratio", listed_by=RECURRING),
            metric("mrr", 120.0, "USD a month", kind="stock"),
            metric("hourly_rate", 95.5, "USD an hour", kind="ratio", parts=_parts(USD=955.0, hours=10.0)),
            metric("hourly_rate_net", None, "USD an hour"),
            metric("top_client_share", 70.8, "percent", kind="ratio", parts=clients),
            metric("top_three_share", 81.4, "percent", kind="ratio", parts=clients),
            metric("client_concentration", 0.5131, "index", kind="ratio", parts=clients),
            metric("a_newer_metric", 7.0, "days"),
        ],
    }


def source(name: str, status: str = "complete", **changes: Any) -> dict[str, Any]:
    """How a source stands."""
    return {
        "source": name,
        "configured": True,
        "reachable": None,
        "profile": "list_sales",
        "lacks": [],
        "status": status,
        "complete_from": "2026-01-01",
        "complete_to": "2026-03-17",
        "last_attempt": "2026-03-18T09:30:00+00:00",
        "last_failure": "",
        "origin": "/home/ada/.mcp.json",
        "next_step": "",
    } | changes


def sources(*found: dict[str, Any]) -> dict[str, Any]:
    """Every source."""
    failed = source(
        "Gumroad",
        "failed",
        last_failure="auth: token rejected",
        next_step="put a valid key into the environment variable that the entry names, then refresh",
    )
    unused = source("Upwork", "not configured", configured=False, complete_from=None, complete_to=None, profile="")
    return {
        "sources": list(found or (source("Stripe"), failed, unused)),
        "tracker": "/home/ada/revenue-tracker.md",
        "last_updated": "2026-03-18T09:30:00+00:00",
        "problems": [],
    }


def check(*problems: dict[str, Any]) -> dict[str, Any]:
    """What is wrong in the tracker."""
    return {"ok": not problems, "tracker": "/home/ada/revenue-tracker.md", "problems": list(problems)}


def entry(**changes: Any) -> dict[str, Any]:
    """What became of an entry."""
    return {
        "entry": ROWS[3],
        "created": True,
        "month": "2026-03",
        "month_total": 1250.0,
        "warnings": [],
        "needs_attention": None,
    } | changes


def refresh_report(**changes: Any) -> dict[str, Any]:
    """What a refresh did."""
    report = {
        "status": "complete",
        "profile": "list_sales",
        "fetched": 12,
        "added": 3,
        "reversals": 1,
        "skipped": 9,
        "needs_attention": 1,
        "complete_from": "2026-01-01",
        "complete_to": "2026-03-17",
        "note": "list_sales",
        "problems": [],
    }
    failed = report | {
        "source": "Gumroad",
        "status": "failed",
        "fetched": 0,
        "added": 0,
        "note": "auth: token rejected",
    }
    return {
        "complete": False,
        "dry_run": False,
        "tracker": "/home/ada/revenue-tracker.md",
        "since": "2026-01-01",
        "sources": [report | {"source": "Stripe"}, failed],
        "added": 3,
        "reversals": 1,
        "skipped": 9,
        "months_changed": [{"month": "2026-02", "before": 1350.25, "after": 1379.25, "ids": ["stripe_ch_1"]}],
        "summary": summary(),
        "needs_attention": [ATTENTION],
        "problems": [],
        "notes": [],
        "diff": None,
    } | changes


def of_all_tools() -> dict[str, dict[str, Any]]:
    """An answer of each tool."""
    return {
        "get_monthly_summary": summary(),
        "list_transactions": row_list(*ROWS),
        "explain_total": explanation(),
        "get_insights": insights(),
        "get_source_status": sources(),
        "check_tracker": check(PROBLEM),
        "add_manual_entry": entry(),
        "update_entry": entry(),
        "void_entry": entry(),
        "refresh_revenue": refresh_report(),
    }
