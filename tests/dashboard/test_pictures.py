"""The pictures in README are there, light enough to load, and made by the script that says so."""

import re
from pathlib import Path

import pytest
from PIL import Image

from scripts import make_screenshots
from scripts.make_screenshots import FOLDER, MOST_BYTES, PICTURES
from tests.dashboard.real_app import ROOT

_README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_picture_is_there_and_light() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{picture.name}.png" for picture in PICTURES}
    for path in FOLDER.iterdir():
        assert path.stat().st_size <= MOST_BYTES, path.name


def test_readme_shows_every_picture_with_words_for_those_who_can_t_see_it() -> None:
    shown = re.findall(r"!\[(.+?)\]\(docs/images/(.+?)\)", _README)
    shown += re.findall(r'<img alt="(.+?)" src="docs/images/(.+?)">', _README)
    named = {name for _, name in shown} | set(re.findall(r'srcset="docs/images/(.+?)"', _README))

    assert all(len(words) > 40 for words, _ in shown)
    assert named == {f"{picture.name}.png" for picture in PICTURES}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_pictures_can_be_taken_again(tmp_path: Path) -> None:
    """Fonts differ between machines, pixels with them; what is on the pictures does not."""
    for path in make_screenshots.take_all(tmp_path):
        assert path.stat().st_size <= MOST_BYTES, path.name
        with Image.open(path) as again, Image.open(FOLDER / path.name) as kept:
            assert again.width == kept.width
            assert abs(again.height - kept.height) < kept.height * 0.15
