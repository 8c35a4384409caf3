"""What happens to projects."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from shared_apps.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class _ProjectEvent(Event):
    subject_type: ClassVar[str] = "projects.project"
    subject_field: ClassVar[str] = "project_id"

    project_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProjectCreated(_ProjectEvent):
    """A project was entered."""

    name: ClassVar[str] = "projects.project_created"


@dataclass(frozen=True, kw_only=True)
class ProjectChanged(_ProjectEvent):
    """A project's data, status or people changed."""

    name: ClassVar[str] = "projects.project_changed"


@dataclass(frozen=True, kw_only=True)
class ProjectArchived(_ProjectEvent):
    """A project left the lists."""

    name: ClassVar[str] = "projects.project_archived"
