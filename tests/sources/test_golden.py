"""Every profile reads what its server gives, to the cent: golden pairs, worked out by hand."""

import pytest

from tests.sources.golden_cases import EXPECTED, GIVEN, GOLDEN, actual_text, case_names, expected_text


@pytest.mark.parametrize("name", case_names())
def test_the_rows_are_those_worked_out_by_hand(name: str) -> None:
    assert actual_text(name) == expected_text(name)


def test_every_golden_file_belongs_to_a_pair() -> None:
    files = sorted(path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*") if path.is_file())
    assert files == sorted(f"{name}/{file}" for name in case_names() for file in (GIVEN, EXPECTED))
