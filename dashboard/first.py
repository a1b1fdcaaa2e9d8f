"""What the first page will ask. The server is asked for it beforehand, while Streamlit and the browser load.

The answers are let go of: the page asks again, and sees the tracker as it then is. A server that has just answered is
quick, for it keeps what it read until the tracker changes.
"""

from typing import Final

from dashboard.gateway import Question

FIRST_QUESTIONS: Final[tuple[Question, ...]] = (
    ("get_monthly_summary", {"view": "booked", "basis": "gross"}),
    ("get_insights", {"period": "this month"}),
    ("get_insights", {"period": "ytd"}),
    ("get_source_status", {"probe": False}),
    ("get_monthly_summary", {"view": "booked", "basis": "net"}),
)
