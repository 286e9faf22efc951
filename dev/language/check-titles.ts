import ts from 'typescript';
import type { Problem } from './problem.js';

/** A title with one of these first words continues another title's sentence. */
const deniedFirstWords = new Set(['is', 'are', 'by', 'of', 'to', 'with', 'for']);

/** Shorter titles do not name a subject and an outcome. */
const minWords = 3;

/** Replaces the computed parts of a title. */
const computed = '\u{fffc}';

/** Finds test titles that are no full statement. */
export function checkTitles(file: string, text: string): Problem[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const problems: Problem[] = [];
  const visit = (node: ts.Node): void => {
    const title = titleOf(node);
    const message = title === undefined ? undefined : judge(title);
    if (message !== undefined)
      problems.push({
        file,
        line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1,
        message,
      });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return problems;
}

function judge(title: string): string | undefined {
  const words = title.trim().split(/\s+/);
  const first = words[0]?.toLowerCase() ?? '';
  if (deniedFirstWords.has(first))
    return `The title "${title}" begins with "${first}"; begin with the subject or its verb.`;
  if (words.length < minWords && !title.includes(computed))
    return `The title "${title}" has fewer than ${minWords} words; say what happens.`;
  return undefined;
}

/** The title of a test, computed parts replaced; undefined for other nodes, and for a wholly computed title. */
function titleOf(node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node) || !isTest(node.expression)) return undefined;
  const [argument] = node.arguments;
  if (argument === undefined) return undefined;
  if (ts.isStringLiteralLike(argument)) return argument.text;
  if (ts.isTemplateExpression(argument))
    return argument.head.text + argument.templateSpans.map((span) => computed + span.literal.text).join('');
  return undefined;
}

/** Matches `it`, `it.only` and `it.skip`. */
function isTest(callee: ts.Expression): boolean {
  const name = ts.isPropertyAccessExpression(callee) ? callee.expression : callee;
  return ts.isIdentifier(name) && name.text === 'it';
}
