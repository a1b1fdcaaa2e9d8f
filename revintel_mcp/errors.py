"""The errors that end what was asked, one class per thing a caller does differently.

    RevintelError                 exit code
    ├── UsageError                2   wrong arguments or settings; the message says what to type
    └── TrackerError              3   the tracker can't be read or written; the old file is intact
        ├── TrackerUnreadable
        ├── TrackerUnwritable
        ├── TrackerBusy           another program holds the lock
        └── FigureTooLarge        its amounts add up to more than can be told exactly

What goes wrong with one source is not here: it is a line in the report (`sources.failures.Failure`), never the
end of a run.
"""


class RevintelError(Exception):
    """Base: the message is a sentence for the user, with what to do next."""

    exit_code = 1


class UsageError(RevintelError):
    """An argument or a setting is wrong."""

    exit_code = 2


class TrackerError(RevintelError):
    """The tracker can't be read or written."""

    exit_code = 3


class TrackerUnreadable(TrackerError):
    """The file exists and can't be read as a tracker: permissions, not a file, not UTF-8."""


class TrackerUnwritable(TrackerError):
    """The new text could not be put in place; the old one stands."""


class TrackerBusy(TrackerError):
    """Another writer held the lock for longer than we wait."""


class FigureTooLarge(TrackerError):
    """A sum that no JSON number tells to the cent: an amount in the file is mistyped."""
