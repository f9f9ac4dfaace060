"""What commands print."""

import io

from mentor_desktop.terminal import say


def test_a_name_gives_no_orders_and_makes_no_line() -> None:
    out = io.StringIO()
    say(["Žemyna\x1b[2J Ąžuolė\n2 people", "\x9b31m\u2028\u202eOna"], out)
    first, second = out.getvalue().splitlines()
    assert first.isprintable()
    assert second.isprintable()
    assert first == "Žemyna�[2J Ąžuolė�2 people"


def test_words_and_codes_are_printed_as_they_are() -> None:
    out = io.StringIO()
    say(["10–12 March · “WS-1”", "█▀▄ █"], out)
    assert out.getvalue() == "10–12 March · “WS-1”\n█▀▄ █\n"
