"""Add entry: income that no source reports, its correction, and the latest entries."""

from datetime import date
from typing import Any
from uuid import uuid4

import streamlit as st

from dashboard.channels import CHANNELS
from dashboard.drawing import entry as draw
from dashboard.drawing.transactions import gone
from dashboard.failures import GatewayError, Refused, ServerDown, TooSlow
from dashboard.flash import flash
from dashboard.shapes import Row
from dashboard.sheet import sheet
from dashboard.shell import Shell
from dashboard.tools import EntryForm, RowQuery
from dashboard.view_models import entry as model
from dashboard.view_models.transactions import TYPES, is_entry


def show(shell: Shell) -> None:
    """Draw the page: a form for a new entry, or for the correction of the one that the link names."""
    entry_id = st.query_params.get("entry", "")
    if entry_id:
        _correct(shell, entry_id)
    else:
        _add(shell)
    latest = shell.tools.rows(RowQuery(text="manual_"), page_size=20)
    shell.follow(sheet(draw.entries(latest.rows), key="entries"))


def _add(shell: Shell) -> None:
    # A new number for each form: its widgets start empty, and the server can tell one entry from the same sent twice.
    number = st.session_state.setdefault("form_number", uuid4().hex)
    form = _form(number, shell.summary.today, None, "Add entry")
    if form is None:
        return
    wrong = model.mistakes(form)
    if wrong:
        sheet(draw.mistakes(wrong), key="mistakes")
        return
    try:
        result = shell.tools.add(form, number)
    except Refused as error:
        sheet(draw.refused(error), key="refused")
    except (ServerDown, TooSlow) as error:
        sheet(draw.lost(error), key="lost")
    else:
        st.session_state["form_number"] = uuid4().hex
        flash(draw.done(model.logged(result)))
        st.rerun()


def _correct(shell: Shell, entry_id: str) -> None:
    found = shell.tools.all_rows(RowQuery(text=entry_id))
    row = next((each for each in found if each.id == entry_id and is_entry(each)), None)
    if row is None:
        sheet(gone(entry_id), key="gone")
        return
    before = _as_opened(entry_id, row)
    sheet(draw.correcting(before), key="correcting")
    form = _form(entry_id, before.date, before, "Save correction")
    if st.button("Leave it as it is", key="leave"):
        st.query_params.clear()
        st.rerun()
    if form is None:
        return
    wrong = model.mistakes(form)
    if wrong:
        sheet(draw.mistakes(wrong), key="mistakes")
        return
    changes = model.changes(before, form)
    try:
        done = model.corrected(shell.tools.update(entry_id, changes)) if changes else model.unchanged()
    except GatewayError as error:
        sheet(draw.refused(error), key="refused")
        return
    flash(draw.done(done))
    st.query_params.clear()
    st.rerun()


def _as_opened(entry_id: str, row: Row) -> Row:
    """The entry as the form was first drawn with it: what else changed in the file since then stays as it is there."""
    if f"amount_{entry_id}" not in st.session_state:  # the form's fields are forgotten with the page
        st.session_state["correcting"] = row
    before: Row = st.session_state["correcting"]
    return before


def _form(number: str, day: str, row: Row | None, button: str) -> EntryForm | None:
    """The form; what was typed once it is sent, else None."""
    with st.form(f"entry_{number}", border=True):
        with st.container(horizontal=True, key="entry_money"):
            amount = st.text_input(
                "Amount",
                key=f"amount_{number}",
                placeholder="1,200.50",
                value=f"{row.amount_usd:.2f}" if row else "",
                width=160,
            )
            currency = (
                "" if row else st.text_input("Currency", key=f"currency_{number}", value="USD", max_chars=3, width=100)
            )
            names = [channel.name for channel in CHANNELS]
            index = names.index(row.channel) if row else None
            channel = st.selectbox(
                "Channel", names, key=f"channel_{number}", index=index, placeholder="Choose", width=200
            )
            when = st.date_input(
                "Date", key=f"date_{number}", value=date.fromisoformat(day), format="YYYY-MM-DD", width=160
            )
            paid = _choice("Status", tuple(model.PAID), f"status_{number}", 1 if row and row.status == "pending" else 0)
        with st.container(horizontal=True, key="entry_words"):
            client = st.text_input("Client", key=f"client_{number}", value=row.client if row else "", width=240)
            what = st.text_input("What for", key=f"what_{number}", value=row.description if row else "", width=320)
            kind = _choice("Type", TYPES, f"type_{number}", TYPES.index(row.transaction_type) if row else 0)
            known = f"{row.fee_usd:.2f}" if row and row.fee_usd is not None else ""
            fee = st.text_input("Fee kept, if known", key=f"fee_{number}", placeholder="$", value=known, width=150)
        sent = st.form_submit_button(button, type="primary")
    if not sent:
        return None
    return EntryForm(
        amount=model.cleaned(amount or ""),
        channel=channel or "",
        date=_day(when),
        client=(client or "").strip(),
        description=(what or "").strip(),
        transaction_type=kind,
        status=model.PAID[paid],
        currency=(currency or "").strip().upper(),
        fee=model.cleaned(fee or ""),
    )


def _choice(label: str, options: tuple[str, ...], key: str, index: int) -> str:
    return st.selectbox(label, options, key=key, index=index, width=160) or options[0]


def _day(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else ""
