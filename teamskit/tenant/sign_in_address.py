"""Microsoft's sign-in address: whether it can be reached, and which tenant a name or an id stands for there."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import msal
import requests

from teamskit.errors import SignInError, Unreachable
from teamskit.school.signin import GUID
from teamskit.tenant.clouds import Cloud
from teamskit.tenant.signin_words import refused

TIMEOUT_S = 30


@contextmanager
def reaching(host: str) -> Iterator[None]:
    """Turn a cut or refused connection to `host` into Unreachable, with what to do."""
    try:
        yield
    except requests.exceptions.SSLError as untrusted:
        raise Unreachable(
            "The sign-in address shows a certificate that this computer does not trust",
            where=host,
            next_step="Behind a filter, set REQUESTS_CA_BUNDLE to the school's own root certificate (a PEM file).",
        ) from untrusted
    except json.JSONDecodeError as other:
        raise Unreachable(
            "Something else answers in place of Microsoft's sign-in",
            where=host,
            next_step="A filter or a sign-in page of the network may stand between: let it pass this address.",
        ) from other
    except msal.exceptions.MsalError as broken:
        raise Unreachable(
            "Microsoft's sign-in has a fault of its own", where=host, next_step="Run again in some minutes."
        ) from broken
    except requests.RequestException as cut:
        raise Unreachable(
            "The sign-in address cannot be reached",
            where=host,
            next_step="Check the network, the filter, and HTTPS_PROXY where there is a proxy.",
        ) from cut


def resolved(cloud: Cloud, tenant: str) -> str:
    """Give the id of a tenant named by id or domain; one request for a domain, none for an id.

    Raises SignInError when Microsoft does not know it, Unreachable when nothing answers that can be read.
    """
    return tenant.lower() if GUID.fullmatch(tenant) else discovered(cloud, tenant)


def discovered(cloud: Cloud, tenant: str) -> str:
    """Give the id of a tenant as Microsoft's discovery document has it; raises like `resolved`."""
    address = f"{cloud.authority(tenant)}/v2.0/.well-known/openid-configuration"
    with reaching(cloud.login):
        reply = requests.get(address, timeout=TIMEOUT_S)
        body = reply.json()
    if not isinstance(body, dict) or reply.status_code >= 500:
        raise Unreachable("The sign-in address gave no answer that can be read", where=cloud.login)
    if reply.status_code >= 400:
        raise refused(body)
    found = GUID.search(str(body.get("token_endpoint") or ""))
    if found is None:
        raise SignInError("Microsoft does not say which tenant this is", where="school.toml, [signin] tenant_id")
    return found[0].lower()
