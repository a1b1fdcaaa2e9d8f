"""What can go wrong between the dashboard and the server, one class per thing the page does differently."""


class GatewayError(Exception):
    """The server gave no answer that can be shown. `str()` is a sentence for the user."""


class ServerDown(GatewayError):
    """The server can't be started or reached, or ended while it was asked.

    `detail` is its own last words; `elsewhere` is the address where it was looked for, if it is not ours to start.
    """

    def __init__(self, message: str, detail: str = "", *, maybe_done: bool = False, elsewhere: str = "") -> None:
        super().__init__(message)
        self.detail = detail
        self.elsewhere = elsewhere
        self.maybe_done = maybe_done


class TooSlow(GatewayError):
    """The server did not answer in time."""


class Refused(GatewayError):
    """The server understood and said no: its own sentence, such as what is wrong with an amount."""


class StrangeAnswer(GatewayError):
    """The answer lacks what the page needs: the server is of another version."""
