"""A key never comes out whole, however it is written; what is no key stays as it is."""

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.sources.redaction import mask, redact, redact_json, redact_known

KEY = "sk_test_fake_51H8abcdefghij4242"
#: What keys are made of; long enough to be told from words.
SECRETS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Zs", "Cc"]), min_size=8, max_size=60)


def test_a_mask_shows_what_tells_a_key_from_others_and_no_more() -> None:
    assert mask(KEY) == "sk_…4242"
    assert mask("rk_live_fake_0000000000001234") == "rk_…1234"
    assert mask("whsec_fake_abcdefghijklm9876") == "whsec_…9876"
    assert mask("aVeryLongGumroadTokenOfManyLetters0042") == "…0042"
    assert mask("tooshort") == "…"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Invalid API Key provided: {KEY}", "Invalid API Key provided: sk_…4242"),
        ("Authorization: Bearer abcdefghijklmnop1234", "Authorization: Bearer …1234"),
        ("authorization: basic c2tfdGVzdF9mYWtlOg==", "authorization: basic …"),
        ("GET /v2/sales?access_token=0123456789abcdef0042&page=2", "GET /v2/sales?access_token=…0042&page=2"),
        ('{"api_key": "hunter2hunter2hunter2"}', '{"api_key": "…ter2"}'),
        ("gumroadAccessToken=0123456789abcdef0042", "gumroadAccessToken=…0042"),
        ("pi_fake1_secret_abcdefghijkl0042", "pi_…0042"),
        ("whsec_fakefakefakefake0042", "whsec_…0042"),
        ("https://ada:hunter22@example.com/mcp", "https://ada:…@example.com/mcp"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdEFGH", "eyJ…EFGH"),
    ],
)
def test_what_looks_like_a_key_is_masked(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Stripe API key not provided. Pass --api-key=$KEY or set the STRIPE_SECRET_KEY variable",
        "ch_3PabcdefGHIJKL captured 49.00 USD for a@example.com",
        "The bearer of bad news",
        "Bearer authentication is required",
        "api_key: missing; access_token: expired",
        "token expired",
        "https://example.com/a:b@c",
        "",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text) == text


@given(secret=SECRETS, before=st.text(max_size=20), after=st.text(max_size=20))
def test_a_known_secret_never_comes_out(secret: str, before: str, after: str) -> None:
    ways = {
        secret,
        json.dumps(secret, ensure_ascii=False),
        quote(secret),
        quote_plus(secret),
        quote(secret, safe=""),
        base64.b64encode(f"{secret}:".encode()).decode(),
    }
    for way in ways:
        shown = redact(f"{before}{way}{after}", {secret})
        assert way not in shown or way in before + "…" + after


@given(secrets=st.sets(SECRETS, min_size=1, max_size=4))
def test_secrets_inside_secrets_leave_nothing(secrets: set[str]) -> None:
    shown = redact(" ".join(sorted(secrets)), secrets)
    assert not any(secret in shown for secret in secrets)


@given(text=st.text(max_size=200), secrets=st.sets(SECRETS, max_size=3))
def test_to_redact_twice_is_to_redact_once(text: str, secrets: set[str]) -> None:
    once = redact(text, secrets)
    assert redact(once, secrets) == once


def test_json_is_redacted_to_its_depth() -> None:
    value = {"id": 7, KEY: [{"note": f"see {KEY}"}, None, 1.5, True]}
    assert redact_json(value) == {"id": 7, "sk_…4242": [{"note": "see sk_…4242"}, None, 1.5, True]}


def test_records_lose_known_secrets_and_nothing_else() -> None:
    """What looks like a key may be an id; what looks like a number may be money."""
    records = [{"id": "pi_fake1_secret_abcdefghijkl0042", "amount": "100000", "note": KEY}]
    kept = redact_known(records, {KEY, "100000", "100000000000", "word"})
    assert kept == [{"id": "pi_fake1_secret_abcdefghijkl0042", "amount": "100000", "note": "sk_…4242"}]
    assert redact_known("text", frozenset()) == "text"
