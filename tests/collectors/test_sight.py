"""What may hide processes: told by mounts, namespaces and the marks of containers in made-up trees."""

import pytest

from monitor.collectors.sight import CONTAINER, HIDEPID, INITIAL_NAMESPACE, NAMESPACE, hides, hindrance

PROC = "22 27 0:21 / /proc rw,nosuid shared:5 - proc proc rw{}\n"


@pytest.fixture
def root(tmp_path):
    """A machine on which nothing is hidden."""
    (tmp_path / "proc/self/ns").mkdir(parents=True)
    (tmp_path / "proc/1").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "proc/self/mountinfo").write_text(PROC.format(""))
    (tmp_path / "proc/self/ns/pid").symlink_to(INITIAL_NAMESPACE)
    return tmp_path


def in_a_namespace(root):
    (root / "proc/self/ns/pid").unlink()
    (root / "proc/self/ns/pid").symlink_to("pid:[4026532301]")


@pytest.mark.parametrize(
    ("options", "hidden"),
    [
        ("", False),
        (",gid=26", False),
        (",hidepid=0", False),
        (",hidepid=off", False),
        (",hidepid=1", True),
        (",hidepid=2,gid=26", True),
        (",gid=26,hidepid=invisible", True),
        (",hidepid=noaccess", True),
        (",hidepid=ptraceable", True),
    ],
)
def test_the_options_of_proc_say_whether_it_hides(options, hidden):
    assert hides(PROC.format(options)) is hidden


def test_the_last_mount_on_proc_counts_and_others_do_not():
    hiding, plain = PROC.format(",hidepid=2"), PROC.format("")
    assert hides(plain + hiding)
    assert not hides(hiding + plain)
    assert not hides(plain + hiding.replace(" /proc ", " /jail/proc "))
    assert not hides("")
    assert not hides("garbage\n\n - \n")


def test_where_nothing_hides_there_is_no_reason(root):
    assert hindrance(str(root)) == ""


def test_hidepid_comes_first(root):
    (root / "proc/self/mountinfo").write_text(PROC.format(",hidepid=2"))
    in_a_namespace(root)
    assert hindrance(str(root)) == HIDEPID


def test_a_process_namespace_that_is_not_the_kernels_own_is_told(root):
    in_a_namespace(root)
    assert hindrance(str(root)) == NAMESPACE


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        (".dockerenv", ""),
        ("run/.containerenv", ""),
        ("proc/1/environ", "PATH=/bin\0container=lxc\0"),
        ("proc/self/cgroup", f"0::/docker/{'0a' * 32}\n"),
    ],
)
def test_a_namespace_with_the_mark_of_a_container_is_one(root, mark, text):
    (root / mark).write_text(text)
    assert hindrance(str(root)) == ""  # it has the processes of the machine
    in_a_namespace(root)
    assert hindrance(str(root)) == CONTAINER


def test_a_machine_without_namespaces_hides_nothing(root):
    (root / "proc/self/ns/pid").unlink()
    assert hindrance(str(root)) == ""
