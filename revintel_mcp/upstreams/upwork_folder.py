"""The folder that a freelancer downloads Upwork's transaction files into."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from revintel_mcp.domain.csv_table import csv_text
from revintel_mcp.upstreams.errors import BadAnswer, ConfigurationError
from revintel_mcp.upstreams.upwork_csv import Complaint, Statement, read_statement
from revintel_mcp.upstreams.upwork_ledger import Ledger, contracts_answer, earnings_answer, ledger_of

Json = dict[str, Any]

LARGEST_FILE_BYTES: Final = 50_000_000
HOW_TO_DOWNLOAD: Final = (
    "on Upwork open Reports, Transactions (Transaction history), choose the period, Download CSV, and put the file "
    "into a folder of its own"
)


class CsvDesk:
    """An Upwork account as its downloaded files show it; they are read anew at every call."""

    def __init__(self, folder: str, environ: Mapping[str, str]) -> None:
        self._folder = folder or environ.get("UPWORK_CSV_FOLDER", "")

    def contracts(self, status: str) -> Json:
        """The contracts that the files let us tell apart."""
        return contracts_answer(self._ledger(), status)

    def earnings(self, start: date | None, end: date | None, contract_id: str | None) -> Json:
        """What was earned from `start` to `end`, both included."""
        return earnings_answer(self._ledger(), start, end, contract_id)

    def _ledger(self) -> Ledger:
        ledger = ledger_of([_read(file) for file in self._files()])
        if not ledger.spans and ledger.complaints:
            raise BadAnswer("no file could be read: " + "; ".join(map(str, ledger.complaints[:5])))
        return ledger

    def _files(self) -> list[Path]:
        if not self._folder or self._folder.startswith("${"):
            raise ConfigurationError(f"no folder is named: give one, or set UPWORK_CSV_FOLDER; {HOW_TO_DOWNLOAD}")
        folder = Path(self._folder).expanduser()
        if not folder.is_dir():
            raise ConfigurationError(f"{folder} is not a folder; {HOW_TO_DOWNLOAD}")
        try:
            files = sorted(path for path in folder.iterdir() if _is_csv(path))
        except OSError as error:
            raise ConfigurationError(f"{folder} can't be read: {error.strerror}") from None
        if not files:
            raise ConfigurationError(f"{folder} holds no .csv file; {HOW_TO_DOWNLOAD}")
        return files


def _is_csv(path: Path) -> bool:
    """Whether it is a CSV file; what some systems keep beside one (`._march.csv`) is none."""
    return path.suffix.lower() == ".csv" and not path.name.startswith(".") and path.is_file()


def _read(path: Path) -> Statement:
    try:
        state = path.stat()
        if state.st_size > LARGEST_FILE_BYTES:
            return _unread(path, "the file is larger than any statement; is it the right one?")
        saved = datetime.fromtimestamp(state.st_mtime, UTC).astimezone().date()
        return read_statement(path.name, csv_text(path.read_bytes()), saved)
    except UnicodeDecodeError:
        return _unread(path, "the text is not UTF-8; save the file as CSV UTF-8, or download it again")
    except OSError as error:
        return _unread(path, f"the file can't be read: {error.strerror}")


def _unread(path: Path, why: str) -> Statement:
    return Statement(file=path.name, records=(), complaints=(Complaint(path.name, 1, why),))
