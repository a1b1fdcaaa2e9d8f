"""What a refresh did, as elements."""

from dashboard import formats
from dashboard.actions import act, explain
from dashboard.drawing.parts import chip, notice, opener, outside, table
from dashboard.failures import GatewayError
from dashboard.gateway import Step
from dashboard.markup import Element, h
from dashboard.view_models.refresh import Outcome


def changed(found: Outcome) -> Element:
    """A finished refresh: what came, from where, which months moved."""
    return notice(
        found.tone,
        found.title,
        _sources(found),
        _changes(found),
        [h("p", outside(note), class_="small") for note in found.notes],
        [h("p", outside(f"{each.place}: {each.message}. {each.mend}"), class_="small") for each in found.problems],
        _waiting(found),
    )


def running(step: Step) -> Element:
    """How far a refresh is; the sentence is the server's."""
    percent = f"{step.part * 100:.0f}"
    bar = h(
        "div",
        h("div", class_="fill", style=f"width:{percent}%"),
        class_="meter",
        role="progressbar",
        aria_label="Refresh",
        aria_valuemin="0",
        aria_valuemax="100",
        aria_valuenow=percent,
    )
    message = step.message if len(step.message) <= _LONGEST else f"{step.message[: _LONGEST - 1]}\u2026"
    return h("div", h("p", outside(message or "Starting"), class_="line", role="status"), bar)


def difference(diff: str) -> Element:
    """What a preview would change in the file, line by line."""
    lines = (
        h("span", f"{line}\n", class_="faint" if number < _HEAD else _LINES.get(line[:1]))
        for number, line in enumerate(diff.splitlines())
    )
    title = "Lines of the tracker that would change"
    return h("pre", lines, class_="diff", tabindex="0", role="region", aria_label=title)


#: The lines before the first change, which name the file.
_HEAD = 2
#: Of a progress message: its place is narrow.
_LONGEST = 120
_LINES = {"+": "line good", "-": "line bad", "@": "faint"}


def failed(error: GatewayError, *, touched: bool) -> Element:
    """A refresh that did not come to its end; `touched` is whether the tracker is another one than before it."""
    state = _TOUCHED if touched else "The tracker is as it was."
    return notice("bad", "The refresh failed", h("p", outside(str(error))), h("p", state))


def cancelled(*, touched: bool) -> Element:
    """A refresh that the user stopped; `touched` as above."""
    return notice("info", "Refresh cancelled", h("p", _TOUCHED if touched else "Nothing was written."))


_TOUCHED = (
    "The tracker has changed all the same: it was being written already, or another program wrote to it. The figures "
    "are those of the tracker as it is now."
)


def _sources(found: Outcome) -> Element:
    items = (
        h("li", h("strong", each.name), " ", chip(each.tone, each.state), " ", each.text, _note(each.note))
        for each in found.sources
    )
    return h("ul", items)


def _note(note: str) -> Element | None:
    return h("span", " ", outside(note), class_="small") if note else None


def _changes(found: Outcome) -> Element | None:
    if not found.changes:
        return None
    columns = [("Month", ""), ("Before", "number"), ("After", "number"), ("Change", "number")]
    rows = [
        [
            change.label,
            change.before,
            opener(change.after, explain(change.key), f"{change.label}: {change.after}. Show the rows.", class_="cell"),
            change.by,
        ]
        for change in found.changes
    ]
    body = table("Months whose total changed", columns, rows)
    if len(found.changes) <= 3:
        return body
    return h("details", h("summary", formats.count(len(found.changes), "month") + " changed"), body)


def _waiting(found: Outcome) -> Element | None:
    if not found.waiting:
        return None
    text = formats.count(found.waiting, "record waits for you", "records wait for you")
    return h("p", opener(text, act("page", "attention"), class_="link"))
