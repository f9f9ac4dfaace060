"""Batches that earlier programs wrote: every later program reads them and comes to the same."""

import json
from pathlib import Path

import pytest

from mentor_desktop.sync.protocol.batches import (
    BadBatch,
    Batch,
    expand,
    make_batch,
    open_batch,
    read_batch,
    read_frames,
)
from tests.sync.histories import KEY
from tests.sync.make_golden import FOLDER, expected

FILES = sorted(FOLDER.glob("*.batches"))


def _batches(file: Path) -> list[Batch]:
    return read_frames(file.read_bytes())


def test_there_are_batches_of_format_1() -> None:
    assert "format-1.batches" in [file.name for file in FILES]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_old_batches_are_read_and_come_to_the_same(file: Path) -> None:
    written = json.loads(file.with_suffix(".json").read_text("utf-8"))
    assert json.loads(json.dumps(expected(_batches(file)))) == written


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_old_operations_sealed_anew_have_the_same_hash(file: Path) -> None:
    for batch in _batches(file):
        header = batch.header
        again = make_batch(
            header.ws, header.stream, header.device, header.from_seq, header.prev_hash,
            open_batch(batch), header.schema, KEY.sign,
        )  # fmt: skip
        assert again.header == header
        assert list(expand(open_batch(again))) == list(expand(open_batch(batch)))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_chain_of_old_batches_is_proven(file: Path) -> None:
    first, second, *_ = _batches(file)
    assert second.header.prev_hash == first.header.hash
    swapped = Batch(first.header, second.body)
    with pytest.raises(BadBatch):
        read_batch(swapped, KEY.public_key())
