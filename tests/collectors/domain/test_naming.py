"""Names of interpreted programs: the script is told, and nothing else that stands on a command line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collectors.domain.naming import may_be_interpreted, named

SECRET = "hunter2SECRETvalue"

TOLD = [
    ("python3", "python3 /srv/app/invoice_export.py --month 5", "python3 invoice_export.py"),
    ("python3.12", "python3.12 -u -W ignore manage.py runserver", "python3.12 manage.py"),
    ("python", "python -Wignore -X dev x.py", "python x.py"),
    ("python3", "python3 -m http.server 8000", "python3 http.server"),
    ("python3", "python3 -Im pip install x", "python3 pip"),
    ("python3", "python3 -mpkg.mod", "python3 pkg.mod"),
    ("python3", "python3 -I -S __main__.py", "python3 __main__.py"),
    ("python3", "python3 /usr/bin/ansible-playbook site.yml", "python3 ansible-playbook"),
    ("pypy3", "pypy3 x.py", "pypy3 x.py"),
    ("node", "node --max-old-space-size=4096 server.js", "node server.js"),
    ("node", "node -r dotenv/config dist/main.mjs", "node main.mjs"),
    ("node", "node --enable-source-maps build/index.js", "node index.js"),
    ("node", "node /usr/bin/pm2 start", "node pm2"),
    ("MainThread", "/usr/bin/node server.js", "node server.js"),
    ("node-MainThread", "node server.js", "node server.js"),
    ("ruby", "ruby -W0 -I lib bin/rails server", "ruby rails"),
    ("ruby3.2", "ruby3.2 -rbundler/setup job.rb", "ruby3.2 job.rb"),
    ("perl", "perl -w -Ilib report.pl 2026", "perl report.pl"),
    ("perl", "perl -T /usr/sbin/spamd", "perl spamd"),
    ("php", "php -d memory_limit=1G artisan queue:work", "php artisan"),
    ("php8.2", "php8.2 -f cron.php", "php8.2 cron.php"),
    ("bash", "bash /opt/backup.sh nightly", "bash backup.sh"),
    ("bash", "bash -eu -o pipefail deploy.sh", "bash deploy.sh"),
    ("bash", "bash -euo pipefail ship --now", "bash ship"),
    ("perl", "perl -0777 -l012 fold", "perl fold"),
    ("ruby", "ruby -S rake test", "ruby rake"),
    ("sh", "/bin/sh -x ./run", "sh run"),
    ("zsh", "zsh -- job.zsh", "zsh job.zsh"),
    ("java", "java -Xmx2g -cp a.jar:b.jar -Dx=y org.example.Main --port 1", "java Main"),
    ("java", "java -server -jar /opt/app/shop-1.2.jar --spring", "java shop-1.2.jar"),
    ("java", "java -m com.example.mod/com.example.App", "java App"),
    ("java", "java --add-opens java.base/java.lang=ALL-UNNAMED org.elasticsearch.bootstrap.Elasticsearch",
     "java Elasticsearch"),
    ("lua5.4", "lua5.4 -l socket game.lua", "lua5.4 game.lua"),
    ("Rscript", "Rscript --vanilla model.R", "Rscript model.R"),
    ("R", "/usr/lib/R/bin/exec/R --no-echo --no-restore --file=model.R --args 5", "R model.R"),
    ("deno", "deno run --allow-net -c deno.json serve.ts", "deno serve.ts"),
    ("bun", "bun run --hot index.ts", "bun index.ts"),
    ("dotnet", "dotnet /app/Shop.Api.dll --urls x", "dotnet Shop.Api.dll"),
    ("mono", "mono --debug Server.exe", "mono Server.exe"),
    ("julia", "julia -t 4 sim.jl", "julia sim.jl"),
]  # fmt: skip

BARE = [
    ("python3", f"python3 -c print('{SECRET}')"),
    ("python3", f"python3 -Ic import(x) {SECRET}.py"),
    ("python3", "python3"),
    ("python3", f"python3 - {SECRET}"),
    ("node", f"node -e code {SECRET}.js"),
    ("node", f"node --eval code {SECRET}.js"),
    ("node", f"node --unknown-option {SECRET}"),
    ("ruby", f"ruby -ne puts {SECRET}"),
    ("perl", f"perl -lane print {SECRET}"),
    ("perl", f"perl -MList::Util -e 1 {SECRET}"),
    ("php", f"php -r code {SECRET}"),
    ("php", "php -S 0.0.0.0:80"),
    ("bash", f"bash -c curl {SECRET}"),
    ("bash", f"bash -lc {SECRET}"),
    ("bash", "-bash"),
    ("sh", f"sh -s {SECRET}"),
    ("bash", f"bash --unknown {SECRET}"),
    ("java", "java -version"),
    ("deno", f"deno task {SECRET}"),
    ("dotnet", f"dotnet run {SECRET}"),
    ("dotnet", f"dotnet {SECRET}"),
    ("python3", ""),
]

ODD = [
    "4f9a8b7c6d5e4f3a.py",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "9b2e1f3a-7c4d-4e5f-8a9b-0c1d2e3f4a5b.sh",
    "zX81kQmw02LLtYba77Qe",
    "password=hunter2",
    "https://anna:hunter2@example.org/?token=x",
    "a b.py",
    "/dev/fd/63",
    "$(rm -rf x).py",
    "x" * 80 + ".py",
    "\u202egnp.py",
    "<script>.py",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdef",
]


@pytest.mark.parametrize(("comm", "line", "name"), TOLD)
def test_the_script_is_told(comm, line, name):
    assert may_be_interpreted(comm)
    assert named(comm, line.split()) == name


@pytest.mark.parametrize(("comm", "line"), BARE)
def test_without_a_script_the_interpreter_keeps_its_bare_name(comm, line):
    assert named(comm, line.split()) == comm


@pytest.mark.parametrize("script", ODD)
@pytest.mark.parametrize("comm", ["python3", "bash", "node"])
def test_what_does_not_look_like_the_name_of_a_file_is_not_told(comm, script):
    assert named(comm, [comm, script]) == comm


@pytest.mark.parametrize(
    "script",
    [
        "reencode_2026_11_30.py",
        "20261130_import.sh",
        "tmpab12cd34.py",
        "convert-utf8.pl",
        "rotate_password.py",
    ],
)
def test_usual_names_of_files_are_told(script):
    assert named("bash", ["bash", f"/opt/{script}"]) == f"bash {script}"


@pytest.mark.parametrize(
    "comm", ["gunicorn", "postgres", "loadmon-sampler", "pythonista", "bashful", "javac", ""]
)
def test_who_has_another_name_keeps_it(comm):
    assert not may_be_interpreted(comm)
    assert named(comm, ["python3", "secret.py"]) == (comm or "?")


def test_a_main_thread_of_another_program_keeps_its_name():
    assert named("MainThread", ["/usr/bin/game", "x.js"]) == "MainThread"
    assert named("MainThread", []) == "MainThread"


WORDS = st.lists(
    st.one_of(st.text(max_size=40), st.sampled_from(["-c", "-m", "-e", "--", "-", "-jar", "-x=", "+o"]))
)


@given(st.sampled_from(["python3", "node", "bash", "java", "php", "deno", "dotnet", "MainThread"]), WORDS)
def test_whatever_the_words_one_short_line_of_at_most_one_of_them_comes_out(comm, words):
    name = named(comm, words)
    assert len(name) <= 64
    assert name.isprintable()
    assert name.count(" ") <= 1
    if " " in name:
        assert any(name.split()[1] in word for word in words)


def test_a_thousand_words_are_not_all_looked_at():
    assert named("python3", ["python3", *["-u"] * 1000, "x.py"]) == "python3"
