"""The `lowtide` command. The extra `workbench` adds `demo`, `aws`, `drill` and `simulate`."""

from importlib.metadata import version
from importlib.util import find_spec
from typing import Annotated

import typer

from lowtide_cli.act.command import auto, pause, resume, sleep, wake
from lowtide_cli.advise.command import advise
from lowtide_cli.rehearse.command import rehearse
from lowtide_cli.schedules.check import check
from lowtide_cli.schedules.explain import explain
from lowtide_cli.schedules.files import refuse
from lowtide_cli.schedules.preview import preview
from lowtide_cli.schedules.schema import schema
from lowtide_cli.status.can_delete import can_delete
from lowtide_cli.status.command import status
from lowtide_cli.status.floors import floors
from lowtide_cli.status.savings import savings
from lowtide_cli.verify.command import verify_metrics

# What the extra `workbench` asks for, as it is imported.
WORKBENCH = (
    "aws_lambda_powertools",
    "cfnlint",
    "flask",
    "flask_cors",
    "greenlet",
    "moto",
    "numpy",
    "packaging",
    "plotly",
    "samtranslator",
    "time_machine",
    "werkzeug",
)

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
app.command()(advise)
app.command()(check)
app.command()(preview)
app.command()(explain)
app.command()(schema)
app.command()(status)
app.command()(floors)
app.command()(savings)
app.command("wake")(wake)
app.command("sleep")(sleep)
app.command("auto")(auto)
app.command()(pause)
app.command("resume")(resume)
app.command("can-delete")(can_delete)
app.command("verify-metrics")(verify_metrics)
app.command()(rehearse)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"lowtide {version('lowtide')}")
        raise typer.Exit


@app.callback()
def main(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """SageMaker endpoints that sleep outside their hours."""


def _add_workbench() -> None:
    """Adds them; where the extra is not installed, hidden, with how to install it."""
    if all(find_spec(package) for package in WORKBENCH):
        from lowtide_workbench.demo.command import demo
        from lowtide_workbench.server.command import aws
        from lowtide_workbench.server.drills.command import drill
        from lowtide_workbench.simulate.command import simulate

        app.command()(demo)
        app.command()(aws)
        app.add_typer(drill, name="drill")
        app.command()(simulate)
        return
    any_arguments = {"allow_extra_args": True, "ignore_unknown_options": True}
    for name in ("demo", "aws", "drill", "simulate"):
        app.command(name, hidden=True, context_settings=any_arguments)(_not_installed)


def _not_installed(context: typer.Context) -> None:
    """Needs the extra `workbench`."""
    refuse(
        f"lowtide {context.info_name} needs the workbench: install 'lowtide[workbench]', "
        "for example with pipx install '.[workbench]' in a checkout of Lowtide"
    )


_add_workbench()
