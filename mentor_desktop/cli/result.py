"""What a command gives back: facts for `--json`, sentences for a reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class CommandResult:
    """`facts` is the one JSON object; `lines` are printed without `--json`.

    `troubles` are there when the command did its work and the answer is no (a certificate
    that is not genuine, a store that is damaged): sentences for standard error, exit code 1.
    """

    facts: Mapping[str, Any]  # Any: JSON values
    lines: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
