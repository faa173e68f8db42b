/** Shells that can be helped, and the line that lets each do it from its next start on. */
export const INSTALLING = {
  bash: `echo 'eval "$(voxproxy completion bash)"' >> ~/.bashrc`,
  zsh: `echo 'eval "$(voxproxy completion zsh)"' >> ~/.zshrc`,
  fish: 'voxproxy completion fish > ~/.config/fish/completions/voxproxy.fish',
} as const;

export type Shell = keyof typeof INSTALLING;
export const SHELLS = Object.keys(INSTALLING) as Shell[];

export function scriptFor(shell: Shell): string {
  // zsh looks for its own word in the first line.
  return `${shell === 'zsh' ? '#compdef voxproxy\n\n' : ''}# Completion of voxproxy for ${shell}. To have it in every new shell:
#   ${INSTALLING[shell]}

${SCRIPTS[shell]}`;
}

const BASH = String.raw`_voxproxy() {
  local line=\${COMP_LINE:0:COMP_POINT} words=() word glued i
  # bash cuts words at = and : as well; what no space separates belongs together.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    glued=1
    [[ $line == [[:space:]]* ]] && glued=0 && line=\${line#"\${line%%[![:space:]]*}"}
    word=\${COMP_WORDS[i]}
    if ((i == COMP_CWORD)); then word=$line; else line=\${line#"$word"}; fi
    if ((glued && \${#words[@]} > 1)); then
      words[\${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
  done

  local last=$((\${#words[@]} - 1)) typed quote='' kept='' cuts
  typed=\${words[last]}
  [[ $typed == [\"\']* ]] && quote=\${typed:0:1}
  for i in "\${!words[@]}"; do words[i]=\${words[i]//[\"\'\\]/}; done
  typed=\${words[last]}
  # Of a word that it cuts, bash replaces what stands behind the cut alone.
  cuts=\${COMP_WORDBREAKS//[^=:]/}
  [[ -z $quote && -n $cuts ]] && kept=\${typed%"\${typed##*["$cuts"]}"}

  COMPREPLY=()
  compopt -o nosort 2>/dev/null
  while IFS=$'\t' read -r word _; do
    if [[ $word == :files ]]; then
      compopt -o filenames 2>/dev/null
      typed=\${typed#"$kept"}
      while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$typed")
      return
    fi
    word=\${word#"$kept"}
    [[ -z $quote ]] && printf -v word '%q' "$word"
    COMPREPLY+=("$word")
  done < <(voxproxy __complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _voxproxy voxproxy
`.replaceAll('\\$', '$');

const ZSH = String.raw`_voxproxy() {
  local -a lines candidates
  local line value
  lines=("\${(@f)$(voxproxy __complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  if [[ $lines[1] == :files ]]; then
    [[ $PREFIX == --*=* ]] && compset -P '*='
    _files
    return
  fi
  for line in "\${(@)lines}"; do
    [[ -z $line ]] && continue
    value=\${line%%$'\t'*}
    # A colon ends the value, unless it is part of it.
    candidates+=("\${value//:/\\:}\${\${line#*$'\t'}:+:\${line#*$'\t'}}")
  done
  ((\${#candidates})) && _describe -V 'voxproxy' candidates
}

# In a directory of fpath, this file is the function itself.
if [[ $funcstack[1] == _voxproxy ]]; then
  _voxproxy "$@"
else
  (($+functions[compdef])) || { autoload -Uz compinit && compinit -i }
  compdef _voxproxy voxproxy
fi
`.replaceAll('\\$', '$');

const FISH = String.raw`function __voxproxy_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l typed (string replace -ra '["\'\\\\]' '' -- (commandline -ct))
    set -l lines (voxproxy __complete -- $words "$typed" 2>/dev/null)
    if test "$lines[1]" = ':files'
        set -l flag (string match -r '^--[^=]*=' -- "$typed")
        __fish_complete_path (string replace -- "$flag" '' "$typed") | string replace -r '^' -- "$flag"
    else
        printf '%s\n' $lines
    end
end

complete -c voxproxy -f -k -a '(__voxproxy_complete)'
`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
