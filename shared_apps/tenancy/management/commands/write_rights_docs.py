from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from shared_apps.tenancy.management.base import BadInput, PlatformCommand
from shared_apps.tenancy.rights.page import rights_page

PAGE = Path("docs/table-rights.md")


class Command(PlatformCommand):
    help = "Write docs/table-rights.md, what the application may do with each table, from the code."
    example = "manage.py write_rights_docs --check"

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer a check that writes nothing."""
        parser.add_argument("--check", action="store_true", help="fail when the page is outdated")

    def handle_platform(self, **options: Any) -> None:
        """Write or check the page."""
        page = rights_page()
        if not options["check"]:
            PAGE.write_text(page, encoding="utf-8")
            self.stdout.write(f"{PAGE} written.")
        elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page:
            raise BadInput(f"{PAGE} is outdated; run `manage.py write_rights_docs`.")
