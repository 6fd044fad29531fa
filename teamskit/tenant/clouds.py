"""Where Microsoft's sign-in, Graph and the Teams admin API are, in each cloud, and what a token is asked for. Pure.

Sources: Graph "National cloud deployments", read 2026-11-25. That page does not name the Teams admin API, so outside
the global cloud its address must be given in school.toml.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from teamskit.errors import SignInError
from teamskit.school.signin import Addresses
from teamskit.tenant.calls import Service

ADMIN_RESOURCE = "48ac35b8-9aa8-4d74-927d-1f4a14a0b239"
"""The Skype and Teams Tenant Admin API, as an application of Microsoft's."""


@dataclass(frozen=True)
class Cloud:
    """Addresses without a path or a slash at the end; `graph_resource` is what a token for Graph is asked for."""

    login: str
    graph: str
    admin: str
    graph_resource: str

    @property
    def roots(self) -> Mapping[Service, str]:
        """Give the address below which each service's paths begin."""
        return {"graph": f"{self.graph}/v1.0", "admin": self.admin}

    def resource(self, service: Service) -> str:
        """Give the resource of a service; raises SignInError for an admin API whose address is not known."""
        if service == "graph":
            return self.graph_resource
        if not self.admin:
            raise SignInError(
                "The address of the Teams admin API in this cloud is not known",
                where="school.toml, [signin.addresses] admin",
                next_step='Write it there as "https://host". Commands about policies need it.',
            )
        return ADMIN_RESOURCE

    def scope(self, service: Service) -> str:
        """Give the scope that stands for every permission the app was granted for a service."""
        return f"{self.resource(service)}/.default"

    def authority(self, tenant: str) -> str:
        """Give the sign-in address of one tenant, by id or domain."""
        return f"{self.login}/{tenant}"


def _cloud(login: str, graph: str, admin: str = "") -> Cloud:
    return Cloud(f"https://{login}", f"https://{graph}", admin, f"https://{graph}")


CLOUDS = {
    "global": _cloud(
        "login.microsoftonline.com", "graph.microsoft.com", "https://api.interfaces.records.teams.microsoft.com"
    ),
    "us-government": _cloud("login.microsoftonline.us", "graph.microsoft.us"),
    "us-government-dod": _cloud("login.microsoftonline.us", "dod-graph.microsoft.us"),
    "china": _cloud("login.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn"),
}


def cloud_of(name: str, own: Addresses) -> Cloud:
    """Give a cloud by name, with the school's own addresses in place of its; tokens are for the cloud's resources."""
    cloud = CLOUDS[name]
    return replace(
        cloud, login=own.sign_in or cloud.login, graph=own.graph or cloud.graph, admin=own.admin or cloud.admin
    )
