"""[signin] of school.toml: who signs in to the tenant, how, in which cloud, and where a person's sign-in is kept."""

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

GUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_DOMAIN = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
Method = Literal["certificate", "secret", "device-code", "managed-identity", "assertion-command"]
CloudName = Literal["global", "us-government", "us-government-dod", "china"]


class Addresses(BaseModel):
    """Addresses in place of the cloud's own, each "https://host" without a path; empty: the cloud's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sign_in: str = ""
    graph: str = ""
    admin: str = ""

    @field_validator("sign_in", "graph", "admin")
    @classmethod
    def _is_address(cls, address: str) -> str:
        # A token goes to each of these: never in the clear, and nowhere a password or a query could hide.
        if address and not re.fullmatch(r"https://[A-Za-z0-9.-]+(:\d+)?/?", address):
            raise ValueError('is an address of the form "https://host"')
        return address.rstrip("/")


class SignIn(BaseModel):
    """Sign-in to a real tenant. No secret stands here: TEAMSKIT_CLIENT_SECRET and TEAMSKIT_CERTIFICATE_PASSWORD do.

    `tenant_id` is a GUID or a domain (empty: `tenant` of the file). `method` empty is found out from what else is set.
    `certificate` is a PEM or PFX file, relative to the school folder, or "store:THUMBPRINT"; `assertion_command` a list
    of words. `cache` says where a person's sign-in is kept: the safe store of the system (else memory only), memory
    only, or a file that only its rights protect.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    tenant_id: str = ""
    client_id: str = ""
    method: Method | Literal[""] = ""
    certificate: str = ""
    thumbprint: str = ""
    assertion_command: tuple[str, ...] = ()
    cloud: CloudName = "global"
    addresses: Addresses = Field(default_factory=Addresses)
    cache: Literal["safe", "memory", "unencrypted-file"] = "safe"

    @field_validator("tenant_id")
    @classmethod
    def _is_one_tenant(cls, tenant: str) -> str:
        # "common" and "organizations" would take a token of any tenant.
        if tenant and not GUID.fullmatch(tenant) and not _DOMAIN.fullmatch(tenant):
            raise ValueError("is the tenant's id (eight digits, then four groups) or its main domain")
        return tenant.lower()

    @field_validator("thumbprint")
    @classmethod
    def _is_thumbprint(cls, thumbprint: str) -> str:
        bare = re.sub(r"[\s:]", "", thumbprint).upper()
        if bare and not re.fullmatch(r"[0-9A-F]{40}", bare):
            raise ValueError("is the certificate's SHA-1 thumbprint, 40 digits of 0-9 and A-F")
        return bare

    @model_validator(mode="after")
    def _has_what_it_names(self) -> "SignIn":
        if self.method == "certificate" and not self.certificate:
            raise ValueError('method = "certificate" needs certificate = "<file>"')
        if self.method == "assertion-command" and not self.assertion_command:
            raise ValueError('method = "assertion-command" needs assertion_command = ["program", "word"]')
        return self
