"""The embedded tenant: Microsoft Graph and the Teams admin API as documented, over one SQLite file.

Give it accounts and calls, move its clock, and speak to it by WSGI. It imports nothing of the rest of the package.
"""

from teamskit.sandbox.days import school_days
from teamskit.sandbox.tenant import EmbeddedTenant

__all__ = ["EmbeddedTenant", "school_days"]
