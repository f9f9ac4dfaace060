"""The nets in conftest.py hold: each test here would fail without one of them."""

import logging
import os
import socket
import warnings
from pathlib import Path

import pytest

from mentor_desktop import config


def test_a_warning_is_an_error() -> None:
    with pytest.raises(UserWarning):
        warnings.warn("noise", UserWarning, stacklevel=1)


def test_the_network_is_out_of_reach() -> None:
    with (
        socket.socket() as one,
        pytest.raises(pytest.fail.Exception, match="reached for the network"),
    ):
        one.connect(("192.0.2.1", 80))
    with pytest.raises(pytest.fail.Exception, match="reached for the network"):
        socket.getaddrinfo("example.org", 80)


def test_loopback_is_allowed() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()[:2]) as client,
    ):
        assert client.getpeername() == server.getsockname()


@pytest.mark.expects_log("announced")
def test_an_announced_log_line_is_accepted() -> None:
    logging.getLogger("mentor_desktop.test").warning("announced")


def test_an_unexpected_log_line_fails_the_test(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parent.parent))
    conftest = Path(__file__).with_name("conftest.py").read_text("utf-8")
    pytester.makeconftest(conftest)
    pytester.makepyfile("import logging\ndef test_it(): logging.warning('surprise')")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*unexpected log lines*surprise*"])


def test_no_folder_of_the_person_is_used() -> None:
    for folder in (config.config_dir(), config.log_dir(), config.default_workspace_dir()):
        assert folder.is_relative_to(os.environ["HOME"])
        assert "mentor-tests-" in str(folder)
