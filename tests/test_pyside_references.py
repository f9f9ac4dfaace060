"""The pinned PySide6 keeps its reference counts on this Python (ADR 0002).

A binding that loses one reference to None per call that returns nothing, or to True per
emit, aborts the process after some thousand calls: too late for an ordinary test.
"""

import subprocess
import sys

CALLS = 200_000
_PROGRAM = f"""
import sys
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QLabel

class Source(QObject):
    changed = Signal(int)

app = QApplication(sys.argv)
label, source, heard = QLabel(), Source(), []
source.changed.connect(heard.append)
nothing, truth = sys.getrefcount(None), sys.getrefcount(True)
for number in range({CALLS}):
    label.setText("x")
    source.changed.emit(1)
assert len(heard) == {CALLS}
print(nothing - sys.getrefcount(None), truth - sys.getrefcount(True))
"""


def test_200_000_calls_and_emits_lose_no_reference() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    lost_nothing, lost_truth = map(int, done.stdout.split())
    assert abs(lost_nothing) < CALLS // 1000
    assert abs(lost_truth) < CALLS // 1000
