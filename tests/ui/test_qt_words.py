"""What Qt shows by itself speaks the language of the window."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from mentor_desktop import i18n
from mentor_desktop.ui.qt_words import _WORDS, QtWords
from mentor_desktop.ui.widgets.inputs import LineEdit


@pytest.fixture
def qt_words(qapp: QApplication) -> Iterator[QtWords]:
    words = QtWords()
    qapp.installTranslator(words)
    yield words
    qapp.removeTranslator(words)


def _menu(qtbot: QtBot) -> list[str]:
    line = LineEdit("Name")
    qtbot.addWidget(line)
    menu = line.createStandardContextMenu()
    qtbot.addWidget(menu)
    return [one.text().partition("\t")[0] for one in menu.actions() if one.text()]


@pytest.mark.usefixtures("qt_words")
def test_the_menu_of_a_field_is_translated(qtbot: QtBot) -> None:
    i18n.set_language("en_XA")
    said = _menu(qtbot)
    known = i18n.N_("Undo")
    assert i18n._(known) in said
    assert i18n._(known) != known


@pytest.mark.usefixtures("qt_words")
def test_in_english_qts_own_words_stay(qtbot: QtBot) -> None:
    assert _menu(qtbot)[:4] == ["&Undo", "&Redo", "Cu&t", "&Copy"]


def test_every_word_of_the_file_dialog_is_known(qtbot: QtBot, qt_words: QtWords) -> None:
    dialog = QFileDialog()
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    qtbot.addWidget(dialog)
    shown: list[QWidget] = [*dialog.findChildren(QLabel), *dialog.findChildren(QAbstractButton)]
    texts = {getattr(one, "text", str)() for one in shown} | {one.toolTip() for one in shown}
    assert len(texts) > 8
    assert {text for text in texts if text and text not in _WORDS} == set()
    assert qt_words.translate("QFileDialog", "Something else") is None
