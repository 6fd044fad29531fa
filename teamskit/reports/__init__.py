"""Reports: every figure and row once, as plain tables in `tables`; HTML and CSV are skins over them.

`write_report` and `write_csv` write a file whole or not at all, readable by its owner only, as it names pupils.
"""

from teamskit.reports.csv_out import write_csv
from teamskit.reports.html import write_report
from teamskit.reports.tables import Material, gather

__all__ = ["Material", "gather", "write_csv", "write_report"]
