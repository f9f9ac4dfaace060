"""What the computer tells about itself, and what it does not."""

import pytest

from mentor_desktop.services.machine import (
    THIS_MACHINE,
    Battery,
    battery_from_pmset,
    battery_from_windows,
    battery_of_linux,
    free_bytes,
)


def supply(folder, **files):
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_text(content + "\n")


def test_a_battery_of_linux_is_read_beside_the_mains(tmp_path) -> None:
    supply(tmp_path / "AC", type="Mains", online="1")
    supply(tmp_path / "BAT0", type="Battery", capacity="83", status="Charging")
    assert battery_of_linux(tmp_path) == Battery(83, is_plugged_in=True)


def test_a_running_down_battery_is_not_plugged_in(tmp_path) -> None:
    supply(tmp_path / "BAT1", type="Battery", capacity="41", status="Discharging")
    assert battery_of_linux(tmp_path) == Battery(41, is_plugged_in=False)


def test_what_cannot_be_read_is_no_battery(tmp_path) -> None:
    supply(tmp_path / "BAT0", type="Battery", capacity="many", status="Full")
    assert battery_of_linux(tmp_path) is None
    assert battery_of_linux(tmp_path / "missing") is None


@pytest.mark.parametrize(
    ("answer", "battery"),
    [
        (
            "Now drawing from 'AC Power'\n -InternalBattery-0\t97%; charging; 0:20",
            Battery(97, is_plugged_in=True),
        ),
        (
            "Now drawing from 'Battery Power'\n -InternalBattery-0\t45%; discharging; 3:10",
            Battery(45, is_plugged_in=False),
        ),
        ("Now drawing from 'AC Power'\n", None),
    ],
)
def test_an_answer_of_macos_is_read(answer, battery) -> None:
    assert battery_from_pmset(answer) == battery


@pytest.mark.parametrize(
    ("status", "battery"),
    [
        ((1, 8, 77), Battery(77, is_plugged_in=True)),
        ((0, 0, 30), Battery(30, is_plugged_in=False)),
        ((1, 128, 255), None),
        ((255, 255, 255), None),
        ((1, 8, 255), None),
    ],
)
def test_an_answer_of_windows_is_read(status, battery) -> None:
    assert battery_from_windows(*status) == battery


def test_this_computer_says_how_much_room_is_left(tmp_path) -> None:
    free = THIS_MACHINE.free_bytes(tmp_path)
    assert free is not None
    assert free > 0
    assert free_bytes(tmp_path / "nowhere") is None
