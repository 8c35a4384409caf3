"""An import-linter contract: some modules of an app belong to that app alone."""

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class OwnModulesContract(Contract):
    """Check that `modules` of every app in `containers` are imported by their own app alone.

    `exempt` lists the apps whose modules anyone may import. A new app is covered without a word.
    """

    type_name = "own_modules"

    containers = fields.ListField(subfield=fields.StringField())
    modules = fields.ListField(subfield=fields.StringField())
    exempt = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001 (the caller's shape)
        """Return the check's result; its metadata lists each foreign import as text."""
        foreign = sorted(
            f"{importer} imports {owned}"
            for app in self._apps(graph)
            for owned in self._owned_modules(graph, app)
            for importer in graph.find_modules_that_directly_import(owned)
            if not _is_inside(importer, app)
        )
        return ContractCheck(kept=not foreign, metadata={"foreign_imports": foreign})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each foreign import."""
        for line in check.metadata["foreign_imports"]:
            output.print_error(f"- {line}: read through that app's selectors", bold=False)

    def _apps(self, graph: ImportGraph) -> set[str]:
        containers: Any = self.containers
        exempt: Any = self.exempt
        apps = {app for container in containers for app in graph.find_children(container)}
        return apps - set(exempt)

    def _owned_modules(self, graph: ImportGraph, app: str) -> set[str]:
        names: Any = self.modules
        tops = {f"{app}.{name}" for name in names} & graph.modules
        return tops | {module for top in tops for module in graph.find_descendants(top)}


def _is_inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
