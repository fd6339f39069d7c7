"""What operators do on the command line: links and shared models."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashapp.__main__ import main
from dashapp.auth.identity import PAGE_TOKEN
from tests.dashapp.web.launching import HOST, KEY, hosted, launch, model_file
from tests.dashapp.web.test_embed import view_in


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SEGMENTATION_DATA_DIR", str(tmp_path / "portal"))
    monkeypatch.setenv("SEGMENTATION_SECRET_KEY", "s" * 32)
    monkeypatch.setenv("SEGMENTATION_EMBED_KEY", KEY)
    monkeypatch.setenv("SEGMENTATION_FRAME_ANCESTORS", HOST)


def test_a_shared_model_is_seen_by_link_until_it_is_taken_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, table = model_file()
    (tmp_path / "spring.segmodel").write_bytes(data)
    table.frame.to_csv(tmp_path / "list.csv", index=False)
    command = ["share-model", str(tmp_path / "spring.segmodel")]
    assert main([*command, "--customers", str(tmp_path / "list.csv")]) == 0
    model = capsys.readouterr().out.strip()
    assert main(["shared-models"]) == 0
    assert capsys.readouterr().out.startswith(f"{model}  spring.segmodel  3 segments  with")
    assert main(["embed-link", "--scope", "view-pages", "--model", model, "--theme", "dark"]) == 0
    path = capsys.readouterr().out.strip().removeprefix("http://localhost:8050")
    portal = hosted(tmp_path / "portal")
    answer, visitor = launch(portal, path)
    assert view_in(answer.text)["start"].startswith("/segments?framed=1&theme=dark&model=")
    assert main(["unshare-model", model]) == 0
    address = f"/download/model.segmodel?model={model}"
    headers = {PAGE_TOKEN: view_in(answer.text)["token"]}
    assert visitor.client.get(address, headers=headers).status_code == 403
    assert main(["unshare-model", model]) == 2
    assert "No such model is shared" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--scope", "everything"], "unknown scope"),
        (["--scope", "view-model"], "without a model"),
        (["--scope", "full", "--ancestor", "https://evil.example"], "FRAME_ANCESTORS"),
        (["--scope", "full", "--minutes", "60"], "60 is not in the range"),
        (["--scope", "full", "--model", "../x"], "bad model"),
        ([], "Missing option '--scope'"),
    ],
)
def test_a_link_that_the_portal_would_refuse_is_not_printed(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["embed-link", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert words in said.err


def test_a_file_that_is_no_model_is_not_shared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list.csv").write_text("a,b\n1,2\n")
    assert main(["share-model", str(tmp_path / "list.csv")]) == 2
    assert capsys.readouterr().err.startswith("Error: ")


def test_an_unknown_command_tells_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["share"]) == 2
    assert "embed-link" in capsys.readouterr().err
