"""Names of containers, as engines keep them; random ids become no names."""

import json

import pytest

from monitor.collectors.container_names import container_name

ID = "0123456789ab" + "c" * 52


@pytest.fixture
def root(tmp_path):
    def put(path, told):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(told if isinstance(told, str) else json.dumps(told))

    put("proc/7/comm", "tini\n")
    put("proc/9/comm", "postgres\n")
    return tmp_path, put


def docker(put, name, auto_remove=False, image="registry.example:5000/team/builder:1.2"):
    directory = f"var/lib/docker/containers/{ID}"
    put(f"{directory}/config.v2.json", {"Name": f"/{name}", "Config": {"Image": image}})
    put(f"{directory}/hostconfig.json", {"AutoRemove": auto_remove})


def test_a_container_of_docker_has_the_name_that_people_gave_it(root):
    docker(root[1], "shop-db-1")
    assert container_name("docker", ID, [9], str(root[0])) == "shop-db-1"


def test_one_for_once_without_a_name_is_told_by_its_image(root):
    docker(root[1], "quirky_noether", auto_remove=True)
    assert container_name("docker", ID, [9], str(root[0])) == "docker: builder"


def test_the_random_part_of_a_name_goes(root):
    docker(root[1], "shop_web_run_a1b2c3d4e5f6")
    assert container_name("docker", ID, [9], str(root[0])) == "shop_web_run"


def test_a_container_of_podman_has_its_name(root):
    path = "var/lib/containers/storage/overlay-containers/containers.json"
    root[1](path, [{"id": "f" * 64, "names": ["other"]}, {"id": ID, "names": ["mail"], "metadata": "{}"}])
    assert container_name("podman", ID, [9], str(root[0])) == "mail"
    root[1](
        path,
        [{"id": ID, "names": ["bold_curie"], "metadata": json.dumps({"image-name": "quay.io/x/redis:7"})}],
    )
    assert container_name("podman", ID, [9], str(root[0])) == "podman: redis"


def test_a_container_of_kubernetes_is_told_by_its_space_and_name(root):
    root[1](f"var/log/containers/web-7d9c6b8f5d-x2x9z_shop_nginx-{ID}.log", "")
    assert container_name("kubernetes", ID, [9], str(root[0])) == "shop/nginx"


def test_where_no_name_can_be_read_the_lead_program_stands_for_it_and_never_the_id(root):
    for engine in ("docker", "podman", "kubernetes", "containerd", "crio"):
        assert container_name(engine, ID, [9, 7], str(root[0])) == f"{engine}: postgres"
    assert container_name("docker", ID, [], str(root[0])) == "docker container"
    assert container_name("docker", ID, [12345], str(root[0])) == "docker container"


@pytest.mark.parametrize(
    "told",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        '{"Name": 5}',
        '{"Name": "/", "Config": 3}',
        "[" * 9999,
        "\x00\xff",
        '{"": 5}',
        '[{"id": 5}, 7]',
    ],
)
def test_a_file_that_is_no_such_thing_is_as_good_as_none(root, told):
    root[1](f"var/lib/docker/containers/{ID}/config.v2.json", told)
    root[1]("var/lib/containers/storage/overlay-containers/containers.json", told)
    assert container_name("docker", ID, [9], str(root[0])) == "docker: postgres"
    assert container_name("podman", ID, [9], str(root[0])) == "podman: postgres"


def test_a_name_that_leads_elsewhere_is_no_path(root):
    assert container_name("docker", "../../etc", [9], str(root[0])) == "docker: postgres"
