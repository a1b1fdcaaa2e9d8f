"""Raw fields are kept for debugging; card data, secrets and anything key-like never are."""

from typing import Any

from revintel_mcp.queries import query_result
from revintel_mcp.sources.contract import Payload
from revintel_mcp.sources.metadata import SourceMetadata, showable
from tests.sources.asker import play, request, text_result, tool
from tests.sources.builders import charge

SECRETS: dict[str, Any] = {
    "client_secret": "pi_1_secret_fakefakefake",
    "payment_method_details": {"card": {"last4": "4242", "exp_month": 1}},
    "card": {"visual": "**** 4242"},
    "fingerprint": "fakefingerprint",
    "api_key": "k",
    "access_token": "t",
    "receipt_url": "https://pay.example.com/r/fake",
    "billing_details": {"address": {"line1": "1 Fake Street"}, "phone": "+15550100", "email": "ada@example.com"},
    "note": "paid with sk_test_fake_0123456789abcdef",
    "lines": [{"bank_account": {"iban": "FAKE00"}, "description": "Logo"}],
}


def test_what_must_never_be_shown_is_left_out_wherever_it_stands() -> None:
    kept = SourceMetadata({"id": "ch_1", **SECRETS, "empty": "", "none": None, "list": [], "nan": 1.5})
    shown = repr(kept)
    for secret in (
        "secret",
        "4242",
        "fingerprint",
        "Fake Street",
        "+1555",
        "FAKE00",
        "0123456789",
        "pay.example.com",
        "k'",
        "t'",
    ):
        assert secret not in shown, secret
    assert set(kept) == {"id", "billing_details", "note", "lines", "nan"}
    assert kept["lines"] == [{"description": "Logo"}]
    assert kept["billing_details"] == {"email": "ada@example.com"}


def test_it_is_cut_where_it_is_deep_long_or_endless() -> None:
    deep: dict[str, object] = {"x": 1}
    for _ in range(50):
        deep = {"in": deep, "x": 1}
    kept = SourceMetadata({"deep": deep, "long": "a" * 10_000, "many": list(range(1000))})
    assert len(repr(kept)) < 2000


def test_a_sale_s_raw_fields_are_those_of_its_record() -> None:
    row = charge("ch_1", 4900, description="Logo", **SECRETS)
    pull = play("stripe", [tool("list_charges")], lambda _call: text_result([row]), request()).pull
    metadata = pull.sales[0].source_metadata
    assert (metadata["id"], metadata["amount"], metadata["description"]) == ("ch_1", 4900, "Logo")
    assert metadata == dict(metadata)
    assert "secret" not in repr(pull)
    assert "4242" not in repr(pull)


def test_equal_records_are_equal_however_often_they_were_looked_at() -> None:
    one, other = SourceMetadata({"id": "a", "card": "x"}), SourceMetadata({"id": "a"})
    assert one == other == {"id": "a"}
    assert (len(one), list(one), one.get("card")) == (1, ["id"], None)


def test_an_answer_that_was_asked_for_is_whole_but_for_cards_and_secrets() -> None:
    page = {"data": [{"id": "pi_1", "amount": 4900, **SECRETS}], "has_more": False, "next_page_token": "after_pi_1"}
    shown = query_result("stripe", "list_payment_intents", Payload(page)).answer
    text = repr(shown)
    for secret in ("secret_fake", "4242", "exp_month", "fakefingerprint", "FAKE00", "0123456789"):
        assert secret not in text, secret
    (row,) = shown["data"]
    assert (row["id"], row["amount"], row["client_secret"], row["card"]) == ("pi_1", 4900, "…", "…")
    assert row["billing_details"] == SECRETS["billing_details"]
    assert (shown["has_more"], shown["next_page_token"]) == (False, "after_pi_1")


def test_an_answer_nested_without_end_is_cut() -> None:
    deep: Any = 1
    for _ in range(900):
        deep = [deep]
    assert len(repr(showable(deep))) < 300
