/** `$PASS`, `{password}`, `$(pass show db)`, `<password>`: the whole text; `${PASS}` and `{{ password }}` anywhere. One `$` or brace alone is a character. */
const variable = /^\$\w+$|^\$\(|^\{[^{}]*\}$|^<|\$\{[^{}]*\}|\{\{/;

/** Whether a shell, a program or a template puts the value in here: what is written names it and gives nothing away. */
export function isVariable(text: string): boolean {
  return variable.test(text);
}
