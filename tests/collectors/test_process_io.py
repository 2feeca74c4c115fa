"""I/O of processes: asked of those alone that did something, and told once."""

from monitor.collectors.domain.usage import Usage, heirs
from monitor.collectors.process_io import ProcessIo
from monitor.collectors.process_source import Moved
from tests.stages.scans import seen


class Stage:
    """The I/O of made-up processes; asked: the pids that were asked at the last look."""

    def __init__(self):
        self.told, self.asked, self.before = {}, [], {}
        self.io = ProcessIo(self.ask)

    def ask(self, one):
        self.asked.append(one.pid)
        return self.told.get(one.pid)

    def look(self, *processes, used=None, told=frozenset()):
        now = {one.pid: one for one in processes}
        usages = {pid: Usage((used or {}).get(pid, 0.0)) for pid in now}
        self.asked = []
        for _ in self.io.look(self.before, now, usages, heirs(self.before, now), told):
            pass
        self.before = now


def test_who_used_no_cpu_is_not_asked_again_and_did_nothing():
    stage = Stage()
    stage.told = {7: Moved(10, 20), 8: Moved(30, 40)}
    stage.look(seen(7), seen(8), used={7: None, 8: None})
    assert (stage.asked, stage.io.unknown) == ([7, 8], {7, 8})
    stage.told = {7: Moved(10, 20), 8: Moved(35, 45)}
    stage.look(seen(7), seen(8), used={8: 1.0})
    assert (stage.asked, stage.io.grown, stage.io.unknown) == ([8], {8: Moved(5, 5)}, set())


def test_who_began_since_the_last_look_did_all_of_it_since():
    stage = Stage()
    stage.look()
    stage.told = {7: Moved(10, 20)}
    stage.look(seen(7), used={7: 0.5})
    assert stage.io.grown == {7: Moved(10, 20)}


def test_another_process_of_that_number_brings_nothing_of_the_first():
    stage = Stage()
    stage.told = {7: Moved(1000, 1000)}
    stage.look(seen(7), used={7: 0.5})
    stage.told = {7: Moved(10, 20)}
    stage.look(seen(7, started=9.0), used={7: 0.5})
    assert stage.io.grown == {7: Moved(10, 20)}


def test_who_may_not_be_asked_is_unknown_and_asked_once():
    stage = Stage()
    stage.look(seen(7), used={7: 0.5})
    stage.look(seen(7), used={7: 0.5})
    assert (stage.asked, stage.io.unknown) == ([], {7})


def test_whose_group_tells_is_not_asked():
    stage = Stage()
    stage.look(seen(7), used={7: 0.5}, told={7})
    assert stage.asked == []


def test_what_a_child_did_is_not_told_again_of_its_parent_that_waited():
    stage = Stage()
    stage.told = {6: Moved(0, 0), 7: Moved(0, 500)}
    stage.look(seen(6), seen(7, parent=6), used={6: 0.1, 7: 0.1})
    stage.told = {6: Moved(0, 530)}
    stage.look(seen(6, children=1.0), used={6: 0.1})
    assert stage.io.grown == {6: Moved(0, 30)}


def test_a_parent_that_waits_for_nobody_keeps_what_it_did_itself():
    stage = Stage()
    stage.told = {6: Moved(0, 0), 7: Moved(0, 500)}
    stage.look(seen(6), seen(7, 1.0, parent=6), used={6: 0.1, 7: 0.1})
    stage.told = {6: Moved(0, 30)}
    stage.look(seen(6), used={6: 0.1})
    assert stage.io.grown == {6: Moved(0, 30)}
