"""`revintel-mcp` whose dashboard dawdles at the end of each run of its script, when a click is the easiest to lose.

Streamlit forgets the clicks of a run as it ends. A run that ends here waits for the click of the next one, and the next
one for that ending: where they run side by side, a click that is a trigger is lost each time.
"""

import threading
from typing import Any
from unittest.mock import patch

from streamlit.runtime.state.session_state import SessionState

from revintel_mcp.cli import command

#: How long each waits for the other, seconds. Where runs follow one another, each ending takes this long.
_LONGEST_S = 0.5

_arrived = threading.Event()
_ended = threading.Event()
_ended.set()

_take_clicks = SessionState.set_widgets_from_proto
_forget_clicks = SessionState.on_script_finished


def _dawdling(state: SessionState, *args: Any, **options: Any) -> None:
    _arrived.clear()
    _ended.clear()
    _arrived.wait(_LONGEST_S)
    _forget_clicks(state, *args, **options)
    _ended.set()


def _waiting(state: SessionState, *args: Any, **options: Any) -> None:
    _take_clicks(state, *args, **options)
    _arrived.set()
    _ended.wait(_LONGEST_S)


if __name__ == "__main__":
    with patch.multiple(SessionState, on_script_finished=_dawdling, set_widgets_from_proto=_waiting):
        command()
