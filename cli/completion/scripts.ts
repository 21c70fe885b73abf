import type { CompletionNode } from './tree.js';

/*
 * Each script finds the command that the words so far lead to, then offers what may follow. They are complete in themselves:
 * no process is started when a key is pressed. Plain bash 3.2 (macOS), zsh with compinit, fish 3.
 */

/** Makes a completion script of a command tree. */
export const scriptFor = { bash, zsh, fish };

/** How a command is known in the scripts: ` memo flush`; the program is an empty text. */
const idOf = ({ path }: CompletionNode) => path.map((name) => ` ${name}`).join('');

const quoted = (text: string) => `'${text.replaceAll('\'', '\'\\\'\'')}'`;

function idsOfCommands(nodes: readonly CompletionNode[]): string[] {
  return nodes.filter(({ path }) => path.length > 0).map(idOf);
}

/** Options after which a value comes, by all their names. */
function optionsWithValue(nodes: readonly CompletionNode[]): string[] {
  const names = nodes.flatMap(({ options }) => options.filter(({ takesValue }) => takesValue)
    .flatMap(({ name, short }) => short === undefined ? [name] : [name, short]));
  return [...new Set(names)];
}

function bash(nodes: readonly CompletionNode[]): string {
  const cases = nodes.map((node) => {
    const after = [...node.commands.map(({ name }) => name), ...node.choices];
    const options = node.options.map(({ name }) => name);
    return `    ${quoted(idOf(node))}) commands=${quoted(after.join(' '))} options=${quoted(options.join(' '))} ;;`;
  });
  return `# Completion of cache-tiers for bash.
_cache_tiers() {
  local current=\${COMP_WORDS[COMP_CWORD]} at='' value='' commands='' options='' word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [ -n "$value" ]; then
      if [ "$word" != '=' ]; then value=''; fi
      continue
    fi
    case "$word" in
      ${optionsWithValue(nodes).join(' | ')}) value=1 ;;
      -*) ;;
      *)
        case "$at $word" in
          ${idsOfCommands(nodes).map(quoted).join(' | ')}) at="$at $word" ;;
        esac
        ;;
    esac
  done
  if [ -n "$value" ]; then return; fi
  case "$at" in
${cases.join('\n')}
  esac
  if [ -z "$commands" ] || [ "\${current#-}" != "$current" ]; then commands=$options; fi
  COMPREPLY=($(compgen -W "$commands" -- "$current"))
}
complete -F _cache_tiers cache-tiers
`;
}

function zsh(nodes: readonly CompletionNode[]): string {
  const described = (list: readonly { readonly name: string; readonly description: string }[]) =>
    list.map(({ name, description }) => quoted(`${name.replaceAll(':', '\\:')}:${description}`)).join(' ');
  const cases = nodes.map((node) => {
    const after = [...node.commands, ...node.choices.map((name) => ({ name, description: '' }))];
    return `    ${quoted(idOf(node))})\n      commands=(${described(after)})\n      options=(${described(node.options)})\n      ;;`;
  });
  return `#compdef cache-tiers
# Completion of cache-tiers for zsh.
_cache_tiers() {
  local at='' value='' word
  local -i i
  local -a commands options
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    if [[ -n $value ]]; then value=''; continue; fi
    case $word in
      ${optionsWithValue(nodes).join('|')}) value=1 ;;
      -*) ;;
      *)
        case "$at $word" in
          ${idsOfCommands(nodes).map(quoted).join('|')}) at="$at $word" ;;
        esac
        ;;
    esac
  done
  if [[ -n $value ]]; then return 1; fi
  case $at in
${cases.join('\n')}
  esac
  if (( ! $#commands )) || [[ $PREFIX == -* ]]; then
    _describe -o option options
  else
    _describe command commands
  fi
}
if [[ $funcstack[1] == _cache-tiers ]]; then
  _cache_tiers "$@"
elif (( $+functions[compdef] )); then
  compdef _cache_tiers cache-tiers
else
  print -u2 'cache-tiers: completion needs "autoload -Uz compinit && compinit" before it'
fi
`;
}

function fish(nodes: readonly CompletionNode[]): string {
  const lines = nodes.flatMap((node) => {
    const line = (what: string) => `complete -c cache-tiers -n "__cache_tiers_at '${idOf(node)}'" ${what}`;
    return [
      ...node.commands.map(({ name, description }) => line(`-a ${quoted(name)} -d ${fishQuoted(description)}`)),
      ...node.choices.map((name) => line(`-a ${quoted(name)}`)),
      ...node.options.map(({ name, short, description, takesValue }) =>
        line(`-l ${name.slice(2)}${short ? ` -s ${short.slice(1)}` : ''}${takesValue ? ' -x' : ''} -d ${fishQuoted(description)}`)),
    ];
  });
  return `# Completion of cache-tiers for fish.
function __cache_tiers_at --description 'Whether the words so far lead to a command'
    set -l words (commandline -opc)
    set -e words[1]
    set -l at ''
    set -l value 0
    for word in $words
        if test $value -eq 1
            set value 0
            continue
        end
        switch $word
            case ${optionsWithValue(nodes).join(' ')}
                set value 1
            case '-*'
            case '*'
                switch "$at $word"
                    case ${idsOfCommands(nodes).map(quoted).join(' ')}
                        set at "$at $word"
                end
        end
    end
    test "$at" = "$argv[1]"
end
complete -c cache-tiers -f
${lines.join('\n')}
`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll('\'', '\\\'')}'`;
}
