"""A small CRM export, written by the test itself, with every oddity of the real ones."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

PIPELINE = (
    "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"
)
TEAMS = "sales_agent,manager,regional_office"
ACCOUNTS = "account,sector,year_established,revenue,employees,office_location,subsidiary_of"
PRODUCTS = "product,series,sales_price"

# lines 2 to 10 of the file
OPPORTUNITIES = (
    "WON1,Anna Able,GTX Basic,Betatech,Won,10/20/2016,3/1/2017,600",  # above list price
    "WON2,Bert Baker,GTXPro,Cancity,Won,10/25/2016,3/11/2017,4514",
    "WON3,Anna Able,MG Special,Betatech,Won,1/2/2017,12/31/2017,49.50",
    "LOST1,Bert Baker,GTXPro,Cancity,Lost,11/1/2016,3/5/2017,0",
    "ENG1,Anna Able,MG Special,Betatech,Engaging,7/22/2017,,",
    "ENG2,Anna Able,MG Special,,Engaging,8/1/2017,,",
    "PRO1,Bert Baker,GTX Basic,,Prospecting,,,",
    "PRO2,Bert Baker,GTXPro,Cancity,Prospecting,,,",
    'WON4,Carla Cox,"GTX Basic","Acme, Inc.",Won,2/1/2017,2/28/2017,550',
)


class Export:
    """The four files in a folder; tests change them line by line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("sales_pipeline.csv", PIPELINE, OPPORTUNITIES)
        self.write(
            "sales_teams.csv",
            TEAMS,
            (
                "Anna Able,Mona Manager,East",
                "Bert Baker,Mona Manager,East",
                "Carla Cox,Nils Nobel,West",
                "Dora Idle,Nils Nobel,West",
            ),
        )
        self.write(
            "accounts.csv",
            ACCOUNTS,
            (
                "Betatech,medical,1986,647.18,1185,Kenya,",
                "Cancity,technolgy,2001,718.62,2448,United States,Betatech",
                '"Acme, Inc.",retail,1996,1100.04,2822,United States,',
            ),
        )
        self.write(
            "products.csv", PRODUCTS, ("GTX Basic,GTX,550", "GTX Pro,GTX,4821", "MG Special,MG,55")
        )

    @property
    def options(self) -> dict[str, Any]:
        """Return the command's options for the four files."""
        names = {
            "pipeline": "sales_pipeline.csv",
            "teams": "sales_teams.csv",
            "accounts": "accounts.csv",
            "products": "products.csv",
        }
        return {option: self.folder / name for option, name in names.items()}

    def write(self, name: str, header: str, rows: Sequence[str]) -> None:
        """Write one file anew."""
        (self.folder / name).write_text("\n".join([header, *rows, ""]), encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        """Change a text that is in a file once."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (name, old, text.count(old))
        path.write_text(text.replace(old, new), encoding="utf-8")

    def append(self, name: str, *rows: str) -> int:
        """Add rows to a file; return the line of the first."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        path.write_text(text + "\n".join([*rows, ""]), encoding="utf-8")
        return text.count("\n") + 1
