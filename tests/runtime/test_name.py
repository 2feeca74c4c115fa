"""loadmon's own processes have names."""

import subprocess
import sys

import pytest

from monitor.runtime import name as runtime_name

CODE = "from monitor.runtime.name import be_called; be_called({!r}); print(open('/proc/self/comm').read(), end='')"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps such a name")
@pytest.mark.parametrize(
    "name", [runtime_name.SUPERVISOR, runtime_name.WEB, runtime_name.SAMPLER, runtime_name.NOTIFIER]
)
def test_a_process_is_called_what_it_says_it_is(name: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", CODE.format(name)], capture_output=True, text=True, check=True
    ).stdout
    assert told.strip() == name


@pytest.mark.parametrize(
    "name", [runtime_name.SUPERVISOR, runtime_name.WEB, runtime_name.SAMPLER, runtime_name.NOTIFIER]
)
def test_no_name_is_cut_by_the_kernel(name: str) -> None:
    assert len(name.encode()) <= runtime_name.LONGEST
