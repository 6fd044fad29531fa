"""What is said of an account that the service refuses."""

from datetime import UTC, datetime

import pytest

from teamskit.tenant.account_checks import told_state
from teamskit.tenant.calls import Reply

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
TEAMS = [{"service": "TeamspaceAPI", "capabilityStatus": "Enabled"}]
OLD = "2026-09-01T08:00:00Z"


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (404, None, "the account is gone"),
        (500, None, "could not be checked"),
        (200, {"accountEnabled": False, "createdDateTime": OLD, "assignedPlans": TEAMS}, "the account is disabled"),
        (
            200,
            {"accountEnabled": True, "createdDateTime": "2026-11-24T08:00:00Z", "assignedPlans": TEAMS},
            "72 hours ago",
        ),
        (200, {"accountEnabled": True, "createdDateTime": OLD, "assignedPlans": []}, "no licence with Teams"),
        (
            200,
            {
                "accountEnabled": True,
                "createdDateTime": OLD,
                "assignedPlans": [{**TEAMS[0], "capabilityStatus": "Deleted"}],
            },
            "no licence with Teams",
        ),
        (200, {"accountEnabled": True, "createdDateTime": OLD, "assignedPlans": TEAMS}, "try again tomorrow"),
        (200, {"accountEnabled": True, "createdDateTime": OLD}, "try again tomorrow"),
    ],
)
def test_the_likely_reason_is_said(status, body, says):
    assert says in told_state(Reply(status, body=body), NOW)
