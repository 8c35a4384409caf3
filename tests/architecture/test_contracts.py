"""The import contracts hold, and they would notice: each is broken on purpose in a copy."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"


@pytest.fixture
def copied_tree(tmp_path: Path) -> Path:
    """Return a copy of all that the contracts read."""
    for name in ("config", "shared_apps", "tenant_apps", "tests/architecture"):
        ignored = shutil.ignore_patterns("__pycache__", "static", "templates")
        shutil.copytree(CHECKOUT / name, tmp_path / name, ignore=ignored)
    (tmp_path / "tests" / "__init__.py").touch()
    shutil.copy2(CHECKOUT / "pyproject.toml", tmp_path)
    return tmp_path


def broken_contracts(tree: Path) -> str:
    result = subprocess.run(
        [LINT_IMPORTS, "--no-cache"], cwd=tree, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1, result.stdout + result.stderr
    return result.stdout


class TestPlantedDefects:
    @pytest.mark.parametrize("container", ["shared_apps", "tenant_apps"])
    def test_an_app_without_a_place_is_noticed(self, copied_tree: Path, container: str) -> None:
        (copied_tree / container / "vouchers").mkdir()
        (copied_tree / container / "vouchers" / "__init__.py").touch()
        assert f"- {container}.vouchers" in broken_contracts(copied_tree)

    @pytest.mark.parametrize(
        ("file", "line", "complaint"),
        [
            (
                "shared_apps/kernel/planted.py",
                "import tenant_apps.accounts.apps",
                "shared_apps.kernel is not allowed to import tenant_apps.accounts",
            ),
            (
                "tenant_apps/access/planted.py",
                "import config.env",
                "tenant_apps.access is not allowed to import config",
            ),
            (
                "tenant_apps/teams/planted.py",
                "import tenant_apps.accounts.models",
                "- tenant_apps.teams.planted imports tenant_apps.accounts.models",
            ),
            (
                "tenant_apps/accounts/selectors.py",
                "import tenant_apps.accounts.services",
                "tenant_apps.accounts.selectors is not allowed to import",
            ),
        ],
        ids=["upward", "of the root", "foreign models", "inside an app"],
    )
    def test_a_forbidden_import_is_noticed(
        self, copied_tree: Path, file: str, line: str, complaint: str
    ) -> None:
        with (copied_tree / file).open("a") as source:
            source.write(f"\n{line}\n")
        assert complaint in " ".join(broken_contracts(copied_tree).split())


class TestPlaces:
    @pytest.mark.parametrize("container", ["shared", "tenant"])
    def test_are_in_the_one_order(self, container: str) -> None:
        contracts = {contract["id"]: contract for contract in read_contracts()}
        prefix = f"{container}_apps."
        ordered = [
            [name.removeprefix(prefix) for name in names(layer) if name.startswith(prefix)]
            for layer in contracts["order"]["layers"]
        ]
        places = [names(layer) for layer in contracts[f"{container}-places"]["layers"]]
        assert [layer for layer in ordered if layer] == places


def read_contracts() -> list[dict[str, Any]]:
    settings = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    contracts: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return contracts


def names(layer: str) -> list[str]:
    return [part.strip().strip("()") for part in layer.replace("|", ":").split(":")]
