"""Tables as CSV: text that deceives or that a spreadsheet would run is made harmless; numbers stay what they are."""

from monitor.web.tables import encode


def test_numbers_keep_their_sign_and_text_gets_an_apostrophe():
    assert encode([(-1, "-1", None, "a,b")]) == b'-1,\'-1,,"a,b"\r\n'


def test_signs_that_turn_text_around_are_left_out():
    assert encode([("a\u202eb",)]) == b"ab\r\n"
