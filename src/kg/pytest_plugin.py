"""Run `kg check` under pytest: each rule and each saved query is a test.

`pytest --kg-root=FOLDER`, or `kg_root = FOLDER` in the settings of pytest, adds the tests of the
repository there, which are `kg::STAGE::RULE` and `kg::queries::NAME`. The check runs once, when
the first of them runs. Without a folder nothing is done, and nothing of kg is imported.
"""

from __future__ import annotations

import pytest

__all__ = ["pytest_addoption", "pytest_collection_modifyitems"]

HELP = "Repository of a knowledge graph whose rules and saved queries are run as tests."


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--kg-root`, `--kg-stage` and the settings that stand in for them."""
    group = parser.getgroup("kg", "knowledge graph")
    group.addoption("--kg-root", metavar="FOLDER", help=HELP)
    group.addoption(
        "--kg-stage",
        action="append",
        metavar="NAME",
        help="Run only this stage of the check; may be repeated.",
    )
    parser.addini("kg_root", HELP, default="")
    parser.addini("kg_stages", "Stages of the check to run; all when empty.", type="args")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the tests of the repository, before others choose among all tests."""
    told, said = config.getoption("--kg-root"), config.getini("kg_root")
    if not told and not said:
        return
    # An option is a path from here, a setting from the folder of the settings.
    root = config.invocation_params.dir / told if told else config.rootpath / said
    if not root.is_dir():
        raise pytest.UsageError(f"kg_root: {root} is no folder")
    from kg.pytest_items import tests

    stages = config.getoption("--kg-stage") or config.getini("kg_stages")
    items.extend(tests(session, root.resolve(), tuple(stages)))
