"""What a safeguarding lead should look at: findings over calls, rosters, registers and policies. People settle them.

Everything comes in as plain values; nothing is read from a tenant here.
"""

from teamskit.safeguarding.finding import Finding, Note

__all__ = ["Finding", "Note"]
