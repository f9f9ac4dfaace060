"""The code proposed for a new workshop."""

import pytest

from mentor_desktop.services.workshop_codes import proposed_code


@pytest.mark.parametrize(
    ("codes", "year", "proposed"),
    [
        ([], 2026, "WS-2026-01"),
        (["WS-2026-01"], 2026, "WS-2026-02"),
        (["WS-2025-07", "WS-2026-01"], 2027, "WS-2027-01"),
        (["MYT/2026/009", "MYT/2026/010"], 2026, "MYT/2026/011"),
        (["WS-2026-02", "ws-2026-01"], 2026, "WS-2026-03"),
        (["Brno", "Praha"], 2026, "WS-2026-01"),
    ],
)
def test_the_next_code_of_the_row_is_free(codes: list[str], year: int, proposed: str) -> None:
    assert proposed_code(codes, year) == proposed
