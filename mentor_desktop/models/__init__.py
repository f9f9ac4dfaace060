"""What is stored: one typed table per subject. Importing this module knows them all."""

from mentor_desktop.models.attendance import AttendanceMark
from mentor_desktop.models.base import Base, Synced
from mentor_desktop.models.certificates import Certificate
from mentor_desktop.models.history import Change, LocalSetting, Txn
from mentor_desktop.models.people import Consent, Organisation, Person
from mentor_desktop.models.programme import LearningOutcome, Programme, ProgrammePart
from mentor_desktop.models.settings import SecretSetting, WorkspaceSetting
from mentor_desktop.models.sync import (
    SyncApplied,
    SyncBatch,
    SyncBlob,
    SyncDigest,
    SyncParked,
    SyncPeer,
    SyncRefused,
    SyncResolution,
    SyncRow,
    SyncSelf,
    SyncShelf,
    SyncStream,
)
from mentor_desktop.models.workshops import (
    AgendaItem,
    ListPrint,
    Project,
    Registration,
    Slot,
    Workshop,
)

__all__ = [
    "AgendaItem",
    "AttendanceMark",
    "Base",
    "Certificate",
    "Change",
    "Consent",
    "LearningOutcome",
    "ListPrint",
    "LocalSetting",
    "Organisation",
    "Person",
    "Programme",
    "ProgrammePart",
    "Project",
    "Registration",
    "SecretSetting",
    "Slot",
    "SyncApplied",
    "SyncBatch",
    "SyncBlob",
    "SyncDigest",
    "SyncParked",
    "SyncPeer",
    "SyncRefused",
    "SyncResolution",
    "SyncRow",
    "SyncSelf",
    "SyncShelf",
    "SyncStream",
    "Synced",
    "Txn",
    "Workshop",
    "WorkspaceSetting",
]
