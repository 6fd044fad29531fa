"""The clock over handles and processes, and what a killed process leaves."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from teamskit.sandbox import EmbeddedTenant
from teamskit.sandbox.clock import to_us

START = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
CHILD = """
import sys
from pathlib import Path
from teamskit.sandbox import EmbeddedTenant
tenant = EmbeddedTenant.open(Path(sys.argv[1]))
for n in range(int(sys.argv[3])):
    name = f"{sys.argv[2]}{n}"
    assert tenant.request("POST", "/v1.0/education/classes", {"displayName": name, "mailNickname": name})[0] == 201
    tenant.sleep(1)
"""


def test_the_start_counts_once(tenant, tmp_path):
    other = EmbeddedTenant.open(tmp_path / "sandbox.sqlite3", start=datetime(2030, 1, 1, tzinfo=UTC), seed=7)
    assert other.now() == tenant.now() == START
    assert other.tenant_id == tenant.tenant_id
    other.close()


def test_two_handles_share_a_clock_that_never_goes_back(tenant, tmp_path):
    other = EmbeddedTenant.open(tmp_path / "sandbox.sqlite3")
    tenant.sleep(10)
    assert other.now() == START + timedelta(seconds=10)
    other.advance(timedelta(days=2))
    assert tenant.now() == START + timedelta(days=2, seconds=10)
    tenant.wait_until(START)
    assert tenant.now() == START + timedelta(days=2, seconds=10)
    with pytest.raises(ValueError, match="back"):
        tenant.advance(timedelta(seconds=-1))
    other.close()


def test_waits_that_overlap_do_not_add_up(tenant):
    seen = tenant.now()
    tenant.wait_until(seen + timedelta(seconds=30))
    tenant.wait_until(seen + timedelta(seconds=20))
    assert tenant.now() == seen + timedelta(seconds=30)


def test_real_time_goes_on_from_the_stored_clock(tmp_path):
    EmbeddedTenant.open(tmp_path / "t", start=START).close()
    time.sleep(0.05)
    first = EmbeddedTenant.open(tmp_path / "t", realtime=True)
    second = EmbeddedTenant.open(tmp_path / "t", realtime=True)
    assert first.now() - START < timedelta(seconds=0.05)
    begun = first.now()
    first.sleep(0.1)
    passed = second.now() - begun
    assert timedelta(seconds=0.1) <= passed < timedelta(seconds=0.19)
    first.close()
    second.close()


def test_several_processes_write_at_once(tenant, tmp_path):
    file = str(tmp_path / "sandbox.sqlite3")
    children = [
        subprocess.Popen([sys.executable, "-c", CHILD, file, name, "25"], stderr=subprocess.PIPE) for name in ("a", "b")
    ]
    errors = [child.communicate(timeout=60)[1] for child in children]
    assert [child.returncode for child in children] == [0, 0], errors
    assert tenant.show()["groups"] == 50
    assert tenant.show()["requests"]["writes_accepted"] == 50
    assert START + timedelta(seconds=25) <= tenant.now() <= START + timedelta(seconds=50)


def test_a_killed_process_leaves_each_request_done_or_not(tenant, tmp_path):
    file = str(tmp_path / "sandbox.sqlite3")
    with subprocess.Popen([sys.executable, "-c", CHILD, file, "k", "100000"]) as child:
        while tenant.show()["groups"] < 20:
            time.sleep(0.01)
        child.kill()
    shown = tenant.show()
    assert shown["requests"]["by"]["POST /education/classes 201"] == shown["groups"]
    assert tenant.request("POST", "/v1.0/education/classes", {"displayName": "x", "mailNickname": "x"})[0] == 201


def test_threads_share_a_tenant(tenant):
    def work(name):
        for n in range(20):
            tenant.request("POST", "/v1.0/education/classes", {"displayName": "x", "mailNickname": f"{name}{n}"})

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tenant.show()["groups"] == 80


def test_microseconds_are_exact():
    assert to_us(datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC)) == 1_000_005


def test_the_tenants_id_comes_from_its_domain(tmp_path):
    ids = []
    for name, domains in (("a", ("a.example",)), ("b", ("a.example", "b.example")), ("c", ("b.example",))):
        opened = EmbeddedTenant.open(tmp_path / name, domains=domains)
        ids.append(opened.tenant_id)
        assert opened.request("GET", "/v1.0/organization")[2]["value"][0]["id"] == opened.tenant_id
        opened.close()
    assert ids[0] == ids[1] != ids[2]
