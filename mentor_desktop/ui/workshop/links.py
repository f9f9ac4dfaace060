"""Where a check of the readiness list is put right."""

from mentor_desktop.ui.desk import Frame

_TABS = {"workshop": "overview", "agenda": "agenda", "participants": "participants"}


def follow(frame: Frame, link: str, workshop_id: str, project_id: str | None) -> None:
    """Go to where a check is put right; `link` is what the check says."""
    if link in _TABS:
        frame.go("workshop", workshop_id=workshop_id, tab=_TABS[link])
    elif link == "project" and project_id:
        frame.go("project", project_id=project_id)
    elif link == "project":
        frame.go("workshop", workshop_id=workshop_id, tab="overview")
    elif link == "organisation":
        frame.go("organisations")
    elif link == "papers":
        frame.go("papers", workshop_id=workshop_id)
    elif link == "backup":
        frame.go("settings")
