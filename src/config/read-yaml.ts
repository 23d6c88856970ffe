import { type Document, isCollection, isNode, LineCounter, parseDocument, visit } from 'yaml';

/** What YAML text says, or why it says nothing. */
export type YamlText = { readonly problem: YamlProblem } | YamlValue;

export interface YamlProblem {
  readonly message: string;
  readonly line: number;
  /** Text that begins with a sign of YAML is what most people mean by it. */
  readonly hint: string;
}

interface YamlValue {
  readonly problem: null;
  readonly value: unknown;
  /** Where the value under these keys stands; of the part of them that is there, undefined where none is. */
  lineOf(keys: readonly PropertyKey[]): number | undefined;
}

/**
 * Reads one YAML document as plain values. Never throws and prints nothing: what the parser would only warn of, or find out
 * when values are made of its nodes, is a problem like any other.
 */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const fault = document.errors[0] ?? document.warnings[0];
  const found = fault ? { message: fault.message, offset: fault.pos[0] } : findFault(document);
  if (found) return { problem: describe(found, lines) };
  try {
    return {
      problem: null,
      value: document.toJS() as unknown,
      lineOf: (keys) => lineOf(document, lines, keys),
    };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause); // aliases that multiply
    return { problem: describe({ message, offset: 0 }, lines) };
  }
}

interface Fault {
  readonly message: string;
  readonly offset: number;
  readonly hint?: string;
}

/** What is good YAML and stands for no value that JSON could hold. */
function findFault(document: Document.Parsed): Fault | undefined {
  let fault: Fault | undefined;
  visit(document, {
    Alias(_, alias, path) {
      const name = `*${alias.source}`;
      const offset = alias.range?.[0] ?? 0;
      const anchored = alias.resolve(document);
      if (anchored && !path.includes(anchored)) return undefined;
      const what = anchored ? 'stands inside its own anchor' : 'refers to an anchor that is not there';
      fault = { message: `"${name}" ${what}`, offset, hint: 'put text that begins with * in quotes' };
      return visit.BREAK;
    },
    Pair(_, { key }) {
      if (!isCollection(key)) return undefined;
      const offset = key.range?.[0] ?? 0;
      fault = { message: 'a list or mapping stands where a key is expected', offset };
      return visit.BREAK;
    },
  });
  return fault;
}

function describe({ message, offset, hint }: Fault, lines: LineCounter): YamlProblem {
  const { line } = lines.linePos(offset);
  return { message, line, hint: hint ?? 'check indentation, colons, brackets and quotes there' };
}

function lineOf(
  document: Document.Parsed,
  lines: LineCounter,
  keys: readonly PropertyKey[],
): number | undefined {
  for (let depth = keys.length; depth > 0; depth--) {
    const node = document.getIn(keys.slice(0, depth), true);
    const offset = isNode(node) ? node.range?.[0] : undefined;
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return undefined;
}
