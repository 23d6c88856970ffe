/**
 * A test for `/`-separated paths: `*` and `?` stay inside one name, `**` crosses folders (`data/**` also matches `data/x`),
 * `{a,b}` and `[a-z]` as in a shell. The whole path must match.
 */
export function globMatcher(pattern: string): (path: string) => boolean {
  const expression = new RegExp(`^${translate(pattern)}$`, 'u');
  return (path) => expression.test(path);
}

function translate(pattern: string): string {
  let result = '';
  let depth = 0;
  for (let i = 0; i < pattern.length; i++) {
    const rest = pattern.slice(i);
    const character = pattern[i] ?? '';
    const set = /^\[(!?)([^\]/]+)\]/.exec(rest);
    if (rest.startsWith('**/')) {
      result += '(?:[^/]+/)*';
      i += 2;
    } else if (rest.startsWith('**')) {
      result += '.*';
      i += 1;
    } else if (character === '*') result += '[^/]*';
    else if (character === '?') result += '[^/]';
    else if (set) {
      result += `[${set[1] ? '^/' : ''}${(set[2] ?? '').replace(/[\\^[]/g, String.raw`\$&`)}]`;
      i += set[0].length - 1;
    } else if (character === '{' && rest.includes('}')) {
      depth++;
      result += '(?:';
    } else if (character === '}' && depth > 0) {
      depth--;
      result += ')';
    } else if (character === ',' && depth > 0) result += '|';
    else result += character.replace(/[\\^$.*+?()[\]{}|/]/u, String.raw`\$&`);
  }
  return result;
}
