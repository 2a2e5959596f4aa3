/** Completion for bash, zsh and fish: a script of nothing but words of the program. Where a flag takes any value, and for clips, it offers files. */
import type { Flag, Place } from "./tree.js";

/** Shells that there is completion for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** Name of a shell. */
export type Shell = (typeof SHELLS)[number];

/** Text for a shell, in single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
/** Descriptions end where a terminal's line would: at the first sentence mark. */
const short = ({ description }: { readonly description: string }): string =>
  (/^[^:;(]+/.exec(description)?.[0] ?? description).trim();

/** The words that lead to a place, as the scripts remember them while they read a line. */
const key = ({ path }: Place): string => path.join(" ");

/** Branches `words) place=…` by which a script learns where in the program a line is. */
const branches = (places: readonly Place[]): string =>
  places
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => `      ${quoted(`${path.slice(0, -1).join(" ")}>${path.at(-1)}`)}) place=${quoted(path.join(" "))} ;;`)
    .join("\n");

/** One branch per flag that takes one of a few values, or any. */
function valueBranches(place: Place, offer: (choices: readonly string[]) => string): readonly string[] {
  return place.flags.flatMap(({ names, choices, takesValue }: Flag) =>
    takesValue ? [`    ${names.map((name) => quoted(`${key(place)}>${name}`)).join("|")}) ${offer(choices)} ;;`] : [],
  );
}

function bash(places: readonly Place[]): string {
  const values = places.flatMap((place) =>
    valueBranches(place, (choices) =>
      choices.length > 0 ? `COMPREPLY=($(compgen -W ${quoted(choices.join(" "))} -- "$word")); return` : "return",
    ),
  );
  const words = places.map(
    (place) =>
      `    ${quoted(key(place))}) commands=${quoted(place.commands.join(" "))}; flags=${quoted(place.flags.flatMap(({ names }) => names).join(" "))} ;;`,
  );
  return `_foley() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" place='' commands='' flags='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$place>\${COMP_WORDS[i]}" in
${branches(places)}
    esac
  done
  COMPREPLY=()
  case "$place>$before" in
${values.join("\n")}
  esac
  case "$place" in
${words.join("\n")}
  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "$commands" -- "$word")) ;;
  esac
}
complete -o default -F _foley foley
`;
}

function zsh(places: readonly Place[]): string {
  const described = (name: string, description: string): string => quoted(`${name.replaceAll(":", "\\:")}:${description}`);
  const values = places.flatMap((place) =>
    valueBranches(place, (choices) =>
      choices.length > 0 ? `compadd -- ${choices.map(quoted).join(" ")}; return` : "_files; return",
    ),
  );
  const words = places.map((place) => {
    const commands = place.commands.map((name) => {
      const one = places.find(
        ({ path }) => path.length === place.path.length + 1 && path.join(" ") === [...place.path, name].join(" "),
      );
      return described(name, one ? short(one) : "");
    });
    const flags = place.flags.flatMap((flag) => flag.names.map((name) => described(name, short(flag))));
    return `    ${quoted(key(place))}) commands=(${commands.join(" ")}); flags=(${flags.join(" ")}) ;;`;
  });
  return `#compdef foley
_foley() {
  local word="\${words[CURRENT]}" before="\${words[CURRENT-1]}" place='' one
  local -a commands flags
  for one in "\${(@)words[2,CURRENT-1]}"; do
    case "$place>$one" in
${branches(places)}
    esac
  done
  case "$place>$before" in
${values.join("\n")}
  esac
  case "$place" in
${words.join("\n")}
  esac
  if [[ "$word" == -* ]]; then
    _describe -o 'flag' flags
  elif (( \${#commands} )); then
    _describe 'command' commands
  else
    _files
  fi
}
if [[ "\${funcstack[1]}" == _foley ]]; then _foley "$@"; else compdef _foley foley; fi
`;
}

function fish(places: readonly Place[]): string {
  const lines = places.flatMap((place) => {
    const here = place.path.map((word) => `__fish_seen_subcommand_from ${word}`);
    const below = place.commands.length > 0 ? [`not __fish_seen_subcommand_from ${place.commands.join(" ")}`] : [];
    const when = (more: readonly string[]): string => {
      const all = [...here, ...more];
      return all.length === 0 ? "" : ` -n ${quoted(all.join("; and "))}`;
    };
    return [
      ...place.commands.map((name) => {
        const one = places.find(({ path }) => path.join(" ") === [...place.path, name].join(" "));
        return `complete -c foley${when(below)} -f -a ${name} -d ${quoted(one ? short(one) : "")}`;
      }),
      ...place.flags.map((flag) => {
        const names = flag.names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)).join(" ");
        const values = flag.choices.length > 0 ? ` -x -a ${quoted(flag.choices.join(" "))}` : flag.takesValue ? " -r" : "";
        return `complete -c foley${when(below)} ${names}${values} -d ${quoted(short(flag))}`;
      }),
    ];
  });
  return `${lines.join("\n")}\n`;
}

/** The script for a shell. */
export const completionScript = (shell: Shell, places: readonly Place[]): string => ({ bash, zsh, fish })[shell](places);
