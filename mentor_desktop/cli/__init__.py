"""The command line: the same use cases as the window, for scripts and for the curious.

Exit codes: 0 done; 1 one sentence on standard error, the data or the world is at
fault; 2 wrong usage.
"""

import json
import logging
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from mentor_desktop import config, i18n
from mentor_desktop.cli.parser import Invocation, parse
from mentor_desktop.cli.result import CommandResult
from mentor_desktop.errors import UserFacingError
from mentor_desktop.terminal import say

OpenWindow = Callable[[Path | None, Path | None], int]

# What the program notes for itself is not for standard error: that belongs to the one sentence.
logging.getLogger("mentor_desktop").addHandler(logging.NullHandler())

EXIT_DONE = 0
EXIT_REFUSED = 1


def run(arguments: Sequence[str], open_window: OpenWindow) -> int:
    """Run the command named by `arguments`; open the window when none is named.

    `open_window` takes the workspace folder and the passphrase file, None where not given.
    """
    # Before the command is known a usage error must be readable: the settings say in which language.
    settings = config.load_settings(config.config_dir())
    i18n.set_language(settings.language or i18n.system_language())
    invocation = parse(arguments)
    if invocation.language:
        i18n.set_language(invocation.language)
    try:
        if not invocation.command:
            return open_window(invocation.workspace, invocation.passphrase_file)
        result = _command(invocation)
    except UserFacingError as error:
        say([str(error) or i18n._("Stopped.")], sys.stderr)
        return EXIT_REFUSED
    except KeyboardInterrupt:
        print(i18n._("Stopped."), file=sys.stderr)
        return EXIT_REFUSED
    if invocation.as_json:
        print(json.dumps(result.facts, ensure_ascii=False))
    else:
        say(result.lines, sys.stdout)
    say(result.troubles, sys.stderr)
    return EXIT_REFUSED if result.troubles else EXIT_DONE


def _command(invocation: Invocation) -> CommandResult:
    # One module per command, loaded only when asked for: `verify` must not wait for the store.
    module = import_module(f"mentor_desktop.cli.{invocation.command}_command")
    result = module.run(invocation)
    assert isinstance(result, CommandResult)
    return result
