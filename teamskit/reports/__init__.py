"""Reports: every figure and row once, as plain tables (`sheets`); HTML, Excel and CSV are skins over them.

`write_report`, `write_csv` and `workbook.write_workbook` write a file whole or not at all, readable by its
owner only, as it names pupils.
"""

from teamskit.reports.csv_out import write_csv, write_csv_folder
from teamskit.reports.page_files import write_report
from teamskit.reports.tables import Agreement, Material, gather, title_of

__all__ = ["Agreement", "Material", "gather", "title_of", "write_csv", "write_csv_folder", "write_report"]
