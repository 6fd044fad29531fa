"""`teamskit completion`: scripts that complete commands in a shell."""

import click
from click.shell_completion import get_completion_class

POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName teamskit -ScriptBlock {
    param($word, $ast, $cursor)
    $env:COMP_WORDS = $ast.ToString()
    $env:COMP_CWORD = $ast.CommandElements.Count - [int]($word -ne '')
    $env:_TEAMSKIT_COMPLETE = 'bash_complete'
    teamskit | ForEach-Object { ($_ -split ',', 2)[1] } |
        ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
    Remove-Item Env:_TEAMSKIT_COMPLETE, Env:COMP_WORDS, Env:COMP_CWORD
}
"""


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish", "powershell"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print a script that completes commands in your shell.

    \b
    teamskit completion bash >> ~/.bashrc
    teamskit completion powershell >> $PROFILE
    """
    if shell == "powershell":
        click.echo(POWERSHELL)
        return
    found = get_completion_class(shell)
    if found:
        click.echo(found(ctx.find_root().command, {}, "teamskit", "_TEAMSKIT_COMPLETE").source())
