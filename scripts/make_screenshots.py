"""The pictures of the dashboard in docs/images/: `make screenshots`, or python -m scripts.make_screenshots.

They show the demo's made-up year after its second refresh, in Chromium, at a fixed moment: the same picture every time.
"""

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, expect

from scripts.demo_dashboard import prepare
from tests.dashboard import real_app
from tests.dashboard.real_app import ROOT, RunningApp, settled

FOLDER: Final = ROOT / "docs" / "images"
#: What a picture may weigh: README loads all of them.
MOST_BYTES: Final = 250_000
_WIDTH: Final = 1240
_SHARPNESS: Final = 1.5
_BELOW: Final = 24


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: its file's name, the page's path, light or dark, and the last thing that is to be seen whole."""

    name: str
    path: str
    mode: str
    last: str


PICTURES: Final = (
    Picture("overview-light", "/", "light", ".pair"),
    Picture("overview-dark", "/", "dark", ".pair"),
    Picture("transactions", "/transactions", "light", "tbody tr:nth-child(14)"),
    Picture("insights", "/insights", "light", ".masonry"),
)


def take(app: RunningApp, browser: Browser, picture: Picture, folder: Path) -> Path:
    """One picture, in as few colours as show no difference."""
    context = browser.new_context(
        viewport={"width": _WIDTH, "height": 2400},
        device_scale_factor=_SHARPNESS,
        color_scheme="dark" if picture.mode == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(app.address + picture.path)
    last = page.locator(picture.last).first
    expect(last).to_be_visible(timeout=real_app.PATIENCE_MS)
    settled(page)
    foot = last.evaluate("element => Math.round(element.getBoundingClientRect().bottom)")
    path = folder / f"{picture.name}.png"
    page.screenshot(path=path, animations="disabled", clip={"x": 0, "y": 0, "width": _WIDTH, "height": foot + _BELOW})
    context.close()
    with Image.open(path) as full:
        few = in_few_colours(full.convert("RGB"))
    few.save(path, optimize=True)
    return path


def in_few_colours(image: Image.Image) -> Image.Image:
    """The image in its commonest 256 colours: flat grounds stay exact, only the edges of letters move a little."""
    pixels = np.asarray(image, dtype=np.int32).reshape(-1, 3)
    colours, which, counts = np.unique(pixels, axis=0, return_inverse=True, return_counts=True)
    commonest = colours[np.argsort(-counts, kind="stable")[:256]]
    distances = ((colours[:, None, :] - commonest[None, :, :]) ** 2).sum(axis=2)
    indices = distances.argmin(axis=1).astype(np.uint8)[which.reshape(-1)]
    few = Image.frombytes("P", image.size, indices.tobytes())
    few.putpalette(commonest.astype(np.uint8).tobytes())
    return few


def take_all(folder: Path) -> list[Path]:
    """All pictures, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="revintel-pictures-") as name:
        place = Path(name)
        environ = prepare(place, real_app.settings(place))
        real_app.run_command(place, environ, "refresh")
        with real_app.running(place, environ) as app, real_app.chromium() as browser:
            return [take(app, browser, picture, folder) for picture in PICTURES]


def main() -> None:
    """Take them, and say what they weigh."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where they go (default: docs/images)")
    for path in take_all(parser.parse_args().folder):
        weight = path.stat().st_size
        print(f"{path}  {weight // 1000} kB{'  TOO HEAVY' if weight > MOST_BYTES else ''}")


if __name__ == "__main__":
    main()
