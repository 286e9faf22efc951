import { readFile, readdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

/** The measurements of one source file. */
interface SourceFile {
  /** Absolute path. */
  readonly path: string;
  readonly lines: number;
  /** Lines that a comment covers. */
  readonly commentLines: number;
  /** Lines of each function with a body, nested ones included. */
  readonly functionLines: readonly number[];
  /** Absolute paths of imported and re-exported files, types included. */
  readonly imports: readonly string[];
}

/** The median, 90th percentile and maximum of a set of numbers; zeros for an empty set. */
export interface Spread {
  readonly p50: number;
  readonly p90: number;
  readonly max: number;
}

/** The measurements of a folder. */
export interface Measurement {
  readonly files: number;
  readonly lines: number;
  readonly fileLines: Spread;
  readonly functions: number;
  readonly functionLines: Spread;
  /** Share of all lines that are comments, from 0 to 1. */
  readonly commentShare: number;
  /** Files that exactly one other file of the folder imports, relative to the folder, sorted. */
  readonly singleUserFiles: readonly {
    readonly file: string;
    readonly user: string;
    readonly lines: number;
  }[];
}

/** Measures all TypeScript files below a folder except declaration files. */
export async function measureSource(folder: string): Promise<Measurement> {
  const root = resolve(folder);
  const names = (await readdir(root, { recursive: true })).filter(isSource).sort();
  const files = await Promise.all(names.map((name) => measureFile(join(root, name))));
  const lines = sum(files.map((file) => file.lines));
  const functionLines = files.flatMap((file) => file.functionLines);
  return {
    files: files.length,
    lines,
    fileLines: spreadOf(files.map((file) => file.lines)),
    functions: functionLines.length,
    functionLines: spreadOf(functionLines),
    commentShare: lines === 0 ? 0 : sum(files.map((file) => file.commentLines)) / lines,
    singleUserFiles: singleUserFiles(root, files),
  };
}

function isSource(name: string): boolean {
  return name.endsWith('.ts') && !name.endsWith('.d.ts');
}

function singleUserFiles(root: string, files: readonly SourceFile[]): Measurement['singleUserFiles'] {
  const usersOf = new Map<string, Set<string>>(files.map(({ path }) => [path, new Set()]));
  for (const { path, imports } of files) for (const imported of imports) usersOf.get(imported)?.add(path);
  return files.flatMap(({ path, lines }) => {
    const [user, second] = usersOf.get(path) ?? [];
    if (user === undefined || second !== undefined) return [];
    return [{ file: relative(root, path), user: relative(root, user), lines }];
  });
}

async function measureFile(path: string): Promise<SourceFile> {
  const text = await readFile(path, 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
  const functionLines: number[] = [];
  const imports: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined)
      functionLines.push(lineOf(node.end) - lineOf(node.getStart(source)) + 1);
    const specifier = importedModule(node);
    if (specifier?.startsWith('.') === true) imports.push(resolve(dirname(path), specifier.replace(/\.js$/, '.ts')));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return {
    path,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    commentLines: countCommentLines(text, lineOf),
    functionLines,
    imports,
  };
}

/** The module that a node imports or re-exports; undefined for any other node. */
function importedModule(node: ts.Node): string | undefined {
  const isImport = ts.isImportDeclaration(node) || ts.isExportDeclaration(node);
  const specifier = isImport ? node.moduleSpecifier : importCallArgument(node);
  return specifier !== undefined && ts.isStringLiteral(specifier) ? specifier.text : undefined;
}

function importCallArgument(node: ts.Node): ts.Expression | undefined {
  const isCall = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isCall ? node.arguments[0] : undefined;
}

function countCommentLines(text: string, lineOf: (position: number) => number): number {
  const lines = new Set<number>();
  const source = ts.createSourceFile('comments.ts', text, ts.ScriptTarget.Latest, true);
  const addRanges = (ranges: readonly ts.CommentRange[] | undefined): void => {
    for (const { pos, end } of ranges ?? []) for (let line = lineOf(pos); line <= lineOf(end); line++) lines.add(line);
  };
  const visit = (node: ts.Node): void => {
    addRanges(ts.getLeadingCommentRanges(text, node.pos));
    addRanges(ts.getTrailingCommentRanges(text, node.end));
    node.getChildren(source).forEach(visit);
  };
  visit(source);
  return lines.size;
}

function spreadOf(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p90: at(0.9), max: sorted.at(-1) ?? 0 };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
