"""The form: what is wrong is said at once, and the same form never adds two rows."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.failures import Refused, ServerDown
from tests.dashboard import answers
from tests.dashboard.fake_gateway import FakeGateway
from tests.dashboard.page import open_page, words

pytestmark = pytest.mark.usefixtures("gateway")

_ENTRY = "manual_2026-03-02_0123456789ab"


def _fill(page: AppTest, **fields: str) -> AppTest:
    """Fill the fields whose labels start with these words."""
    for widget in (*page.text_input, *page.selectbox):
        value = fields.get(widget.label.split()[0])
        if value is not None:
            widget.set_value(value)
    return page


def _send(page: AppTest) -> AppTest:
    return page.form_submit_button[0].click().run()


def test_all_mistakes_are_told_at_once_and_nothing_is_sent(gateway: FakeGateway) -> None:
    page = _send(_fill(open_page("add"), Amount="a lot", Currency="US", Fee="?"))

    assert "a lot" in words(page)
    assert "Currency:" in words(page)
    assert "Channel: choose" in words(page)
    assert not gateway.asked("add_manual_entry")


def test_an_entry_is_sent_as_typed_with_a_key_of_its_own(gateway: FakeGateway) -> None:
    page = _send(
        _fill(open_page("add"), Amount=" $1,200.50 ", Channel="Fiverr", Client="Ada *Park*", Status="Not paid yet")
    )

    (sent,) = gateway.asked("add_manual_entry")
    key = sent.pop("idempotency_key")
    assert len(key) == 32
    assert sent == {
        "amount": "1,200.50",
        "channel": "Fiverr",
        "date": answers.TODAY,
        "client": "Ada *Park*",
        "transaction_type": "one-time",
        "status": "pending",
        "currency": "USD",
    }
    assert "March 2026 now totals $1,250.00." in words(page)


def test_sending_again_after_a_lost_answer_uses_the_same_key(gateway: FakeGateway) -> None:
    gateway.answers["add_manual_entry"] = ServerDown("The server went away.", maybe_done=True)
    page = _send(_fill(open_page("add"), Amount="10", Channel="Other"))
    assert "not certain whether the entry was added" in words(page)
    gateway.answers["add_manual_entry"] = answers.entry(created=False)

    page = _send(page)

    first, second = gateway.asked("add_manual_entry")
    assert first == second
    assert "was there already" in words(page)


def test_the_next_entry_has_another_key_and_an_empty_form(gateway: FakeGateway) -> None:
    page = _send(_fill(open_page("add"), Amount="10", Channel="Other"))
    assert page.text_input[0].value == ""

    _send(_fill(page, Amount="10", Channel="Other"))

    first, second = gateway.asked("add_manual_entry")
    assert first["idempotency_key"] != second["idempotency_key"]


def test_a_like_row_is_pointed_out(gateway: FakeGateway) -> None:
    gateway.answers["add_manual_entry"] = answers.entry(warnings=["gumroad_a1 is like it"])

    assert "gumroad_a1 is like it" in words(_send(_fill(open_page("add"), Amount="29", Channel="Gumroad")))


def test_what_the_server_refuses_is_said_and_the_form_stays_filled(gateway: FakeGateway) -> None:
    gateway.answers["add_manual_entry"] = Refused("2026-02-30 is no day")

    page = _send(_fill(open_page("add"), Amount="29", Channel="Gumroad"))

    assert "2026-02-30 is no day" in words(page)
    assert page.text_input[0].value == "29"


def test_an_entry_in_another_currency_waits(gateway: FakeGateway) -> None:
    gateway.answers["add_manual_entry"] = answers.entry(entry=None, needs_attention=answers.ATTENTION)

    page = _send(_fill(open_page("add"), Amount="180", Currency="eur", Channel="Other"))

    assert gateway.asked("add_manual_entry")[0]["currency"] == "EUR"
    assert "180.00 EUR waits in Needs Attention" in words(page)


def test_a_correction_sends_only_what_changed(gateway: FakeGateway) -> None:
    page = open_page("add", entry=_ENTRY)
    assert page.text_input[0].value == "640.00"
    assert "Correct an entry $640.00" in words(page)

    _send(_fill(page, Amount="650", Client="Grace"))

    assert gateway.asked("update_entry") == [{"id": _ENTRY, "amount": "650", "client": "Grace"}]


def test_what_a_correction_empties_is_emptied(gateway: FakeGateway) -> None:
    gateway.answers["list_transactions"] = answers.row_list(answers.row(_ENTRY, client="Ada", fee_usd=12.0))

    _send(_fill(open_page("add", entry=_ENTRY), Fee="", What="", Client=""))

    assert gateway.asked("update_entry") == [{"id": _ENTRY, "client": "", "description": "", "fee": ""}]


def test_a_correction_that_changes_nothing_says_so(gateway: FakeGateway) -> None:
    page = _send(open_page("add", entry=_ENTRY))

    assert not gateway.asked("update_entry")
    assert "Nothing was changed" in words(page)


def test_a_correction_leaves_what_changed_in_the_file_meanwhile(gateway: FakeGateway) -> None:
    page = open_page("add", entry=_ENTRY)
    gateway.answers["list_transactions"] = answers.row_list(answers.row(_ENTRY, amount_usd=700.0, channel="Fiverr"))

    _send(_fill(page, Client="Grace"))

    assert gateway.asked("update_entry") == [{"id": _ENTRY, "client": "Grace"}]


def test_only_an_entry_can_be_corrected() -> None:
    assert "Not in the log" in words(open_page("add", entry="gumroad_a1"))
