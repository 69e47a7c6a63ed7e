from app.lib.legible import legible


def test_a_plain_letter_keeps_paragraphs_lines_and_lists() -> None:
    written = (
        "Dear **Ana**,\n\nwe *move*:\nsee below\n\n- one\n- two\n  - inner\n\n1. first\n2. second\n\n> quoted\n> more"
    )
    said = "Dear Ana,\n\nwe move:\nsee below\n\n- one\n- two\n  - inner\n\n1. first\n2. second\n\n> quoted\n> more"
    assert legible(written) == said


def test_a_link_says_its_address_once() -> None:
    assert legible("[The hall](https://example.org/a_b)") == "The hall (https://example.org/a_b)"
    assert legible("<https://example.org/>") == "https://example.org/"
    assert legible("[a@example.org](mailto:a@example.org)") == "a@example.org"


def test_signs_that_are_no_mark_up_stay() -> None:
    assert legible("2 * 3 < 7 &amp; a_b_c") == "2 * 3 < 7 & a_b_c"


def test_code_keeps_its_spaces_and_scripts_are_gone() -> None:
    assert legible("```\na  b\n  c\n```\n<script>alert(1)</script>") == "a  b\n  c"
