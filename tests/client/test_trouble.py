"""From what was seen and what the upstream said to one kind and one sentence, without any process."""

from dataclasses import replace

import pytest

from revintel_mcp.upstream_entry import UpstreamEntry
from revintel_mcp.upstream_trouble import Evidence, Occasion, Trouble, UpstreamTrouble, failure, last_words

KEY = "sk_test_fake_0123456789abcdef4242"
ENTRY = UpstreamEntry(
    name="stripe",
    source="stripe",
    origin="/home/ada/.mcp.json",
    command="npx",
    args=("-y", KEY),
    secrets=frozenset({KEY}),
)
START = Occasion("start", 30, 16)
CALL = Occasion("list_charges", 60, 16)


def told(trouble: Trouble, evidence: Evidence, occasion: Occasion = CALL) -> str:
    """The failure in one line."""
    return str(failure(ENTRY, UpstreamTrouble(trouble), evidence, occasion))


@pytest.mark.parametrize(
    ("evidence", "line"),
    [
        (
            Evidence(noise="Welcome!"),
            'unavailable: what it wrote is not MCP ("Welcome!") and it gave no answer within 30 s',
        ),
        (
            Evidence(complaints="HTTP transport error: code: 401"),
            (
                "auth: it did not start within 30 s; it said: HTTP transport error: code: 401. Check the key that "
                '"stripe" in /home/ada/.mcp.json is given, for example '
                '"env": {"STRIPE_SECRET_KEY": "${STRIPE_SECRET_KEY}"}'
            ),
        ),
        (
            Evidence(complaints="429 Too Many Requests"),
            "rate limit: it did not start within 30 s; it said: 429 Too Many Requests. Try again in a minute",
        ),
        (
            Evidence(complaints="HTTP transport error: TypeError: fetch failed"),
            (
                "unavailable: it did not start within 30 s; it said: HTTP transport error: TypeError: fetch failed. "
                "To see why, type: npx -y sk_…4242"
            ),
        ),
        (
            Evidence(complaints="added 3 packages"),
            (
                "timeout: it did not start within 30 s; it said: added 3 packages. Raise REVINTEL_START_TIMEOUT if "
                "it is only slow, as a first download is"
            ),
        ),
    ],
)
def test_a_silent_start_is_explained_by_what_was_said(evidence: Evidence, line: str) -> None:
    assert told(Trouble.SILENT, evidence, START) == line


@pytest.mark.parametrize(
    ("evidence", "line"),
    [
        (
            Evidence(complaints="transport error, code: 429"),
            (
                "rate limit: list_charges gave no answer within 60 s; it said: transport error, code: 429. "
                "Try again in a minute"
            ),
        ),
        (
            Evidence(),
            "timeout: list_charges gave no answer within 60 s. Raise REVINTEL_CALL_TIMEOUT if it is only slow",
        ),
    ],
)
def test_a_silent_call_is_told_with_what_helps(evidence: Evidence, line: str) -> None:
    assert told(Trouble.SILENT, evidence) == line


def test_the_variable_that_a_program_misses_is_the_one_to_give_it() -> None:
    said = told(Trouble.CLOSED, Evidence(exit_code=1, complaints="KeyError: 'STRIPE_API_KEY'"), START)
    assert said.endswith('for example "env": {"STRIPE_API_KEY": "${STRIPE_API_KEY}"}')


def test_a_program_that_is_given_no_key_and_ends_at_once_may_want_one() -> None:
    keyless = replace(ENTRY, args=("gumroad-mcp",), secrets=frozenset())
    trouble = UpstreamTrouble(Trouble.CLOSED)
    complaints = "    at readFileSync (node:fs:448:20)\n  errno: -2,\n"
    said = failure(keyless, trouble, Evidence(exit_code=1, complaints=complaints), START).message
    assert 'If it needs a key, "stripe" in /home/ada/.mcp.json gives it none: add "env": {"STRIPE_SECRET_KEY": ' in said
    given = replace(keyless, env={"STRIPE_SECRET_KEY": "x"})
    assert "If it needs a key" not in failure(given, trouble, Evidence(exit_code=1), START).message
    assert "If it needs a key" not in failure(keyless, trouble, Evidence(exit_code=1), CALL).message


@pytest.mark.parametrize(
    ("evidence", "line"),
    [
        (
            Evidence(exit_code=1, complaints="Error: ECONNREFUSED 127.0.0.1:443\n    at net.js:1"),
            (
                "unavailable: it ended while answering list_charges (exit code 1): Error: ECONNREFUSED 127.0.0.1:443. "
                "To see why, type: npx -y sk_…4242"
            ),
        ),
        (
            Evidence(exit_code=-9),
            (
                "unavailable: it ended while answering list_charges (exit code -9) and said nothing. "
                "To see why, type: npx -y sk_…4242"
            ),
        ),
        (
            Evidence(exit_code=1, complaints=f"Invalid API Key provided: {KEY}"),
            (
                "auth: it ended while answering list_charges (exit code 1): Invalid API Key provided: sk_…4242. Check "
                'the key that "stripe" in /home/ada/.mcp.json is given, for example '
                '"env": {"STRIPE_SECRET_KEY": "${STRIPE_SECRET_KEY}"}'
            ),
        ),
        (
            Evidence(exit_code=-9, oversized=True),
            "bad answer: it sent more than 16 MB at once while answering list_charges. Ask for a shorter period",
        ),
    ],
)
def test_an_end_is_explained_by_the_last_words(evidence: Evidence, line: str) -> None:
    assert told(Trouble.CLOSED, evidence) == line


def test_an_ordinary_crash_is_not_taken_for_a_key_problem() -> None:
    for words in ("TypeError: undefined is not a function", "Segmentation fault", "Cannot find module 'x'", "killed"):
        assert told(Trouble.CLOSED, Evidence(exit_code=1, complaints=words)).startswith("unavailable: ")


@pytest.mark.parametrize(
    ("complaints", "words"),
    [
        ("", ""),
        ("\n \n", ""),
        ("first\nsecond\nthird\nfourth", "second third fourth"),
        (
            "npm warn deprecated x\nnpm notice new\nError: no key\n    at main (a.js:1)\n\nNode.js v20.1",
            "Error: no key",
        ),
        ("\x1b[31mred\x1b[0m alert\x07", "red alert"),
        ("    at only.stack (a.js:1)\n    at frames", "at frames"),
        ("✅ Stripe MCP Server running on stdio\nboom.", "boom"),
        (f"token {KEY}", "token sk_…4242"),
    ],
)
def test_last_words_are_what_tells(complaints: str, words: str) -> None:
    assert last_words(complaints, frozenset({KEY})) == words


def test_last_words_are_short_and_keep_their_end() -> None:
    words = last_words("x" * 5000 + " the point")
    assert len(words) == 240
    assert words.startswith("…")
    assert words.endswith(" the point")


def test_a_key_that_is_cut_by_the_length_does_not_escape() -> None:
    """The key stands across the place where the text is cut: it is masked before."""
    words = last_words(f"{'a' * 20} {KEY} {'b' * 230}", frozenset({KEY}))
    assert "4242" not in words.replace("sk_…4242", "")
    assert "fake" not in words
