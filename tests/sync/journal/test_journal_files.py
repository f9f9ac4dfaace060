"""The journal on a stick: for the author's own whole computers, and for nobody else."""

from contextlib import closing
from pathlib import Path

import pytest

from mentor_desktop.errors import StoreError
from mentor_desktop.store.settings import remember
from mentor_desktop.sync.bundle import open_bundle
from mentor_desktop.sync.handing_over import hand_over, hand_to
from mentor_desktop.sync.keys.device import DeviceKeys
from mentor_desktop.sync.replica import state
from mentor_desktop.sync.replica.applying import apply_page
from mentor_desktop.sync.replica.sealed_streams import ONLY_WORKSHOP
from mentor_desktop.sync.taking_in import take_in
from tests.cheap import CHEAP
from tests.sync.journal.mentors import Computer, World, batches_in


def handed(sender: Computer, receiver: Computer, path: Path) -> set[str]:
    """Close a file for a computer and return the streams in it."""
    hand_to(sender.laptop.workspace, path, device=receiver.device)
    own = receiver.identity()
    bundle = open_bundle(path, DeviceKeys(own.sign_key, own.seal_key), ws=own.workspace)
    return {one.header.stream for one in bundle.batches()}


def limit(computer: Computer) -> None:
    """Make a computer one that was given one workshop."""
    with closing(computer.laptop.workspace.exchange_connection()) as raw:
        remember(raw, **{ONLY_WORKSHOP: "0" * 32})


def test_an_own_computer_reads_and_answers_without_the_server(world: World) -> None:
    world.first.begin()
    other = world.paired("home")
    entry = world.first.open.write(b"On the train, without a network")
    assert world.stream in handed(world.first, other, world.folder / "there")
    take_in(other.laptop.workspace, world.folder / "there")
    assert other.texts() == {entry: {"On the train, without a network"}}
    other.open.write(b"At home", entry=entry)
    handed(other, world.first, world.folder / "back")
    take_in(world.first.laptop.workspace, world.folder / "back")
    assert world.first.texts() == {entry: {"At home"}}


def test_no_file_for_others_holds_it(world: World) -> None:
    world.first.begin()
    world.first.open.write(b"Mine")
    colleague = world.colleague("Jonas")
    world.sync(world.first, colleague, world.first)
    assert world.stream not in handed(world.first, colleague, world.folder / "closed")
    path = world.folder / "words"
    words = hand_over(world.first.laptop.workspace, path, cost=CHEAP).words
    streams = {one.header.stream for one in open_bundle(path, words, ws=world.ws).batches()}
    assert "members" in streams
    assert world.stream not in streams


def test_a_computer_that_was_given_one_workshop_gets_none_of_it(world: World) -> None:
    world.first.begin()
    world.first.open.write(b"Mine")
    world.sync()
    limited = world.further("hall")
    limit(limited)
    with closing(limited.laptop.workspace.exchange_connection()) as raw:
        applied = apply_page(raw, world.stream, batches_in(world.first, world.stream))
        assert {one.code for one in applied.refused} == {"elsewhere"}
        assert world.stream not in state.streams(raw)
    with pytest.raises(StoreError, match="one workshop only"):
        limited.begin()
