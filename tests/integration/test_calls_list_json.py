"""The list of calls as JSON comes call by call, and is still one document."""

import json

from call_scenes import HEAD, PUPILS, call, play, ready


def test_the_list_of_calls_is_one_json_document_whatever_it_holds(desk, made):
    school = ready(desk, made)
    listed = ("calls", "list", "--output", "json")
    school.run("calls", "sync")
    assert school.run(*listed).out.strip() == "[]"
    two_lines = {"guest": 'Two\nlines, "quoted"', "email": "g@x.example"}
    for number in (1, 2):
        play(school, call(f"c{number}", f"2026-11-25T1{number}:00:00Z", people=[HEAD, PUPILS[0], two_lines]))
    school.run("calls", "sync")
    out = school.run(*listed).out
    document = json.loads(out)
    assert [one["id"] for one in document] == ["c1", "c2"]
    assert 'Two\nlines, "quoted"' in {one["name"] for one in document[0]["people"]}
    assert out.strip() == json.dumps(document, indent=1)
