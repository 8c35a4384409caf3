"""Writes of imports."""

from tenant_apps.imports.services.pipeline import (
    PipelineFiles,
    import_pipeline,
    new_work,
    outline_of,
)

__all__ = ["PipelineFiles", "import_pipeline", "new_work", "outline_of"]
