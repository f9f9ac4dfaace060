"""Settings of the workspace: the same row on every device."""

from mentor_desktop.services.settings import change_settings, setting, settings_with_prefix


def test_a_setting_keeps_its_last_value_in_one_row(workspace) -> None:
    for value in ("1", "2"):
        with workspace.unit_of_work() as uow:
            changes = change_settings(uow, {"a.one": value, "b": "x"})
    with workspace.reader() as uow:
        assert setting(uow, "a.one") == "2"
        assert setting(uow, "a.none", "default") == "default"
        assert settings_with_prefix(uow, "a.") == {"a.one": "2"}
    assert len(changes.entities["workspace_setting"]) == 1
