"""Command lines: the secrets people put there are hidden, and the rest can still be read."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collectors.domain.redacting import HIDDEN, LONGEST, redacted

SECRET = "Tr0ub4dor"


@pytest.mark.parametrize(
    "line",
    [
        "app --password=Tr0ub4dor --port=80",
        "app --password Tr0ub4dor --port 80",
        "app --db-password:Tr0ub4dor",
        "app -Dspring.datasource.password=Tr0ub4dor -jar app.jar",
        "app --api-key=Tr0ub4dor",
        "app --apikey Tr0ub4dor",
        "app --access_token=Tr0ub4dor",
        "app --client-secret Tr0ub4dor",
        "app AWS_SECRET_ACCESS_KEY=Tr0ub4dor",
        "env PGPASSWORD=Tr0ub4dor psql",
        "mysql -uroot -pTr0ub4dor shop",
        "/usr/bin/mysqldump -u root -pTr0ub4dor --all-databases",
        "sshpass -pTr0ub4dor ssh host",
        "sshpass -p Tr0ub4dor ssh host",
        "redis-cli -a Tr0ub4dor ping",
        "psql postgres://shop:Tr0ub4dor@db/shop",
        "git clone https://Tr0ub4dor@example.org/x.git",
        "curl -u alice:Tr0ub4dor https://example.org",
        "curl --user alice:Tr0ub4dor https://example.org",
        "curl https://example.org/?user=alice&token=Tr0ub4dor&x=1",
        'worker {"user":"alice","password":"Tr0ub4dor"}',
        "app connect password='Tr0ub4dor' host=db",
        "app --auth-token Tr0ub4dor",
        "sudo mysql -pTr0ub4dor",
        "sudo -u root mysql -pTr0ub4dor",
        "/usr/bin/env LANG=C mysql -pTr0ub4dor",
        "timeout 5 nice -n 5 mysql -pTr0ub4dor",
        "nohup ionice -c 3 stdbuf -oL mysqldump -pTr0ub4dor shop",
        "docker exec db mysql -pTr0ub4dor",
        "openssl enc -k Tr0ub4dor",
        "openssl enc -aes-256-cbc -K Tr0ub4dor",
    ],
)
def test_a_secret_never_comes_out(line):
    shown = redacted(line.split(" "))
    assert SECRET not in shown
    assert HIDDEN in shown


@pytest.mark.parametrize(
    "words",
    [
        ["curl", "-H", "Authorization: Bearer Tr0ub4dor", "https://example.org"],
        ["curl", "-H", "X-Api-Key: Tr0ub4dor"],
        ["curl", "-H", "Cookie: session=Tr0ub4dor"],
        ["sh", "-c", "PGPASSWORD=Tr0ub4dor pg_dump shop"],
        ["sh", "-c", "curl -d 'token=Tr0ub4dor' https://example.org"],
        ["app", "--password", "-Tr0ub4dor"],
        ["/bin/sh", "-c", "mysqldump --password Tr0ub4dor db > /x"],
        ["sh", "-c", "mysql -u root -pTr0ub4dor db"],
        ["sh", "-c", "curl -u bob:Tr0ub4dor https://example.org"],
        ["bash", "-c", "sshpass -p Tr0ub4dor ssh host"],
        ["bash", "-lc", "cd /srv && mysql -pTr0ub4dor"],
        ["sh", "-c", "x=$(mysql -pTr0ub4dor)"],
        ["sh", "-c", """bash -c 'mysql --password "my Tr0ub4dor"'"""],
        ["sh", "-c", 'mysql --password "my Tr0ub4dor'],
        ["ssh", "host", "mysql -pTr0ub4dor"],
        ["sh", "-c", '{"user": "bob", "password": "my Tr0ub4dor"}'],
    ],
)
def test_a_secret_inside_a_word_never_comes_out(words):
    assert SECRET not in redacted(words)


@pytest.mark.parametrize(
    "token",
    [
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "glpat-abcdefghij0123456789",
        "xoxb-123456789012-abcdefghijkl",
        "AKIAIOSFODNN7EXAMPLE",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)
def test_a_token_is_hidden_wherever_it_stands(token):
    assert token not in redacted(["app", "run", token])


@pytest.mark.parametrize(
    "line",
    [
        "nginx: worker process",
        "/usr/bin/python3 manage.py runsampler --interval 1",
        "ffmpeg -i in.mp4 -c:v libx264 -preset slow out.mkv",
        "java -Xmx4g -jar /opt/app/server-1.2.3.jar --port=8080",
        "rsync -a --delete /home/ backup:/home/",
        "mkdir -p /var/lib/thing",
        "stress-ng --cpu 4 --timeout 60",
    ],
)
def test_an_innocent_command_line_stays_as_it_is(line):
    assert redacted(line.split(" ")) == line


def test_an_innocent_command_within_a_word_stays_as_it_is():
    words = ["sh", "-c", 'echo "two  words" | tee -a /tmp/x; mkdir -p /srv']
    assert redacted(words) == " ".join(words)


def test_a_word_that_is_hidden_already_keeps_its_neighbours():
    assert redacted(["sh", "-c", "mysql -u root -phunter2 shop"]) == f"sh -c mysql -u root -p{HIDDEN} shop"


def test_of_commands_within_commands_without_end_nothing_is_told():
    word = "mysql -pTr0ub4dor"
    for _ in range(8):
        word = shlex.join(["sh", "-c", word])
    shown = redacted(["sh", "-c", word[:300]])
    assert SECRET not in shown


def test_only_the_password_of_a_user_is_hidden():
    assert redacted(["curl", "-u", "alice:s3cret", "x"]) == f"curl -u alice:{HIDDEN} x"


def test_nothing_has_no_command_line():
    assert redacted([]) == ""


def test_a_command_line_of_a_megabyte_is_cut():
    assert len(redacted(["x" * 1_000_000, *["y"] * 10_000])) <= LONGEST


@given(st.lists(st.text(st.characters(codec=None), max_size=200), max_size=80))
def test_any_words_give_one_short_line(words):
    shown = redacted(words)
    assert len(shown) <= LONGEST
    assert "\n" not in shown
    assert shown.encode("utf-8") is not None
