"""``exchange completion``: the script by which a shell completes words of the command."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from exchange.app.cli.parsing import parser_of
from exchange.app.cli.status import Status

EXAMPLES = """\
examples:
  exchange completion bash >> ~/.bashrc
  exchange completion zsh > "${fpath[1]}/_exchange"
  exchange completion fish > ~/.config/fish/completions/exchange.fish
  source <(exchange completion bash)

Verbs, options and what they take are completed, and names of services, methods, groups,
instances and contexts: for these the hub is asked, as options, environment and context say,
for half a second at most.
"""

BASH = """\
# completion of the exchange command, for bash
_exchange() {
    local line=${COMP_LINE:0:COMP_POINT} word about cut=
    local last=${line##*[[:space:]]} current=${COMP_WORDS[COMP_CWORD]}
    # bash parts words at : and = too, and wants only what stands behind these
    [[ $last == *"$current" ]] && cut=${last%"$current"}
    COMPREPLY=()
    while IFS=$'\\t' read -r word about; do
        COMPREPLY+=("${word#"$cut"}")
    done < <(exchange _complete line "$line" 2>/dev/null)
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[.=] ]] && compopt -o nospace 2>/dev/null
    return 0
}
complete -o default -F _exchange exchange
"""

ZSH = """\
#compdef exchange
# completion of the exchange command, for zsh
_exchange() {
    local word about
    local -a plain open
    while IFS=$'\\t' read -r word about; do
        if [[ $word == *[.=] ]]; then
            open+=("${word//:/\\\\:}:$about")
        else
            plain+=("${word//:/\\\\:}:$about")
        fi
    done < <(exchange _complete words "${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)
    if (( ${#plain} + ${#open} == 0 )); then
        _files
        return
    fi
    (( ${#plain} )) && _describe exchange plain
    (( ${#open} )) && _describe exchange open -S ''
    return 0
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _exchange "$@"
else
    compdef _exchange exchange
fi
"""

FISH = """\
# completion of the exchange command, for fish
function __exchange_complete
    set -l words (commandline -opc)
    exchange _complete words $words[2..-1] (commandline -ct) 2>/dev/null
end
complete -c exchange -e
complete -c exchange -a '(__exchange_complete)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def parser() -> argparse.ArgumentParser:
    """Return the parser of its options."""
    made = parser_of("completion", "Print the script by which a shell completes words of this command.", EXAMPLES)
    made.add_argument("shell", choices=sorted(SCRIPTS), help="for which shell")
    return made


def run(words: Sequence[str]) -> Status:
    """Print a script, and return the exit status."""
    options = parser().parse_args(list(words))
    print(SCRIPTS[options.shell], end="")
    return Status.FINE
