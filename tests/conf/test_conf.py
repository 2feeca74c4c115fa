"""The environment variables: what they accept, how they refuse."""

import os
import subprocess
import sys

import pytest

from monitor import conf


def test_every_default_is_acceptable():
    values = conf.load({})
    assert set(values) == {setting.name for setting in conf.SETTINGS}
    assert values["LOADMON_INTERVAL"] == 1.0
    assert values["LOADMON_DEBUG"] is False


def test_an_empty_variable_means_the_default():
    assert conf.load({"PORT": ""})["PORT"] == 8000


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("LOADMON_INTERVAL", "0.1"), ("LOADMON_INTERVAL", "61"), ("LOADMON_INTERVAL", "nan"),
        ("LOADMON_INTERVAL", "1_0"), ("LOADMON_INTERVAL", "١"), ("LOADMON_INTERVAL", "inf"),
        ("PORT", "0"), ("PORT", "65536"), ("PORT", "80a"), ("LOADMON_DEBUG", "maybe"), ("LOADMON_PUBLIC", "sure"),
        ("LOADMON_HOST_NAME", "a b"), ("LOADMON_HOST_NAME", "x" * 101), ("LOADMON_BASE_PATH", "load"),
        ("LOADMON_BASE_PATH", "/load/"), ("LOADMON_RAW_HOURS", "0"), ("LOADMON_SQLITE_SYNCHRONOUS", "OFF"),
        ("LOADMON_TIME_ZONE", "Mars/X"), ("LOADMON_TIME_ZONE", "../etc"), ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://x/y"), ("REDIS_URL", "localhost:6379"),
        ("EMAIL_URL", "mail.example.org"), ("EMAIL_URL", "smtp://host?tls=maybe"), ("LOADMON_MAIL_FROM", "ann"),
        ("LOADMON_MAIL_FROM", "a@b.c\r\nBcc: d@e.f"), ("LOADMON_URL", "load.example.org"), ("LOADMON_URL", "http://a b"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_with_a_sentence_that_names_it(name, text):
    with pytest.raises(conf.WrongSetting) as caught:
        conf.load({name: text})
    assert str(caught.value).startswith(f"{name} is {text!r}: give ")


@pytest.mark.parametrize("name", ["büro", "пример.local", "日本-1", "हिन्दी", "web_01.example.org"])
def test_a_host_may_be_called_in_any_script(name):
    assert conf.load({"LOADMON_HOST_NAME": name})["LOADMON_HOST_NAME"] == name


def test_one_name_written_in_two_ways_is_one():
    assert conf.load({"LOADMON_HOST_NAME": "bu\u0308ro"})["LOADMON_HOST_NAME"] == "b\u00fcro"


@pytest.mark.parametrize("name", ["a/b", "a\u202eb", "a\u2028b", "a\x00b", "a\ud800b", "☃"])
def test_what_is_no_letter_is_not_in_a_name_that_somebody_gives(name):
    with pytest.raises(conf.WrongSetting, match=r"LOADMON_HOST_NAME is .*give 1 to 100 letters"):
        conf.load({"LOADMON_HOST_NAME": name})


@pytest.mark.parametrize(
    ("own", "name"),
    [
        ("büro", "büro"),
        ("ann's box/2", "ann-s-box-2"),
        ("b\udcfcro", "b-ro"),
        ("", "localhost"),
        ("x" * 300, "x" * 100),
    ],
)
def test_a_name_that_nobody_has_set_is_never_refused(monkeypatch, own, name):
    monkeypatch.setattr(conf.socket, "gethostname", lambda: own)
    assert conf.load({})["LOADMON_HOST_NAME"] == name


def test_a_wrong_value_ends_every_command_without_a_traceback():
    environment = {**os.environ, "LOADMON_INTERVAL": "soon"}
    result = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=conf.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert result.stderr == "loadmon: LOADMON_INTERVAL is 'soon': give a number between 0.2 and 60.\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("EMAIL_URL", "http://ann:p4ssw0rd@mail.example.org"),
        ("EMAIL_URL", "smtp://ann:p4ss@w0rd/x@mail.example.org?tls=maybe"),
        ("REDIS_URL", "http://:p4ssw0rd@redis"),
    ],
)
def test_a_password_is_not_repeated_in_a_refusal(name, text):
    with pytest.raises(conf.WrongSetting) as caught:
        conf.load({name: text})
    assert "p4ss" not in str(caught.value)
    assert "w0rd" not in str(caught.value)


def test_the_secret_key_is_made_once_and_for_its_owner_alone(tmp_path):
    path = tmp_path / "key"
    first = conf.secret_key(path)
    assert len(first) >= 50
    assert conf.secret_key(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_processes_that_start_together_agree_on_one_key(tmp_path):
    script = f"from monitor import conf; print(conf.secret_key(conf.Path({str(tmp_path / 'other')!r})))"
    started = [
        subprocess.Popen([sys.executable, "-c", script], cwd=conf.BASE_DIR, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert len({process.communicate(timeout=30)[0] for process in started}) == 1


def test_the_data_directory_is_private(tmp_path):
    path = conf.private_directory(tmp_path / "a")
    assert path.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("LOADMON_DATA_DIR", "/dev/null", "LOADMON_DATA_DIR is '/dev/null': "),
        ("LOADMON_DATA_DIR", "/proc/nowhere", "LOADMON_DATA_DIR is '/proc/nowhere': "),
        ("DATABASE_URL", "postgres://user:secret@host:port/name", "DATABASE_URL cannot be read: "),
    ],
)
def test_what_only_the_system_can_refuse_is_a_sentence_too(name, text, sentence):
    result = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=conf.BASE_DIR, env={**os.environ, name: text},
        capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode == 1
    assert result.stderr.startswith(f"loadmon: {sentence}")
    assert "secret" not in result.stderr
