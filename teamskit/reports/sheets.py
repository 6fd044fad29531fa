"""All tables of a report in the order of the workbook's sheets; every skin draws these and no others."""

from teamskit.reports.calls_tables import calls_table, participants_table
from teamskit.reports.coverage_tables import coverage_table
from teamskit.reports.findings_tables import agreed_table, findings_table, summary_table
from teamskit.reports.tables import Material, Table


def all_tables(material: Material) -> list[Table]:
    """Give Summary, Findings, Calls, Participants, Agreed and Coverage."""
    makers = (summary_table, findings_table, calls_table, participants_table, agreed_table, coverage_table)
    return [make(material) for make in makers]
