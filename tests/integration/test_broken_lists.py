"""X08 through the command line: a page link that expires is begun anew, and a list broken off plans nothing."""

EXPIRED = {"error": {"code": "Directory_ExpiredPageToken", "message": "The page token is no longer valid."}}


def fault(desk, times):
    desk.fault(method="GET", path=r"^/users.*skiptoken", status=400, times=times, body=EXPIRED)


def test_x08_the_list_of_accounts_is_whole_or_nothing_is_planned(desk, made):
    made.fill(4, 1030)
    desk.run("sandbox", "seed", "--perfect")
    desk.run("apply", "--yes")
    desk.run("sandbox", "advance", "2d")
    fault(desk, 2)
    assert desk.run("plan", "--exit-code").status == 0
    desk.tenant().clear_faults()
    fault(desk, 9)
    stopped = desk.run("plan", "-o", desk.folder / "p.json", ok=(1,))
    assert stopped.out == ""
    assert not (desk.folder / "p.json").exists()
