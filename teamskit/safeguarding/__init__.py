"""What a safeguarding lead should look at: findings over calls, rosters, registers and policies. People settle them.

Everything comes in as plain values; nothing is read from a tenant here.
"""

from teamskit.safeguarding.evaluate import evaluate
from teamskit.safeguarding.evidence import Evidence
from teamskit.safeguarding.finding import Finding, Note

__all__ = ["Evidence", "Finding", "Note", "evaluate"]
