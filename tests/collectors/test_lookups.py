"""Who processes are: the scripts of interpreters, the leaders of their groups, looked up once while they live."""

from monitor.collectors import lookups
from monitor.collectors.lookups import Lookups
from tests.stages.scans import Made, seen


class Stage:
    """Lookups over made-up processes; every look is of the moment that the test says."""

    def __init__(self, *processes, lines=None):
        self.source = Made(*processes)
        self.source.lines = lines or {}
        self.lookups = Lookups(self.source)

    def look(self, *chosen, at=0.0):
        now = self.source.processes
        for _ in self.lookups.look_up([now[pid] for pid in chosen], now, at):
            pass

    def name(self, pid):
        return self.lookups.name(self.source.processes[pid])

    def job(self, pid):
        return self.lookups.job(self.source.processes[pid], self.source.processes)


def test_an_interpreter_is_named_with_its_script_and_others_as_they_call_themselves():
    stage = Stage(
        seen(7, name="python3"), seen(8, name="postgres"), lines={7: "python3 /srv/export.py --key x"}
    )
    stage.look(7, 8)
    assert (stage.name(7), stage.name(8)) == ("python3 export.py", "postgres")
    assert stage.source.read == [7]


def test_command_lines_are_read_of_those_that_matter_alone():
    stage = Stage(*(seen(pid, name="python3") for pid in range(2, 30)), lines={7: "python3 export.py"})
    stage.look()
    assert stage.source.read == []
    assert stage.name(7) == "python3"
    stage.look(7)
    assert (stage.source.read, stage.name(7)) == ([7], "python3 export.py")


def test_a_command_line_is_read_once_a_minute_at_most():
    stage = Stage(seen(7, name="python3"), lines={7: "python3 export.py"})
    for second in range(0, 60, 2):
        stage.look(7, at=float(second))
    assert stage.source.read == [7]
    stage.look(7, at=61.0)
    assert stage.source.read == [7, 7]


def test_who_runs_another_program_is_looked_at_again():
    stage = Stage(seen(7, name="bash"), lines={7: "bash job.sh"})
    stage.look(7)
    stage.source.processes[7] = seen(7, name="ffmpeg")
    assert stage.name(7) == "ffmpeg"
    stage.look(7, at=2.0)
    assert stage.name(7) == "ffmpeg"


def test_another_process_of_that_number_is_looked_at_again():
    stage = Stage(seen(7, name="bash"), lines={7: "bash job.sh"})
    stage.look(7)
    stage.source.processes[7], stage.source.lines[7] = seen(7, name="bash", started=9.0), "bash other.sh"
    stage.look(7, at=2.0)
    assert stage.name(7) == "bash other.sh"


def test_the_leader_of_the_group_is_the_job():
    stage = Stage(
        seen(7, name="stress-ng", group=7), seen(8, name="stress-ng-cpu", group=7), seen(9, name="python3", group=9),
        seen(10, name="ffmpeg", group=9), lines={9: "python3 encode.py"},
    )  # fmt: skip
    stage.look(8, 10)
    assert [stage.job(pid) for pid in (7, 8, 9, 10)] == ["", "stress-ng", "", "python3 encode.py"]


def test_a_shell_with_a_script_is_a_job_and_one_where_somebody_works_is_none():
    stage = Stage(
        seen(7, name="bash", group=7), seen(8, group=7), seen(9, name="bash", group=9), seen(10, group=9),
        seen(11, name="timeout", group=11), seen(12, group=11), lines={7: "bash deploy.sh", 9: "-bash"},
    )  # fmt: skip
    stage.look(8, 10, 12)
    assert (stage.job(8), stage.job(10), stage.job(12)) == ("bash deploy.sh", "", "")


def test_who_leads_no_more_is_no_job():
    stage = Stage(
        seen(1, name="tini", group=1), seen(5, group=1), seen(7, name="gone", group=7, state="Z"), seen(8, group=7),
        seen(9, group=77), seen(10, group=0),
    )  # fmt: skip
    stage.look(5, 8, 9, 10)
    assert [stage.job(pid) for pid in (5, 8, 9, 10)] == ["", "", "", ""]


def test_threads_of_the_kernel_have_no_command_line():
    stage = Stage(seen(7, name="bash", is_kernel=True))
    stage.look(7)
    assert (stage.source.read, stage.name(7)) == ([], "bash")


def test_what_matters_comes_first(monkeypatch):
    monkeypatch.setattr(lookups, "MOST_LOOKUPS", 3)
    stage = Stage(*(seen(pid) for pid in range(2, 30)))
    stage.look(20, 21)
    assert stage.source.looked_up == [20, 21, 2]
