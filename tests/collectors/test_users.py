"""Users are called as /etc/passwd says, or by their id."""

from monitor.collectors.users import Users, parse_users


def test_names_of_users_come_from_the_first_line_of_their_id():
    assert parse_users("root:x:0:0::/:/bin/sh\ntoor:x:0:0\nbroken\n\u202e:x:7:7\nx:y:z\n") == {
        0: "root",
        7: "?",
    }


def test_who_has_no_line_is_called_by_the_id(tmp_path):
    (tmp_path / "passwd").write_text("anna:x:1000:1000:::\n")
    users = Users(str(tmp_path / "passwd"))
    assert (users.name(1000), users.name(1001)) == ("anna", "1001")
    assert Users(str(tmp_path / "none")).name(0) == "0"
