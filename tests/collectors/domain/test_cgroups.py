"""/proc/PID/cgroup of systemd, of container engines, and of what belongs to neither."""

import pytest

from monitor.collectors.domain.cgroups import Home, home_of

ID = "0123456789ab" + "c" * 52


@pytest.mark.parametrize(
    ("path", "home"),
    [
        ("/system.slice/nginx.service", Home("nginx.service", "unit")),
        ("/system.slice/system-getty.slice/getty@tty1.service", Home("getty@tty1.service", "unit")),
        (r"/system.slice/dev-disk\x2dby.swap", Home("dev-disk-by.swap", "unit")),
        (
            "/user.slice/user-1000.slice/user@1000.service/app.slice/firefox.service",
            Home("firefox.service", "unit"),
        ),
        (f"/system.slice/docker-{ID}.scope", Home("docker 0123456789ab", "container")),
        (f"/docker/{ID}", Home("docker 0123456789ab", "container")),
        (f"/docker/{ID}/init.scope", Home("docker 0123456789ab", "container")),
        (f"/machine.slice/libpod-{ID}.scope/container", Home("podman 0123456789ab", "container")),
        (
            f"/kubepods.slice/kubepods-pod1.slice/cri-containerd-{ID}.scope",
            Home("kubernetes 0123456789ab", "container"),
        ),
        (
            f"/kubepods.slice/kubepods-pod1.slice/crio-{ID}.scope",
            Home("kubernetes 0123456789ab", "container"),
        ),
        (f"/kubepods/burstable/pod12-34/{ID}", Home("kubernetes 0123456789ab", "container")),
        ("/lxc.payload.web/system.slice/nginx.service", Home("lxc web", "container")),
        ("/lxc/web", Home("lxc web", "container")),
        ("/machine.slice/machine-deb.scope", Home("machine deb", "container")),
        ("/user.slice/user-1000.slice/session-3.scope", None),
        ("/user.slice/user-1000.slice/user@1000.service/init.scope", None),
        ("/init.scope", None),
        ("/", None),
    ],
)
def test_the_path_tells_container_or_unit(path, home):
    assert home_of(f"0::{path}\n") == home


def test_the_lines_of_the_old_hierarchy_are_read_too():
    text = "12:pids:/\n3:cpu,cpuacct:/system.slice/cron.service\n1:name=systemd:/system.slice/cron.service\n"
    assert home_of(text) == Home("cron.service", "unit")


@pytest.mark.parametrize("text", ["", "nonsense", "0::", "::::::", "0:\n:\n"])
def test_a_text_that_tells_nothing_gives_none(text):
    assert home_of(text) is None


def test_a_unit_named_to_do_harm_is_made_harmless():
    assert home_of("0::/system.slice/<b>\u202eevil.service\n") == Home("<b>?evil.service", "unit")
