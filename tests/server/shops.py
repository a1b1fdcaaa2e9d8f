"""A Gumroad account behind a real upstream process, whose answers a test writes into files."""

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STUB = Path(__file__).parent / "stub_shop.py"


@dataclass(frozen=True)
class Shop:
    """The stub's folder; `config` is the file that names it as an upstream."""

    folder: Path

    @classmethod
    def in_folder(cls, folder: Path) -> "Shop":
        """A shop without sales."""
        folder.mkdir()
        shop = cls(folder)
        shop.sells([])
        command = {"command": sys.executable, "args": ["-S", "-E", str(STUB), str(folder)]}
        shop.config.write_text(json.dumps({"mcpServers": {"gumroad": command}}), encoding="utf-8")
        return shop

    @property
    def config(self) -> Path:
        return self.folder / "mcp.json"

    def sells(self, sales: list[dict[str, Any]]) -> None:
        """What it gives from now on; sales as Gumroad's API shows them, newest first."""
        (self.folder / "sales.json").write_text(json.dumps(sales), encoding="utf-8")

    def mark(self, name: str, text: str = "") -> None:
        """Tell the stub how to behave: `hold`, `wait`, `release`, `says`."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def unmark(self, name: str) -> None:
        """Take that back."""
        (self.folder / name).unlink()

    @property
    def calls(self) -> int:
        """How often it was asked."""
        return len(list(self.folder.glob("called-*")))

    async def leaves(self, name: str) -> None:
        """Wait until it has left that trace."""
        async with asyncio.timeout(30):
            while not (self.folder / name).exists():  # noqa: ASYNC110 - another process makes it
                await asyncio.sleep(0.005)


def sale(number: int, **more: Any) -> dict[str, Any]:
    """A sale of 10 US dollars in February 2026."""
    return {
        "id": f"sale{number}",
        "email": f"buyer{number}@example.com",
        "created_at": f"2026-02-{28 - number % 28:02d}T12:00:00Z",
        "product_name": "Icon set",
        "price": 1000,
        "gumroad_fee": 150,
        "currency": "usd",
        "refunded": False,
        **more,
    }
