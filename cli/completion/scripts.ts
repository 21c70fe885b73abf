import type { CompletionNode } from './tree.js';

/*
 * Each script finds the command that the words so far lead to, then offers what may follow. Commands and options are in the script; for names of
 * parameters, paths, footprints and profiles it runs `cache-tiers __complete <kind> <words>`, which reads local files and prints a word a line.
 * Plain bash 3.2 (macOS), zsh with compinit, fish 3.
 */

/** Makes a completion script of a command tree. */
export const scriptFor = { bash, zsh, fish };

/** How a command is known in the scripts: ` memo flush`; the program is an empty text. */
const idOf = ({ path }: CompletionNode) => path.map((name) => ` ${name}`).join('');

const quoted = (text: string) => `'${text.replaceAll('\'', '\'\\\'\'')}'`;

function idsOfCommands(nodes: readonly CompletionNode[]): string[] {
  return nodes.filter(({ path }) => path.length > 0).map(idOf);
}

/** Options after which a value comes, by all their names: apart by what the value stands for. */
function optionsWithValue(nodes: readonly CompletionNode[]): (readonly [kind: string, names: readonly string[]])[] {
  const found = new Map<string, Set<string>>();
  for (const { name, short, takesValue, kind = 'other' } of nodes.flatMap(({ options }) => options)) {
    if (!takesValue) continue;
    const names = found.get(kind) ?? new Set();
    found.set(kind, names.add(name));
    if (short !== undefined) names.add(short);
  }
  return [...found].map(([kind, names]) => [kind, [...names]]);
}

function bash(nodes: readonly CompletionNode[]): string {
  const cases = nodes.map((node) => {
    const after = [...node.commands.map(({ name }) => name), ...node.choices];
    const options = node.options.map(({ name }) => name);
    const names = node.names ? ` kind=${node.names.kind} most=${node.names.most}` : '';
    return `    ${quoted(idOf(node))}) commands=${quoted(after.join(' '))} options=${quoted(options.join(' '))}${names} ;;`;
  });
  const values = optionsWithValue(nodes).map(([kind, names]) => `      ${names.join(' | ')}) value=${kind} ;;`);
  return `# Completion of cache-tiers for bash.
_cache_tiers_ask() {
  local typed=$2 open='' line
  case "$typed" in
    \\"* | \\'*) open=1 ;;
  esac
  while IFS= read -r line; do
    if [ -z "$open" ]; then printf -v line '%q' "$line"; fi
    COMPREPLY+=("$line")
    if [ "\${line%/}" != "$line" ]; then compopt -o nospace 2> /dev/null; fi
  done < <("\${COMP_WORDS[0]}" __complete "$1" "\${COMP_WORDS[@]:1:COMP_CWORD-1}" "$typed" 2> /dev/null)
}
_cache_tiers() {
  local current=\${COMP_WORDS[COMP_CWORD]} at='' value='' commands='' options='' kind='' word i
  local -i count=0 most=0
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [ -n "$value" ]; then
      if [ "$word" != '=' ]; then value=''; fi
      continue
    fi
    case "$word" in
${values.join('\n')}
      -*) ;;
      *)
        case "$at $word" in
          ${idsOfCommands(nodes).map(quoted).join(' | ')}) at="$at $word" ;;
          *) count+=1 ;;
        esac
        ;;
    esac
  done
  if [ -n "$value" ]; then
    if [ "$current" = '=' ]; then current=''; fi
    if [ "$value" != other ]; then _cache_tiers_ask "$value" "$current"; fi
    return
  fi
  case "$at" in
${cases.join('\n')}
  esac
  if [ -n "$kind" ] && [ "\${current#-}" = "$current" ]; then
    if ((count < most)) && [ "$current" != ':' ] && [ "\${COMP_WORDS[COMP_CWORD - 1]}" != ':' ]; then _cache_tiers_ask "$kind" "$current"; fi
    return
  fi
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
    const names = node.names ? `\n      kind=${node.names.kind} most=${node.names.most}` : '';
    return `    ${quoted(idOf(node))})\n      commands=(${described(after)})\n      options=(${described(node.options)})${names}\n      ;;`;
  });
  const values = optionsWithValue(nodes).map(([kind, names]) => `${names.join('|')}) value=${kind} ;;`);
  return `#compdef cache-tiers
# Completion of cache-tiers for zsh.
_cache_tiers_ask() {
  local -a found
  found=("\${(@f)$("\${(Q)words[1]}" __complete "$1" "\${(@)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2> /dev/null)}")
  compadd -S '' -- \${(M)found:#*/}
  compadd -- \${\${found:#*/}:#}
}
_cache_tiers() {
  local at='' value='' kind='' word
  local -i i count=0 most=0
  local -a commands options
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    if [[ -n $value ]]; then value=''; continue; fi
    case $word in
      ${values.join('\n      ')}
      -*) ;;
      *)
        case "$at $word" in
          ${idsOfCommands(nodes).map(quoted).join('|')}) at="$at $word" ;;
          *) count+=1 ;;
        esac
        ;;
    esac
  done
  if [[ $PREFIX == --*=* ]]; then
    case \${PREFIX%%=*} in
      ${values.join('\n      ')}
    esac
    compset -P '*='
  fi
  if [[ $value == other ]]; then return 1; fi
  if [[ -n $value ]]; then _cache_tiers_ask $value; return; fi
  case $at in
${cases.join('\n')}
  esac
  if [[ -n $kind && $PREFIX != -* ]]; then
    (( count < most )) && _cache_tiers_ask $kind
  elif (( ! $#commands )) || [[ $PREFIX == -* ]]; then
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
    const line = (what: string, most = '') => `complete -c cache-tiers -n "__cache_tiers_at '${idOf(node)}'${most}" ${what}`;
    return [
      ...node.commands.map(({ name, description }) => line(`-a ${quoted(name)} -d ${fishQuoted(description)}`)),
      ...node.choices.map((name) => line(`-a ${quoted(name)}`)),
      ...node.options.map(({ name, short, description, takesValue, kind }) => {
        const value = takesValue ? ` -x${kind ? ` -a '(__cache_tiers_ask ${kind})'` : ''}` : '';
        return line(`-l ${name.slice(2)}${short ? ` -s ${short.slice(1)}` : ''}${value} -d ${fishQuoted(description)}`);
      }),
      ...(node.names ? [line(`-a '(__cache_tiers_ask ${node.names.kind})'`, ` ${node.names.most}`)] : []),
    ];
  });
  return `# Completion of cache-tiers for fish.
function __cache_tiers_ask --description 'Names that only the command knows'
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    $program __complete $argv[1] $words (commandline -ct) 2>/dev/null
end
function __cache_tiers_at --description 'Whether the words so far lead to a command'
    set -l words (commandline -opc)
    set -e words[1]
    set -l at ''
    set -l value 0
    set -l count 0
    for word in $words
        if test $value -eq 1
            set value 0
            continue
        end
        switch $word
            case ${optionsWithValue(nodes).flatMap(([, names]) => names).join(' ')}
                set value 1
            case '-*'
            case '*'
                switch "$at $word"
                    case ${idsOfCommands(nodes).map(quoted).join(' ')}
                        set at "$at $word"
                    case '*'
                        set count (math $count + 1)
                end
        end
    end
    test "$at" = "$argv[1]"; and begin
        test -z "$argv[2]"; or test $count -lt $argv[2]
    end
end
complete -c cache-tiers -f
${lines.join('\n')}
`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll('\'', '\\\'')}'`;
}
